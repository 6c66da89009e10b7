"""Combo box, time field, list and table whose frame is visible on a dark background."""

from typing import Final

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QListWidget,
    QStyle,
    QStyleOption,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QStyleOptionSpinBox,
    QTableWidget,
    QTimeEdit,
    QWidget,
)

from trayapp.ui.widgets.colours import edge, focus_ring

_WINDOW: Final = QPalette.ColorRole.Window
_DARKENED: Final = 140
"""The percentage by which Qt's Fusion style darkens the window colour for frames."""
_SOFTENED: Final = 108
"""The percentage by which it lightens the frames of lists and tables again."""
_FOCUS: Final = QStyle.StateFlag.State_HasFocus


def outline(field: QWidget, option: QStyleOption, softened: int = 100) -> None:
    """Have Qt's Fusion style draw a visible frame; other styles do so by themselves.

    Fusion uses the window colour of a field for its frame only. For a focused field it
    would darken the accent colour, which is invisible on a dark background.
    """
    if field.style().name() != "fusion":
        return
    palette = QPalette(option.palette)
    if option.state & _FOCUS:
        frame = focus_ring(palette, _WINDOW)
        option.state &= ~_FOCUS
    else:
        frame = edge(palette)
    active = QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive
    for group in active:  # a disabled field stays pale
        palette.setColor(group, _WINDOW, frame.darker(softened).lighter(_DARKENED))
    option.palette = palette


class ComboBox(QComboBox):
    """A combo box."""

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Set a visible frame."""
        super().initStyleOption(option)
        outline(self, option)


class TimeField(QTimeEdit):
    """A field for a time of day."""

    def initStyleOption(self, option: QStyleOptionSpinBox) -> None:
        """Set a visible frame."""
        super().initStyleOption(option)
        outline(self, option)


class ListView(QListWidget):
    """A list."""

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        """Set a visible frame."""
        super().initStyleOption(option)
        outline(self, option, _SOFTENED)


class TableView(QTableWidget):
    """A table."""

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        """Set a visible frame."""
        super().initStyleOption(option)
        outline(self, option, _SOFTENED)
