"""Recovers a damaged database: keeps a copy and takes over the readable rows."""

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from trayapp.core.errors import HistoryDamaged
from trayapp.services.files.kept_copies import (
    give_second_name,
    remove_excess_copies,
    stamp,
)
from trayapp.services.files.paths import folder_lock
from trayapp.services.history.schema import TABLES, as_problem, open_database

_log = logging.getLogger(__name__)


def open_or_recover(
    path: Path, busy_wait_s: float
) -> tuple[sqlite3.Connection, HistoryDamaged | None]:
    """Open or make the database; replace a damaged one by its readable rows.

    The second value says that it was replaced. Raises `HistoryProblem` as
    `open_database` does, and for a damaged database that can't be replaced: that one
    stays where it is.
    """
    try:
        return open_database(path, busy_wait_s), None
    except HistoryDamaged:
        with folder_lock(path.parent):
            try:  # another program may have replaced it meanwhile
                return open_database(path, busy_wait_s), None
            except HistoryDamaged as damage:
                copy = _replace(path, busy_wait_s)
                _log.warning("%s; kept as %s", damage, copy)
                damage = HistoryDamaged(detail=f"{damage.detail}; kept as {copy}")
                return open_database(path, busy_wait_s), damage


def _replace(path: Path, busy_wait_s: float) -> str:
    """Replace the database by its readable rows; give the new name of the old file."""
    recovered = path.with_name(f"{path.name}.mended")
    copy = path.with_name(f"{path.name}.broken-{stamp()}")
    try:
        _remove(recovered)  # a start that was killed left it
        _take_over(path, recovered, busy_wait_s)
        _rollback_file(recovered).unlink(missing_ok=True)
        # The old rollback journal moves first: it must not be played into the new one.
        with contextlib.suppress(FileNotFoundError):
            _rollback_file(path).rename(_rollback_file(copy))
        give_second_name(path, copy)
        recovered.replace(path)
    except OSError as error:
        raise as_problem(error) from error
    finally:
        with contextlib.suppress(OSError):
            _remove(recovered)
    remove_excess_copies(path.parent, f"{path.name}.broken-*")
    return copy.name


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _rollback_file(path).unlink(missing_ok=True)


def _rollback_file(path: Path) -> Path:
    return path.with_name(f"{path.name}-journal")


def _take_over(damaged: Path, into: Path, busy_wait_s: float) -> None:
    """Copy every row that can be read."""
    new = open_database(into, busy_wait_s)
    with contextlib.closing(new), contextlib.closing(sqlite3.connect(damaged)) as old:
        old.text_factory = bytes  # damaged text too
        with contextlib.suppress(sqlite3.Error):
            # With this SQLite reads a file that is shorter than it should be.
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
        insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  # see above
        new.execute(insert, values)


def _readable(
    table: str, names: str, key: list[str], old: sqlite3.Connection
) -> Iterator[tuple[object, ...]]:
    """Give the rows before the first damaged page, and those after the last."""
    for direction in ("ASC", "DESC"):
        order = ", ".join(f"{name} {direction}" for name in key)
        query = f"SELECT {names} FROM {table} ORDER BY {order}"  # noqa: S608  # ours too
        try:
            yield from old.execute(query)
        except sqlite3.Error as error:
            _log.info("%s can't be read as a whole: %s", table, error)
        else:
            return


def _as_text(value: object) -> object:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
