"""The history for a person: the window's page, and exported files."""

import asyncio
import csv
import json
import sqlite3
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from big_history import write_big_history
from fakes.history import StorelessHistory
from trayapp.core.account import Account
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import ExportUnwritable
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.history import HistoryView
from trayapp.services.history.changes import (
    HistoryChange,
    KeepReading,
    RemoveReadings,
    SetCorrection,
)
from trayapp.services.history.reports import HistoryReports
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore

MAIN = Account("a", "Año = Main")
QUARTER = timedelta(minutes=15)
HEADER = (
    "\ufeffmonth,currency,opening,topped_up,spent,corrected,closing,unobserved_hours,"
    "refunded"
)


class NotingZone(tzinfo):
    """UTC, which notes the threads that calculate in it."""

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """Note the thread."""
        del moment
        self.threads.add(threading.get_ident())
        return timedelta(0)

    def dst(self, moment: datetime | None) -> timedelta:
        """Return that there is no summer time."""
        del moment
        return timedelta(0)

    def tzname(self, moment: datetime | None) -> str:
        """Return a name."""
        del moment
        return "noting"


class ReportsHarness:
    """Reports from a real store."""

    def __init__(self, history: HistoryStore, now: datetime) -> None:
        self.store, self.now = history, now
        self.zone: tzinfo = UTC
        self.language = ENGLISH

    def keep(self, *readings: tuple[datetime, str]) -> None:
        """Write an account's readings."""
        self.store.record_past(
            "a", (Reading(Balance(Decimal(said), "EUR"), at) for at, said in readings)
        )

    def reports(self) -> HistoryReports:
        """Return the reports."""
        history = HistoryService(lambda: self.store)
        return HistoryReports(history, clock=lambda: self.now, zone=self.zone)

    def page(self) -> HistoryView:
        """Return the page."""
        return asyncio.run(self.reports().page(MAIN, QUARTER, ENGLISH))

    def export(self, kind: str, path: Path) -> str:
        """Write a file, and return its text as it is."""
        asyncio.run(self.reports().export(MAIN, kind, str(path), self.language))
        return path.read_bytes().decode()


@pytest.fixture
def harness(tmp_path: Path, now: datetime) -> Iterator[ReportsHarness]:
    """Return reports without a reading, at noon of 23 November."""
    with HistoryStore(tmp_path / "history.sqlite3") as history:
        yield ReportsHarness(history, now)


def day(month: int, number: int) -> datetime:
    """Return a noon of the year."""
    return datetime(2026, month, number, 12, 0, tzinfo=UTC)


AUTUMN = (
    (day(9, 30), "100.0001"),
    (day(10, 1), "99.5000"),
    (day(10, 31), "20.0000"),
    (day(11, 2), "120.0000"),
    (day(11, 3), "118.1234"),
    (day(11, 4), "128.1234"),
)
"""Spending in October; a top-up, spending and a rise of 10 in November."""


# --- the page ------------------------------------------------------------------------


def test_the_page_is_made_of_what_is_stored(harness: ReportsHarness) -> None:
    """It leaves out the readings of other accounts."""
    harness.keep(*AUTUMN)
    harness.store.write(
        KeepReading("b", Reading(Balance(Decimal(7), "USD"), harness.now))
    )
    page = harness.page()
    assert (page.account_id, page.title) == ("a", "Año = Main")
    assert [(one.month, one.opening, one.closing) for one in page.months] == [
        ("Nov 2026", "€20.00", "€128.1234"),
        ("Oct 2026", "€100.0001", "€20.00"),
    ]
    assert [one.words for one in page.movements] == [
        "4 Nov, 12:00: +€10.00",
        "2 Nov, 12:00: +€100.00",
    ]
    assert (page.chart.now, page.chart.unit) == (harness.now, "EUR")
    assert len(page.chart.readings) == 6


def test_the_page_knows_what_a_person_corrected(harness: ReportsHarness) -> None:
    """The person can remove the mark."""
    harness.keep(*AUTUMN)
    harness.store.write(SetCorrection("a", day(11, 4), is_correction=True))
    page = harness.page()
    assert [one.is_correction for one in page.movements] == [True, False]
    assert (page.months[0].topped_up, page.months[0].corrected) == ("€100.00", "€10.00")
    harness.store.write(SetCorrection("a", day(11, 4), is_correction=False))
    assert [one.is_correction for one in harness.page().movements] == [False, False]


def test_the_page_says_when_the_account_runs_out(harness: ReportsHarness) -> None:
    """At € 5 a day, € 40 last until Tuesday, 1 December."""
    days = range(30, -1, -1)
    harness.keep(*((harness.now - timedelta(days=n), str(40 + 5 * n)) for n in days))
    page = harness.page()
    assert page.chart.run_out is not None
    first, last = page.chart.run_out
    assert first <= day(12, 1).date() <= last
    assert page.forecast_words.endswith(" at this pace")
    assert "four of five" in page.caveat


def test_without_a_reading_the_page_is_empty(harness: ReportsHarness) -> None:
    """It says that there is not enough history yet."""
    page = harness.page()
    assert (page.months, page.movements) == ((), ())
    assert page.forecast_words == "Not enough history yet"


def test_without_a_history_the_page_is_empty_too(now: datetime) -> None:
    """The start has reported the problem."""
    reports = HistoryReports(StorelessHistory(), clock=lambda: now, zone=UTC)
    page = asyncio.run(reports.page(MAIN, QUARTER, ENGLISH))
    assert (page.months, page.forecast_words) == ((), "Not enough history yet")


def test_calculations_do_not_block_the_loop(
    harness: ReportsHarness, tmp_path: Path
) -> None:
    """A million readings take seconds, so a thread makes page and file."""
    harness.keep(*AUTUMN)
    harness.zone = zone = NotingZone()
    harness.page()
    assert zone.threads
    assert threading.get_ident() not in zone.threads
    zone.threads.clear()
    harness.export("json", tmp_path / "main.json")
    assert zone.threads
    assert threading.get_ident() not in zone.threads


# --- files ---------------------------------------------------------------------------


def test_a_table_has_a_row_a_month_that_adds_up(
    harness: ReportsHarness, tmp_path: Path
) -> None:
    """It has every digit, and a closing is the next month's opening."""
    harness.keep(*AUTUMN)
    harness.store.write(SetCorrection("a", day(11, 4), is_correction=True))
    text = harness.export("csv", tmp_path / "main.csv")
    # Nobody looked between these readings: all of October, and 84 hours of November.
    assert text.split("\r\n") == [
        HEADER,
        "2026-10-01,EUR,100.0001,0,80.0001,0,20.0000,744.00,0",
        "2026-11-01,EUR,20.0000,100.0000,1.8766,10.0000,128.1234,84.00,0",
        "",
    ]
    rows = list(csv.DictReader(text.splitlines()))
    for row in rows:
        opening, topped_up, spent, corrected, closing = (
            Decimal(row[name])
            for name in ("opening", "topped_up", "spent", "corrected", "closing")
        )
        assert opening + topped_up - spent + corrected == closing
    assert all(one["closing"] == two["opening"] for one, two in pairwise(rows))


def test_a_file_for_programs_has_everything(
    harness: ReportsHarness, tmp_path: Path
) -> None:
    """Amounts are strings, so that no digit is lost."""
    harness.keep((day(11, 22), "20.0000"), (day(11, 23), "120.5000"))
    text = harness.export("json", tmp_path / "main.json")
    assert '"Año = Main"' in text
    assert text.endswith("}\n")
    assert json.loads(text) == {
        "account": "Año = Main",
        "months": [
            {
                "month": "2026-11",
                "currency": "EUR",
                "opening": "20.0000",
                "topped_up": "100.5000",
                "spent": "0",
                "corrected": "0",
                "closing": "120.5000",
                "unobserved_hours": "24.00",
                "refunded": "0",
            }
        ],
        "movements": [
            {
                "since": "2026-11-22T12:00:00.000Z",
                "at": "2026-11-23T12:00:00.000Z",
                "kind": "top-up",
                "amount": "100.5000",
                "currency": "EUR",
                "old_currency": None,
                "gap": True,
                "date": "2026-11-23",
            }
        ],
        "readings": [
            {
                "at": "2026-11-22T12:00:00.000Z",
                "balance": "20.0000",
                "currency": "EUR",
                "date": "2026-11-22",
            },
            {
                "at": "2026-11-23T12:00:00.000Z",
                "balance": "120.5000",
                "currency": "EUR",
                "date": "2026-11-23",
            },
        ],
    }


def test_an_account_without_readings_has_empty_files(
    harness: ReportsHarness, tmp_path: Path
) -> None:
    """A table has its columns even then."""
    assert harness.export("csv", tmp_path / "main.csv") == HEADER + "\r\n"
    assert json.loads(harness.export("json", tmp_path / "main.json")) == {
        "account": "Año = Main",
        "months": [],
        "movements": [],
        "readings": [],
    }


def test_a_file_that_was_there_is_replaced(
    harness: ReportsHarness, tmp_path: Path
) -> None:
    """The dialog has asked the person; the new file has no rest of the old one."""
    path = tmp_path / "main.csv"
    path.write_text("old\n" * 100)
    assert harness.export("csv", path) == HEADER + "\r\n"


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_file_that_cannot_be_written_is_an_error(
    harness: ReportsHarness, tmp_path: Path, kind: str
) -> None:
    """The error has the system's message, and not the path."""
    reports = harness.reports()
    with pytest.raises(ExportUnwritable) as caught:
        asyncio.run(
            reports.export(MAIN, kind, str(tmp_path / "gone" / "file"), ENGLISH)
        )
    assert caught.value.as_failure().detail == "No such file or directory"
    with pytest.raises(ExportUnwritable):
        asyncio.run(reports.export(MAIN, kind, str(tmp_path), ENGLISH))


def test_retention_leaves_the_months_as_they_were(harness: ReportsHarness) -> None:
    """All recent readings stay, and of the old ones those that the months need."""
    start = harness.now - timedelta(days=200)
    harness.keep(
        *((start + timedelta(hours=hour), f"{5000 - hour}") for hour in range(24 * 200))
    )
    months = harness.page().months
    count = len(list(harness.store.readings("a")))
    asyncio.run(harness.reports().apply_retention("a"))
    left = list(harness.store.readings("a"))
    assert len(left) < count * 0.8
    recent = harness.now - timedelta(days=90)
    assert sum(one.at > recent for one in left) == 24 * 90 - 1
    assert harness.page().months == months


@pytest.mark.case("attack 12", "a long history takes all memory")
def test_retention_of_a_long_history_needs_little_memory(
    tmp_path: Path, now: datetime
) -> None:
    """It looks at parts of the history, and removes them while the loop goes on."""
    path = tmp_path / "history.sqlite3"
    write_big_history(path, "a", 60_000, until=now)
    batches: list[int] = []

    class NotingHistory(HistoryService):
        """A history that notes how many readings are removed at once."""

        def write(self, *changes: HistoryChange) -> None:
            """Note the readings."""
            (removal,) = changes
            assert isinstance(removal, RemoveReadings)
            batches.append(len(removal.moments))
            super().write(removal)

    history = NotingHistory(lambda: HistoryStore(path))
    reports = HistoryReports(history, clock=lambda: now, zone=UTC)
    tracemalloc.start()
    asyncio.run(reports.apply_retention("a"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    history.close()
    assert peak < 20_000_000
    assert max(batches) <= 1_000
    with HistoryStore(path) as store:
        assert len(list(store.readings("a"))) == 60_000 - sum(batches)
    assert sum(batches) > 25_000


def test_retention_stops_for_a_day_if_nothing_can_be_removed(
    harness: ReportsHarness, tmp_path: Path
) -> None:
    """Another program holds the database: the removals would fill the queue."""
    start = harness.now - timedelta(days=400)
    harness.keep(
        *((start + timedelta(minutes=5 * n), f"{50_000 - n}") for n in range(20_000))
    )
    history = HistoryService(
        lambda: HistoryStore(tmp_path / "history.sqlite3", busy_wait_s=0)
    )
    reports = HistoryReports(history, clock=lambda: harness.now, zone=UTC)
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        asyncio.run(reports.apply_retention("a"))
        assert history.is_behind
    history.close()


def test_an_export_of_a_history_that_cannot_be_read_is_an_error(
    harness: ReportsHarness, tmp_path: Path
) -> None:
    """No file says that there were no readings."""
    reports = harness.reports()
    harness.store.path = tmp_path / "gone.sqlite3"
    with pytest.raises(ExportUnwritable):
        asyncio.run(reports.export(MAIN, "csv", str(tmp_path / "a.csv"), ENGLISH))
    assert not (tmp_path / "a.csv").exists()
    assert asyncio.run(reports.page(MAIN, QUARTER, ENGLISH)).months == ()
    asyncio.run(reports.apply_retention("a"))


def test_a_short_past_is_left_whole(harness: ReportsHarness) -> None:
    """Retention leaves recent readings alone."""
    hours = range(24 * 30)
    harness.keep(*((harness.now - timedelta(hours=hour), f"{hour}") for hour in hours))
    asyncio.run(harness.reports().apply_retention("a"))
    assert len(list(harness.store.readings("a"))) == len(hours)
