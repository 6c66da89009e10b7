"""The "Why?" list: what was told, held back and not told, kept while it is open."""

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
    """Knows the last decisions, and shows them when a person asks why."""

    def __init__(self, language: Language, stage: LazyWindow) -> None:
        super().__init__(stage)
        self._language, self._stage = language, stage
        self._entries: tuple[LogEntry, ...] = ()
        self._dialog: NotificationLogDialog | None = None

    def set_entries(self, entries: "tuple[LogEntry, ...]") -> None:
        """Take the last decisions, the oldest first."""
        self._entries = entries
        if self._dialog is not None and self._dialog.isVisible():
            self._show(self._dialog)

    @Slot()
    def open(self) -> None:
        """Show them."""
        if self._dialog is None:
            from trayapp.ui.window.notification_log import NotificationLogDialog

            self._dialog = NotificationLogDialog(self._language, self._stage.window)
        self._show(self._dialog)
        bring_to_front(self._dialog)

    def _show(self, dialog: "NotificationLogDialog") -> None:
        rows = why_rows(self._entries, datetime.now(UTC), self._language)
        dialog.show_rows(rows)
