"""Where a window belongs on the screens: beside the tray, or where it stood before."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize

_GAP: Final = 8
_GRIP: Final = 48
"""So much of a window must be on a screen for it to have stood there."""


def beside(anchor: QRect, size: QSize, room: QRect) -> QRect:
    """Put a window next to an icon on the panel: above it, or below if that is nearer.

    Wholly into `room`, which is the screen without its panels; smaller if need be.
    """
    inner = room.adjusted(_GAP, _GAP, -_GAP, -_GAP)
    fitting = size.boundedTo(inner.size())
    left = anchor.center().x() - fitting.width() // 2
    is_low = anchor.center().y() > room.center().y()
    above, below = anchor.top() - _GAP - fitting.height(), anchor.bottom() + 1 + _GAP
    return _within(QRect(QPoint(left, above if is_low else below), fitting), inner)


def as_before(place: QRect, rooms: Sequence[QRect]) -> QRect | None:
    """Put a window where it stood, wholly onto the screen that shows most of it.

    None if that screen is gone.
    """
    shown = max(rooms, key=lambda one: _area(one & place), default=QRect())
    part = shown & place
    if part.width() < _GRIP or part.height() < _GRIP:
        return None
    return _within(QRect(place.topLeft(), place.size().boundedTo(shown.size())), shown)


def _within(place: QRect, room: QRect) -> QRect:
    moved = QRect(place)
    moved.moveRight(min(moved.right(), room.right()))
    moved.moveBottom(min(moved.bottom(), room.bottom()))
    moved.moveLeft(max(moved.left(), room.left()))
    moved.moveTop(max(moved.top(), room.top()))
    return moved


def _area(room: QRect) -> int:
    return max(0, room.width()) * max(0, room.height())
