"""What was read and what was told, in SQLite, with exact amounts."""

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Self

from trayapp.core import errors
from trayapp.core.alert_log import KEPT, LogEntry
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import BalanceTrayError, Failure, HistoryProblem
from trayapp.core.memory import Memory
from trayapp.core.paid import Paid
from trayapp.core.schedule import Plan
from trayapp.core.settings import AlertKind
from trayapp.core.snooze import Snooze
from trayapp.core.telling import Fate, Reason
from trayapp.services.database import (
    OF_ACCOUNTS,
    from_ms,
    keep_aside,
    open_database,
    to_ms,
    translated,
)

_AT_LEAST_EVERY: Final = timedelta(hours=1)
_KINDS: Final = {
    kind.id: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, BalanceTrayError)
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """Why an account is left alone for a while, also after a restart."""

    plan: Plan | None = None
    """A wait that outlives a restart: a rejected key, or a Retry-After."""
    failure: Failure | None = None
    """Why it waits."""


class History:
    """One connection, for the thread that opened it.

    A rollback journal, not WAL: there is one writer at a low rate, and WAL fails on
    network homes. Raises `HistoryProblem` only.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the database; a damaged one is kept aside, and said so.

        One from a newer version is left alone and refused.
        """
        try:
            self._db = open_database(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise HistoryProblem(detail=str(error)) from error
            try:
                aside = keep_aside(path)
            except OSError as kept:
                raise HistoryProblem(detail=kept.strerror or "") from kept
            _log.warning("the history was damaged; kept as %s", aside)
            with translated():
                self._db = open_database(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def record(self, account_id: str, reading: Reading) -> None:
        """Keep a reading that differs from the last, and one an hour at least."""
        with translated(), self._db:
            self._record(account_id, reading)

    def keep(
        self,
        account_id: str,
        reading: Reading | None,
        memory: Memory,
        decisions: Iterable[LogEntry] = (),
    ) -> None:
        """Keep a reading, what was made of it and what was decided: all or nothing."""
        with translated(), self._db:
            if reading is not None:
                self._record(account_id, reading)
            self._db.execute(
                "INSERT OR REPLACE INTO memory VALUES (?, ?)",
                (account_id, json.dumps(memory.as_dict())),
            )
            self._db.executemany(
                "INSERT INTO decision (at, account, name, kind, fate, reason)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                map(_entry_row, decisions),
            )
            self._db.execute(
                "DELETE FROM decision WHERE number <="
                " (SELECT max(number) FROM decision) - ?",
                (KEPT,),
            )

    def last(self, account_id: str) -> Reading | None:
        """Give the newest reading."""
        with translated():
            return self._last(account_id)

    def readings(
        self, account_id: str, since: datetime | None = None
    ) -> Iterator[Reading]:
        """Give the readings from `since` on, the oldest first."""
        start = to_ms(since) if since is not None else -(1 << 62)
        with translated():
            rows = self._db.execute(
                "SELECT at, amount, unit FROM reading WHERE account = ? AND at >= ?"
                " ORDER BY at",
                (account_id, start),
            )
            for row in rows:
                yield _reading(row)

    def record_past(self, account_id: str, readings: Iterable[Reading]) -> None:
        """Keep many readings at once, as they are: a past that others kept."""
        with translated(), self._db:
            for one in readings:
                self._insert(account_id, one)

    def drop(self, account_id: str, moments: Iterable[datetime]) -> None:
        """Remove the readings of these times, as when an old past is thinned."""
        rows = ((account_id, to_ms(at)) for at in moments)
        with translated(), self._db:
            self._db.executemany(
                "DELETE FROM reading WHERE account = ? AND at = ?", rows
            )

    def watched(self, account_id: str) -> Watched:
        """Give what an account waits for."""
        with translated():
            row = self._db.execute(
                "SELECT due, failures, failure FROM wait WHERE account = ?",
                (account_id,),
            ).fetchone()
        due, failures, failure = row or (0, 0, "")
        kind = _KINDS.get(failure)
        if kind is None:
            return Watched()
        return Watched(Plan(from_ms(due), failures, held=True), Failure(kind))

    def watch(self, account_id: str, watched: Watched) -> None:
        """Remember what an account waits for, if that outlives a restart."""
        plan, failure = watched.plan, watched.failure
        with translated(), self._db:
            self._db.execute("DELETE FROM wait WHERE account = ?", (account_id,))
            if plan is not None and plan.held and failure is not None:
                self._db.execute(
                    "INSERT INTO wait VALUES (?, ?, ?, ?)",
                    (account_id, to_ms(plan.due), plan.failures, failure.kind.id),
                )

    def memory(self, account_id: str) -> Memory:
        """Give what was told of an account; of one that was never, nothing."""
        with translated():
            row = self._db.execute(
                "SELECT json FROM memory WHERE account = ?", (account_id,)
            ).fetchone()
        if row is None:
            return Memory()
        try:
            return Memory.from_dict(json.loads(row[0]))
        except (ValueError, RecursionError) as error:
            _log.warning("what was told of %s is lost: %s", account_id, error)
            return Memory()

    def decisions(self) -> tuple[LogEntry, ...]:
        """Give the last decisions of all accounts, the oldest first."""
        with translated():
            rows = self._db.execute(
                "SELECT at, account, name, kind, fate, reason FROM decision"
                " ORDER BY number"
            ).fetchall()
        return tuple(entry for row in rows if (entry := _entry(row)) is not None)

    def snooze(self) -> Snooze:
        """Give until when a person wants no notifications."""
        with translated():
            row = self._db.execute("SELECT until FROM snooze").fetchone()
        return Snooze() if row is None else Snooze(from_ms(row[0]))

    def set_snooze(self, snooze: Snooze) -> None:
        """Remember until when a person wants no notifications."""
        with translated(), self._db:
            self._db.execute("DELETE FROM snooze")
            if snooze.until is not None:
                self._db.execute(
                    "INSERT INTO snooze VALUES (1, ?)", (to_ms(snooze.until),)
                )

    def paid(self) -> tuple[Paid, ...]:
        """Give the payments whose top-up is waited for."""
        with translated():
            rows = self._db.execute("SELECT account, at FROM paid").fetchall()
        return tuple(Paid(account_id, from_ms(at)) for account_id, at in rows)

    def set_paid(self, account_id: str, at: datetime | None) -> None:
        """Remember when a person said they paid; None if that is over."""
        with translated(), self._db:
            self._db.execute("DELETE FROM paid WHERE account = ?", (account_id,))
            if at is not None:
                self._db.execute(
                    "INSERT INTO paid VALUES (?, ?)", (account_id, to_ms(at))
                )

    def corrections(self, account_id: str) -> frozenset[datetime]:
        """Give the times of the readings that a person marked as corrections."""
        with translated():
            rows = self._db.execute(
                "SELECT at FROM correction WHERE account = ?", (account_id,)
            ).fetchall()
        return frozenset(from_ms(at) for (at,) in rows)

    def correct(self, account_id: str, at: datetime, *, on: bool) -> None:
        """Mark the reading of a moment as a correction, or take the mark away."""
        change = (
            "INSERT OR IGNORE INTO correction VALUES (?, ?)"
            if on
            else "DELETE FROM correction WHERE account = ? AND at = ?"
        )
        with translated(), self._db:
            self._db.execute(change, (account_id, to_ms(at)))

    def forget(self, account_id: str) -> None:
        """Remove all that is kept of an account."""
        with translated(), self._db:
            for table in OF_ACCOUNTS:
                self._db.execute(
                    f"DELETE FROM {table} WHERE account = ?",  # noqa: S608  # ours
                    (account_id,),
                )

    def _record(self, account_id: str, reading: Reading) -> None:
        last = self._last(account_id)
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

    def _last(self, account_id: str) -> Reading | None:
        row = self._db.execute(
            "SELECT at, amount, unit FROM reading WHERE account = ?"
            " ORDER BY at DESC LIMIT 1",
            (account_id,),
        ).fetchone()
        return None if row is None else _reading(row)


def _reading(row: tuple[int, str, str]) -> Reading:
    at, amount, unit = row
    return Reading(Balance(Decimal(amount), unit), from_ms(at))


def _entry_row(entry: LogEntry) -> tuple[int, str, str, str | None, str, str]:
    kind = None if entry.kind is None else entry.kind.value
    at, account, name = to_ms(entry.at), entry.account_id, entry.account_name
    return at, account, name, kind, entry.fate.value, entry.reason.value


def _entry(row: tuple[int, str, str, str | None, str, str]) -> LogEntry | None:
    at, account, name, kind, fate, reason = row
    try:
        what = None if kind is None else AlertKind(kind)
        return LogEntry(from_ms(at), account, name, what, Fate(fate), Reason(reason))
    except ValueError:  # a word that is not in use any more
        return None
