"""The schema of the database: opening, creation, and migration of older versions."""

import errno
import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.errors import (
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
    HistoryTooNew,
)
from trayapp.core.settings import AlertKind
from trayapp.services.files.paths import (
    make_private,
    private_folder,
    refuse_foreign,
    refuse_foreign_links,
)

_VERSION: Final = 3
_HIGHEST: Final = 1_000
"""A higher version than this is damage, as no release will have it."""
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
_THIRD: Final = """
CREATE TABLE rejection (account TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE pace (host TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID
"""
"""What guards the gateways. `rejection` has the mark of a rejected key, and its retries
in milliseconds since 1970. `pace` has a `core.pace.Pace` for each `gateway_host`."""
OF_ACCOUNTS: Final = (
    *("reading", "memory", "wait", "rejection", "paid", "correction", "decision"),
)
"""The tables whose rows belong to an account and go with it."""
TABLES: Final = (*OF_ACCOUNTS, "snooze", "pace")
_Kinds = Mapping[int, type[HistoryProblem]]
_KINDS: Final[_Kinds] = {
    sqlite3.SQLITE_BUSY: HistoryBusy,
    sqlite3.SQLITE_LOCKED: HistoryBusy,
    sqlite3.SQLITE_FULL: HistoryFull,
    sqlite3.SQLITE_CORRUPT: HistoryDamaged,
    sqlite3.SQLITE_NOTADB: HistoryDamaged,
}
_WHEN_OPENED: Final[_Kinds] = {**_KINDS, sqlite3.SQLITE_ERROR: HistoryDamaged}
"""While the database is opened, a statement that SQLite rejects means damage."""
_PRIMARY: Final = 0xFF
"""The lowest byte of SQLite's extended codes is the kind of error."""


def _migrate(db: sqlite3.Connection) -> None:
    """Migrate the tables to this version, within the caller's transaction."""
    version = _version(db)
    if version < 1:
        if _tables(db):
            raise HistoryDamaged(detail="its tables are not ours")
        _run(db, _FIRST)
    if version < 2:  # noqa: PLR2004  # the version is its own name
        _run(db, _SECOND)
        _move_episodes(db)
    if version < 3:  # noqa: PLR2004  # as above
        _run(db, _THIRD)
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
    """Make alert memories of the episodes that version 1 noted as sent."""
    kinds = (AlertKind.LOW, AlertKind.EMPTY, AlertKind.REJECTED)
    for account, *sent in db.execute(
        "SELECT account, low, empty, rejected FROM watch"
    ).fetchall():
        episodes = {
            kind: EpisodeStatus.SENT
            for kind, was_sent in zip(kinds, sent, strict=True)
            if was_sent
        }
        written = json.dumps(AlertMemory(episodes=episodes).as_dict())
        db.execute("INSERT INTO memory VALUES (?, ?)", (account, written))
    db.execute("DROP TABLE watch")


def _shape(db: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    """Give the columns of all tables: none of a missing one."""
    return [db.execute(f"PRAGMA table_info({table})").fetchall() for table in TABLES]


def open_database(path: Path, busy_wait_s: float) -> sqlite3.Connection:
    """Open or make the database, with this version's tables, for its owner alone.

    Each call waits up to `busy_wait_s` for another program that holds the database.
    Raises `HistoryDamaged` if a part can't be read, `HistoryTooNew` if a newer version
    wrote it, or another `HistoryProblem`.
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
    """Make the file, or check that the existing one is a file of this user.

    What a restore loosened becomes private again. This includes the files that SQLite
    puts beside the database, and the copies of damaged ones.
    """
    private_folder(path.parent)
    refuse_foreign_links(path)
    make_private(*path.parent.glob(f"{path.name}*"))
    if not path.exists():
        path.touch(mode=0o600)
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        words = "it is no file"
        raise OSError(errno.EINVAL, words, str(path))
    refuse_foreign(status, path)


def _set_up(db: sqlite3.Connection) -> None:
    """Check that the database is undamaged, and migrate it to this version."""
    db.text_factory = text_of
    version = _version(db)
    if version > _HIGHEST:
        raise HistoryDamaged(detail=f"the database has version {version}")
    if version > _VERSION:  # checked before any change
        raise HistoryTooNew(detail=f"the database has version {version}")
    db.execute("PRAGMA journal_mode = TRUNCATE")
    db.execute("PRAGMA synchronous = FULL")
    # This reads every page: SQLite notices a damaged page only when it reads it.
    (verdict,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise HistoryDamaged(detail=verdict)
    if version < _VERSION:
        # Two programs may start at once (the tray and `check`): one makes the tables.
        # An up-to-date database is not written to, as the disk may be full.
        db.execute("BEGIN IMMEDIATE")
        _migrate(db)
        db.commit()
    with closing(sqlite3.connect(":memory:")) as model:
        _migrate(model)
        if _shape(db) != _shape(model):
            raise HistoryDamaged(detail="its tables are not ours")


def text_of(raw: bytes) -> str:
    """Read damaged text too, as it must not hide the other rows."""
    return raw.decode(errors="replace")


def is_writable(path: Path) -> bool:
    """Say whether the file and the folder of its rollback journal may be written."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


@contextmanager
def translated(kinds: _Kinds = _KINDS) -> Iterator[None]:
    """Raise each error of the database as a `HistoryProblem`."""
    try:
        yield
    except sqlite3.Error as error:
        raise as_problem(error, kinds) from error
    except UnicodeDecodeError as error:
        # SQLite's message quotes the damaged name, and Python can't decode it.
        raise HistoryDamaged(detail="its tables have no readable names") from error


def as_problem(
    error: sqlite3.Error | OSError, kinds: _Kinds = _KINDS
) -> HistoryProblem:
    """Translate an error of SQLite or of the file system."""
    if isinstance(error, OSError):
        kind = HistoryFull if error.errno == errno.ENOSPC else HistoryProblem
        words = error.strerror or ""
        return kind(detail=f"{words}: {error.filename}" if error.filename else words)
    # An error of the module itself, such as for a closed connection, has no code.
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return kinds.get(code, HistoryProblem)(detail=str(error))
