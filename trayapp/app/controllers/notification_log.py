"""Opens the notification log, and updates it while it is open."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from trayapp.app.screen.lazy_window import LazyWindow
from trayapp.core.alerts.log import why_rows
from trayapp.core.i18n.language import Language
from trayapp.ui.window.front import bring_to_front

if TYPE_CHECKING:
    from trayapp.core.alerts.log import LogEntry
    from trayapp.ui.window.notification_log import NotificationLogDialog


class NotificationLogController(QObject):
    """Keeps the last decisions about alerts for the notification log."""

    def __init__(self, language: Language, lazy_window: LazyWindow) -> None:
        super().__init__(lazy_window)
        self._language, self._lazy_window = language, lazy_window
        self._entries: tuple[LogEntry, ...] = ()
        self._dialog: NotificationLogDialog | None = None

    def set_entries(self, entries: "tuple[LogEntry, ...]") -> None:
        """Take the last decisions, the oldest first."""
        self._entries = entries
        if self._dialog is not None and self._dialog.isVisible():
            self._show(self._dialog)

    @Slot()
    def open(self) -> None:
        """Show the notification log."""
        if self._dialog is None:
            from trayapp.ui.window.notification_log import NotificationLogDialog

            self._dialog = NotificationLogDialog(
                self._language, self._lazy_window.window
            )
        self._show(self._dialog)
        bring_to_front(self._dialog)

    def _show(self, dialog: "NotificationLogDialog") -> None:
        rows = why_rows(self._entries, datetime.now(UTC), self._language)
        dialog.show_rows(rows)
