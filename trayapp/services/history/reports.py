"""The history of an account for a person: the window's page, and exported files."""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

from trayapp.core.account import Account
from trayapp.core.errors import ExportUnwritable
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
from trayapp.core.history.ledger import months, movements
from trayapp.core.history.retention import WHOLE_FOR, retained
from trayapp.core.i18n.language import Language
from trayapp.core.view.history import AccountHistory, HistoryView, history_page
from trayapp.services.history.changes import RemoveReadings
from trayapp.services.history.service import HistoryService
from trayapp.services.log.log_faults import log_faults

_FIRST_RETENTION_S: Final = 60.0
_RETENTION_EVERY_S: Final = 86_400.0


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
        past, now = self._past(account, interval), self._clock()

        def calculate() -> HistoryView:
            run_out = forecast(past.readings, now, self._zone, past.corrections)
            return history_page(past, run_out, now, language)

        return await asyncio.to_thread(calculate)

    async def export(
        self, account: Account, kind: str, path: str, language: Language
    ) -> None:
        """Write the history to a file: `kind` "csv" the months, "json" everything.

        The months are for a spreadsheet that reads numbers as in `language`. Raises
        `ExportUnwritable`.
        """
        past = self._past(account, timedelta(0))
        form = spreadsheet_format(language)
        try:
            await asyncio.to_thread(self._write, past, kind, form, Path(path))
        except OSError as error:
            raise ExportUnwritable(detail=error.strerror or "") from error

    def _write(
        self, past: AccountHistory, kind: str, form: CsvFormat, path: Path
    ) -> None:
        # The rows have the line ends of CSV already, so Python must keep them.
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(self._pieces(past, kind, form))

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
        """Remove the old readings that no month's sum needs."""
        readings = self._history.readings(account_id)
        corrections = self._history.corrections(account_id)
        now = self._clock()
        if not readings or now - readings[0].at <= WHOLE_FOR:
            return
        kept = await asyncio.to_thread(retained, readings, corrections, now, self._zone)
        # Readings that arrived meanwhile are in neither, so they stay.
        kept_moments = {reading.at for reading in kept}
        moments = (reading.at for reading in readings)
        removed = tuple(at for at in moments if at not in kept_moments)
        if removed and kept:
            self._history.write(RemoveReadings(account_id, removed))

    def _past(self, account: Account, interval: timedelta) -> AccountHistory:
        readings = self._history.readings(account.id)
        corrections = self._history.corrections(account.id)
        return AccountHistory(account, readings, corrections, interval)

    def _pieces(
        self, past: AccountHistory, kind: str, form: CsvFormat
    ) -> Iterator[str]:
        by_month = months(past.readings, past.corrections, self._zone)
        if kind == "csv":
            yield from months_csv(by_month, form)
            return
        changes = movements(past.readings, past.corrections)
        yield from json_object(
            {
                "account": [json.dumps(past.account.name, ensure_ascii=False)],
                "months": months_json(by_month),
                "movements": movements_json(changes, self._zone),
                "readings": dated_readings_json(past.readings, self._zone),
            }
        )
        yield "\n"
