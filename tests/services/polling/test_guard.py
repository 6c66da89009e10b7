"""The guard of the gateways, as the tray meets it, in simulated time."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateways.limited_gateway import MINUTE
from harness.simulated_polling import (
    HOST,
    OTHER_HOST,
    SimulatedPolling,
    accounts_of,
)
from trayapp.core.account import Account
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, GatewayDown
from trayapp.core.settings import DEFAULT_INTERVAL
from trayapp.services.messages.events import RefreshPostponed, RefreshStarted

SHARED_LIMIT = "a shared limit kept per account"
TWO_CAUSES = "one cause assumed of an error that has two"
HOUR_S = 3_600
LATEST = DEFAULT_INTERVAL * 1.25
"""A request is late if it is an interval, its jitter and a pause of the host late."""


@pytest.fixture
def polling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimulatedPolling:
    """Give a profile without accounts, and a gateway without a limit."""
    return SimulatedPolling(tmp_path, monkeypatch)


def assert_all_in_time(polling: SimulatedPolling, accounts: list[Account]) -> None:
    """Check that each account was taken within each interval."""
    now = polling.clock()
    gaps = [polling.gateway.longest_gap(account.id, now) for account in accounts]
    assert max(gaps) <= LATEST


def most_in_a_minute(polling: SimulatedPolling, after_s: float) -> int:
    """Count the requests of the busiest minute after so many seconds."""
    requests = sorted([*polling.gateway.taken, *polling.gateway.refused])
    start = polling.gateway.taken[0][0] + timedelta(seconds=after_s)
    times = [at for at, _ in requests if at >= start]
    return max(
        sum(first <= at < first + MINUTE for at in times[number:])
        for number, first in enumerate(times)
    )


@pytest.mark.case("2", SHARED_LIMIT)
def test_thirty_accounts_at_ten_a_minute_are_all_known_in_three_minutes(
    polling: SimulatedPolling,
) -> None:
    """One refusal pauses all for its minute, and none is out of reach."""
    accounts = accounts_of(30)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 10

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(1)
            # A person with few accounts sees them at once.
            assert len(polling.gateway.taken) >= 8
            await asyncio.sleep(189)
            assert len(polling.gateway.count()) == 30
            assert len(polling.gateway.refused) <= 8
            await asyncio.sleep(2 * HOUR_S)
            assert all(isinstance(each.result, Reading) for each in polling.outcomes)
            assert_all_in_time(polling, accounts)
            # Once learned, it is exceeded only to try a raise.
            assert len(polling.gateway.refused) <= 12

    polling.play(story)


@pytest.mark.case("2", SHARED_LIMIT)
@pytest.mark.parametrize("limit", [100, 1_000])
def test_a_thousand_accounts_are_each_asked_within_the_interval(
    polling: SimulatedPolling, limit: int | None
) -> None:
    """They need 67 requests a minute. No burst is left after the first interval."""
    accounts = accounts_of(1_000)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = limit

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(1_900)
            assert_all_in_time(polling, accounts)
            assert most_in_a_minute(polling, 960) <= 150
            assert len(polling.gateway.refused) <= 20
            assert polling.guard.notices(accounts, DEFAULT_INTERVAL) == ()

    polling.play(story)


@pytest.mark.case("2", SHARED_LIMIT)
def test_where_it_takes_longer_all_take_turns_and_a_person_is_told(
    polling: SimulatedPolling,
) -> None:
    """A thousand accounts at ten a minute take 100 minutes."""
    accounts = accounts_of(1_000)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 10

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(115 * 60)
            assert len(polling.gateway.count()) == 1_000
            assert max(polling.gateway.count().values()) <= 2
            (notice,) = polling.guard.notices(accounts, DEFAULT_INTERVAL)
            assert 99 * MINUTE <= notice.cycle <= 110 * MINUTE
            assert notice.host == "limited.test:443"
            assert not [o for o in polling.outcomes if isinstance(o.result, Failure)]

    polling.play(story)


@pytest.mark.case("2", SHARED_LIMIT)
def test_a_limited_host_delays_no_other(polling: SimulatedPolling) -> None:
    """Each host has its own pace, and the slots are not held while one waits."""
    limited, others = accounts_of(60), accounts_of(30, OTHER_HOST, "b")
    polling.add_keys([*limited, *others])
    polling.gateway.limits[f"{HOST}:443"] = 2

    async def story() -> None:
        async with polling.tray([*limited, *others]):
            await asyncio.sleep(15)
            known = polling.gateway.count()
            assert all(known[account.id] for account in others)
            await asyncio.sleep(HOUR_S)
            assert_all_in_time(polling, others)

    polling.play(story)


@pytest.mark.case("2", SHARED_LIMIT)
def test_a_restart_keeps_the_pace(polling: SimulatedPolling) -> None:
    """The second start learns nothing by refusals."""
    accounts = accounts_of(30)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 10

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(40)  # within the pause
        refused = len(polling.gateway.refused)
        for _ in range(3):
            async with polling.tray(accounts):
                await asyncio.sleep(15)
        assert len(polling.gateway.refused) == refused
        async with polling.tray(accounts):
            await asyncio.sleep(180)
            assert len(polling.gateway.count()) == 30
        assert len(polling.gateway.refused) == refused

    polling.play(story)


@pytest.mark.case("2", SHARED_LIMIT)
@pytest.mark.parametrize(("before", "after"), [(100, 10), (10, 100), (None, 10)])
def test_a_limit_that_changes_is_learned_again(
    polling: SimulatedPolling, before: int | None, after: int
) -> None:
    """A lower one after some refusals, a higher one by and by."""
    accounts = accounts_of(100)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = before

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(HOUR_S)
            refused = len(polling.gateway.refused)
            polling.gateway.limits[f"{HOST}:443"] = after
            await asyncio.sleep(3 * HOUR_S)
            limit = polling.guard.pace(accounts[0]).limit
            assert limit is not None
            if after == 10:
                assert 7 <= limit.per_minute <= 13
                assert len(polling.gateway.refused) - refused <= 30
            else:
                assert limit.per_minute >= 12

    polling.play(story)


def test_an_account_without_a_balance_is_out_of_reach_after_a_long_refusal(
    polling: SimulatedPolling,
) -> None:
    """One that is known from before keeps its balance, for hours."""
    accounts = accounts_of(2)
    polling.add_keys(accounts)

    async def story() -> None:
        async with polling.tray(accounts[:1]):
            await asyncio.sleep(10)
            polling.gateway.limits[f"{HOST}:443"] = 0
            polling.gateway.retry_after = timedelta(hours=1)
            polling.scheduler.set_accounts(accounts, polling.scheduler._settings)  # noqa: SLF001  # the same ones
            await asyncio.sleep(2 * HOUR_S)
            failed = [o for o in polling.outcomes if isinstance(o.result, Failure)]
            assert {outcome.account_id for outcome in failed} == {"a1"}
            assert {o.result.kind for o in failed if isinstance(o.result, Failure)} == {
                GatewayDown
            }
            assert polling.gateway.requests <= 6
            await asyncio.sleep(6 * HOUR_S)
            failed = [o for o in polling.outcomes if isinstance(o.result, Failure)]
            assert {outcome.account_id for outcome in failed} == {"a0", "a1"}

    polling.play(story)


def test_a_refused_request_is_reported_as_ended(polling: SimulatedPolling) -> None:
    """No card says for a minute that the gateway is being asked."""
    accounts = accounts_of(30)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 10

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(30)
            started = [e.account_id for e in polling.events.of(RefreshStarted)]
            ended = [e.account_id for e in polling.events.of(RefreshPostponed)]
            known = [outcome.account_id for outcome in polling.outcomes]
            assert sorted(started) == sorted([*ended, *known])

    polling.play(story)


@pytest.mark.case("7", TWO_CAUSES)
def test_a_laptop_that_returns_recovers_by_itself(polling: SimulatedPolling) -> None:
    """One request after the network changed frees all accounts of the host."""
    accounts = accounts_of(12)
    polling.add_keys(accounts)

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(60)
            polling.gateway.rejects = {account.id for account in accounts}
            await asyncio.sleep(2 * HOUR_S)
            assert polling.gateway.count()["a0"] == 2
            polling.gateway.rejects = set()
            polling.scheduler.on_online()
            await asyncio.sleep(60)
            last = {o.account_id: o.result for o in polling.outcomes}
            assert all(isinstance(result, Reading) for result in last.values())

    polling.play(story)


@pytest.mark.case("7", TWO_CAUSES)
def test_a_network_that_flaps_sends_few_rejected_keys(
    polling: SimulatedPolling,
) -> None:
    """Three a day for an account, and two in half an hour for a host."""
    accounts = accounts_of(12)
    polling.add_keys(accounts)
    polling.gateway.rejects = {account.id for account in accounts}

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(60)
            first = polling.gateway.requests
            for _ in range(6 * 20):
                await asyncio.sleep(600)
                polling.scheduler.on_online()
            counts = polling.gateway.count()
            assert max(counts.values()) <= 1 + 3
            late = sorted(at for at, _ in polling.gateway.taken)[first:]
            half = timedelta(minutes=30)
            for start in late:
                assert sum(start <= at < start + half for at in late) <= 3

    polling.play(story)


@pytest.mark.case("7", TWO_CAUSES)
def test_an_offline_start_uses_up_no_retry(polling: SimulatedPolling) -> None:
    """A request that did not reach the gateway does not count."""
    accounts = accounts_of(1)
    polling.add_keys(accounts)
    polling.gateway.rejects = {"a0"}

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(60)
        polling.gateway.is_offline = True
        for _ in range(6):
            async with polling.tray(accounts):
                await asyncio.sleep(600)
        polling.gateway.is_offline = False
        polling.gateway.rejects = set()
        async with polling.tray(accounts):
            await asyncio.sleep(60)
            assert isinstance(polling.outcomes[-1].result, Reading)

    polling.play(story)
