"""The history windows' comings and goings, and the text for who pays."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QObject, Signal, Slot

from trayapp.core.account_state import AccountState
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import Language
from trayapp.services.messages.requests import MarkCorrection, ReadHistory, WriteExport
from trayapp.ui.intents import (
    CopyTopUpRequest,
    ExportHistory,
    HistoryIntent,
    MarkAsCorrection,
)
from trayapp.ui.window.front import bring_to_front

if TYPE_CHECKING:
    from trayapp.core.view.history import HistoryView
    from trayapp.ui.history.window import HistoryWindow


class HistoryController(QObject):
    """Keeps one history window an account at most, and up to date while it is open.

    Signals:
        requested(Request): what a window needs of the backend.
        intent(Intent): what a window asks for that is not about its page.
    """

    requested = Signal(object)
    intent = Signal(object)

    def __init__(self, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._windows: dict[str, HistoryWindow] = {}
        self._wanted: set[str] = set()
        self._exports: dict[str, str] = {}

    @Slot(str)
    def open(self, account_id: str) -> None:
        """Bring an account's window up, or ask for what it shows."""
        window = self._windows.get(account_id)
        if window is None:
            self._wanted.add(account_id)
            self.requested.emit(ReadHistory(account_id))
            return
        bring_to_front(window)

    def show_page(self, view: "HistoryView") -> None:
        """Show what was asked for, or renew what is open."""
        window = self._windows.get(view.account_id)
        if window is not None:
            window.show_view(view)
            return
        if view.account_id not in self._wanted:
            return  # to renew a window that was closed meanwhile
        self._wanted.remove(view.account_id)
        from trayapp.ui.history.window import HistoryWindow

        window = HistoryWindow(view, self._language)
        window.intent.connect(self._on_intent)
        window.finished.connect(self._closed)
        self._windows[view.account_id] = window
        self.open(view.account_id)

    def renew(self, account_id: str) -> None:
        """Ask again for what an open window shows: something has changed."""
        if account_id in self._windows:
            self.requested.emit(ReadHistory(account_id))

    def tell_exported(self, path: str, words: str) -> bool:
        """Say what became of an export where it was asked for; False if that is closed.

        The main window would say it behind that one.
        """
        window = self._windows.get(self._exports.pop(path, ""))
        if window is None:
            return False
        window.show_export_result(words)
        return True

    def request_for(self, known: AccountState, said: Forecast | None) -> str:
        """Write the request to top an account up; empty if no balance is known."""
        if known.reading is None:
            return ""
        from trayapp.core.view.history import top_up_request

        today = datetime.now(UTC).astimezone(self._language.zone).date()
        forecast = said or Forecast(Verdict.NOT_ENOUGH)
        return top_up_request(
            known.account, known.reading, forecast, today, self._language
        )

    @Slot(object)
    def _on_intent(self, intent: HistoryIntent) -> None:
        match intent:
            case MarkAsCorrection(account_id, at, on):
                self.requested.emit(MarkCorrection(account_id, at, on))
                self.requested.emit(ReadHistory(account_id))
            case ExportHistory(account_id, form, path):
                self._exports[path] = account_id
                self.requested.emit(WriteExport(account_id, form, path))
            case CopyTopUpRequest():
                self.intent.emit(intent)
            case _:
                assert_never(intent)

    @Slot()
    def _closed(self) -> None:
        for account_id, window in tuple(self._windows.items()):
            if not window.isVisible():
                del self._windows[account_id]
                window.deleteLater()
