"""A database with a very long history, made in seconds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from trayapp.services.history.rows import to_ms
from trayapp.services.history.store import HistoryStore

_TOP_UP_EVERY: Final = 5_000
"""Readings between two top-ups, in each of which a few cents are spent."""


def write_big_history(
    path: Path,
    account_id: str,
    count: int,
    *,
    until: datetime,
    every: timedelta = timedelta(minutes=5),
) -> None:
    """Write `count` readings of one account, the last one at `until`."""
    with HistoryStore(path):
        pass  # it makes the tables
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.executemany(
            "INSERT INTO reading VALUES (?, ?, ?, 'EUR')",
            (
                (account_id, at, amount)
                for at, amount in _rows(
                    to_ms(until - (count - 1) * every), count, every
                )
            ),
        )
        database.commit()


def _rows(first: int, count: int, every: timedelta) -> Iterator[tuple[int, str]]:
    step = every // timedelta(milliseconds=1)
    for number in range(count):
        cents = (_TOP_UP_EVERY - number % _TOP_UP_EVERY) * 3 + number % 3
        yield first + number * step, f"{cents // 100}.{cents % 100:02}00"
