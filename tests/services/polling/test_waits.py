"""Waits after a restart, and the end of a suspend, with the real backend."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from event_log import EventLog
from peer import Peer
from replies import refusal, reply
from tally import FAULTS, Tally
from trayapp.core.account import Account, Service
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.balance import Reading
from trayapp.core.errors import BalanceTrayError, Failure, GatewayDown, Unauthorized
from trayapp.core.schedule import NETWORK_DELAY, START_SPREAD
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.messages.events import RefreshFinished

PATIENCE_S = 10.0
REJECTED = refusal("UNAUTHORIZED", "401 Unauthorized")
BUSY = reply("", "503 Busy", Retry_After="7200")


class Profile:
    """A profile on the disk, for one backend after the other."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.places = Paths.of_demo(folder)
        self.now = now
        self.events = EventLog()
        self.backend: Backend

    def point_at(self, peer: Peer) -> None:
        """Store an account of this gateway."""
        account = Account("a", "A", Service.CUSTOM, peer.url)
        ConfigFile(self.places.config).save(Config((account,)))

    @asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        """Run the backend within the context."""
        keychain = Keychain(MemoryVault({"a": "made-up-key-of-no-worth"}))
        environment = Environment(
            keychain,
            GatewayClient(deadline_s=5),
            lambda: self.now,
            NotificationImage(1, bytes(4)),
        )
        self.backend = Backend(self.places, self.events.record, environment)
        running = asyncio.create_task(self.backend.run())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def pass_time(self, passed: timedelta) -> None:
        """Set the clock forward, and let the backend run."""
        self.now += passed
        self.backend.ask_now([])
        for _ in range(50):
            await asyncio.sleep(0)

    async def answer(self) -> Outcome:
        """Wait for an outcome."""
        return (await self.events.next(RefreshFinished)).outcome


@pytest.fixture
def profile(tmp_path: Path, now: datetime) -> Profile:
    """Return an unused profile."""
    return Profile(tmp_path, now)


@pytest.mark.parametrize(
    ("said", "kind", "wait"),
    [
        (REJECTED, Unauthorized, timedelta(hours=21)),
        (BUSY, GatewayDown, timedelta(hours=2)),
    ],
)
def test_a_wait_goes_on_after_any_number_of_restarts(
    profile: Profile,
    said: bytes,
    kind: type[BalanceTrayError],
    wait: timedelta,
    tally: Tally,
) -> None:
    """A restart does not end the wait of a rejection or a Retry-After."""

    async def story() -> None:
        # A question more than there are answers fails the test.
        async with Peer(said, reply()) as gateway:
            profile.point_at(gateway)
            async with profile.started():
                failed = (await profile.answer()).result
            assert isinstance(failed, Failure)
            assert failed.kind is kind
            for _ in range(5):
                async with profile.started():
                    await profile.pass_time(wait / 6)
            assert len(gateway.heard) == 1
            async with profile.started():
                await profile.pass_time(wait)
                assert isinstance((await profile.answer()).result, Reading)

    asyncio.run(story())
    tally.add(FAULTS)


def test_a_clock_set_back_by_a_year_holds_no_wait_for_a_year(
    profile: Profile, tally: Tally
) -> None:
    """The restart in between does not matter."""

    async def story() -> None:
        async with Peer(REJECTED, reply()) as gateway:
            profile.point_at(gateway)
            async with profile.started():
                await profile.answer()
            profile.now -= timedelta(days=365)
            async with profile.started():
                assert isinstance((await profile.answer()).result, Reading)

    asyncio.run(story())
    tally.add(FAULTS)


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-daemon") is None, reason="needs D-Bus"
)
def test_after_a_night_asleep_the_balance_is_asked_some_seconds_later(
    profile: Profile,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tally: Tally,
) -> None:
    """The test goes from logind's signal to the gateway's response."""
    # D-Bus may be absent, and its library with it.
    from private_bus import private_bus  # noqa: PLC0415  # as said
    from system_services import System  # noqa: PLC0415  # as said

    async def story(address: str) -> None:
        async with Peer(reply(), reply()) as gateway:
            profile.point_at(gateway)
            system = System(address)
            async with profile.started():
                await system.listened_to()
                await profile.answer()
                await profile.pass_time(timedelta(0))
                system.sleeps(begins=True)
                profile.now += timedelta(hours=8)
                system.sleeps(begins=False)
                async with asyncio.timeout(PATIENCE_S):
                    while "woke" not in caplog.text:  # noqa: ASYNC110  # a log line
                        await asyncio.sleep(0.01)
                await profile.pass_time(NETWORK_DELAY - timedelta(seconds=1))
                assert len(gateway.heard) == 1
                await profile.pass_time(START_SPREAD + timedelta(seconds=1))
                assert isinstance((await profile.answer()).result, Reading)
            system.close()

    caplog.set_level("INFO", "trayapp")
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        asyncio.run(story(address))
    tally.add(FAULTS)
