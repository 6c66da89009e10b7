"""Rounds of `check`, alone and beside the tray, at a gateway with a limit."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateways.limited_gateway import MINUTE
from harness.simulated_polling import HOST, SimulatedPolling, accounts_of
from trayapp.core.errors import GatewayDown
from trayapp.core.errors.status import Status
from trayapp.core.secret import Secret
from trayapp.services.polling.check_round import KNOWN_WAITS, UNKNOWN_WAITS

SHARED_LIMIT = "a shared limit kept per account"
ONE_DOOR = "a guard kept behind one front door"
HOUR = timedelta(hours=1)


@pytest.fixture
def polling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimulatedPolling:
    """Give a profile without accounts, and a gateway without a limit."""
    return SimulatedPolling(tmp_path, monkeypatch)


@pytest.mark.case("2", SHARED_LIMIT)
def test_a_first_check_of_thirty_accounts_gets_all_at_ten_a_minute(
    polling: SimulatedPolling,
) -> None:
    """It waits out the Retry-After once, and then keeps the pace."""
    accounts = accounts_of(30)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 10

    async def story() -> None:
        began = polling.clock()
        checked = await polling.check(accounts)
        assert {each.state.status for each in checked} == {Status.OK}
        assert polling.clock() - began <= UNKNOWN_WAITS
        assert len(polling.gateway.refused) <= 8

    polling.play(story)


@pytest.mark.case("2", SHARED_LIMIT)
def test_a_later_check_is_short_and_tells_the_rest_from_before(
    polling: SimulatedPolling,
) -> None:
    """No account is out of reach, and the next checks reach the others."""
    accounts = accounts_of(30)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 10

    async def story() -> None:
        await polling.check(accounts)
        refused = len(polling.gateway.refused)
        for _ in range(4):
            await asyncio.sleep(120)
            began = polling.clock()
            checked = await polling.check(accounts)
            assert polling.clock() - began <= KNOWN_WAITS
            assert {each.state.status for each in checked} == {Status.OK}
            assert all(each.state.reading for each in checked)
            assert any(each.waits_until for each in checked)
        assert min(polling.gateway.count().values()) >= 2
        # After ten minutes the round tries whether the gateway takes more.
        assert len(polling.gateway.refused) - refused <= 1

    polling.play(story)


@pytest.mark.case("3", ONE_DOOR)
def test_six_checks_with_a_rejected_key_send_it_once(polling: SimulatedPolling) -> None:
    """The state stays the known one; a forced check and a new key are sent."""
    accounts = accounts_of(1)
    polling.add_keys(accounts)
    polling.gateway.rejects = {"a0"}

    async def story() -> None:
        for _ in range(6):
            (checked,) = await polling.check(accounts)
            assert checked.state.status is Status.UNAUTHORIZED
            await asyncio.sleep(60)
        assert polling.gateway.requests == 1
        await polling.check(accounts, force=True)
        assert polling.gateway.requests == 2
        polling.vault.put("a0", "made-up-key-new")
        (checked,) = await polling.check(accounts)
        assert polling.gateway.requests == 3
        assert checked.state.status is Status.UNAUTHORIZED
        await polling.check(accounts)
        assert polling.gateway.requests == 3

    polling.play(story)


@pytest.mark.case("3", ONE_DOOR)
def test_six_checks_within_a_retry_after_send_one_request(
    polling: SimulatedPolling,
) -> None:
    """A forced check sends one more, and the next one follows after the hour."""
    accounts = accounts_of(1)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 0
    polling.gateway.retry_after = HOUR

    async def story() -> None:
        for _ in range(6):
            (checked,) = await polling.check(accounts)
            assert checked.state.status is Status.UNREACHABLE
            assert checked.state.failure is not None
            assert checked.state.failure.kind is GatewayDown
            await asyncio.sleep(60)
        assert polling.gateway.requests == 1
        await polling.check(accounts, force=True)
        assert polling.gateway.requests == 2
        polling.gateway.limits.clear()
        await asyncio.sleep(3_601)
        (checked,) = await polling.check(accounts)
        assert checked.state.status is Status.OK

    polling.play(story)


@pytest.mark.case("3", ONE_DOOR)
def test_the_tray_follows_the_rejection_that_a_check_met(
    polling: SimulatedPolling,
) -> None:
    """And the other way round; the tray shows the rejection."""
    accounts = accounts_of(2)
    polling.add_keys(accounts)

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(60)
            polling.gateway.rejects = {"a0"}
            await polling.check(accounts)
            sent = polling.gateway.count()["a0"]
            await asyncio.sleep(6 * 3_600)
            assert polling.gateway.count()["a0"] == sent
            assert polling.gateway.count()["a1"] > 20
            kinds = [
                getattr(each.result, "kind", None)
                for each in polling.outcomes
                if each.account_id == "a0"
            ]
            assert [kind and kind.id for kind in kinds] == [None, "unauthorized"]
            polling.gateway.rejects = {"a0", "a1"}
            await asyncio.sleep(3_600)
            sent = polling.gateway.requests
            await polling.check(accounts)
            assert polling.gateway.requests == sent

    polling.play(story)


@pytest.mark.case("2", SHARED_LIMIT)
def test_a_check_beside_the_tray_shares_its_pace(polling: SimulatedPolling) -> None:
    """Neither sends more than both may send together."""
    accounts = accounts_of(30)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 10

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(600)
            refused = len(polling.gateway.refused)
            for _ in range(6):
                checked = await polling.check(accounts)
                assert {each.state.status for each in checked} == {Status.OK}
                await asyncio.sleep(300)
            # A raise of the limit may be tried meanwhile, and is taken back.
            assert len(polling.gateway.refused) - refused <= 4

    polling.play(story)


def test_a_key_test_waits_for_a_near_turn_only(polling: SimulatedPolling) -> None:
    """In a long pause it says that the gateway is not available."""
    accounts = accounts_of(1)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 0

    async def story() -> None:
        async with polling.tray(accounts):
            await asyncio.sleep(30)
            sent = polling.gateway.requests
            refresh = polling.scheduler._refresh  # noqa: SLF001  # as the backend does
            outcome = await refresh.test(accounts[0], Secret("made-up-key-new"))
            assert getattr(outcome.result, "kind", None) is GatewayDown
            assert polling.gateway.requests == sent
            polling.gateway.limits.clear()
            await asyncio.sleep(25)
            outcome = await refresh.test(accounts[0], Secret("made-up-key-new"))
            assert getattr(outcome.result, "kind", None) is None
            assert polling.gateway.requests >= sent + 1

    polling.play(story)


def test_a_round_is_never_stuck(polling: SimulatedPolling) -> None:
    """A thousand unknown accounts at ten a minute take five minutes at most."""
    accounts = accounts_of(1_000)
    polling.add_keys(accounts)
    polling.gateway.limits[f"{HOST}:443"] = 10

    async def story() -> None:
        began = polling.clock()
        checked = await polling.check(accounts)
        assert polling.clock() - began <= UNKNOWN_WAITS + MINUTE
        known = [each for each in checked if each.state.reading]
        assert len(known) >= 40
        others = {each.state.status for each in checked if not each.state.reading}
        assert others == {Status.UNREACHABLE}

    polling.play(story)
