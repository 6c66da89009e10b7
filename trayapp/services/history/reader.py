"""Reads readings and corrections from the database, a page at a time."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self, TypeVar

from trayapp.core.balance import Reading
from trayapp.core.history.outliers import CLOCK_ERROR, FIRST_TIME, is_true_time
from trayapp.services.history.rows import NONSENSE, from_ms, reading, to_ms
from trayapp.services.history.schema import text_of, translated

_PAGE: Final = 2_000
"""Readings that are read at once."""
_FOREVER: Final = 1 << 62
"""In milliseconds. A damaged time that is a text is after it."""
_BUSY_WAIT_S: Final = 5.0
_MANY: Final = 50_000
"""Readings of 24 weeks, with one each five minutes."""
_FIVE_MINUTES_MS: Final = 300_000
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class HistoryReader:
    """One connection that only reads.

    With a clock, the current time in UTC, readings of the future do not count.
    Methods raise `HistoryProblem` only. A row that a failing disk has changed is left
    out.
    """

    def __init__(
        self, db: sqlite3.Connection, clock: Callable[[], datetime] | None
    ) -> None:
        self._logged: set[str] = set()
        self._db = db
        self.clock = clock

    @classmethod
    def beside(cls, path: Path, clock: Callable[[], datetime] | None) -> Self:
        """Open the database a second time, beside its `HistoryStore`.

        It is not checked again, and not made if it is missing.
        """
        with translated():
            uri = f"{path.absolute().as_uri()}?mode=rw"
            # One thread after the other uses it, not two at a time.
            db = sqlite3.connect(
                uri, timeout=_BUSY_WAIT_S, uri=True, check_same_thread=False
            )
        db.text_factory = text_of
        return cls(db, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def readings(
        self, account_id: str, since: datetime | None = None
    ) -> Iterator[Reading]:
        """Give the readings from `since` on, the oldest first.

        Those whose time can't be true are left out. They are read page by page: few are
        in memory, and other programs can write between two pages, however slowly the
        caller goes on.
        """
        query = (
            "SELECT at, amount, unit FROM reading"
            " WHERE account = ? AND at > ? AND at <= ? ORDER BY at LIMIT ?"
        )
        last, end = self._stretch(since)
        while True:
            with translated():
                page = self._db.execute(query, (account_id, last, end, _PAGE))
                rows = page.fetchall()
            yield from self._made(reading, query, rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1][0]

    def bounded_readings(
        self, account_id: str, since: datetime | None = None
    ) -> Iterator[Reading]:
        """Give the readings from `since` on, at most one for each five minutes of many.

        The program asks every five minutes at most, so a history with many more
        readings was not made by it. Of such a history the last reading of each five
        minutes counts, to bound the time of a calculation.
        """
        count = "SELECT count(*) FROM reading WHERE account = ? AND at > ? AND at <= ?"
        values = account_id, *self._stretch(since)
        with translated():
            (number,) = self._db.execute(count, values).fetchone()
        if number <= _MANY:
            return self.readings(account_id, since)
        query = (  # SQLite takes amount and unit from the row with the latest time
            "SELECT max(at), amount, unit FROM reading"
            " WHERE account = ? AND at > ? AND at <= ? GROUP BY at / ? ORDER BY 1"
        )
        return self._rows(reading, query, *values, _FIVE_MINUTES_MS)

    def impossible_readings(self, account_id: str) -> tuple[Reading, ...]:
        """Give the readings whose time can't be true, the oldest first."""
        query = (
            "SELECT at, amount, unit FROM reading WHERE account = ?"
            " AND (at < ? OR at > ?) ORDER BY at"
        )
        return tuple(self._rows(reading, query, account_id, *self.true_times()))

    def true_times(self) -> tuple[int, int]:
        """Give the first and the last time of a true reading, in milliseconds."""
        now = self.clock() if self.clock is not None else None
        if now is None or not is_true_time(now, None):
            return to_ms(FIRST_TIME), _FOREVER
        return to_ms(FIRST_TIME), to_ms(now + CLOCK_ERROR)

    def _stretch(self, since: datetime | None) -> tuple[int, int]:
        """Give the last millisecond before the readings that count, and their end."""
        first, end = self.true_times()
        return max(first, first if since is None else to_ms(since)) - 1, end

    def corrections(self, account_id: str) -> frozenset[datetime]:
        """Give the moments of the readings that a person marked as corrections."""
        query = "SELECT at FROM correction WHERE account = ?"
        return frozenset(self._rows(from_ms, query, account_id))

    def _rows(
        self, make: Callable[..., _T], query: str, *values: object
    ) -> Iterator[_T]:
        """Read rows, and leave out those of which `make` makes no sense."""
        with translated():
            yield from self._made(make, query, self._db.execute(query, values))

    def _made(
        self, make: Callable[..., _T], query: str, rows: Iterable[Sequence[object]]
    ) -> Iterator[_T]:
        for row in rows:
            try:
                made = make(*row)
            except NONSENSE as error:
                if query not in self._logged:  # it may be read every minute
                    self._logged.add(query)
                    _log.warning("a row makes no sense (%s): %s", query, error)
            else:
                yield made


@dataclass(frozen=True, slots=True)
class StoredPast:
    """An account's history as of now, for a thread that reads it."""

    account_id: str
    path: Path | None
    """Where the database is; None if it can't be opened."""
    queued: tuple[Reading, ...]
    """The readings that are not written yet."""
    clock: Callable[[], datetime] | None = None
    """The clock that the readings are judged by."""

    @contextmanager
    def opened(self) -> Iterator["PastReader"]:
        """Open the database, on any thread; raises `HistoryProblem`."""
        if self.path is None:
            yield PastReader(self, None)
            return
        with HistoryReader.beside(self.path, self.clock) as reader:
            yield PastReader(self, reader)


class PastReader:
    """Reads an account's history, with what is not written yet."""

    def __init__(self, past: StoredPast, reader: HistoryReader | None) -> None:
        self._past, self._reader = past, reader

    def readings(self) -> Iterator[Reading]:
        """Give all readings, the oldest first; only a page of them is in memory."""
        newest = None
        if self._reader is not None:
            for reading in self._reader.readings(self._past.account_id):
                newest = reading.at
                yield reading
        for reading in self._past.queued:  # some may have been written meanwhile
            is_new = newest is None or reading.at > newest
            if is_new and is_true_time(reading.at, None):
                yield reading

    def impossible_readings(self) -> tuple[Reading, ...]:
        """Give the written readings whose time can't be true, the oldest first."""
        if self._reader is None:
            return ()
        return self._reader.impossible_readings(self._past.account_id)

    def corrections(self) -> frozenset[datetime]:
        """Give the moments of the readings that a person marked as corrections."""
        if self._reader is None:
            return frozenset()
        return self._reader.corrections(self._past.account_id)
