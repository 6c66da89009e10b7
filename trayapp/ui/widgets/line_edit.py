"""A line to type in, whose hint can be read as well as what is typed."""

from typing import Final

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLineEdit, QStyleOptionFrame

from trayapp.ui.widgets.colours import muted
from trayapp.ui.widgets.fields import outline

_CURSOR: Final = 2
_LOOKS: Final = {QEvent.Type.PaletteChange, QEvent.Type.ParentChange}


class LineEdit(QLineEdit):
    """Follows the palette; Qt's own hint is text at half its strength.

    It is at least as wide as its hint, which Qt would cut.
    """

    def __init__(self) -> None:
        super().__init__()
        self._follow()

    def setPlaceholderText(self, words: str) -> None:
        """Show a hint, and take the room for it."""
        super().setPlaceholderText(words)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Ask for room for the hint, in Qt's own frame and margins."""
        least = super().minimumSizeHint()
        metrics = self.fontMetrics()
        frame = least.width() - metrics.maxWidth()
        needed = metrics.horizontalAdvance(self.placeholderText()) + frame + _CURSOR
        return least.expandedTo(QSize(needed, 0))

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        """Ask for a frame that is seen."""
        super().initStyleOption(option)
        outline(self, option)

    def _follow(self) -> None:
        role, ink = QPalette.ColorRole.PlaceholderText, self._ink()
        if self.palette().color(role) != ink:
            palette = QPalette()  # what is not set comes from around
            palette.setColor(role, ink)
            self.setPalette(palette)

    def _ink(self) -> QColor:
        return muted(self.palette(), QPalette.ColorRole.Base)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette of the widget around."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._follow()
