"""What goes over D-Bus, where there is such a thing and a library for it."""

from typing import TYPE_CHECKING

from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.program import PROGRAM
from trayapp.services.polling.scheduler import Scheduler
from trayapp.services.reports import Listener

if TYPE_CHECKING:
    from trayapp.services.alerts.dbus_notifier import DBusNotifier
    from trayapp.services.polling.resume_monitor import ResumeMonitor


def make_notifier(
    listener: Listener, picture: NotificationImage
) -> "DBusNotifier | None":
    """Make what shows notifications; None on Windows and macOS, where Qt does."""
    try:
        from trayapp.services.alerts.dbus_notifier import DBusNotifier  # noqa: PLC0415  # may be missing
    except ImportError:
        return None
    return DBusNotifier(listener.pressed, app_name=PROGRAM, picture=picture)


def make_wakeups(watch: Scheduler) -> "ResumeMonitor | None":
    """Make what hears that the computer slept; None where nothing says so."""
    try:
        from trayapp.services.polling.resume_monitor import ResumeMonitor  # noqa: PLC0415  # may be missing
    except ImportError:
        return None
    return ResumeMonitor(watch)
