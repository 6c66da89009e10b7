"""The way up from the backend: what it says on its thread becomes signals."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance

from trayapp.qt.loop import Loop

if TYPE_CHECKING:
    from datetime import datetime

    from trayapp.core.account_state import Outcome
    from trayapp.core.alerts.decision import Alert
    from trayapp.core.alerts.log import LogEntry
    from trayapp.core.alerts.notification import NotificationButton
    from trayapp.core.alerts.pending_payment import PendingPayment
    from trayapp.core.autostart.login import LoginEntryState
    from trayapp.core.changes import Trial
    from trayapp.core.chart.sparkline import RecentBalances
    from trayapp.core.errors import Failure
    from trayapp.core.forecast.run_out import Forecast
    from trayapp.core.view.history import HistoryView
    from trayapp.services.reports import Loaded, Saved


class Voice(QObject):
    """What the backend says, as signals.

    Connect them to `@Slot` methods of QObjects only: a lambda or a plain function would
    run on the other thread.

    Signals:
        loaded (Loaded): what was stored
        asking (str): an account, by its id, is being asked
        answered (Outcome): what came of it
        tried (Trial, Outcome): what a trial from the dialog came to
        saved (Saved): what became of the dialog's changes
        pressed (str, str): a button of a notification was pressed
        alerts (tuple[Alert, ...]): what a person is to be told, in one notification
        snoozed (datetime | None): until when notifications are snoozed
        logged (tuple[LogEntry, ...]): the last decisions about alerts
        awaited (tuple[Paid, ...]): the payments whose top-ups are waited for
        foreseen (str, Forecast): when an account runs out
        glimpsed (str, Glimpse): what its last weeks were like
        login_seen (Login): whether the program starts at login
        looked_up (HistoryView): what the history window is to show
        exported (str, Failure | None): a file was written, or why not
        reached (Failure | None): why notifications reach nobody; None when they do
        kept (Failure | None): why the history can't be kept; None when it is again
    """

    loaded = Signal(object)
    asking = Signal(str)
    answered = Signal(object)
    tried = Signal(object, object)
    saved = Signal(object)
    pressed = Signal(str, str)
    alerts = Signal(object)
    snoozed = Signal(object)
    logged = Signal(object)
    awaited = Signal(object)
    foreseen = Signal(str, object)
    glimpsed = Signal(str, object)
    login_seen = Signal(object)
    looked_up = Signal(object)
    exported = Signal(str, object)
    reached = Signal(object)
    kept = Signal(object)


class Emitter:
    """The backend's listener: everything it hears becomes a signal.

    A loop that was given up may move again; nobody hears it any more.
    """

    def __init__(self, voice: Voice, loop: Loop) -> None:
        self._voice, self._loop = voice, loop

    def loaded(self, loaded: "Loaded") -> None:
        """Pass it on."""
        self._emit(self._voice.loaded, loaded)

    def asking(self, account_id: str) -> None:
        """Pass it on."""
        self._emit(self._voice.asking, account_id)

    def answered(self, outcome: "Outcome") -> None:
        """Pass it on."""
        self._emit(self._voice.answered, outcome)

    def tried(self, trial: "Trial", outcome: "Outcome") -> None:
        """Pass it on."""
        self._emit(self._voice.tried, trial, outcome)

    def saved(self, saved: "Saved") -> None:
        """Pass it on."""
        self._emit(self._voice.saved, saved)

    def pressed(self, account_id: str, button: "NotificationButton") -> None:
        """Pass it on."""
        self._emit(self._voice.pressed, account_id, button.value)

    def alerts(self, alerts: "tuple[Alert, ...]") -> None:
        """Pass it on."""
        self._emit(self._voice.alerts, alerts)

    def snoozed(self, until: "datetime | None") -> None:
        """Pass it on."""
        self._emit(self._voice.snoozed, until)

    def log(self, entries: "tuple[LogEntry, ...]") -> None:
        """Pass it on."""
        self._emit(self._voice.logged, entries)

    def awaited(self, paid: "tuple[PendingPayment, ...]") -> None:
        """Pass it on."""
        self._emit(self._voice.awaited, paid)

    def foreseen(self, account_id: str, said: "Forecast") -> None:
        """Pass it on."""
        self._emit(self._voice.foreseen, account_id, said)

    def glimpsed(self, account_id: str, seen: "RecentBalances") -> None:
        """Pass it on."""
        self._emit(self._voice.glimpsed, account_id, seen)

    def login_seen(self, login: "LoginEntryState") -> None:
        """Pass it on."""
        self._emit(self._voice.login_seen, login)

    def looked_up(self, page: "HistoryView") -> None:
        """Pass it on."""
        self._emit(self._voice.looked_up, page)

    def exported(self, path: str, failure: "Failure | None") -> None:
        """Pass it on."""
        self._emit(self._voice.exported, path, failure)

    def kept(self, problem: "Failure | None") -> None:
        """Say why the history can't be kept for now, or that it is again."""
        self._emit(self._voice.kept, problem)

    def reached(self, problem: "Failure | None") -> None:
        """Say why no notification reaches the person, or that they do again."""
        self._emit(self._voice.reached, problem)

    def _emit(self, signal: SignalInstance, *said: object) -> None:
        if not self._loop.is_given_up:
            signal.emit(*said)
