"""Buttons that can be the one that stands out, in the desktop's own colours."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFont, QIcon, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from trayapp.ui.widgets.colours import highlight, on_highlight

_INSET: Final = 3.5
_ROUNDING: Final = 2.0
_LOOKS: Final = {QEvent.Type.PaletteChange, QEvent.Type.ParentChange}


def widen(button: QPushButton, lines: int) -> None:
    """Let a button be so many lines of text wide, or wider for its words."""
    button.setMinimumWidth(0)  # it would hide what the words need
    wide = button.fontMetrics().height() * lines
    button.setMinimumWidth(max(wide, button.sizeHint().width()))


def remove_button_icons(dialog: QWidget) -> None:
    """Take the pictures off a dialog's answers: no other button has any."""
    for box in dialog.findChildren(QDialogButtonBox):
        for button in box.buttons():
            button.setIcon(QIcon())


class PushButton(QPushButton):
    """A push button that may be emphasized."""

    def __init__(self, text: str, *, emphasized: bool = False) -> None:
        super().__init__(text)
        self._emphasized = emphasized
        self._follow()

    @property
    def is_emphasized(self) -> bool:
        """Whether this is the button that stands out."""
        return self._emphasized

    def emphasize(self, *, on: bool) -> None:
        """Let the button stand out, or no longer."""
        if on is not self._emphasized:
            self._emphasized = on
            self._follow()

    def _follow(self) -> None:
        palette, font = QPalette(), QFont()  # what is not set comes from around
        around = self.parentWidget()
        if self._emphasized and around is not None:
            roles, groups = QPalette.ColorRole, QPalette.ColorGroup
            accent = highlight(around.palette())
            text = on_highlight(around.palette())
            for group in (groups.Active, groups.Inactive):
                palette.setColor(group, roles.Button, accent)
                palette.setColor(group, roles.ButtonText, text)
            font.setBold(True)
        self.setPalette(palette)
        self.setFont(font)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a ring in what has the keyboard; Enter's button has one around it."""
        super().paintEvent(event)
        by_keyboard = Qt.WidgetAttribute.WA_KeyboardFocusChange
        if self.hasFocus() and self.window().testAttribute(by_keyboard):
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self.palette().color(QPalette.ColorRole.ButtonText))
            ring = QRectF(self.rect()).adjusted(_INSET, _INSET, -_INSET, -_INSET)
            painter.drawRoundedRect(ring, _ROUNDING, _ROUNDING)
            painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette of the widget around."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._follow()
