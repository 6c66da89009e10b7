"""The database of readings, alert memories and decisions, in SQLite, amounts exact."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final, assert_never

from trayapp.core.alerts.log import KEPT
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, HistoryProblem
from trayapp.core.history.outliers import CLOCK_ERROR, is_true_time
from trayapp.core.pace import Pace, PaceEvent
from trayapp.services.history.changes import (
    ForgetAccount,
    HistoryChange,
    KeepEvaluation,
    KeepReading,
    NotePace,
    RemoveReadings,
    SetCorrection,
    SetPendingPayment,
    SetSnooze,
    SetWait,
    StoredWait,
)
from trayapp.services.history.reader import HistoryReader
from trayapp.services.history.recovery import open_or_recover
from trayapp.services.history.rows import (
    decision,
    decision_row,
    from_ms,
    memory,
    pace,
    payment,
    reading,
    rejection_text,
    to_ms,
    wait,
)
from trayapp.services.history.schema import OF_ACCOUNTS, is_writable, translated
from trayapp.services.history.state_cache import StateCache

_log = logging.getLogger(__name__)
_BUSY_WAIT_S: Final = 5.0
_ONE_AT_LEAST_EVERY: Final = timedelta(hours=1)
_SET_BACK: Final = timedelta(days=2)
"""A clock that is ahead by more shows it: its owner sees the wrong day."""
_HOUR_MS: Final = 3_600_000
_WAITS: Final = (
    "SELECT account, due, failures, failure, json"
    " FROM wait LEFT JOIN rejection USING (account)"
)


class HistoryStore(HistoryReader):
    """One connection, for the thread that opened it.

    A rollback journal, not WAL: there is one writer at a low rate, and WAL fails on
    network homes. Methods raise `HistoryProblem` only, but for `write`. A row that a
    failing disk has changed is left out.
    """

    problem: Failure | None = None
    """A warning for the person, although the database could be opened."""

    def __init__(
        self,
        path: Path,
        *,
        busy_wait_s: float = _BUSY_WAIT_S,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Open or make the database.

        With the `clock`, the current time in UTC, readings of the future do not count.
        A damaged one is kept aside, and `problem` says so; one from a newer version is
        refused and stays as it is. Each call waits up to `busy_wait_s` for another
        program that holds the database.
        """
        db, damage = open_or_recover(path, busy_wait_s)
        super().__init__(db, clock)
        self.path = path
        if damage is not None:
            self.problem = damage.as_failure()
        elif not is_writable(path):
            self.problem = HistoryProblem(detail=f"read-only: {path}").as_failure()

    # --- reading --------------------------------------------------------------------

    def load(self) -> StateCache:
        """Read everything but the readings, as of one moment."""
        decisions = "SELECT at, account, name, kind, fate, reason FROM decision"
        with translated(), self._db:
            self._db.execute("BEGIN")
            return StateCache(
                memories=dict(self._rows(memory, "SELECT account, json FROM memory")),
                waits=dict(self._rows(wait, _WAITS)),
                decisions=tuple(self._rows(decision, f"{decisions} ORDER BY number")),
                snooze=self._snooze(),
                pending_payments=tuple(
                    self._rows(payment, "SELECT account, at FROM paid")
                ),
                paces=dict(self._rows(pace, "SELECT host, json FROM pace")),
            )

    def wait(self, account_id: str) -> StoredWait:
        """Give the wait of an account, as any program wrote it last."""
        rows = self._rows(wait, f"{_WAITS} WHERE account = ?", account_id)
        return dict(rows).get(account_id, StoredWait())

    def pace(self, host: str) -> Pace:
        """Give the pace of a host, as any program wrote it last."""
        rows = self._rows(pace, "SELECT host, json FROM pace WHERE host = ?", host)
        return dict(rows).get(host, Pace())

    def last(self, account_id: str, now: datetime | None = None) -> Reading | None:
        """Give the newest reading; one with an impossible time if there is no other.

        A reading after `now` was written while the clock was ahead: others followed it.
        """
        query = "SELECT at, amount, unit FROM reading WHERE account = ?"
        newest = self._rows(reading, f"{query} ORDER BY at DESC", account_id)
        first, end = self.true_times()
        if now is not None:
            end = min(end, to_ms(now))
        between = f"{query} AND at >= ? AND at <= ? ORDER BY at DESC"
        true = self._rows(reading, between, account_id, first, end)
        return next(chain(true, newest), None)

    def _snooze(self) -> Snooze:
        rows = self._rows(
            lambda until: Snooze(from_ms(until)), "SELECT until FROM snooze"
        )
        return next(rows, Snooze())

    # --- writing --------------------------------------------------------------------

    def write(self, *changes: HistoryChange) -> None:
        """Make changes in one transaction; they are on the disk at the return.

        Raises `HistoryProblem` if the database fails, and then nothing is written. Any
        other exception is the fault of one change: the others are written.
        """
        fault: Exception | None = None
        with translated(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for change in changes:
                try:
                    with self._savepoint():
                        self._make(change)
                except HistoryProblem:
                    raise
                except Exception as error:  # noqa: BLE001  # raised below
                    fault = error
        if fault is not None:
            raise fault

    def record_past(self, account_id: str, readings: Iterable[Reading]) -> None:
        """Write readings of the past as they are, all or nothing."""
        with translated(), self._db:
            for past_reading in readings:
                self._insert(account_id, past_reading)

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """Undo a change that fails half-way, and nothing before it."""
        with translated():
            self._db.execute("SAVEPOINT change")
            try:
                yield
            except BaseException:
                if self._db.in_transaction:  # a full disk ends the whole transaction
                    self._db.execute("ROLLBACK TO change")
                raise
            finally:
                if self._db.in_transaction:
                    self._db.execute("RELEASE change")

    def _make(self, change: HistoryChange) -> None:  # noqa: C901  # a case a change
        match change:
            case KeepReading(account_id, new_reading):
                self._keep_reading(account_id, new_reading)
            case KeepEvaluation():
                self._keep_evaluation(change)
            case SetWait(account_id, stored_wait):
                self._set_wait(account_id, stored_wait)
            case NotePace(host, event):
                self._note_pace(host, event)
            case SetSnooze(snooze):
                self._set_snooze(snooze)
            case SetPendingPayment(account_id, at):
                self._set_pending_payment(account_id, at)
            case SetCorrection():
                self._set_correction(change)
            case RemoveReadings(account_id, moments):
                self._db.executemany(
                    "DELETE FROM reading WHERE account = ? AND at = ?",
                    ((account_id, to_ms(at)) for at in moments),
                )
            case ForgetAccount(account_id):
                for table in OF_ACCOUNTS:
                    self._db.execute(
                        f"DELETE FROM {table} WHERE account = ?",  # noqa: S608  # ours
                        (account_id,),
                    )
            case _:
                assert_never(change)

    def _keep_reading(self, account_id: str, new_reading: Reading) -> None:
        if not is_true_time(new_reading.at, None):
            _log.warning("the clock is wrong: %s", new_reading.at)
            return
        self._move_before(account_id, new_reading)
        last = self.last(account_id, new_reading.at)
        if (
            last is not None
            and last.balance.unit == new_reading.balance.unit
            and last.balance.digits == new_reading.balance.digits
            and timedelta(0) <= new_reading.at - last.at < _ONE_AT_LEAST_EVERY
        ):
            return
        self._insert(account_id, new_reading)

    def _move_before(self, account_id: str, new_reading: Reading) -> None:
        """Give the readings of the next two days a time right before a new reading.

        The clock was ahead when they were written, and was set back since. Their time
        is not known, but their order is. Later ones stay: if the clock is wrong now,
        they are right. They do not count until their time has come.
        """
        if self.clock is None:
            return
        now = self.clock()
        if not timedelta(0) <= now - new_reading.at <= CLOCK_ERROR:
            return  # it waited until it could be written
        ahead = [
            at
            for (at,) in self._db.execute(
                "SELECT at FROM reading WHERE account = ? AND at > ? AND at <= ?"
                " ORDER BY at",
                (account_id, to_ms(now + CLOCK_ERROR), to_ms(now + _SET_BACK)),
            )
        ]
        if not ahead:
            return
        end = to_ms(new_reading.at)
        ((before,),) = self._db.execute(
            "SELECT max(at) FROM reading WHERE account = ? AND at <= ?",
            (account_id, end),
        )
        start = max(end - _HOUR_MS, before or 0)
        for index, at in enumerate(ahead, 1):
            moved = start + (end - start) * index // (len(ahead) + 1)
            for table in ("reading", "correction"):
                change = f"UPDATE OR REPLACE {table} SET at = ?"  # noqa: S608  # ours
                self._db.execute(
                    f"{change} WHERE account = ? AND at = ?", (moved, account_id, at)
                )

    def _insert(self, account_id: str, new_reading: Reading) -> None:
        balance, at = new_reading.balance, to_ms(new_reading.at)
        self._db.execute(
            "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?)",
            (account_id, at, balance.digits, balance.unit),
        )

    def _keep_evaluation(self, change: KeepEvaluation) -> None:
        if change.reading is not None:
            self._keep_reading(change.account_id, change.reading)
        self._db.execute(
            "INSERT OR REPLACE INTO memory VALUES (?, ?)",
            (change.account_id, json.dumps(change.memory.as_dict())),
        )
        self._db.executemany(
            "INSERT INTO decision (at, account, name, kind, fate, reason)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            map(decision_row, change.decisions),
        )
        self._db.execute(
            "DELETE FROM decision WHERE number <="
            " (SELECT max(number) FROM decision) - ?",
            (KEPT,),
        )

    def _set_wait(self, account_id: str, stored_wait: StoredWait) -> None:
        plan, failure = stored_wait.plan, stored_wait.failure
        self._db.execute("DELETE FROM wait WHERE account = ?", (account_id,))
        self._db.execute("DELETE FROM rejection WHERE account = ?", (account_id,))
        if plan is not None and plan.must_persist and failure is not None:
            self._db.execute(
                "INSERT INTO wait VALUES (?, ?, ?, ?)",
                (account_id, to_ms(plan.due), plan.failures, failure.kind.id),
            )
            if stored_wait.rejected_key:
                self._db.execute(
                    "INSERT INTO rejection VALUES (?, ?)",
                    (account_id, rejection_text(stored_wait)),
                )

    def _note_pace(self, host: str, event: PaceEvent) -> None:
        """Note an event on top of those that other programs have written."""
        self._db.execute(
            "INSERT OR REPLACE INTO pace VALUES (?, ?)",
            (host, json.dumps(self.pace(host).after(event).as_dict())),
        )

    def _set_snooze(self, snooze: Snooze) -> None:
        self._db.execute("DELETE FROM snooze")
        if snooze.until is not None:
            self._db.execute("INSERT INTO snooze VALUES (1, ?)", (to_ms(snooze.until),))

    def _set_pending_payment(self, account_id: str, at: datetime | None) -> None:
        self._db.execute("DELETE FROM paid WHERE account = ?", (account_id,))
        if at is not None:
            self._db.execute("INSERT INTO paid VALUES (?, ?)", (account_id, to_ms(at)))

    def _set_correction(self, change: SetCorrection) -> None:
        query = (
            "INSERT OR IGNORE INTO correction VALUES (?, ?)"
            if change.is_correction
            else "DELETE FROM correction WHERE account = ? AND at = ?"
        )
        self._db.execute(query, (change.account_id, to_ms(change.at)))
