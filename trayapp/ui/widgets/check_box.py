"""Boxes to tick and round choices that are seen before anything is chosen in them."""

from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton

from trayapp.ui.widgets.colours import muted

_WINDOW: Final = QPalette.ColorRole.Window
_DARKENED: Final = 150
"""By how much Qt's own style darkens a window's colour to draw an outline on it."""
_LOOKS: Final = {QEvent.Type.PaletteChange, QEvent.Type.ParentChange}


class CheckBox(QCheckBox):
    """A box to tick."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        _outline(self)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette of the widget around."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            _outline(self)


class RadioButton(QRadioButton):
    """One of several choices."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        _outline(self)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette of the widget around."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            _outline(self)


def _outline(button: QAbstractButton) -> None:
    """Have the style draw an outline that is seen, on a dark ground too.

    It makes the outline of the window's colour and paints nothing else in that.
    """
    around = button.parentWidget()
    outer = around.palette() if around is not None else QGuiApplication.palette()
    base = muted(outer, _WINDOW).lighter(_DARKENED)  # soft edges take of it
    if button.palette().color(_WINDOW) != base:
        palette = QPalette()  # what is not set comes from around
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, _WINDOW, base)
        button.setPalette(palette)
