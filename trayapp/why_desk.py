"""The "Why?" list: what was told, held back and not told, kept while it is open."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from trayapp.core.alert_log import why_rows
from trayapp.core.language import Language
from trayapp.ui.front import bring_to_front
from trayapp.ui.why_dialog import WhyDialog

if TYPE_CHECKING:
    from trayapp.core.alert_log import LogEntry


class WhyDesk(QObject):
    """Knows the last decisions, and shows them when a person asks why."""

    def __init__(self, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._entries: tuple[LogEntry, ...] = ()
        self._dialog = WhyDialog(language, parent)

    @Slot(object)
    def set_entries(self, entries: "tuple[LogEntry, ...]") -> None:
        """Take the last decisions, the oldest first."""
        self._entries = entries
        if self._dialog.isVisible():
            self._show()

    @Slot()
    def open(self) -> None:
        """Show them."""
        self._show()
        bring_to_front(self._dialog)

    def _show(self) -> None:
        rows = why_rows(self._entries, datetime.now(UTC), self._language)
        self._dialog.show_rows(rows)
