"""The chart of a balance over a week, a month or a year."""

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
    """Shows the curve of a balance over one of `RANGES`, and buttons for the range.

    The keys 1, 2 and 3 choose the range. In the curve, Left and Right move the readout
    by a reading, Page Up and Page Down by a day. Home and End move it to the ends, and
    Esc hides it.
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
            range_button = _RangeButton(name)
            self._group.addButton(range_button, days)
            ranges.addWidget(range_button)
        self._group.idClicked.connect(self.show_days)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(em // 2)
        whole.addLayout(ranges)
        whole.addWidget(self._curve, 1)
        self.show_days(_FIRST)

    @property
    def days(self) -> int:
        """The shown range, in days."""
        return self._curve.days

    def start(self) -> None:
        """Focus the curve."""
        self._curve.setFocus()

    def show_data(self, data: ChartData) -> None:
        """Show these data in the current range."""
        self._curve.show_data(data)

    @Slot(int)
    def show_days(self, days: int) -> None:
        """Show the last `days` days; one of `RANGES`."""
        button = self._group.button(days)
        button.setChecked(True)
        for other in self._group.buttons():  # arrow keys start at the checked one
            policies = Qt.FocusPolicy
            is_checked = other is button
            other.setFocusPolicy(policies.TabFocus if is_checked else policies.NoFocus)
        self._curve.show_days(days, button.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the range of a digit key."""
        for key, days in zip(_DIGITS, RANGES, strict=True):
            if event.key() == key:
                self.show_days(days)
                return
        super().keyPressEvent(event)


class _RangeButton(QAbstractButton):
    """One of the buttons that choose the range."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)  # screen readers announce a radio button
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._by_keyboard = False

    def sizeHint(self) -> QSize:
        """Give the size of the text with a margin."""
        metrics = self.fontMetrics()
        em = metrics.height()
        return QSize(metrics.horizontalAdvance(self.text()) + em * 3 // 2, em * 8 // 5)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a frame if it is checked or under the mouse, and a focus ring."""
        del event
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = ChartColours.of(palette)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse():
            painter.setPen(
                QPen(colours.accent if self.isChecked() else colours.grid, 1)
            )
            painter.setBrush(tint(palette))
            if not self.isChecked():
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, _ROUNDING, _ROUNDING)
        if self.hasFocus() and self._by_keyboard:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(frame, _ROUNDING, _ROUNDING)
        font = self.font()
        font.setBold(self.isChecked())
        painter.setFont(font)
        painter.setPen(text_on(palette, QPalette.ColorRole.Window))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a focus ring only if the keyboard moved the focus here."""
        self._by_keyboard = event.reason() in KEYBOARD
        super().focusInEvent(event)
