"""The history's file: opened, made, and an older version's tables made today's."""

import errno
import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from trayapp.core.alerts.memory import AlertMemory, EpisodeStage
from trayapp.core.errors import (
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
    HistoryTooNew,
)
from trayapp.core.settings import AlertKind
from trayapp.services.files.paths import private_folder, refuse_foreign

_VERSION: Final = 2
_HIGHEST: Final = 1_000
"""There will be no such version of ours: a higher one is damage."""
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
TABLES: Final = (*OF_ACCOUNTS, "snooze")
_Kinds = Mapping[int, type[HistoryProblem]]
_KINDS: Final[_Kinds] = {
    sqlite3.SQLITE_BUSY: HistoryBusy,
    sqlite3.SQLITE_LOCKED: HistoryBusy,
    sqlite3.SQLITE_FULL: HistoryFull,
    sqlite3.SQLITE_CORRUPT: HistoryDamaged,
    sqlite3.SQLITE_NOTADB: HistoryDamaged,
}
_WHEN_OPENED: Final[_Kinds] = {**_KINDS, sqlite3.SQLITE_ERROR: HistoryDamaged}
"""What SQLite does not understand before we have asked for anything is damage."""
_PRIMARY: Final = 0xFF
"""SQLite's extended codes have the kind of error in their lowest byte."""


def _migrate(db: sqlite3.Connection) -> None:
    """Bring the tables up to date, within the caller's transaction."""
    version = _version(db)
    if version < 1:
        if _tables(db):
            raise HistoryDamaged(detail="its tables are not ours")
        _run(db, _FIRST)
    if version < 2:  # noqa: PLR2004  # the version is its own name
        _run(db, _SECOND)
        _move_episodes(db)
    db.execute(f"PRAGMA user_version = {_VERSION}")


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _tables(db: sqlite3.Connection) -> set[str]:
    rows = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name for (name,) in rows}


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
            kind: EpisodeStage.SENT
            for kind, was in zip(kinds, told, strict=True)
            if was
        }
        written = json.dumps(AlertMemory(stages=stages).as_dict())
        db.execute("INSERT INTO memory VALUES (?, ?)", (account, written))
    db.execute("DROP TABLE watch")


def _shape(db: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    """Give the columns of all tables: none of a missing one."""
    return [db.execute(f"PRAGMA table_info({one})").fetchall() for one in TABLES]


def open_database(path: Path, busy_wait_s: float) -> sqlite3.Connection:
    """Open or make the database, with today's tables, for its owner alone.

    Waits so long for another program that holds it. Raises `HistoryDamaged` if a part
    can't be read, `HistoryTooNew` for one that must not be touched, or another
    `HistoryProblem`.
    """
    try:
        _prepare(path)
    except OSError as error:
        raise as_problem(error) from error
    with translated(_WHEN_OPENED):
        db = sqlite3.connect(path, timeout=busy_wait_s)
        try:
            _set_up(db)
        except BaseException:
            db.close()
            raise
    return db


def _prepare(path: Path) -> None:
    """Make the file, or see that what is there can be one."""
    private_folder(path.parent)
    if not path.exists():
        path.touch(mode=0o600)
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        words = "it is no file"
        raise OSError(errno.EINVAL, words, str(path))
    refuse_foreign(found, path)


def _set_up(db: sqlite3.Connection) -> None:
    """See that the database is whole and today's, or make it so."""
    db.text_factory = _text
    version = _version(db)
    if version > _HIGHEST:
        raise HistoryDamaged(detail=f"the database has version {version}")
    if version > _VERSION:  # before anything else may change it
        raise HistoryTooNew(detail=f"the database has version {version}")
    db.execute("PRAGMA journal_mode = TRUNCATE")
    db.execute("PRAGMA synchronous = FULL")
    # Every page is looked at: a damaged one in the middle shows only when it is read.
    (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise HistoryDamaged(detail=said)
    if version < _VERSION:
        # Two programs may start at once (the tray and `check`): one makes the tables.
        # A database that is up to date is not written to: the disk may be full.
        db.execute("BEGIN IMMEDIATE")
        _migrate(db)
        db.commit()
    with closing(sqlite3.connect(":memory:")) as model:
        _migrate(model)
        if _shape(db) != _shape(model):
            raise HistoryDamaged(detail="its tables are not ours")


def _text(raw: bytes) -> str:
    """Read damaged text too: it must not hide the rows around it."""
    return raw.decode(errors="replace")


def is_writable(path: Path) -> bool:
    """Say whether file and folder, where SQLite keeps its journal, may be written."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


@contextmanager
def translated(kinds: _Kinds = _KINDS) -> Iterator[None]:
    """Make a `HistoryProblem` of whatever the database complains of."""
    try:
        yield
    except sqlite3.Error as error:
        raise as_problem(error, kinds) from error
    except UnicodeDecodeError as error:
        # SQLite's own words about damage quote it, and Python can't read them.
        raise HistoryDamaged(detail="its tables have no readable names") from error


def as_problem(
    error: sqlite3.Error | OSError, kinds: _Kinds = _KINDS
) -> HistoryProblem:
    """Say what is the matter in our own terms."""
    if isinstance(error, OSError):
        kind = HistoryFull if error.errno == errno.ENOSPC else HistoryProblem
        words = error.strerror or ""
        return kind(detail=f"{words}: {error.filename}" if error.filename else words)
    # An error of the module itself, such as for a closed connection, has no code.
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return kinds.get(code, HistoryProblem)(detail=str(error))
