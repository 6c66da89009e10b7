"""Opens and updates the history windows, and writes the request to top up."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QObject, Signal, Slot

from trayapp.core.account_state import AccountState
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import Language
from trayapp.services.messages.requests import (
    DeleteReadings,
    MarkCorrection,
    ReadHistory,
    WriteExport,
)
from trayapp.ui.intents import (
    CopyTopUpRequest,
    ExportHistory,
    HistoryIntent,
    MarkAsCorrection,
    RemoveWrongReadings,
)
from trayapp.ui.window.front import bring_to_front

if TYPE_CHECKING:
    from trayapp.core.view.history import HistoryView
    from trayapp.ui.history.window import HistoryWindow


class HistoryController(QObject):
    """Keeps at most one history window for each account, and updates it.

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
        self._opening: set[str] = set()
        self._exports: dict[str, str] = {}

    @Slot(str)
    def open(self, account_id: str) -> None:
        """Bring an account's window up, or request its page first."""
        window = self._windows.get(account_id)
        if window is None:
            self._opening.add(account_id)
            self.requested.emit(ReadHistory(account_id))
            return
        bring_to_front(window)

    def show_page(self, view: "HistoryView") -> None:
        """Open the window that waits for this page, or update the open one."""
        window = self._windows.get(view.account_id)
        if window is not None:
            window.show_view(view)
            return
        if view.account_id not in self._opening:
            return  # its window was closed meanwhile
        self._opening.remove(view.account_id)
        from trayapp.ui.history.window import HistoryWindow

        window = HistoryWindow(view, self._language)
        window.intent.connect(self._on_intent)
        window.finished.connect(self._closed)
        self._windows[view.account_id] = window
        self.open(view.account_id)

    def refresh(self, account_id: str) -> None:
        """Request the page of an open window again, after a change."""
        if account_id in self._windows:
            self.requested.emit(ReadHistory(account_id))

    def refresh_all(self) -> None:
        """Request the pages of all open windows again."""
        for account_id in tuple(self._windows):
            self.refresh(account_id)

    def show_export_result(self, path: str, words: str) -> bool:
        """Show the result of an export in its window; False if that one is closed."""
        window = self._windows.get(self._exports.pop(path, ""))
        if window is None:
            return False
        window.show_export_result(words)
        return True

    def request_for(self, known: AccountState, forecast: Forecast | None) -> str:
        """Return the request to top up an account; empty if no balance is known."""
        if known.reading is None:
            return ""
        from trayapp.core.view.history import top_up_request

        today = datetime.now(UTC).astimezone(self._language.zone).date()
        forecast = forecast or Forecast(Verdict.NOT_ENOUGH)
        return top_up_request(
            known.account, known.reading, forecast, today, self._language
        )

    @Slot(object)
    def _on_intent(self, intent: HistoryIntent) -> None:
        match intent:
            case MarkAsCorrection(account_id, at, on):
                self.requested.emit(MarkCorrection(account_id, at, on))
                self.requested.emit(ReadHistory(account_id))
            case RemoveWrongReadings(account_id, moments):
                self.requested.emit(DeleteReadings(account_id, moments))
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
