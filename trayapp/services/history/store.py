"""What was read and what was told, in SQLite, with exact amounts."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final, Self, TypeVar

from trayapp.core.alerts.log import KEPT, LogEntry
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, HistoryProblem
from trayapp.services.history.recovery import open_or_mend
from trayapp.services.history.rows import (
    NONSENSE,
    StoredWait,
    decision,
    decision_row,
    from_ms,
    memory,
    payment,
    reading,
    to_ms,
    wait,
)
from trayapp.services.history.schema import OF_ACCOUNTS, is_writable, translated
from trayapp.services.history.writes import Transactions

_PATIENCE_S: Final = 5.0
_AT_LEAST_EVERY: Final = timedelta(hours=1)
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredState:
    """All but the readings: what a start begins with."""

    memories: Mapping[str, AlertMemory] = field(default_factory=dict)
    waits: Mapping[str, StoredWait] = field(default_factory=dict)
    decisions: tuple[LogEntry, ...] = ()
    snooze: Snooze = field(default_factory=Snooze)
    paid: tuple[PendingPayment, ...] = ()


class HistoryStore:
    """One connection, for the thread that opened it.

    A rollback journal, not WAL: there is one writer at a low rate, and WAL fails on
    network homes. Raises `HistoryProblem` only. A row that makes no sense, as a failing
    disk leaves one, is left out.
    """

    problem: Failure | None = None
    """What a person should know although it could be opened."""

    def __init__(self, path: Path, *, patience_s: float = _PATIENCE_S) -> None:
        """Open or make the database; a damaged one is kept aside, and said so.

        One from a newer version is left alone and refused. Each call waits so long
        for another program that holds the database.
        """
        self._complained: set[str] = set()
        self._db, damage = open_or_mend(path, patience_s)
        self._writes = Transactions(self._db)
        if damage is not None:
            self.problem = damage.as_failure()
        elif not is_writable(path):
            self.problem = HistoryProblem(detail=f"read-only: {path}").as_failure()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def together(self) -> AbstractContextManager[None]:
        """Write all that is written meanwhile, or nothing of it, with one wait."""
        return self._writes.together()

    def remembered(self) -> StoredState:
        """Give all that a start begins with, as of one moment."""
        with self._writes.one():
            self._db.execute("BEGIN")
            return StoredState(
                self._memories(),
                self._waits(),
                self.decisions(),
                self.snooze(),
                self.paid(),
            )

    def forget(self, account_id: str) -> None:
        """Remove all that is kept of an account."""
        with self._writes.one():
            for table in OF_ACCOUNTS:
                self._db.execute(
                    f"DELETE FROM {table} WHERE account = ?",  # noqa: S608  # ours
                    (account_id,),
                )

    # --- what was read --------------------------------------------------------------

    def record(self, account_id: str, reading: Reading) -> None:
        """Keep a reading that differs from the last, and one an hour at least."""
        with self._writes.one():
            self._record(account_id, reading)

    def record_past(self, account_id: str, readings: Iterable[Reading]) -> None:
        """Keep many readings at once, as they are: a past that others kept."""
        with self._writes.one():
            for one in readings:
                self._insert(account_id, one)

    def last(self, account_id: str, now: datetime | None = None) -> Reading | None:
        """Give the newest reading; one that lies after `now` only if all do.

        Such a one was written while the clock was ahead, and others came after it.
        """
        with translated():
            return self._last(account_id, now)

    def readings(
        self, account_id: str, since: datetime | None = None
    ) -> Iterator[Reading]:
        """Give the readings from `since` on, the oldest first."""
        start = to_ms(since) if since is not None else -(1 << 62)
        query = "SELECT at, amount, unit FROM reading WHERE account = ? AND at >= ?"
        return self._rows(reading, f"{query} ORDER BY at", account_id, start)

    def drop(self, account_id: str, moments: Iterable[datetime]) -> None:
        """Remove the readings of these times, as when an old past is thinned."""
        rows = ((account_id, to_ms(at)) for at in moments)
        with self._writes.one():
            self._db.executemany(
                "DELETE FROM reading WHERE account = ? AND at = ?", rows
            )

    def corrections(self, account_id: str) -> frozenset[datetime]:
        """Give the times of the readings that a person marked as corrections."""
        query = "SELECT at FROM correction WHERE account = ?"
        return frozenset(self._rows(from_ms, query, account_id))

    def correct(self, account_id: str, at: datetime, *, on: bool) -> None:
        """Mark the reading of a moment as a correction, or take the mark away."""
        change = (
            "INSERT OR IGNORE INTO correction VALUES (?, ?)"
            if on
            else "DELETE FROM correction WHERE account = ? AND at = ?"
        )
        with self._writes.one():
            self._db.execute(change, (account_id, to_ms(at)))

    # --- what was told --------------------------------------------------------------

    def keep(
        self,
        account_id: str,
        reading: Reading | None,
        memory: AlertMemory,
        decisions: Iterable[LogEntry] = (),
    ) -> None:
        """Keep a reading, what was made of it and what was decided: all or nothing."""
        with self._writes.one():
            if reading is not None:
                self._record(account_id, reading)
            self._db.execute(
                "INSERT OR REPLACE INTO memory VALUES (?, ?)",
                (account_id, json.dumps(memory.as_dict())),
            )
            self._db.executemany(
                "INSERT INTO decision (at, account, name, kind, fate, reason)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                map(decision_row, decisions),
            )
            self._db.execute(
                "DELETE FROM decision WHERE number <="
                " (SELECT max(number) FROM decision) - ?",
                (KEPT,),
            )

    def memory(self, account_id: str) -> AlertMemory:
        """Give what was told of an account; of one that was never, nothing."""
        return self._memories().get(account_id, AlertMemory())

    def decisions(self) -> tuple[LogEntry, ...]:
        """Give the last decisions of all accounts, the oldest first."""
        query = "SELECT at, account, name, kind, fate, reason FROM decision"
        return tuple(self._rows(decision, f"{query} ORDER BY number"))

    def snooze(self) -> Snooze:
        """Give until when a person wants no notifications."""
        found = self._rows(
            lambda until: Snooze(from_ms(until)), "SELECT until FROM snooze"
        )
        return next(found, Snooze())

    def set_snooze(self, snooze: Snooze) -> None:
        """Remember until when a person wants no notifications."""
        with self._writes.one():
            self._db.execute("DELETE FROM snooze")
            if snooze.until is not None:
                self._db.execute(
                    "INSERT INTO snooze VALUES (1, ?)", (to_ms(snooze.until),)
                )

    # --- what is waited for ---------------------------------------------------------

    def watched(self, account_id: str) -> StoredWait:
        """Give what an account waits for."""
        return self._waits().get(account_id, StoredWait())

    def watch(self, account_id: str, watched: StoredWait) -> None:
        """Remember what an account waits for, if that outlives a restart."""
        plan, failure = watched.plan, watched.failure
        with self._writes.one():
            self._db.execute("DELETE FROM wait WHERE account = ?", (account_id,))
            if plan is not None and plan.held and failure is not None:
                self._db.execute(
                    "INSERT INTO wait VALUES (?, ?, ?, ?)",
                    (account_id, to_ms(plan.due), plan.failures, failure.kind.id),
                )

    def paid(self) -> tuple[PendingPayment, ...]:
        """Give the payments whose top-up is waited for."""
        rows = self._rows(payment, "SELECT account, at FROM paid")
        return tuple(rows)

    def set_paid(self, account_id: str, at: datetime | None) -> None:
        """Remember when a person said they paid; None if that is over."""
        with self._writes.one():
            self._db.execute("DELETE FROM paid WHERE account = ?", (account_id,))
            if at is not None:
                self._db.execute(
                    "INSERT INTO paid VALUES (?, ?)", (account_id, to_ms(at))
                )

    # --- row by row -----------------------------------------------------------------

    def _record(self, account_id: str, reading: Reading) -> None:
        last = self._last(account_id, reading.at)
        if (
            last is not None
            and last.balance.unit == reading.balance.unit
            and last.balance.digits == reading.balance.digits
            and timedelta(0) <= reading.at - last.at < _AT_LEAST_EVERY
        ):
            return
        self._insert(account_id, reading)

    def _insert(self, account_id: str, reading: Reading) -> None:
        balance, at = reading.balance, to_ms(reading.at)
        self._db.execute(
            "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?)",
            (account_id, at, balance.digits, balance.unit),
        )

    def _last(self, account_id: str, now: datetime | None) -> Reading | None:
        query = "SELECT at, amount, unit FROM reading WHERE account = ?"
        newest = self._rows(reading, f"{query} ORDER BY at DESC", account_id)
        if now is not None:
            until = f"{query} AND at <= ? ORDER BY at DESC"
            newest = chain(self._rows(reading, until, account_id, to_ms(now)), newest)
        return next(newest, None)

    def _memories(self) -> dict[str, AlertMemory]:
        return dict(self._rows(memory, "SELECT account, json FROM memory"))

    def _waits(self) -> dict[str, StoredWait]:
        query = "SELECT account, due, failures, failure FROM wait"
        return dict(self._rows(wait, query))

    def _rows(
        self, make: Callable[..., _T], query: str, *values: object
    ) -> Iterator[_T]:
        """Read rows, and leave out what `make` can't make anything of."""
        with translated():
            for row in self._db.execute(query, values):
                try:
                    yield make(*row)
                except NONSENSE as error:
                    if query not in self._complained:  # it may be read every minute
                        self._complained.add(query)
                        _log.warning("a row makes no sense (%s): %s", query, error)
