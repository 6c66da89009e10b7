"""The state of a start before the slow modules are imported."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QtMsgType

from trayapp.qt.profile_lock import ProfileLock

if TYPE_CHECKING:
    from trayapp.ui.icons.first_icon import FirstIcon


class Boot:
    """The profile's lock, the icon that is shown, and the messages of Qt so far."""

    def __init__(self, lock: ProfileLock) -> None:
        self.lock = lock
        self.icon: FirstIcon | None = None
        """None if another program has the lock, or the lock can't be made."""
        self.qt_messages: list[tuple[QtMsgType, str]] = []
        """For the log, which opens later."""

    def keep_message(
        self, kind: QtMsgType, _: QMessageLogContext, message: str
    ) -> None:
        """Keep a message of Qt; this is its message handler."""
        self.qt_messages.append((kind, message))
