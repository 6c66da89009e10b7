"""Tray and `check` on one profile, beside a limited gateway, in simulated time."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from gateways.limited_gateway import LimitedGateway
from harness.event_log import EventLog
from harness.fast_loop import FastLoop
from trayapp.core.account import Account, Service
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.settings import Settings
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.polling.check_round import CheckedAccount, CheckRound
from trayapp.services.polling.guard import RequestGuard
from trayapp.services.polling.refresh import Refresh
from trayapp.services.polling.scheduler import Scheduler

START: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOST: Final = "https://limited.test"
OTHER_HOST: Final = "https://other.test"


def accounts_of(count: int, host: str = HOST, prefix: str = "a") -> list[Account]:
    """Make accounts of one host."""
    return [
        Account(f"{prefix}{number}", f"{prefix.upper()}{number}", Service.CUSTOM, host)
        for number in range(count)
    ]


class _Profile:
    """The services of one program, on a history that others use too."""

    def __init__(self, simulation: "SimulatedPolling") -> None:
        loop = simulation.loop
        self.history = HistoryService(simulation.open_store, clock=loop.time)
        self.guard = RequestGuard(self.history, simulation.clock)
        self.refresh = Refresh(
            Keychain(simulation.vault),
            simulation.gateway,
            self._record,
            simulation.clock,
            self.guard,
        )
        self.outcomes: list[Outcome] = []

    def _record(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        if isinstance(outcome.result, Reading):
            self.history.write(KeepReading(outcome.account_id, outcome.result))


class SimulatedPolling:
    """A profile and its gateway; time passes only while the loop waits."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.loop = FastLoop()
        self.database = folder / "history.sqlite3"
        self.gateway = LimitedGateway(self.clock)
        self.vault = MemoryVault()
        self.events = EventLog()
        self.outcomes: list[Outcome] = []
        """What the tray's recorder got, since it was started last."""
        self.scheduler: Scheduler
        self.guard: RequestGuard
        self._dice = random.Random(7)  # noqa: S311  # the same story each time
        monkeypatch.setattr(
            "trayapp.services.polling.scheduler.time.monotonic", self.loop.time
        )

    def open_store(self) -> HistoryStore:
        """Open the history, without waiting for the disk."""
        store = HistoryStore(self.database)
        store._db.execute("PRAGMA synchronous = OFF")  # noqa: SLF001  # for speed
        return store

    def clock(self) -> datetime:
        """Give the simulated time."""
        return START + timedelta(seconds=self.loop.time())

    def play(self, story: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run a story on the simulated loop."""
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(story())
        finally:
            asyncio.set_event_loop(None)
            self.loop.close()

    def add_keys(self, accounts: list[Account]) -> None:
        """Put a key for each account into the keyring."""
        for account in accounts:
            self.vault.put(account.id, f"made-up-key-{account.id}")

    @asynccontextmanager
    async def tray(self, accounts: list[Account]) -> AsyncIterator[None]:
        """Run the tray's scheduler within the context."""
        profile = _Profile(self)
        self.guard, self.outcomes = profile.guard, profile.outcomes
        self.scheduler = Scheduler(
            profile.refresh,
            profile.history,
            self.events.record,
            guard=profile.guard,
            on_tick=lambda: None,
            clock=self.clock,
            jitter=lambda: self._dice.uniform(-1, 1),
        )
        self.scheduler.set_accounts(accounts, Settings())
        task = asyncio.create_task(self.scheduler.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            profile.history.close()

    async def check(
        self, accounts: list[Account], *, force: bool = False
    ) -> tuple[CheckedAccount, ...]:
        """Run `check` as another program."""
        profile = _Profile(self)
        check_round = CheckRound(
            profile.refresh, profile.guard, profile.history, self.clock
        )
        try:
            return await check_round.run(accounts, force=force)
        finally:
            profile.history.close()
