"""Places the window where it was before, or beside the tray icon the first time."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Signal, Slot
from PySide6.QtGui import QCursor, QGuiApplication, QScreen

from trayapp.ui.tray.tray import Tray
from trayapp.ui.window.window import Window

_GAP: Final = 8
_GRIP: Final = 48
"""A stored place counts if at least so many points of it are on a screen."""


class Placement(QObject):
    """Places the window before it is shown, and reports its place when it is hidden.

    On Wayland a program can neither read nor set a position: only the size is kept.

    Signals:
        place_changed(place: tuple): the window was hidden at a new place; x, y, width
            and height in points.
    """

    place_changed = Signal(tuple)

    def __init__(self, tray: Tray, window: Window) -> None:
        super().__init__(window)
        self._tray, self._window = tray, window
        self._kept: QRect | None = None
        self._anchor = QRect()
        self.can_move = not QGuiApplication.platformName().startswith("wayland")
        window.installEventFilter(self)

    def restore(self, place: tuple[int, int, int, int] | None) -> None:
        """Take the stored place as x, y, width and height; None if none is stored."""
        if place is not None:
            self._kept = QRect(*place)

    @Slot()
    def note_icon_place(self) -> None:
        """Note the place of the clicked tray icon, before the window is shown."""
        icon = self._tray.icon_rect()
        # A tray that draws the icon itself doesn't report the place: use the pointer's.
        self._anchor = QRect(QCursor.pos(), QSize(1, 1)) if icon.isEmpty() else icon

    def _place(self) -> None:
        window, rooms = (
            self._window,
            [_room(screen) for screen in QGuiApplication.screens()],
        )
        place = None
        if self._kept is not None:
            window.resize(self._kept.size())
            place = restored(self._kept, rooms)
        if place is None and self._anchor.isValid():
            screen = QGuiApplication.screenAt(self._anchor.center())
            room = _room(screen or QGuiApplication.primaryScreen())
            frame = QSize(0, 2 * window.fontMetrics().height())  # about a title bar
            place = beside(self._anchor, window.size() + frame, room)
            place.setSize(place.size() - frame)
        if place is not None and self.can_move:
            window.resize(place.size())
            window.move(place.topLeft())

    def _note(self) -> None:
        window = self._window
        if window.isMaximized() or window.isFullScreen() or window.isMinimized():
            return  # the place before that is what a person chose
        corner = window.pos() if self.can_move else QPoint()
        place = QRect(corner, window.size())
        if place != self._kept:
            self._kept = place
            self.place_changed.emit(
                (place.x(), place.y(), place.width(), place.height())
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """React when the program, not the desktop, shows or hides the window."""
        # Python's attributes may be deleted before Qt's object.
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
    """Put a window next to a tray icon: above it, or below one in the upper half.

    Wholly inside `room`, the screen without its taskbars; smaller if needed.
    """
    inner = room.adjusted(_GAP, _GAP, -_GAP, -_GAP)
    fitting = size.boundedTo(inner.size())
    left = anchor.center().x() - fitting.width() // 2
    is_low = anchor.center().y() > room.center().y()
    above, below = anchor.top() - _GAP - fitting.height(), anchor.bottom() + 1 + _GAP
    return _within(QRect(QPoint(left, above if is_low else below), fitting), inner)


def restored(place: QRect, rooms: Sequence[QRect]) -> QRect | None:
    """Put a window at its stored place, wholly onto the screen that shows most of it.

    None if that screen is gone.
    """
    shown = max(rooms, key=lambda room: _area(room & place), default=QRect())
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
