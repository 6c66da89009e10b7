"""Everything that the database holds but the readings, in memory."""

from dataclasses import dataclass, field

from trayapp.core.alerts.log import KEPT, LogEntry
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.pace import Pace
from trayapp.services.history.changes import (
    ForgetAccount,
    HistoryChange,
    KeepEvaluation,
    NotePace,
    SetPendingPayment,
    SetSnooze,
    SetWait,
    StoredWait,
)


@dataclass(slots=True)
class StateCache:
    """The state of alerts, waits and hosts.

    The store fills it once, at the start. From then on it is the truth: a database
    that can't be read makes no alert repeat itself.
    """

    memories: dict[str, AlertMemory] = field(default_factory=dict)
    waits: dict[str, StoredWait] = field(default_factory=dict)
    decisions: tuple[LogEntry, ...] = ()
    """The last decisions about all accounts, the oldest first."""
    snooze: Snooze = field(default_factory=Snooze)
    pending_payments: tuple[PendingPayment, ...] = ()
    """At most one of each account."""
    paces: dict[str, Pace] = field(default_factory=dict)
    """The pace of each host, by `gateway_host`."""

    def memory(self, account_id: str) -> AlertMemory:
        """Give the alert memory of an account; an unknown account has an empty one."""
        return self.memories.get(account_id, AlertMemory())

    def wait(self, account_id: str) -> StoredWait:
        """Give the wait of an account."""
        return self.waits.get(account_id, StoredWait())

    def pace(self, host: str) -> Pace:
        """Give the pace of a host; an unknown host takes everything."""
        return self.paces.get(host, Pace())

    def payment(self, account_id: str) -> PendingPayment | None:
        """Give the pending payment of an account, if there is one."""
        for payment in self.pending_payments:
            if payment.account_id == account_id:
                return payment
        return None

    def note(self, account_id: str, memory: AlertMemory) -> None:
        """Replace an alert memory, and leave it to the next `KeepEvaluation` to write.

        Time alone changes a memory each minute, and an idle program writes nothing.
        """
        self.memories[account_id] = memory

    def apply(self, change: HistoryChange) -> None:
        """Make a change; a change of readings alone has no effect here."""
        match change:
            case KeepEvaluation(account_id, memory, decisions):
                self.memories[account_id] = memory
                self.decisions = (*self.decisions, *decisions)[-KEPT:]
            case SetWait(account_id, wait):
                self.waits[account_id] = wait
            case NotePace(host, event):
                self.paces[host] = self.pace(host).after(event)
            case SetSnooze(snooze):
                self.snooze = snooze
            case SetPendingPayment(account_id, at):
                self._end_payment(account_id)
                if at is not None:
                    payment = PendingPayment(account_id, at)
                    self.pending_payments = (*self.pending_payments, payment)
            case ForgetAccount(account_id):
                self._forget(account_id)
            case _:
                pass

    def add_stored(self, stored: "StateCache") -> None:
        """Take over what the store holds; a newer value from this run wins."""
        self.memories = {**stored.memories, **self.memories}
        self.waits = {**stored.waits, **self.waits}
        self.paces = {**stored.paces, **self.paces}
        self.decisions = (*stored.decisions, *self.decisions)[-KEPT:]
        payments = (*stored.pending_payments, *self.pending_payments)
        by_account = {payment.account_id: payment for payment in payments}
        self.pending_payments = tuple(by_account.values())
        if self.snooze == Snooze():
            self.snooze = stored.snooze

    def _end_payment(self, account_id: str) -> None:
        self.pending_payments = tuple(
            payment
            for payment in self.pending_payments
            if payment.account_id != account_id
        )

    def _forget(self, account_id: str) -> None:
        self.memories.pop(account_id, None)
        self.waits.pop(account_id, None)
        self._end_payment(account_id)
        self.decisions = tuple(
            entry for entry in self.decisions if entry.account_id != account_id
        )
