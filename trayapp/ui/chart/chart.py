"""The chart of a balance over the last days, weeks or months."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from trayapp.core.chart.plot import ChartData
from trayapp.core.i18n.language import Language
from trayapp.ui.chart.curve import KEYBOARD, Curve
from trayapp.ui.chart.layout import ChartColours
from trayapp.ui.widgets.colours import text_on, tint

RANGES: Final = (7, 30, 365)
"""Days."""
_FIRST: Final = 30
_ROUNDING: Final = 8.0
_DIGITS: Final = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)


class Chart(QWidget):
    """Shows how a balance went, over 7 days, 30 days or a year.

    1, 2 and 3 choose the range; in the curve, Left and Right go from reading to
    reading, Page Up and Page Down a day, Home and End to the ends; Esc takes the
    readout away.
    """

    def __init__(self, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        translate = language.gettext
        self._curve = Curve(language)
        self._group = QButtonGroup(self)
        em = self.fontMetrics().height()
        ranges = QHBoxLayout()
        ranges.setSpacing(0)
        ranges.addStretch(1)
        names = translate("7 days"), translate("30 days"), translate("1 year")
        for days, name in zip(RANGES, names, strict=True):
            segment = _Segment(name)
            self._group.addButton(segment, days)
            ranges.addWidget(segment)
        self._group.idClicked.connect(self.show_days)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(em // 2)
        whole.addLayout(ranges)
        whole.addWidget(self._curve, 1)
        self.show_days(_FIRST)

    @property
    def days(self) -> int:
        """How many days are shown."""
        return self._curve.days

    def start(self) -> None:
        """Give the keyboard to the curve."""
        self._curve.setFocus()

    def show_data(self, data: ChartData) -> None:
        """Show this; the range stays."""
        self._curve.show_data(data)

    @Slot(int)
    def show_days(self, days: int) -> None:
        """Show one of `RANGES`."""
        button = self._group.button(days)
        button.setChecked(True)
        for one in self._group.buttons():  # arrows go on from the one that is chosen
            policies = Qt.FocusPolicy
            one.setFocusPolicy(policies.TabFocus if one is button else policies.NoFocus)
        self._curve.show_days(days, button.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the range by its number."""
        for key, days in zip(_DIGITS, RANGES, strict=True):
            if event.key() == key:
                self.show_days(days)
                return
        super().keyPressEvent(event)


class _Segment(QAbstractButton):
    """One of several choices side by side."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)  # so it is heard as one of several
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._by_keyboard = False

    def sizeHint(self) -> QSize:
        """Give the words some air."""
        metrics = self.fontMetrics()
        em = metrics.height()
        return QSize(metrics.horizontalAdvance(self.text()) + em * 3 // 2, em * 8 // 5)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a frame around what is chosen, and a ring around what has the focus."""
        del event
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        looks = ChartColours.of(palette)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse():
            painter.setPen(QPen(looks.accent if self.isChecked() else looks.grid, 1))
            painter.setBrush(tint(palette))
            if not self.isChecked():
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, _ROUNDING, _ROUNDING)
        if self.hasFocus() and self._by_keyboard:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(looks.accent, 2))
            painter.drawRoundedRect(frame, _ROUNDING, _ROUNDING)
        font = self.font()
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(text_on(palette, QPalette.ColorRole.Window))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a ring to whoever comes by keyboard."""
        self._by_keyboard = event.reason() in KEYBOARD
        super().focusInEvent(event)
