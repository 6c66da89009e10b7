"""The program's own backend on a profile of the test's, with fakes around it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fakes.gateway import FakeGateway
from fakes.vault import FakeVault
from harness.event_log import EventLog
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.settings import AlertKind, Settings
from trayapp.services.autostart.autostart import Autostart, NoAutostart
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain, MemoryVault, Vault
from trayapp.services.messages.events import RefreshFinished, ShowNotification

KEY: Final = "made-up-key-0123456789"


def profile_paths(folder: Path) -> Paths:
    """Return the files of a profile, each kind in a folder of its own."""
    return Paths(
        folder / "config" / "config.toml",
        folder / "data" / "history.sqlite3",
        folder / "state" / "log",
        folder / "run",
    )


def real_environment(vault: Vault) -> Environment:
    """Return an environment with this keyring, real requests and the real clock."""
    return Environment(
        Keychain(vault),
        GatewayClient(),
        lambda: datetime.now(UTC),
        NotificationImage(1, bytes(4)),
    )


class BackendHarness:
    """A profile, empty at first, and the backends that run on it one after another."""

    backend: Backend
    """The one that runs, or ran last."""
    events: EventLog
    """What that one reported."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.now = folder, now
        self.paths = profile_paths(folder)
        self.file = ConfigFile(self.paths.config)
        self.vault, self.gateway = FakeVault(), FakeGateway()
        self.autostart: Autostart = NoAutostart()
        self.make_client: Callable[[], GatewayClient] = lambda: GatewayClient(
            self.gateway.client
        )
        self.make_log: Callable[[], EventLog] = EventLog
        self.masked_keys: list[str] = []
        """The keys that the log was asked to mask."""
        self._task: asyncio.Task[None]

    def store(
        self, *accounts: Account, key: str = KEY, settings: Settings | None = None
    ) -> None:
        """Store accounts, each with a key, as an earlier start left them."""
        self.file.save(Config(accounts, settings or Settings()))
        for account in accounts:
            MemoryVault.put(self.vault, account.id, key)

    def start(self) -> asyncio.Task[None]:
        """Run a new backend, as after a restart; return its task."""
        environment = Environment(
            Keychain(
                self.vault, mask=lambda key: self.masked_keys.append(key.reveal())
            ),
            self.make_client(),
            lambda: self.now,
            NotificationImage(1, bytes(4)),
            UTC,
            self.autostart,
        )
        self.events = self.make_log()
        self.backend = Backend(self.paths, self.events.record, environment)
        self._task = asyncio.create_task(self.backend.run())
        return self._task

    async def stop(self) -> None:
        """Stop the backend, as the program's end does."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        """Run a new backend within the context."""
        self.start()
        await asyncio.sleep(0)
        try:
            yield
        finally:
            await self.stop()

    def play(self, *steps: "Step") -> EventLog:
        """Run a new backend, and the steps beside it; return its events."""

        async def run() -> None:
            async with self.started():
                for step in steps:
                    await step(self)

        asyncio.run(run())
        return self.events

    async def outcomes(self, count: int) -> list[Outcome]:
        """Wait for the next outcomes."""
        return [(await self.events.next(RefreshFinished)).outcome for _ in range(count)]

    async def alerts(self) -> list[tuple[str, AlertKind]]:
        """Wait for the next notification; return its alerts, each with its account."""
        notification = (await self.events.next(ShowNotification)).notification
        return sorted((one.account.id, one.kind) for one in notification.alerts)

    def stored(self) -> Config:
        """Return what the settings file has."""
        return self.file.load().config


Step = Callable[[BackendHarness], Coroutine[None, None, None]]
"""What a test does beside a running backend."""
