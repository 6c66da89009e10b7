"""The places where a notification can be shown: over D-Bus, or by Qt."""

import sys
from collections.abc import Callable
from typing import Final, Protocol

from trayapp.core.alerts.notification import Notification, NotificationImage
from trayapp.core.program import PROGRAM
from trayapp.services.messages.events import Emit, ShowNotification

_QT_SHOWS: Final = sys.platform in {"win32", "darwin"}


class NotificationSink(Protocol):
    """Shows notifications that are ready."""

    server_changed: Callable[[], None]
    """Called, on the loop's thread, when another server comes or the last one goes."""

    @property
    def awaits_reply(self) -> bool:
        """Whether an alert may be on the screen, which is not known yet.

        Any thread may read it.
        """

    async def show(self, notification: Notification) -> bool:
        """Show a notification; False if no server accepted it."""

    async def is_available(self) -> bool:
        """Return whether a server would accept a notification now."""

    async def describe(self) -> str:
        """Return a phrase about the server, for a report."""

    async def close(self) -> None:
        """Disconnect; notifications on the screen stay there."""


class QtSink:
    """Has the GUI thread show notifications, where there is no D-Bus.

    Qt reports no failure, so each notification counts as shown.
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self.server_changed: Callable[[], None] = lambda: None
        """Never called: Qt has no server."""

    @property
    def awaits_reply(self) -> bool:
        """Return False."""
        return False

    async def show(self, notification: Notification) -> bool:
        """Pass a notification to the GUI thread."""
        self._emit(ShowNotification(notification))
        return True

    async def is_available(self) -> bool:
        """Return True."""
        return True

    async def describe(self) -> str:
        """Return "by Qt"."""
        return "by Qt"

    async def close(self) -> None:
        """Do nothing."""


def make_sink(emit: Emit, picture: NotificationImage) -> NotificationSink:
    """Return this system's sink: Qt on Windows, on macOS and without jeepney."""
    if _QT_SHOWS:
        return QtSink(emit)
    try:
        from trayapp.services.alerts.dbus_notifier import DBusNotifier  # noqa: PLC0415  # may be missing
    except ImportError:
        return QtSink(emit)
    return DBusNotifier(emit, app_name=PROGRAM, picture=picture)
