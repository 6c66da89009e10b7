"""The way up from the backend: what it says on its thread becomes signals."""

from typing import TYPE_CHECKING

from PySide6.QtCore import SignalInstance

from trayapp.qt.loop import Loop

if TYPE_CHECKING:
    from datetime import datetime

    from trayapp.core.alert_log import LogEntry
    from trayapp.core.changes import Trial
    from trayapp.core.errors import Failure
    from trayapp.core.forecast import Forecast
    from trayapp.core.glimpse import Glimpse
    from trayapp.core.history_view import HistoryView
    from trayapp.core.known import Outcome
    from trayapp.core.notices import Button
    from trayapp.core.paid import Paid
    from trayapp.core.telling import Alert
    from trayapp.qt.poller import Poller
    from trayapp.services.backend import Loaded, Saved


class Emitter:
    """The backend's listener: everything it hears becomes a signal.

    A loop that was given up may move again; nobody hears it any more.
    """

    def __init__(self, poller: "Poller", loop: Loop) -> None:
        self._poller, self._loop = poller, loop

    def loaded(self, loaded: "Loaded") -> None:
        """Pass it on."""
        self._emit(self._poller.loaded, loaded)

    def asking(self, account_id: str) -> None:
        """Pass it on."""
        self._emit(self._poller.asking, account_id)

    def answered(self, outcome: "Outcome") -> None:
        """Pass it on."""
        self._emit(self._poller.answered, outcome)

    def tried(self, trial: "Trial", outcome: "Outcome") -> None:
        """Pass it on."""
        self._emit(self._poller.tried, trial, outcome)

    def saved(self, saved: "Saved") -> None:
        """Pass it on."""
        self._emit(self._poller.saved, saved)

    def pressed(self, account_id: str, button: "Button") -> None:
        """Pass it on."""
        self._emit(self._poller.pressed, account_id, button.value)

    def alerts(self, alerts: "tuple[Alert, ...]") -> None:
        """Pass it on."""
        self._emit(self._poller.alerts, alerts)

    def snoozed(self, until: "datetime | None") -> None:
        """Pass it on."""
        self._emit(self._poller.snoozed, until)

    def log(self, entries: "tuple[LogEntry, ...]") -> None:
        """Pass it on."""
        self._emit(self._poller.logged, entries)

    def awaited(self, paid: "tuple[Paid, ...]") -> None:
        """Pass it on."""
        self._emit(self._poller.awaited, paid)

    def foreseen(self, account_id: str, said: "Forecast") -> None:
        """Pass it on."""
        self._emit(self._poller.foreseen, account_id, said)

    def glimpsed(self, account_id: str, seen: "Glimpse") -> None:
        """Pass it on."""
        self._emit(self._poller.glimpsed, account_id, seen)

    def looked_up(self, page: "HistoryView") -> None:
        """Pass it on."""
        self._emit(self._poller.looked_up, page)

    def exported(self, path: str, failure: "Failure | None") -> None:
        """Pass it on."""
        self._emit(self._poller.exported, path, failure)

    def kept(self, problem: "Failure | None") -> None:
        """Say why the history can't be kept for now, or that it is again."""
        self._emit(self._poller.kept, problem)

    def reached(self, problem: "Failure | None") -> None:
        """Say why no notification reaches the person, or that they do again."""
        self._emit(self._poller.reached, problem)

    def _emit(self, signal: SignalInstance, *said: object) -> None:
        if not self._loop.is_given_up:
            signal.emit(*said)
