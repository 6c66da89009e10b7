"""Fields whose frame is seen, on a dark ground too: to choose in, to look through."""

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
"""By how much Qt's own style darkens a window's colour to draw a frame in it."""
_SOFTENED: Final = 108
"""By how much it takes that back for a list and a table."""
_FOCUS: Final = QStyle.StateFlag.State_HasFocus


def outline(field: QWidget, option: QStyleOption, softened: int = 100) -> None:
    """Have Qt's own style draw a frame that is seen; others have frames of their own.

    It draws nothing of a field but the frame in the window's colour. Around what has
    the keyboard it would be a darker accent, which a dark ground swallows.
    """
    if field.style().name() != "fusion":
        return
    palette = QPalette(option.palette)
    if option.state & _FOCUS:
        drawn = focus_ring(palette, _WINDOW)
        option.state &= ~_FOCUS
    else:
        drawn = edge(palette)
    active = QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive
    for group in active:  # what rests stays pale
        palette.setColor(group, _WINDOW, drawn.darker(softened).lighter(_DARKENED))
    option.palette = palette


class ComboBox(QComboBox):
    """One of several, in a list that opens."""

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Ask for a frame that is seen."""
        super().initStyleOption(option)
        outline(self, option)


class TimeField(QTimeEdit):
    """A time of the day."""

    def initStyleOption(self, option: QStyleOptionSpinBox) -> None:
        """Ask for a frame that is seen."""
        super().initStyleOption(option)
        outline(self, option)


class ListView(QListWidget):
    """Lines below each other."""

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        """Ask for a frame that is seen."""
        super().initStyleOption(option)
        outline(self, option, _SOFTENED)


class TableView(QTableWidget):
    """Rows and columns."""

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        """Ask for a frame that is seen."""
        super().initStyleOption(option)
        outline(self, option, _SOFTENED)
