"""The chart's readout: a line, a dot and a few words at one reading."""

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
    """One reading of a sheet, as it is pointed out."""

    def __init__(self, sheet: ChartLayout, place: int, font: QFont) -> None:
        series, plot, area = sheet.data.series, sheet.plot, sheet.area
        words = readout(sheet.data, place, sheet.language)
        self.place = place
        self.sentence = words.sentence
        """What it says, to be spoken."""
        self._at = QPointF(
            round(area.left() + plot.time.x(series.times[place])),
            round(area.top() + plot.value.y(series.values[place])),
        )
        self._font, self._bold = font, QFont(font)
        self._bold.setBold(True)
        self._lines = [one for one in (words.amount, words.when, words.note) if one]
        self._area, self._em = area, sheet.metrics.height()
        self._bubble = self._room(sheet)

    def _room(self, sheet: ChartLayout) -> QRectF:
        """Put the words beside the line, on the side that has room, off the dot."""
        em = self._em
        bold, plain = QFontMetricsF(self._bold), QFontMetricsF(self._font)
        advances = [bold.horizontalAdvance(self._lines[0])]
        advances += [plain.horizontalAdvance(line) for line in self._lines[1:]]
        width = math.ceil(max(advances)) + round(em)
        height = round(em * (1.15 * len(self._lines) + 0.8))
        left, top = self._at.x() + em * 0.7, self._area.top() + em * 0.3
        if left + width > sheet.size.width() - _EDGE:
            left = max(self._at.x() - em * 0.7 - width, _EDGE)
        if self._at.y() < top + height and left <= self._at.x() <= left + width:
            top = self._at.y() + em  # no side has room: the words go below the dot
        top = max(min(top, sheet.size.height() - height - _EDGE), _EDGE)
        return QRectF(round(left), round(top), width, height)

    @property
    def bounds(self) -> QRectF:
        """All that it covers."""
        reach = _DOT + 3
        line = QRectF(self._at.x(), self._area.top(), 1, self._area.height())
        return line.adjusted(-reach, -reach, reach, reach).united(
            self._bubble.adjusted(-_EDGE, -_EDGE, _EDGE, _EDGE)
        )

    def paint(self, painter: QPainter, looks: ChartColours) -> None:
        """Paint it over the still picture."""
        x = self._at.x()
        painter.setPen(QPen(looks.muted, 0))
        painter.drawLine(QLineF(x, self._area.top(), x, self._area.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(looks.base, 2))
        painter.setBrush(looks.accent)
        painter.drawEllipse(self._at, _DOT, _DOT)
        painter.setPen(QPen(looks.muted, 1))
        painter.setBrush(looks.base)
        frame = self._bubble.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, _ROUNDING, _ROUNDING)
        em = self._em
        row = QRectF(
            self._bubble.left() + em * 0.5,
            self._bubble.top() + em * 0.4,
            self._bubble.width() - em * 0.5,
            em * 1.15,
        )
        for number, line in enumerate(self._lines):
            painter.setFont(self._font if number else self._bold)
            painter.setPen(looks.muted if number == 1 else looks.text)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, line)
            row.translate(0, row.height())
