"""What of a start is done by the time that the slow modules are imported."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QtMsgType

from trayapp.qt.profile_lock import ProfileLock

if TYPE_CHECKING:
    from trayapp.ui.icons.first_icon import FirstIcon


class Boot:
    """The profile's lock, the icon that is up, and what Qt said meanwhile."""

    def __init__(self, lock: ProfileLock) -> None:
        self.lock = lock
        self.icon: FirstIcon | None = None
        """There if the lock is held: None if another program has it, or there is
        none."""
        self.said: list[tuple[QtMsgType, str]] = []
        """For the log, which is not open yet."""

    def hear(self, kind: QtMsgType, _: QMessageLogContext, words: str) -> None:
        """Keep what Qt says."""
        self.said.append((kind, words))
