"""What the backend says of the past and of what is to come."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from event_log import EventLog
from trayapp.core.account import Account
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import ExportUnwritable, Failure
from trayapp.core.forecast.run_out import Verdict
from trayapp.core.settings import Settings
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.messages.events import (
    ExportFinished,
    ForecastMade,
    HistoryRead,
    RecentBalancesRead,
    RefreshFinished,
)
from trayapp.services.messages.requests import ReadHistory, WriteExport

A = Account("a", "A")
KEY = "made-up-key-0123456789"
DAYS = 30
PATIENCE_S = 10.0
TWO_HOURLY = Settings(interval=timedelta(hours=2))
Step = Callable[["Scene"], Coroutine[None, None, None]]


class Scene:
    """A profile of one account with a month of readings, 5 a day, and 40 left."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.now = folder, now
        self.places = Paths(
            folder / "config" / "config.toml",
            folder / "data" / "history.sqlite3",
            folder / "log",
            folder / "run",
        )
        ConfigFile(self.places.config).save(Config((A,), TWO_HOURLY))
        with HistoryStore(self.places.history) as history:
            history.record_past("a", map(self._reading, range(DAYS, 0, -1)))
        self.status = 200
        self.vault = MemoryVault({"a": KEY})
        self.events: EventLog
        self.backend: Backend

    def _reading(self, days: int) -> Reading:
        balance = Balance(Decimal(40 + 5 * days), "EUR")
        return Reading(balance, self.now - timedelta(days=days))

    def play(self, step: Step) -> EventLog:
        """Run the backend, and the step beside it."""

        async def run() -> None:
            self.events = EventLog()
            environment = Environment(
                Keychain(self.vault),
                GatewayClient(self._client),
                lambda: self.now,
                NotificationImage(1, bytes(4)),
                UTC,
            )
            self.backend = Backend(self.places, self.events.record, environment)
            running = asyncio.create_task(self.backend.run())
            await asyncio.sleep(0)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await step(self)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

        asyncio.run(run())
        return self.events

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, _: httpx.Request) -> httpx.Response:
        result = {"balance": "40.0000", "currency": "EUR"}
        body = json.dumps({"status": "ok", "result": result}).encode()
        return httpx.Response(self.status, stream=httpx.ByteStream(body))


def said_of(events: EventLog) -> list[type]:
    """Give the kinds of the events about balances and forecasts, in their order."""
    kinds = (RefreshFinished, ForecastMade)
    return [type(one) for one in events.events if isinstance(one, kinds)]


@pytest.fixture
def scene(tmp_path: Path, now: datetime) -> Scene:
    """Give a profile at noon of 23 November."""
    return Scene(tmp_path, now)


# --- what is to come -----------------------------------------------------------------


def test_each_good_answer_brings_a_forecast(scene: Scene) -> None:
    """After the balance that it goes beside."""
    run_out = datetime(2026, 12, 1, tzinfo=UTC).date()

    async def step(scene: Scene) -> None:
        made = await scene.events.next(ForecastMade)
        said = made.forecast
        assert (made.account_id, said.verdict) == ("a", Verdict.RANGE)
        assert said.first is not None
        assert said.last is not None
        assert said.first <= run_out <= said.last
        scene.backend.ask_now()
        assert await scene.events.next(ForecastMade) == made

    events = scene.play(step)
    assert said_of(events) == [RefreshFinished, ForecastMade] * 2
    assert events.last(RecentBalancesRead).recent_balances.high > 0


def test_without_a_balance_nothing_is_foreseen(scene: Scene) -> None:
    """Not from what is weeks old, perhaps."""
    scene.status = 503

    async def step(scene: Scene) -> None:
        await scene.events.next(RefreshFinished)

    assert said_of(scene.play(step)) == [RefreshFinished]


# --- what is past --------------------------------------------------------------------


def test_looking_an_account_up_brings_its_page(scene: Scene) -> None:
    """With the settings as they are: three intervals of silence are a gap."""

    async def step(scene: Scene) -> None:
        await scene.backend.handle(ReadHistory("a"))

    (read,) = scene.play(step).of(HistoryRead)
    page = read.view
    assert (page.account_id, page.title) == ("a", "A")
    assert len(page.chart.readings) >= DAYS
    assert page.chart.gap_after == timedelta(hours=6)


def test_exporting_writes_a_file_and_says_so(scene: Scene) -> None:
    """Where a person wanted it."""
    path = scene.folder / "a.csv"

    async def step(scene: Scene) -> None:
        await scene.backend.handle(WriteExport("a", "csv", str(path)))

    assert scene.play(step).of(ExportFinished) == [ExportFinished(str(path), None)]
    header, october, november = path.read_text().splitlines()[:3]
    assert header.startswith("month,currency,opening")
    assert (october[:12], november[:12]) == ("2026-10,EUR,", "2026-11,EUR,")


def test_an_export_that_fails_says_why(scene: Scene) -> None:
    """Nobody believes that there is a file."""
    path = scene.folder / "gone" / "a.json"

    async def step(scene: Scene) -> None:
        await scene.backend.handle(WriteExport("a", "json", str(path)))

    failure = Failure(ExportUnwritable, "No such file or directory")
    assert scene.play(step).of(ExportFinished) == [ExportFinished(str(path), failure)]


def test_of_an_account_that_is_gone_nothing_is_said(scene: Scene) -> None:
    """It was removed while its window was open."""
    path = scene.folder / "gone.csv"

    async def step(scene: Scene) -> None:
        await scene.backend.handle(ReadHistory("gone"))
        await scene.backend.handle(WriteExport("gone", "csv", str(path)))

    events = scene.play(step)
    assert events.of(HistoryRead) == []
    assert events.of(ExportFinished) == []
    assert not path.exists()
