"""The readout of the chart: a line, a dot and a text box at one reading."""

import math
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from trayapp.core.view.history import readout
from trayapp.ui.chart.layout import ChartColours, ChartLayout

_DOT: Final = 5.0
_EDGE: Final = 2.0
_ROUNDING: Final = 6.0


class ReadoutPicture:
    """Paints the readout of one reading."""

    def __init__(self, layout: ChartLayout, index: int, font: QFont) -> None:
        series, plot, area = layout.data.series, layout.plot, layout.area
        words = readout(layout.data, index, layout.language)
        self.index = index
        self.sentence = words.sentence
        """The text as one sentence, for screen readers."""
        self._at = QPointF(
            round(area.left() + plot.time.x(series.times[index])),
            round(area.top() + plot.value.y(series.values[index])),
        )
        self._font, self._bold = font, QFont(font)
        self._bold.setBold(True)
        self._lines = [line for line in (words.amount, words.when, words.note) if line]
        self._area, self._em = area, layout.metrics.height()
        self._box = self._box_rect(layout)

    def _box_rect(self, layout: ChartLayout) -> QRectF:
        """Return the text box: beside the line, on a free side, not over the dot."""
        em = self._em
        bold, plain = QFontMetricsF(self._bold), QFontMetricsF(self._font)
        advances = [bold.horizontalAdvance(self._lines[0])]
        advances += [plain.horizontalAdvance(line) for line in self._lines[1:]]
        width = math.ceil(max(advances)) + round(em)
        height = round(em * (1.15 * len(self._lines) + 0.8))
        left, top = self._at.x() + em * 0.7, self._area.top() + em * 0.3
        if left + width > layout.size.width() - _EDGE:
            left = max(self._at.x() - em * 0.7 - width, _EDGE)
        if self._at.y() < top + height and left <= self._at.x() <= left + width:
            top = self._at.y() + em  # no room beside the line: below the dot
        top = max(min(top, layout.size.height() - height - _EDGE), _EDGE)
        return QRectF(round(left), round(top), width, height)

    @property
    def bounds(self) -> QRectF:
        """The rectangle that it covers."""
        reach = _DOT + 3
        line = QRectF(self._at.x(), self._area.top(), 1, self._area.height())
        return line.adjusted(-reach, -reach, reach, reach).united(
            self._box.adjusted(-_EDGE, -_EDGE, _EDGE, _EDGE)
        )

    def paint(self, painter: QPainter, colours: ChartColours) -> None:
        """Paint it over the curve."""
        x = self._at.x()
        painter.setPen(QPen(colours.muted, 0))
        painter.drawLine(QLineF(x, self._area.top(), x, self._area.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.base, 2))
        painter.setBrush(colours.accent)
        painter.drawEllipse(self._at, _DOT, _DOT)
        painter.setPen(QPen(colours.muted, 1))
        painter.setBrush(colours.base)
        outline = self._box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(outline, _ROUNDING, _ROUNDING)
        em = self._em
        row = QRectF(
            self._box.left() + em * 0.5,
            self._box.top() + em * 0.4,
            self._box.width() - em * 0.5,
            em * 1.15,
        )
        for number, line in enumerate(self._lines):
            painter.setFont(self._font if number else self._bold)
            painter.setPen(colours.muted if number == 1 else colours.text)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, line)
            row.translate(0, row.height())
