"""Waits after a restart, and the end of a suspend, with the real backend."""

import asyncio
import shutil
import sys
from datetime import timedelta

import pytest

from gateways.peer import Peer
from gateways.replies import refusal, reply
from harness.backend import BackendHarness
from harness.loop import let_loop_run
from tally import FAULTS, Tally
from trayapp.core.account import Account, Service
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, GatewayDown
from trayapp.core.schedule import NETWORK_DELAY, START_SPREAD
from trayapp.services.gateway.client import GatewayClient

PATIENCE_S = 10.0
REJECTED = refusal("UNAUTHORIZED", "401 Unauthorized")
BUSY = reply("", "503 Busy", Retry_After="7200")


@pytest.fixture
def profile(harness: BackendHarness) -> BackendHarness:
    """Return a profile whose backends send real requests."""
    harness.make_client = lambda: GatewayClient(deadline_s=5)
    return harness


def store_account(profile: BackendHarness, peer: Peer) -> None:
    """Store an account of this gateway."""
    profile.store(Account("a", "A", Service.CUSTOM, peer.url))


async def pass_time(profile: BackendHarness, passed: timedelta) -> None:
    """Set the clock forward, and let the backend run."""
    profile.now += passed
    profile.backend.request_now([])
    await let_loop_run()


async def outcome(profile: BackendHarness) -> Outcome:
    """Wait for an outcome."""
    return (await profile.outcomes(1))[0]


def test_a_wait_goes_on_after_any_number_of_restarts(
    profile: BackendHarness, tally: Tally
) -> None:
    """A restart does not end the wait of a Retry-After."""

    async def story() -> None:
        # A question more than there are answers fails the test.
        async with Peer(BUSY, reply()) as gateway:
            store_account(profile, gateway)
            async with profile.started():
                failed = (await outcome(profile)).result
            assert isinstance(failed, Failure)
            assert failed.kind is GatewayDown
            for _ in range(5):
                async with profile.started():
                    await pass_time(profile, timedelta(minutes=20))
            assert len(gateway.heard) == 1
            async with profile.started():
                await pass_time(profile, timedelta(hours=2))
                assert isinstance((await outcome(profile)).result, Reading)

    asyncio.run(story())
    tally.add(FAULTS)


@pytest.mark.case("7", "one cause assumed of an error that has two")
def test_restarts_send_a_rejected_key_three_times_a_day_at_most(
    profile: BackendHarness, tally: Tally
) -> None:
    """The address may have been the cause, and another may be in use now."""

    async def story() -> None:
        async with Peer(*[REJECTED] * 4, reply()) as gateway:
            store_account(profile, gateway)
            async with profile.started():
                await outcome(profile)
            for _ in range(20):
                async with profile.started():
                    await pass_time(profile, timedelta(minutes=30))
                    await asyncio.sleep(0.05)
            assert len(gateway.heard) == 4
            async with profile.started():
                await pass_time(profile, timedelta(hours=26))
                assert isinstance((await outcome(profile)).result, Reading)

    asyncio.run(story())
    tally.add(FAULTS)


def test_a_clock_set_back_by_a_year_holds_no_wait_for_a_year(
    profile: BackendHarness, tally: Tally
) -> None:
    """The restart in between does not matter."""

    async def story() -> None:
        async with Peer(REJECTED, reply()) as gateway:
            store_account(profile, gateway)
            async with profile.started():
                await outcome(profile)
            profile.now -= timedelta(days=365)
            async with profile.started():
                assert isinstance((await outcome(profile)).result, Reading)

    asyncio.run(story())
    tally.add(FAULTS)


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-daemon") is None, reason="needs D-Bus"
)
def test_after_a_night_asleep_the_balance_is_asked_some_seconds_later(
    profile: BackendHarness,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tally: Tally,
) -> None:
    """The test goes from logind's signal to the gateway's response."""
    # D-Bus may be absent, and its library with it.
    from buses.private_bus import private_bus  # noqa: PLC0415  # as said
    from buses.system_services import SystemServices  # noqa: PLC0415  # as said

    async def story(address: str) -> None:
        async with Peer(reply(), reply()) as gateway:
            store_account(profile, gateway)
            system = SystemServices(address)
            async with profile.started():
                await system.listened_to()
                await outcome(profile)
                await pass_time(profile, timedelta(0))
                system.sleeps(begins=True)
                profile.now += timedelta(hours=8)
                system.sleeps(begins=False)
                async with asyncio.timeout(PATIENCE_S):
                    while "woke" not in caplog.text:  # noqa: ASYNC110  # a log line
                        await asyncio.sleep(0.01)
                await pass_time(profile, NETWORK_DELAY - timedelta(seconds=1))
                assert len(gateway.heard) == 1
                await pass_time(profile, START_SPREAD + timedelta(seconds=1))
                assert isinstance((await outcome(profile)).result, Reading)
            system.close()

    caplog.set_level("INFO", "trayapp")
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        asyncio.run(story(address))
    tally.add(FAULTS)
