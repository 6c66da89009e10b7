"""What must outlive a restart, kept at hand, and written down as far as that goes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from trayapp.core.alerts.log import KEPT, LogEntry
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure
from trayapp.core.schedule import Plan
from trayapp.core.settings import AlertKind
from trayapp.services.history.rows import StoredWait
from trayapp.services.history.store import StoredState
from trayapp.services.history.write_queue import WriteQueue

_NOTHING: Final = StoredWait()


class StateCache:
    """Remembers, and writes down what it can.

    All but the readings is read when the history is opened, and from then on what is
    known here is the truth: a history that can't be read hides no balance, makes nobody
    be told twice, and is not written over with less than it holds.
    """

    def __init__(self, archive: WriteQueue) -> None:
        """Take what is remembered from before, now or when it can be had."""
        self._archive = archive
        self._watched: dict[str, StoredWait] = {}
        self._memories: dict[str, AlertMemory] = {}
        self._snooze = Snooze()
        self._decisions: tuple[LogEntry, ...] = ()
        self._paid: dict[str, PendingPayment] = {}
        archive.open(self._take)

    def last(self, account_id: str, now: datetime) -> Reading | None:
        """Give the newest reading that was kept, as `History.last` does."""
        waiting = self._archive.waiting(account_id)
        if waiting:
            return waiting[-1]
        return self._archive.read(lambda history: history.last(account_id, now), None)

    def readings(
        self, account_id: str, since: datetime | None = None
    ) -> tuple[Reading, ...]:
        """Give the readings that were kept from `since` on, the oldest first."""
        written = self._archive.read(
            lambda history: tuple(history.readings(account_id, since)),
            tuple[Reading, ...](),
        )
        waiting = (
            one
            for one in self._archive.waiting(account_id)
            if since is None or one.at >= since
        )
        return (*written, *waiting)

    def drop(self, account_id: str, moments: Iterable[datetime]) -> None:
        """Remove the readings of these times."""
        gone = tuple(moments)
        self._archive.write(lambda history: history.drop(account_id, gone))

    def corrections(self, account_id: str) -> frozenset[datetime]:
        """Give the times of the readings that a person marked as corrections."""
        return self._archive.read(
            lambda history: history.corrections(account_id), frozenset[datetime]()
        )

    def correct(self, account_id: str, at: datetime, *, on: bool) -> None:
        """Mark the reading of a moment as a correction, or take the mark away."""
        self._archive.write(lambda history: history.correct(account_id, at, on=on))

    # --- what an account waits for ------------------------------------------------

    def watched(self, account_id: str) -> StoredWait:
        """Give what an account waits for."""
        return self._watched.get(account_id, _NOTHING)

    def plan(self, account_id: str, plan: Plan, result: Reading | Failure) -> None:
        """Remember a wait that must outlive a restart, and end one that is over."""
        watched = _NOTHING
        if plan.held and isinstance(result, Failure):
            watched = StoredWait(plan, result)
        if self.watched(account_id) != watched:
            self._watched[account_id] = watched
            self._archive.write(lambda history: history.watch(account_id, watched))

    # --- what was told ------------------------------------------------------------

    @property
    def snooze(self) -> Snooze:
        """Until when a person wants no notifications."""
        return self._snooze

    def set_snooze(self, snooze: Snooze) -> None:
        """Remember until when a person wants no notifications."""
        self._snooze = snooze
        self._archive.write(lambda history: history.set_snooze(snooze))

    @property
    def decisions(self) -> tuple[LogEntry, ...]:
        """What was decided last about all accounts, the oldest first."""
        return self._decisions

    def memory(self, account_id: str) -> AlertMemory:
        """Give what was told of an account, and from what."""
        return self._memories.get(account_id, AlertMemory())

    def note(self, account_id: str, memory: AlertMemory) -> None:
        """Remember until the program ends; the next `keep` writes it down."""
        self._memories[account_id] = memory

    def keep(
        self,
        account_id: str,
        memory: AlertMemory,
        decisions: Iterable[LogEntry] = (),
        reading: Reading | None = None,
    ) -> None:
        """Write down a reading, what was made of it and what was decided, at once."""
        made = tuple(decisions)
        self._memories[account_id] = memory
        self._decisions = (*self._decisions, *made)[-KEPT:]
        self._archive.write(
            lambda history: history.keep(account_id, reading, memory, made),
            account_id,
            reading,
        )

    def key_changed(self, account_id: str) -> None:
        """Begin anew with a key: what the old one was rejected for is over."""
        self._watched[account_id] = _NOTHING
        self._archive.write(lambda history: history.watch(account_id, _NOTHING))
        memory = self.memory(account_id).with_stage(AlertKind.REJECTED, None)
        self.keep(account_id, replace(memory, failures=0, unanswered=False))

    # --- what a person paid -------------------------------------------------------

    @property
    def paid(self) -> tuple[PendingPayment, ...]:
        """The payments whose top-up is waited for."""
        return tuple(self._paid.values())

    def set_paid(self, account_id: str, at: datetime | None) -> None:
        """Remember when a person said they paid; None if that is over."""
        self._paid.pop(account_id, None)
        if at is not None:
            self._paid[account_id] = PendingPayment(account_id, at)
        self._archive.write(lambda history: history.set_paid(account_id, at))

    def forget(self, account_id: str) -> None:
        """Remove all that is remembered of an account."""
        self._watched.pop(account_id, None)
        self._memories.pop(account_id, None)
        self._paid.pop(account_id, None)
        self._decisions = tuple(
            one for one in self._decisions if one.account_id != account_id
        )
        self._archive.write(lambda history: history.forget(account_id))

    def _take(self, stored: StoredState) -> None:
        """Take what is stored; what has become known meanwhile is newer."""
        self._watched = {**stored.waits, **self._watched}
        self._memories = {**stored.memories, **self._memories}
        self._decisions = (*stored.decisions, *self._decisions)[-KEPT:]
        self._paid = {**{one.account_id: one for one in stored.paid}, **self._paid}
        if self._snooze == Snooze():
            self._snooze = stored.snooze
