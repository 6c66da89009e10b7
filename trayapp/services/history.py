"""What was read and what was told, in SQLite, with exact amounts."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Self

from trayapp.core import errors
from trayapp.core.alerts import Episodes
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import BalanceTrayError, Failure, HistoryProblem
from trayapp.core.schedule import Plan
from trayapp.services.places import private_folder

_VERSION: Final = 1
_AT_LEAST_EVERY: Final = timedelta(hours=1)
_MILLISECOND: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SCHEMA: Final = """
CREATE TABLE reading (
    account TEXT NOT NULL,
    at INTEGER NOT NULL,    -- milliseconds since 1970, UTC
    amount TEXT NOT NULL,   -- every digit that the gateway sent
    unit TEXT NOT NULL,
    PRIMARY KEY (account, at)
) WITHOUT ROWID;
CREATE TABLE watch (
    account TEXT PRIMARY KEY,
    low INTEGER NOT NULL DEFAULT 0,
    empty INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    due INTEGER,            -- a wait that outlives a restart, and why
    failures INTEGER NOT NULL DEFAULT 0,
    failure TEXT
) WITHOUT ROWID;
"""
_KINDS: Final = {
    kind.id: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, BalanceTrayError)
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """What must be remembered of an account besides its readings."""

    told: Episodes = field(default_factory=Episodes)
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
            self._db = _open(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise HistoryProblem(detail=str(error)) from error
            try:
                aside = _keep_aside(path)
            except OSError as kept:
                raise HistoryProblem(detail=kept.strerror or "") from kept
            _log.warning("the history was damaged; kept as %s", aside)
            with _translated():
                self._db = _open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def record(self, account_id: str, reading: Reading) -> None:
        """Keep a reading that differs from the last, and one an hour at least."""
        with _translated(), self._db:
            last = self._last(account_id)
            if (
                last is not None
                and last.balance.unit == reading.balance.unit
                and last.balance.digits == reading.balance.digits
                and timedelta(0) <= reading.at - last.at < _AT_LEAST_EVERY
            ):
                return
            self._db.execute(
                "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?)",
                (
                    account_id,
                    _to_ms(reading.at),
                    reading.balance.digits,
                    reading.balance.unit,
                ),
            )

    def last(self, account_id: str) -> Reading | None:
        """Give the newest reading."""
        with _translated():
            return self._last(account_id)

    def readings(
        self, account_id: str, since: datetime | None = None
    ) -> Iterator[Reading]:
        """Give the readings from `since` on, the oldest first."""
        start = _to_ms(since) if since is not None else -(1 << 62)
        with _translated():
            rows = self._db.execute(
                "SELECT at, amount, unit FROM reading WHERE account = ? AND at >= ?"
                " ORDER BY at",
                (account_id, start),
            )
            for row in rows:
                yield _reading(row)

    def watched(self, account_id: str) -> Watched:
        """Give what was told of an account, and what it waits for."""
        with _translated():
            row = self._db.execute(
                "SELECT low, empty, rejected, due, failures, failure FROM watch"
                " WHERE account = ?",
                (account_id,),
            ).fetchone()
        if row is None:
            return Watched()
        low, empty, rejected, due, failures, failure = row
        told = Episodes(bool(low), bool(empty), bool(rejected))
        kind = _KINDS.get(failure)
        if due is None or kind is None:
            return Watched(told)
        return Watched(told, Plan(_from_ms(due), failures, held=True), Failure(kind))

    def watch(self, account_id: str, watched: Watched) -> None:
        """Remember what was told of an account, and what it waits for."""
        told, plan, failure = watched.told, watched.plan, watched.failure
        held = plan is not None and plan.held and failure is not None
        with _translated(), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO watch VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    account_id,
                    told.low,
                    told.empty,
                    told.rejected,
                    _to_ms(plan.due) if plan is not None and held else None,
                    plan.failures if plan is not None and held else 0,
                    failure.kind.id if failure is not None and held else None,
                ),
            )

    def forget(self, account_id: str) -> None:
        """Remove all that is kept of an account."""
        with _translated(), self._db:
            self._db.execute("DELETE FROM reading WHERE account = ?", (account_id,))
            self._db.execute("DELETE FROM watch WHERE account = ?", (account_id,))

    def _last(self, account_id: str) -> Reading | None:
        row = self._db.execute(
            "SELECT at, amount, unit FROM reading WHERE account = ?"
            " ORDER BY at DESC LIMIT 1",
            (account_id,),
        ).fetchone()
        return None if row is None else _reading(row)


def _open(path: Path) -> sqlite3.Connection:
    try:
        private_folder(path.parent)
        path.touch(mode=0o600)
    except OSError as error:
        raise HistoryProblem(detail=error.strerror or "") from error
    db = sqlite3.connect(path, timeout=5.0)
    try:
        db.execute("PRAGMA journal_mode = TRUNCATE")
        db.execute("PRAGMA synchronous = FULL")
        # Two programs may start at once (the tray and `check`): one makes the tables.
        db.execute("BEGIN IMMEDIATE")
        _migrate(db)
        db.commit()
    except BaseException:
        db.close()
        raise
    return db


def _migrate(db: sqlite3.Connection) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise HistoryProblem(detail=f"the database has version {version}")
    if version == 0:
        for statement in _SCHEMA.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {_VERSION}")


def _keep_aside(path: Path) -> str:
    stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S-%f")
    for suffix in ("", "-journal"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(f"{path.name}.broken-{stamp}{suffix}"))
    return f"{path.name}.broken-{stamp}"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise HistoryProblem(detail=str(error)) from error


def _to_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _from_ms(milliseconds: int) -> datetime:
    return _EPOCH + milliseconds * _MILLISECOND


def _reading(row: tuple[int, str, str]) -> Reading:
    at, amount, unit = row
    return Reading(Balance(Decimal(amount), unit), _from_ms(at))
