"""The history's file: opened, made, and an older version's tables made today's."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from trayapp.core.errors import HistoryProblem
from trayapp.core.memory import Memory, Stage
from trayapp.core.settings import AlertKind
from trayapp.services.places import private_folder

_VERSION: Final = 2
_MILLISECOND: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = """
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
) WITHOUT ROWID
"""
_SECOND: Final = """
CREATE TABLE memory (
    account TEXT PRIMARY KEY,
    json TEXT NOT NULL      -- core.memory.Memory
) WITHOUT ROWID;
CREATE TABLE wait (
    account TEXT PRIMARY KEY,
    due INTEGER NOT NULL,   -- a wait that outlives a restart, and why
    failures INTEGER NOT NULL,
    failure TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO wait SELECT account, due, failures, failure FROM watch
    WHERE due IS NOT NULL AND failure IS NOT NULL;
CREATE TABLE snooze (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    until INTEGER NOT NULL
);
CREATE TABLE decision (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT,              -- NULL: the unit changed
    fate TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE paid (
    account TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE correction (
    account TEXT NOT NULL,
    at INTEGER NOT NULL,    -- the reading that a person marked
    PRIMARY KEY (account, at)
) WITHOUT ROWID
"""
OF_ACCOUNTS: Final = ("reading", "memory", "wait", "paid", "correction", "decision")
"""The tables whose rows belong to an account and go with it."""


def _migrate(db: sqlite3.Connection) -> None:
    """Bring the tables up to date, within the caller's transaction.

    Raises `HistoryProblem` for what a newer version wrote, and changes nothing then.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise HistoryProblem(detail=f"the database has version {version}")
    if version < 1:
        _run(db, _FIRST)
    if version < 2:  # noqa: PLR2004  # the version is its own name
        _run(db, _SECOND)
        _move_episodes(db)
    db.execute(f"PRAGMA user_version = {_VERSION}")


def _run(db: sqlite3.Connection, script: str) -> None:
    # Not executescript(): that would end the transaction first.
    for statement in script.split(";"):
        db.execute(statement)


def _move_episodes(db: sqlite3.Connection) -> None:
    """Make memories of what version 1 noted as told."""
    kinds = (AlertKind.LOW, AlertKind.EMPTY, AlertKind.REJECTED)
    for account, *told in db.execute(
        "SELECT account, low, empty, rejected FROM watch"
    ).fetchall():
        stages = {
            kind: Stage.TOLD for kind, was in zip(kinds, told, strict=True) if was
        }
        written = json.dumps(Memory(stages=stages).as_dict())
        db.execute("INSERT INTO memory VALUES (?, ?)", (account, written))
    db.execute("DROP TABLE watch")


def open_database(path: Path) -> sqlite3.Connection:
    """Open or make the database, with today's tables, for its owner alone."""
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


def keep_aside(path: Path) -> str:
    """Move a damaged database out of the way, and give its new name."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S-%f")
    for suffix in ("", "-journal"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(f"{path.name}.broken-{stamp}{suffix}"))
    return f"{path.name}.broken-{stamp}"


@contextmanager
def translated() -> Iterator[None]:
    """Make a `HistoryProblem` of whatever the database complains of."""
    try:
        yield
    except sqlite3.Error as error:
        raise HistoryProblem(detail=str(error)) from error


def to_ms(moment: datetime) -> int:
    """Write a moment as the tables have it: milliseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Read a moment as the tables have it."""
    return _EPOCH + milliseconds * _MILLISECOND
