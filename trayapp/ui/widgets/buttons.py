"""Push buttons that can be emphasized in the desktop's accent colour."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFont, QIcon, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from trayapp.ui.widgets.colours import highlight, on_highlight

_INSET: Final = 3.5
_ROUNDING: Final = 2.0
_LOOKS: Final = {QEvent.Type.PaletteChange, QEvent.Type.ParentChange}


def widen(button: QPushButton, lines: int) -> None:
    """Set the smallest width of a button, in lines of text; its text may need more."""
    button.setMinimumWidth(0)  # else the size hint includes it
    wide = button.fontMetrics().height() * lines
    button.setMinimumWidth(max(wide, button.sizeHint().width()))


def remove_button_icons(dialog: QWidget) -> None:
    """Remove the icons of a dialog's standard buttons; other buttons have none."""
    for box in dialog.findChildren(QDialogButtonBox):
        for button in box.buttons():
            button.setIcon(QIcon())


class PushButton(QPushButton):
    """A push button that may be emphasized."""

    def __init__(self, text: str, *, emphasized: bool = False) -> None:
        super().__init__(text)
        self._emphasized = emphasized
        self._refresh_style()

    @property
    def is_emphasized(self) -> bool:
        """Whether the button is emphasized."""
        return self._emphasized

    def emphasize(self, *, on: bool) -> None:
        """Emphasize the button, or stop that."""
        if on is not self._emphasized:
            self._emphasized = on
            self._refresh_style()

    def _refresh_style(self) -> None:
        palette, font = QPalette(), QFont()  # unset values are inherited
        parent = self.parentWidget()
        if self._emphasized and parent is not None:
            roles, groups = QPalette.ColorRole, QPalette.ColorGroup
            accent = highlight(parent.palette())
            text = on_highlight(parent.palette())
            for group in (groups.Active, groups.Inactive):
                palette.setColor(group, roles.Button, accent)
                palette.setColor(group, roles.ButtonText, text)
            font.setBold(True)
        self.setPalette(palette)
        self.setFont(font)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a focus ring inside; Qt's own ring also marks the default button."""
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
        """Apply the parent's palette."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._refresh_style()
