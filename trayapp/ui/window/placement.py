"""The window comes up where it was left, or beside the tray the first time."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Signal, Slot
from PySide6.QtGui import QCursor, QGuiApplication, QScreen

from trayapp.ui.tray.tray import Tray
from trayapp.ui.window.window import Window

_GAP: Final = 8
_GRIP: Final = 48
"""So much of a window must be on a screen for it to have stood there."""


class Placement(QObject):
    """Places the window just before it is seen, and notes its place when it goes.

    On Wayland no program knows or decides where its windows are: only the size stays.

    Signals:
        left(place: tuple): the window is gone, and stood somewhere else than before;
            from the left, from the top, width and height.
    """

    left = Signal(tuple)

    def __init__(self, tray: Tray, window: Window) -> None:
        super().__init__(window)
        self._tray, self._window = tray, window
        self._kept: QRect | None = None
        self._anchor = QRect()
        self.can_move = not QGuiApplication.platformName().startswith("wayland")
        window.installEventFilter(self)

    def restore(self, place: tuple[int, int, int, int] | None) -> None:
        """Have the window come up where it stood, if that is known."""
        if place is not None:
            self._kept = QRect(*place)

    @Slot()
    def note_spot(self) -> None:
        """Note where the tray was clicked just now, before the window comes up."""
        spot = self._tray.spot()
        # Panels that draw the icon themselves don't say where: there the pointer is.
        self._anchor = QRect(QCursor.pos(), QSize(1, 1)) if spot.isEmpty() else spot

    def _place(self) -> None:
        window, rooms = self._window, [_room(one) for one in QGuiApplication.screens()]
        place = None
        if self._kept is not None:
            window.resize(self._kept.size())
            place = as_before(self._kept, rooms)
        if place is None and self._anchor.isValid():
            screen = QGuiApplication.screenAt(self._anchor.center())
            room = _room(screen or QGuiApplication.primaryScreen())
            frame = QSize(0, 2 * window.fontMetrics().height())  # a title bar, roughly
            place = beside(self._anchor, window.size() + frame, room)
            place.setSize(place.size() - frame)
        if place is not None and self.can_move:
            window.resize(place.size())
            window.move(place.topLeft())

    def _note(self) -> None:
        window = self._window
        if window.isMaximized() or window.isFullScreen() or window.isMinimized():
            return  # what it was before is what a person chose
        corner = window.pos() if self.can_move else QPoint()
        place = QRect(corner, window.size())
        if place != self._kept:
            self._kept = place
            self.left.emit((place.x(), place.y(), place.width(), place.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear that the window comes or goes, by the program's own will."""
        # Python's part of this may be gone before Qt's own is.
        window = getattr(self, "_window", None)
        if watched is window and not event.spontaneous():
            if event.type() == QEvent.Type.Show:
                self._place()
            elif event.type() == QEvent.Type.Hide:
                self._note()
        return super().eventFilter(watched, event)


def _room(screen: QScreen) -> QRect:
    return screen.availableGeometry()


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
