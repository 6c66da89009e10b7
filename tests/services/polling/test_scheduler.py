"""When each account is refreshed, on one loop."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from fakes.clock import SettableClock
from fakes.history import StorelessHistory
from harness.event_log import EventLog
from harness.loop import let_loop_run, running
from tally import FAULTS, Tally
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    BalanceTrayError,
    Failure,
    NoConnection,
    TimedOut,
    Unauthorized,
)
from trayapp.core.pace import Demand
from trayapp.core.schedule import NETWORK_DELAY, Plan
from trayapp.core.settings import Settings
from trayapp.services.history.changes import SetWait, StoredWait
from trayapp.services.messages.events import RefreshStarted
from trayapp.services.polling.concurrency import MAX_CONCURRENT
from trayapp.services.polling.guard import RequestGuard
from trayapp.services.polling.refresh import Refresh
from trayapp.services.polling.scheduler import Scheduler

A, B = Account("a", "A"), Account("b", "B")
SETTINGS = Settings()


class RecordingRefresh(Refresh):
    """A use case with the outcomes of the test, which notes the accounts."""

    def __init__(self, clock: SettableClock[datetime]) -> None:
        self.clock = clock
        self.names: list[str] = []
        self.answers: asyncio.Queue[Outcome] = asyncio.Queue()
        self.kind: type[BalanceTrayError] | None = None
        self.gate: asyncio.Event | None = None
        self.at_once = 0
        self.most_at_once = 0

    async def refresh(
        self, account: Account, demand: Demand = Demand.SCHEDULED
    ) -> Outcome:
        """Return an outcome, after the gate opens if there is one."""
        del demand
        self.names.append(account.id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.gate is not None:
                await self.gate.wait()
        finally:
            self.at_once -= 1
        now = self.clock()
        result: Reading | Failure = Reading(Balance(Decimal(1), "EUR"), now)
        if self.kind is not None:
            result = self.kind().as_failure()
        outcome = Outcome(account.id, now, result)
        self.answers.put_nowait(outcome)
        return outcome


class SchedulerHarness:
    """A scheduler with fakes of clock, refresh and history."""

    def __init__(self, now: datetime) -> None:
        self.clock = SettableClock(now)
        self.refresh, self.history = RecordingRefresh(self.clock), StorelessHistory()
        self.events = EventLog()
        self.ticks = 0
        self.dice: random.Random | None = None
        self.scheduler = Scheduler(
            self.refresh,
            self.history,
            self.events.record,
            guard=RequestGuard(self.history, self.clock),
            on_tick=self._tick,
            clock=self.clock,
            jitter=self.jitter,
        )

    def jitter(self) -> float:
        """Return a random number, if there is a generator."""
        return 0.0 if self.dice is None else self.dice.uniform(-1, 1)

    def _tick(self) -> None:
        self.ticks += 1

    def asked(self) -> list[str]:
        """Return the ids of the refreshed accounts, in their order."""
        return [one.account_id for one in self.events.of(RefreshStarted)]

    async def answers(self, count: int) -> None:
        """Wait for so many outcomes."""
        async with asyncio.timeout(5):
            for _ in range(count):
                await self.refresh.answers.get()

    async def idle(self) -> None:
        """Let the loop run, so that a wrong request would begin."""
        await let_loop_run()

    async def pass_time(self, passed: timedelta) -> None:
        """Set the clock forward and wake the scheduler."""
        self.clock.now += passed
        self.scheduler.request_now([])
        await self.idle()


def play(
    now: datetime, story: Callable[[SchedulerHarness], Coroutine[None, None, None]]
) -> SchedulerHarness:
    """Run a story beside the scheduler."""

    async def run() -> SchedulerHarness:
        harness = SchedulerHarness(now)
        async with running(harness.scheduler.run()):
            await story(harness)
        return harness

    return asyncio.run(run())


def test_new_accounts_are_asked_at_once(now: datetime) -> None:
    """The first balance does not wait for an interval."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts([A, B], SETTINGS)
        await harness.answers(2)

    assert sorted(play(now, story).asked()) == ["a", "b"]


def test_an_account_is_asked_again_after_its_interval(now: datetime) -> None:
    """It is requested once, and not earlier."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        await harness.pass_time(SETTINGS.interval - timedelta(seconds=1))
        assert harness.refresh.names == ["a"]
        await harness.pass_time(timedelta(seconds=1))
        await harness.answers(1)

    assert play(now, story).refresh.names == ["a", "a"]


def test_only_a_wait_that_outlives_a_restart_is_written(now: datetime) -> None:
    """It is written when it begins, and when a balance ends it."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.kind = NoConnection
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        await harness.idle()
        assert harness.history.changes == []
        for kind in (Unauthorized, None, None):
            harness.refresh.kind = kind
            harness.scheduler.request_now()
            await harness.answers(1)
            await harness.idle()

    began, ended = play(now, story).history.changes
    assert isinstance(began, SetWait)
    assert began.wait.failure == Failure(Unauthorized)
    assert ended == SetWait("a", StoredWait())


def test_at_most_eight_are_asked_side_by_side(now: datetime) -> None:
    """A hundred accounts do not send their requests together."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.gate = asyncio.Event()
        harness.scheduler.set_accounts(
            [Account(str(i), str(i)) for i in range(100)], SETTINGS
        )
        await harness.idle()
        assert harness.refresh.at_once == MAX_CONCURRENT
        harness.refresh.gate.set()
        await harness.answers(100)

    assert play(now, story).refresh.most_at_once == MAX_CONCURRENT


def test_one_that_hangs_holds_up_no_other(now: datetime) -> None:
    """The others have the seven other slots."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.gate = asyncio.Event()
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.idle()
        harness.refresh.gate = None
        harness.scheduler.set_accounts([A, B], SETTINGS)
        await harness.answers(1)

    assert play(now, story).refresh.names == ["a", "b"]


def test_a_person_can_ask_at_any_time_but_not_twice_at_once(now: datetime) -> None:
    """Refresh during a request changes nothing."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        harness.refresh.gate = asyncio.Event()
        harness.scheduler.request_now()
        harness.scheduler.request_now(["a"])
        await harness.idle()
        harness.refresh.gate.set()
        await harness.answers(1)
        await harness.idle()

    assert play(now, story).refresh.names == ["a", "a"]


def test_a_rejected_key_is_not_asked_until_a_day_has_passed(now: datetime) -> None:
    """Hours pass without a request."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.kind = Unauthorized
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        for _ in range(23):
            await harness.pass_time(timedelta(hours=1))
        assert harness.refresh.names == ["a"]
        await harness.pass_time(timedelta(hours=1))
        await harness.answers(1)

    assert play(now, story).refresh.names == ["a", "a"]


@pytest.mark.parametrize("how", ["key", "person"])
def test_a_rejected_key_is_asked_when_it_changes_or_a_person_wants(
    now: datetime, how: str
) -> None:
    """Both end the wait."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.kind = Unauthorized
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        if how == "key":
            harness.scheduler.request_again("a")
        else:
            harness.scheduler.request_now(["a"])
        await harness.answers(1)

    assert play(now, story).refresh.names == ["a", "a"]


def test_a_rejected_key_waits_out_a_restart(now: datetime) -> None:
    """The stored wait applies to the first request too."""

    async def story(harness: SchedulerHarness) -> None:
        plan = Plan(now + timedelta(hours=5), 1, must_persist=True)
        harness.history.state.waits["a"] = StoredWait(plan=plan)
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.pass_time(timedelta(hours=4))
        assert harness.refresh.names == []
        await harness.pass_time(timedelta(hours=1))
        await harness.answers(1)

    play(now, story)


def test_a_new_key_cancels_the_request_with_the_old_one(now: datetime) -> None:
    """The scheduler cancels the old request, and its response does not count."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.gate = asyncio.Event()
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.idle()
        harness.refresh.gate = None
        harness.scheduler.request_again("a")
        await harness.answers(1)

    harness = play(now, story)
    assert harness.refresh.names == ["a", "a"]
    assert harness.refresh.answers.empty()


def test_another_address_is_asked_at_once_and_another_name_is_not(
    now: datetime,
) -> None:
    """Only a change of the request itself sends another."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        harness.scheduler.set_accounts([replace(A, name="Renamed")], SETTINGS)
        await harness.idle()
        assert harness.refresh.names == ["a"]
        harness.scheduler.set_accounts([replace(A, sub_account="shop")], SETTINGS)
        await harness.answers(1)

    play(now, story)


def test_another_threshold_is_looked_at_at_once(now: datetime) -> None:
    """An alert may be due now."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        higher = replace(A, low_below=Decimal(99))
        harness.scheduler.set_accounts([higher], SETTINGS)
        await harness.answers(1)
        harness.scheduler.set_accounts([replace(higher, warn_days=30)], SETTINGS)
        await harness.answers(1)

    play(now, story)


def test_a_shorter_interval_holds_from_now_on(now: datetime) -> None:
    """The old interval does not go on."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts([A], Settings(interval=timedelta(hours=24)))
        await harness.answers(1)
        harness.scheduler.set_accounts([A], Settings(interval=timedelta(minutes=5)))
        await harness.pass_time(timedelta(minutes=5))
        await harness.answers(1)

    play(now, story)


def test_a_removed_account_is_not_asked_any_more(now: datetime) -> None:
    """Its request under way is cancelled too."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.gate = asyncio.Event()
        harness.scheduler.set_accounts([A, B], SETTINGS)
        await harness.idle()
        harness.scheduler.set_accounts([B], SETTINGS)
        harness.refresh.gate.set()
        await harness.answers(1)
        await harness.pass_time(timedelta(days=2))
        await harness.answers(1)
        assert harness.refresh.answers.empty()

    assert play(now, story).refresh.names.count("a") == 1


def test_a_clock_set_back_by_a_year_stops_nothing(now: datetime) -> None:
    """The next request comes at once, and not in a year."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        await harness.pass_time(timedelta(days=-365))
        await harness.answers(1)

    play(now, story)


def test_many_accounts_are_asked_a_few_at_once_and_then_one_by_one(
    now: datetime,
) -> None:
    """As many as have slots are first, and the others follow in ten seconds."""

    async def story(harness: SchedulerHarness) -> None:
        harness.dice = random.Random(7)  # noqa: S311  # the same start each time
        harness.scheduler.set_accounts(
            [Account(str(i), str(i)) for i in range(100)], SETTINGS
        )
        await harness.answers(MAX_CONCURRENT)
        for _second in range(10):
            before = len(harness.refresh.names)
            await harness.pass_time(timedelta(seconds=1))
            await harness.idle()
            assert 0 < len(harness.refresh.names) - before < 25
        assert len(set(harness.refresh.names)) == 100

    play(now, story)


def test_after_a_sleep_the_network_gets_its_time(now: datetime, tally: Tally) -> None:
    """Overdue accounts are requested some seconds later, and no others."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        harness.clock.now += SETTINGS.interval / 2
        harness.scheduler.set_accounts([A, B], SETTINGS)
        await harness.answers(1)
        harness.clock.now += SETTINGS.interval * 0.75
        harness.scheduler.on_resume()
        await harness.idle()
        assert harness.refresh.names == ["a", "b"]
        await harness.pass_time(NETWORK_DELAY)
        await harness.answers(1)
        await harness.idle()

    assert play(now, story).refresh.names == ["a", "b", "a"]
    tally.add(FAULTS)


def test_a_suspend_repeats_the_requests_that_it_interrupted(
    now: datetime, tally: Tally
) -> None:
    """Its connection is dead, and would last until the deadline."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.gate = asyncio.Event()
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.idle()
        harness.clock.now += timedelta(hours=8)
        harness.scheduler.on_resume()
        await harness.idle()
        assert harness.refresh.at_once == 0
        harness.refresh.gate = None
        await harness.pass_time(NETWORK_DELAY)
        await harness.answers(1)

    assert play(now, story).refresh.names == ["a", "a"]
    tally.add(FAULTS)


def test_after_an_offline_start_the_network_brings_a_request(
    now: datetime, tally: Tally
) -> None:
    """Neither the back-off nor a network that comes and goes delays it."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.kind = NoConnection
        harness.scheduler.set_accounts([A], Settings(interval=timedelta(hours=24)))
        await harness.answers(1)
        for minutes in (1, 2, 4, 8):
            await harness.pass_time(timedelta(minutes=minutes))
            await harness.answers(1)
        await harness.pass_time(timedelta(minutes=1))
        harness.refresh.kind = None
        for _second in range(5):
            harness.scheduler.on_online()
            await harness.pass_time(timedelta(seconds=1))
        await harness.answers(1)

    assert len(play(now, story).refresh.names) == 6
    tally.add(FAULTS, 5)


def test_a_network_that_flaps_brings_no_flood(now: datetime, tally: Tally) -> None:
    """At least half a minute passes between two requests."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.kind = NoConnection
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        for _second in range(300):
            harness.scheduler.on_online()
            await harness.pass_time(timedelta(seconds=1))

    assert len(play(now, story).refresh.names) == 11
    tally.add(FAULTS, 300)


def test_a_clock_that_is_set_back_repeats_the_requests_under_way(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The computer may have slept in between, so they may hang."""
    monkeypatch.setattr("trayapp.services.polling.scheduler._LONGEST_PAUSE_S", 0.01)

    async def story(harness: SchedulerHarness) -> None:
        resumed = asyncio.Event()
        monkeypatch.setattr(harness.scheduler, "on_resume", resumed.set)
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        await harness.idle()
        harness.clock.now -= timedelta(hours=8)
        async with asyncio.timeout(5):
            await resumed.wait()

    play(now, story)


@pytest.mark.parametrize("jump", [timedelta(hours=8), timedelta(days=365)])
def test_the_clocks_show_a_suspend_without_a_signal(
    now: datetime, jump: timedelta, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Without logind this is the way. A clock set forward looks the same."""
    monkeypatch.setattr("trayapp.services.polling.scheduler._LONGEST_PAUSE_S", 0.01)

    async def story(harness: SchedulerHarness) -> None:
        resumed = asyncio.Event()
        on_resume = harness.scheduler.on_resume
        harness.scheduler.on_resume = resumed.set  # type: ignore[method-assign]  # noted here too
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        await harness.idle()
        harness.clock.now += jump
        async with asyncio.timeout(5):
            await resumed.wait()
        assert harness.refresh.names == ["a"]
        on_resume()
        await harness.pass_time(NETWORK_DELAY)
        await harness.answers(1)

    play(now, story)
    tally.add(FAULTS)


def test_a_clock_that_is_a_year_ahead_for_a_while_brings_no_flood(
    now: datetime, tally: Tally
) -> None:
    """There is one request after the change, and one after its correction."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        for step in (timedelta(days=365), timedelta(days=-365)) * 3:
            await harness.pass_time(step)
            await harness.answers(1)
            for _second in range(60):
                await harness.pass_time(timedelta(seconds=1))

    assert len(play(now, story).refresh.names) == 7
    tally.add(FAULTS, 6)


def test_failures_are_retried_ever_more_slowly(now: datetime) -> None:
    """One minute, then two."""

    async def story(harness: SchedulerHarness) -> None:
        harness.refresh.kind = NoConnection
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.answers(1)
        await harness.pass_time(timedelta(minutes=1))
        await harness.answers(1)
        await harness.pass_time(timedelta(minutes=1))
        assert harness.refresh.names == ["a", "a"]
        await harness.pass_time(timedelta(minutes=1))
        await harness.answers(1)

    play(now, story)


def test_a_fault_of_ours_is_not_repeated_without_end(now: datetime) -> None:
    """After an unexpected exception the account is due later."""

    async def story(harness: SchedulerHarness) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)

        async def burst(account: Account, _: Demand = Demand.SCHEDULED) -> Outcome:
            harness.refresh.names.append(account.id)
            raise ZeroDivisionError

        harness.refresh.refresh = burst  # type: ignore[method-assign,assignment]  # a fault
        harness.scheduler.set_accounts([A, B], SETTINGS)
        await harness.idle()
        await harness.pass_time(timedelta(minutes=1))
        assert sorted(harness.refresh.names) == ["a", "b"]

    play(now, story)


def test_the_tick_comes_at_the_start_and_not_with_every_outcome(now: datetime) -> None:
    """A check of all accounts after each of 200 outcomes would be 40,000 checks."""

    async def story(harness: SchedulerHarness) -> None:
        harness.scheduler.set_accounts(
            [Account(str(i), str(i)) for i in range(100)], SETTINGS
        )
        await harness.answers(100)
        await harness.idle()

    assert play(now, story).ticks == 1


def test_time_passes_at_least_once_a_minute(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so without any request."""
    monkeypatch.setattr("trayapp.services.polling.scheduler._LONGEST_PAUSE_S", 0.01)
    monkeypatch.setattr("trayapp.services.polling.scheduler._TICK_S", 0.0)

    async def story(harness: SchedulerHarness) -> None:
        async with asyncio.timeout(5):
            while harness.ticks < 3:  # noqa: ASYNC110  # the scheduler counts
                await asyncio.sleep(0.01)

    play(now, story)


def test_it_is_idle_when_no_request_is_under_way(now: datetime) -> None:
    """It is not idle before, however many requests follow."""

    async def story(harness: SchedulerHarness) -> None:
        await harness.scheduler.idle()
        harness.refresh.gate = asyncio.Event()
        harness.scheduler.set_accounts([A], SETTINGS)
        await harness.idle()
        waiting = asyncio.create_task(harness.scheduler.idle())
        harness.scheduler.set_accounts([A, B], SETTINGS)
        await harness.idle()
        assert not waiting.done()
        harness.refresh.gate.set()
        async with asyncio.timeout(5):
            await waiting
        await harness.answers(2)

    play(now, story)


def test_random_moves_keep_one_request_an_account(now: datetime) -> None:
    """No order of changes sends two requests of one account at once."""

    async def story(harness: SchedulerHarness) -> None:
        dice = random.Random(7)  # noqa: S311  # the same moves each time
        accounts = [Account(str(i), str(i)) for i in range(20)]
        for _ in range(300):
            match dice.randrange(4):
                case 0:
                    chosen = dice.sample(accounts, dice.randrange(20))
                    harness.scheduler.set_accounts(chosen, SETTINGS)
                case 1:
                    harness.scheduler.request_now()
                case 2:
                    harness.clock.now += timedelta(minutes=dice.randrange(60))
                case _:
                    await harness.idle()
            assert harness.refresh.at_once <= MAX_CONCURRENT

    play(now, story)


def test_accounts_that_hang_hold_two_places_from_their_second_time_on(
    now: datetime,
) -> None:
    """The other accounts are refreshed as without them."""

    async def story(harness: SchedulerHarness) -> None:
        hanging = [Account(f"h{i}", "H") for i in range(20)]
        harness.refresh.kind = TimedOut
        harness.scheduler.set_accounts(hanging, SETTINGS)
        await harness.answers(20)
        harness.refresh.names.clear()
        harness.refresh.gate = asyncio.Event()
        await harness.pass_time(SETTINGS.interval)
        assert harness.refresh.names == ["h0", "h1"]
        harness.scheduler.set_accounts([*hanging, A, B], SETTINGS)
        await harness.idle()
        assert harness.refresh.names == ["h0", "h1", "a", "b"]

    play(now, story)


def test_a_person_who_checks_one_that_hangs_waits_for_no_other(now: datetime) -> None:
    """It leaves the queue of the slow accounts."""

    async def story(harness: SchedulerHarness) -> None:
        hanging = [Account(f"h{i}", "H") for i in range(20)]
        harness.refresh.kind = TimedOut
        harness.scheduler.set_accounts(hanging, SETTINGS)
        await harness.answers(20)
        harness.refresh.names.clear()
        harness.refresh.gate = asyncio.Event()
        await harness.pass_time(SETTINGS.interval)
        harness.scheduler.request_now(["h19"])
        await harness.idle()
        assert harness.refresh.names == ["h0", "h1", "h19"]

    play(now, story)
