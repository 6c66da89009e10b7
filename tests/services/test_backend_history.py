"""What the backend says of the past and of what is to come."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from harness.backend import BackendHarness
from harness.event_log import EventLog
from trayapp.core.account import Account
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import ExportUnwritable, Failure
from trayapp.core.forecast.run_out import Verdict
from trayapp.core.settings import Settings
from trayapp.services.history.store import HistoryStore
from trayapp.services.messages.events import (
    ExportFinished,
    ForecastMade,
    HistoryRead,
    RecentBalancesRead,
    RefreshFinished,
)
from trayapp.services.messages.requests import ReadHistory, WriteExport

A = Account("a", "A")
DAYS = 30
TWO_HOURLY = Settings(interval=timedelta(hours=2))


def said_of(events: EventLog) -> list[type]:
    """Give the kinds of the events about balances and forecasts, in their order."""
    kinds = (RefreshFinished, ForecastMade)
    return [type(one) for one in events.events if isinstance(one, kinds)]


@pytest.fixture
def harness(tmp_path: Path, now: datetime) -> BackendHarness:
    """Return a profile with one account and a month of readings, 5 a day, 40 left."""
    harness = BackendHarness(tmp_path, now)
    harness.store(A, settings=TWO_HOURLY)
    harness.gateway.amount = "40.0000"
    with HistoryStore(harness.paths.history) as store:
        store.record_past(
            "a",
            (
                Reading(
                    Balance(Decimal(40 + 5 * days), "EUR"), now - timedelta(days=days)
                )
                for days in range(DAYS, 0, -1)
            ),
        )
    return harness


# --- what is to come -----------------------------------------------------------------


def test_each_good_answer_brings_a_forecast(harness: BackendHarness) -> None:
    """After the balance that it goes beside."""
    run_out = datetime(2026, 12, 1, tzinfo=UTC).date()

    async def step(harness: BackendHarness) -> None:
        made = await harness.events.next(ForecastMade)
        said = made.forecast
        assert (made.account_id, said.verdict) == ("a", Verdict.RANGE)
        assert said.first is not None
        assert said.last is not None
        assert said.first <= run_out <= said.last
        harness.backend.request_now()
        assert await harness.events.next(ForecastMade) == made

    events = harness.play(step)
    assert said_of(events) == [RefreshFinished, ForecastMade] * 2
    assert events.last(RecentBalancesRead).recent_balances.high > 0


def test_without_a_balance_nothing_is_foreseen(harness: BackendHarness) -> None:
    """Not from what is weeks old, perhaps."""
    harness.gateway.status = 503

    async def step(harness: BackendHarness) -> None:
        await harness.events.next(RefreshFinished)

    assert said_of(harness.play(step)) == [RefreshFinished]


# --- what is past --------------------------------------------------------------------


def test_looking_an_account_up_brings_its_page(harness: BackendHarness) -> None:
    """With the settings as they are: three intervals of silence are a gap."""

    async def step(harness: BackendHarness) -> None:
        await harness.backend.handle(ReadHistory("a"))

    (read,) = harness.play(step).of(HistoryRead)
    page = read.view
    assert (page.account_id, page.title) == ("a", "A")
    assert len(page.chart.readings) >= DAYS
    assert page.chart.gap_after == timedelta(hours=6)


def test_exporting_writes_a_file_and_says_so(harness: BackendHarness) -> None:
    """Where a person wanted it."""
    path = harness.folder / "a.csv"

    async def step(harness: BackendHarness) -> None:
        await harness.backend.handle(WriteExport("a", "csv", str(path)))

    assert harness.play(step).of(ExportFinished) == [ExportFinished(str(path), None)]
    header, october, november = path.read_text("utf-8-sig").splitlines()[:3]
    assert header.startswith("month,currency,opening")
    assert (october[:11], november[:11]) == ("2026-10-01,", "2026-11-01,")


def test_an_export_that_fails_says_why(harness: BackendHarness) -> None:
    """Nobody believes that there is a file."""
    path = harness.folder / "gone" / "a.json"

    async def step(harness: BackendHarness) -> None:
        await harness.backend.handle(WriteExport("a", "json", str(path)))

    failure = Failure(ExportUnwritable, "No such file or directory")
    assert harness.play(step).of(ExportFinished) == [ExportFinished(str(path), failure)]


def test_of_an_account_that_is_gone_nothing_is_said(harness: BackendHarness) -> None:
    """It was removed while its window was open."""
    path = harness.folder / "gone.csv"

    async def step(harness: BackendHarness) -> None:
        await harness.backend.handle(ReadHistory("gone"))
        await harness.backend.handle(WriteExport("gone", "csv", str(path)))

    events = harness.play(step)
    assert events.of(HistoryRead) == []
    assert events.of(ExportFinished) == []
    assert not path.exists()
