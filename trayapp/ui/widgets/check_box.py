"""Check boxes and radio buttons whose outline is visible on dark backgrounds."""

from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton

from trayapp.ui.widgets.colours import muted

_WINDOW: Final = QPalette.ColorRole.Window
_DARKENED: Final = 150
"""The percentage by which Qt's Fusion style darkens the window colour for outlines."""
_LOOKS: Final = {QEvent.Type.PaletteChange, QEvent.Type.ParentChange}


class CheckBox(QCheckBox):
    """A check box."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        _outline(self)

    def changeEvent(self, event: QEvent) -> None:
        """Apply the parent's palette."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            _outline(self)


class RadioButton(QRadioButton):
    """A radio button."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        _outline(self)

    def changeEvent(self, event: QEvent) -> None:
        """Apply the parent's palette."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            _outline(self)


def _outline(button: QAbstractButton) -> None:
    """Have the style draw a visible outline, on a dark background too.

    Fusion derives the outline from the window colour, and uses that for nothing else.
    """
    parent = button.parentWidget()
    outer = parent.palette() if parent is not None else QGuiApplication.palette()
    base = muted(outer, _WINDOW).lighter(_DARKENED)  # antialiasing lightens it
    if button.palette().color(_WINDOW) != base:
        palette = QPalette()  # unset values are inherited
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, _WINDOW, base)
        button.setPalette(palette)
