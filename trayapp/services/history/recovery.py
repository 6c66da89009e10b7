"""A damaged history: kept aside, and what can be read of it taken over."""

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from trayapp.core.errors import HistoryDamaged
from trayapp.services.files.paths import folder_lock
from trayapp.services.history.schema import TABLES, as_problem, open_database

_log = logging.getLogger(__name__)


def open_or_mend(
    path: Path, busy_wait_s: float
) -> tuple[sqlite3.Connection, HistoryDamaged | None]:
    """Open or make the database; of a damaged one give what is left, and say so.

    Raises a `HistoryProblem` as `open_database` does, and for a damaged one that can't
    be replaced: then it stays where it is.
    """
    try:
        return open_database(path, busy_wait_s), None
    except HistoryDamaged:
        with folder_lock(path.parent):
            try:  # another program may have mended it meanwhile
                return open_database(path, busy_wait_s), None
            except HistoryDamaged as damage:
                aside = _mend(path, busy_wait_s)
                _log.warning("%s; kept as %s", damage, aside)
                told = HistoryDamaged(detail=f"{damage.detail}; kept as {aside}")
                return open_database(path, busy_wait_s), told


def _mend(path: Path, busy_wait_s: float) -> str:
    """Replace the database by what can be read of it; give the old one's new name."""
    mended = path.with_name(f"{path.name}.mended")
    stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S-%f")
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    try:
        _remove(mended)  # left by a start that was killed
        _take_over(path, mended, busy_wait_s)
        _journal(mended).unlink(missing_ok=True)
        # The old one's journal first: it must not be played into the new one.
        with contextlib.suppress(FileNotFoundError):
            _journal(path).rename(_journal(aside))
        try:
            # A second name, and not another: at no moment is there no history.
            aside.hardlink_to(path)
        except OSError:  # not every file system can
            path.rename(aside)
        mended.replace(path)
    except OSError as error:
        raise as_problem(error) from error
    finally:
        with contextlib.suppress(OSError):
            _remove(mended)
    return aside.name


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _journal(path).unlink(missing_ok=True)


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}-journal")


def _take_over(damaged: Path, into: Path, busy_wait_s: float) -> None:
    """Copy every row that can be read."""
    new = open_database(into, busy_wait_s)
    with contextlib.closing(new), contextlib.closing(sqlite3.connect(damaged)) as old:
        old.text_factory = bytes  # also what is no text any more
        with contextlib.suppress(sqlite3.Error):
            # With it SQLite reads a file that is shorter than it should be.
            old.execute("PRAGMA writable_schema = ON")
        try:
            with new:
                for table in TABLES:
                    _copy(table, old, new)
        except sqlite3.Error as error:
            raise as_problem(error) from error


def _copy(table: str, old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    info = new.execute(f"PRAGMA table_info({table})").fetchall()
    columns = [name for _, name, *_ in info]
    key = [name for _, name, *_, in_key in info if in_key]
    marks = ", ".join("?" * len(columns))
    names = ", ".join(columns)
    for row in _readable(table, names, key, old):
        values = [_as_text(value) for value in row]
        # Ours are all names from the tables' own definition.
        insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  # as said
        new.execute(insert, values)


def _readable(
    table: str, names: str, key: list[str], old: sqlite3.Connection
) -> Iterator[tuple[object, ...]]:
    """Give the rows before the first damaged page, and those after the last."""
    for way in ("ASC", "DESC"):
        order = ", ".join(f"{name} {way}" for name in key)
        query = f"SELECT {names} FROM {table} ORDER BY {order}"  # noqa: S608  # ours too
        try:
            yield from old.execute(query)
        except sqlite3.Error as error:
            _log.info("%s can't be read as a whole: %s", table, error)
        else:
            return


def _as_text(value: object) -> object:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
