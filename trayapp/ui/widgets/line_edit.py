"""A text field with a readable placeholder."""

from typing import Final

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLineEdit, QStyleOptionFrame

from trayapp.ui.widgets.colours import muted
from trayapp.ui.widgets.fields import outline

_CURSOR: Final = 2
_LOOKS: Final = {QEvent.Type.PaletteChange, QEvent.Type.ParentChange}


class LineEdit(QLineEdit):
    """Has a readable placeholder, where Qt's is half transparent.

    It is at least as wide as its placeholder, which Qt would cut.
    """

    def __init__(self) -> None:
        super().__init__()
        self._refresh_style()

    def setPlaceholderText(self, words: str) -> None:
        """Show a placeholder, and take the room for it."""
        super().setPlaceholderText(words)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Give the width of the placeholder, with Qt's frame and margins."""
        least = super().minimumSizeHint()
        metrics = self.fontMetrics()
        frame = least.width() - metrics.maxWidth()
        needed = metrics.horizontalAdvance(self.placeholderText()) + frame + _CURSOR
        return least.expandedTo(QSize(needed, 0))

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        """Set a visible frame."""
        super().initStyleOption(option)
        outline(self, option)

    def _refresh_style(self) -> None:
        role, colour = QPalette.ColorRole.PlaceholderText, self._colour()
        if self.palette().color(role) != colour:
            palette = QPalette()  # unset values are inherited
            palette.setColor(role, colour)
            self.setPalette(palette)

    def _colour(self) -> QColor:
        return muted(self.palette(), QPalette.ColorRole.Base)

    def changeEvent(self, event: QEvent) -> None:
        """Apply the parent's palette."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._refresh_style()
