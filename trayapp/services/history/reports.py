"""The history of an account for a person: the window's page, and exported files."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

from trayapp.core.account import Account
from trayapp.core.balance import Reading
from trayapp.core.errors import ExportUnwritable, HistoryProblem
from trayapp.core.forecast.run_out import forecast
from trayapp.core.history.export import (
    CsvFormat,
    dated_readings_json,
    json_object,
    months_csv,
    months_json,
    movements_json,
    spreadsheet_format,
)
from trayapp.core.history.ledger import each_month, each_movement
from trayapp.core.history.long_retention import removable
from trayapp.core.i18n.language import Language
from trayapp.core.view.history import AccountHistory, HistoryView, history_page
from trayapp.services.history.changes import RemoveReadings
from trayapp.services.history.reader import PastReader, StoredPast
from trayapp.services.history.service import HistoryService
from trayapp.services.log.log_faults import log_faults

_FIRST_RETENTION_S: Final = 60.0
_RETENTION_EVERY_S: Final = 86_400.0
_BATCH: Final = 1_000
"""Readings that are removed in one transaction: some milliseconds of the loop."""
_PAUSE_S: Final = 0.01
_log = logging.getLogger(__name__)


class HistoryReports:
    """Reads the history on the loop, and calculates on a thread beside it."""

    def __init__(
        self,
        history: HistoryService,
        *,
        clock: Callable[[], datetime],
        zone: tzinfo | None,
    ) -> None:
        """Take the current time, aware and in UTC, from `clock`."""
        self._history, self._clock, self._zone = history, clock, zone

    async def page(
        self, account: Account, interval: timedelta, language: Language
    ) -> HistoryView:
        """Make the history window's page."""
        past, now = self._history.past(account.id), self._clock()

        def calculate() -> HistoryView:
            readings, corrections, impossible = _read(past)
            history = AccountHistory(
                account, readings, corrections, interval, impossible
            )
            run_out = forecast(readings, now, self._zone, corrections)
            return history_page(history, run_out, now, language)

        return await asyncio.to_thread(calculate)

    async def export(
        self, account: Account, kind: str, path: str, language: Language
    ) -> None:
        """Write the history to a file: `kind` "csv" the months, "json" everything.

        The months are for a spreadsheet that reads numbers as in `language`. Raises
        `ExportUnwritable`.
        """
        past = self._history.past(account.id)
        form = spreadsheet_format(language)

        def write() -> None:
            with past.opened() as reader:
                pieces = (
                    self._months(reader, form)
                    if kind == "csv"
                    else self._everything(reader, account)
                )
                # The rows have the line ends of CSV already, so Python must keep them.
                with Path(path).open("w", encoding="utf-8", newline="") as file:
                    file.writelines(pieces)

        try:
            await asyncio.to_thread(write)
        except OSError as error:
            raise ExportUnwritable(detail=error.strerror or "") from error
        except HistoryProblem as problem:
            raise ExportUnwritable(detail=str(problem)) from problem

    async def run_retention(self, account_ids: Callable[[], Iterable[str]]) -> None:
        """Apply retention a minute after the start, and then once a day."""
        wait = _FIRST_RETENTION_S
        while True:
            await asyncio.sleep(wait)
            for account_id in account_ids():
                with log_faults(f"applying retention to {account_id}"):
                    await self.apply_retention(account_id)
            wait = _RETENTION_EVERY_S

    async def apply_retention(self, account_id: str) -> None:
        """Remove the old readings that no month's sum needs.

        A thread looks for them, part by part. Each part is removed by itself, so that
        the loop goes on in between. What is left is removed a day later.
        """
        batches = self._removable(self._history.past(account_id))
        while moments := await asyncio.to_thread(next, batches, ()):
            self._history.write(RemoveReadings(account_id, moments))
            if self._history.is_behind:
                return
            await asyncio.sleep(_PAUSE_S)

    def _removable(self, past: StoredPast) -> Iterator[tuple[datetime, ...]]:
        try:
            with past.opened() as reader:
                corrections = reader.corrections()
                readings, now = reader.readings(), self._clock()
                for part in removable(readings, corrections, now, self._zone):
                    for begin in range(0, len(part), _BATCH):
                        yield part[begin : begin + _BATCH]
        except HistoryProblem as problem:
            _log.info("retention can't read the history: %s", problem)

    def _months(self, reader: PastReader, form: CsvFormat) -> Iterator[str]:
        by_month = each_month(reader.readings(), reader.corrections(), self._zone)
        return months_csv(by_month, form)

    def _everything(self, reader: PastReader, account: Account) -> Iterator[str]:
        corrections = reader.corrections()
        by_month = each_month(reader.readings(), corrections, self._zone)
        changes = each_movement(reader.readings(), corrections)
        yield from json_object(
            {
                "account": [json.dumps(account.name, ensure_ascii=False)],
                "months": months_json(by_month),
                "movements": movements_json(changes, self._zone),
                "readings": dated_readings_json(reader.readings(), self._zone),
            }
        )
        yield "\n"


def _read(
    past: StoredPast,
) -> tuple[tuple[Reading, ...], frozenset[datetime], tuple[Reading, ...]]:
    """Read an account's history; nothing if the database fails, as that is reported."""
    try:
        with past.opened() as reader:
            return (
                tuple(reader.readings()),
                reader.corrections(),
                reader.impossible_readings(),
            )
    except HistoryProblem as problem:
        _log.warning("the history can't be read: %s", problem)
        return (), frozenset(), ()
