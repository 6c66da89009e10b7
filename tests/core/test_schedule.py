"""When the next request is due, and when the backend restarts."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trayapp.core.account_state import Outcome
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    BalanceTrayError,
    CertificateProblem,
    GatewayDown,
    InternalFault,
    KeyMissing,
    KeyringLocked,
    NoConnection,
    ProxyProblem,
    Refused,
    Retry,
    TimedOut,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.schedule import (
    LONGEST_WAIT,
    NETWORK_DELAY,
    PAUSE_AFTER_RESPONSE,
    RESTARTS_AN_HOUR,
    START_SPREAD,
    Plan,
    RestartBackoff,
    after_clock_change,
    after_resume,
    first_plan,
    plan_after,
)
from trayapp.core.settings import LONGEST_INTERVAL, SHORTEST_INTERVAL

INTERVAL = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
HOUR_S = 3_600.0
YEAR = timedelta(days=365)
START = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
KINDS: list[type[BalanceTrayError]] = [
    *(BalanceTrayError, CertificateProblem, GatewayDown, InternalFault, KeyMissing),
    *(KeyringLocked, NoConnection, ProxyProblem, Refused, TimedOut, Unauthorized),
    UnexpectedReply,
]

intervals = st.timedeltas(SHORTEST_INTERVAL, LONGEST_INTERVAL)
jitters = st.floats(-1, 1)
failures = st.tuples(
    st.sampled_from(KINDS), st.none() | st.timedeltas(-1000 * YEAR, 1000 * YEAR)
)


def good(now: datetime) -> Outcome:
    """Make a successful outcome."""
    return Outcome("a", now, Reading(Balance(Decimal(1), "EUR"), now))


def bad(
    now: datetime, kind: type[BalanceTrayError], after: timedelta | None = None
) -> Outcome:
    """Make a failed outcome."""
    return Outcome("a", now, kind(retry_after=after).as_failure())


def test_after_a_reading_the_next_request_is_an_interval_later(now: datetime) -> None:
    """The interval counts from the reading's time."""
    plan = plan_after(Plan(now, failures=3), good(now), INTERVAL, jitter=0)
    assert plan == Plan(now + INTERVAL)


@pytest.mark.parametrize("jitter", [-1, 1])
def test_jitter_moves_a_request_by_a_tenth(now: datetime, jitter: float) -> None:
    """Many computers do not send at the same moment."""
    plan = plan_after(Plan(now), good(now), INTERVAL, jitter)
    assert plan.due - now == INTERVAL * (1 + 0.1 * jitter)


def test_after_a_lost_connection_the_waits_double(now: datetime) -> None:
    """They begin at a minute and end at the interval."""
    plan, waits = Plan(now), []
    for _ in range(6):
        plan = plan_after(plan, bad(now, NoConnection), INTERVAL, jitter=0)
        waits.append((plan.due - now) // MINUTE)
    assert waits == [1, 2, 4, 8, 15, 15]


def test_a_refusal_waits_at_least_the_interval(now: datetime) -> None:
    """After refusals the waits double, up to six hours."""
    plan, waits = Plan(now), []
    for _ in range(7):
        plan = plan_after(plan, bad(now, Refused), INTERVAL, jitter=0)
        waits.append((plan.due - now) // MINUTE)
    assert waits == [15, 30, 60, 120, 240, 360, 360]


def test_a_rejected_key_waits_a_day_and_across_a_restart(
    now: datetime,
) -> None:
    """The wait must persist."""
    plan = plan_after(Plan(now), bad(now, Unauthorized), INTERVAL, jitter=0)
    assert plan == Plan(now + timedelta(hours=24), failures=1, must_persist=True)


def test_a_locked_keyring_is_checked_each_minute(now: datetime) -> None:
    """A check shows no prompt, so it may be frequent."""
    plan = plan_after(Plan(now, failures=50), bad(now, KeyringLocked), INTERVAL, 0)
    assert plan.due == now + MINUTE
    assert not plan.must_persist


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (timedelta(seconds=1), MINUTE),
        (timedelta(minutes=2), 2 * MINUTE),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=3000), LONGEST_WAIT),
    ],
)
def test_retry_after_is_followed_up_to_six_hours(
    now: datetime, asked: timedelta, waited: timedelta
) -> None:
    """It lengthens the wait and outlives a restart."""
    plan = plan_after(Plan(now), bad(now, GatewayDown, asked), INTERVAL, jitter=0)
    assert plan.due - now == waited
    assert plan.must_persist


@pytest.mark.parametrize("kind", [NoConnection, TimedOut, ProxyProblem])
def test_a_long_interval_or_outage_keeps_the_retries_frequent(
    now: datetime, kind: type[BalanceTrayError]
) -> None:
    """After the network returns, the balance comes soon."""
    plan = plan_after(Plan(now, failures=500), bad(now, kind), LONGEST_INTERVAL, 0)
    assert plan.due - now == timedelta(minutes=15)


def longest_wait(kind: type[BalanceTrayError] | None, interval: timedelta) -> timedelta:
    """Give the longest wait that may follow an outcome."""
    if kind is not None and kind.retry is Retry.DAILY:
        return timedelta(hours=24) * 1.1
    return max(LONGEST_WAIT, interval) * 1.1


@settings(deadline=None)  # long stories, on machines that do much else
@given(intervals, st.lists(st.tuples(st.none() | failures, jitters), max_size=40))
def test_no_wait_is_under_half_a_minute_or_over_six_hours(
    interval: timedelta,
    answers: list[tuple[tuple[type[BalanceTrayError], timedelta | None] | None, float]],
) -> None:
    """Only the interval itself and a rejected key's day may be longer."""
    now, plan = START, Plan(START)
    for failed, jitter in answers:
        outcome = good(now) if failed is None else bad(now, *failed)
        plan = plan_after(plan, outcome, interval, jitter)
        kind = None if failed is None else failed[0]
        assert PAUSE_AFTER_RESPONSE <= plan.due - now <= longest_wait(kind, interval)
        assert after_clock_change(plan, now, interval) is plan
        now = plan.due


def test_a_due_time_beyond_all_waits_is_due_now(
    now: datetime,
) -> None:
    """A clock set back by a year does not stop the program for a year."""
    far = Plan(now + timedelta(days=365), failures=2, must_persist=True)
    assert after_clock_change(far, now, INTERVAL) == Plan(
        now, failures=2, must_persist=True
    )
    near = Plan(now + timedelta(hours=24))
    assert after_clock_change(near, now, INTERVAL) is near


def test_the_first_requests_are_immediate_and_the_others_spread(
    now: datetime,
) -> None:
    """A person sees the first balances soon, and the gateway has no burst."""
    plans = [first_plan(n, 8, now, jitter=(n % 20 - 10) / 10) for n in range(200)]
    assert [plan.due for plan in plans[:8]] == [now] * 8
    assert len({plan.due for plan in plans[8:]}) == 11
    assert max(plan.due for plan in plans) == now + START_SPREAD


@given(jitters)
def test_after_a_resume_an_overdue_request_waits_for_the_network(jitter: float) -> None:
    """Requests are spread, and a second event postpones nothing."""
    overdue = Plan(START - timedelta(hours=3), responded_at=START - timedelta(hours=4))
    plan = after_resume(overdue, START, jitter)
    assert NETWORK_DELAY <= plan.due - START <= NETWORK_DELAY + START_SPREAD
    assert after_resume(plan, START + timedelta(seconds=1), 1.0).due <= plan.due


def test_after_a_resume_a_failed_request_is_soon_but_a_persistent_wait_stays(
    now: datetime,
) -> None:
    """A suspend may end an outage, but a rejected key stays rejected."""
    later = now + timedelta(minutes=14)
    assert after_resume(Plan(later, failures=3), now, 0).due == now + NETWORK_DELAY
    for plan in (Plan(later), Plan(later, failures=1, must_persist=True)):
        assert after_resume(plan, now, 0) is plan


@settings(deadline=None)  # as above
@given(
    intervals,
    st.lists(
        st.tuples(
            st.sampled_from(["answer", "resume", "step", "look"]),
            st.none() | failures,
            jitters,
            st.timedeltas(timedelta(0), timedelta(days=2)),
            st.timedeltas(-2 * YEAR, 2 * YEAR),
        ),
        max_size=60,
    ),
)
def test_any_clock_changes_and_outcomes_keep_requests_apart_and_coming(
    interval: timedelta,
    story: list[
        tuple[
            str,
            tuple[type[BalanceTrayError], timedelta | None] | None,
            float,
            timedelta,
            timedelta,
        ]
    ],
) -> None:
    """Only a clock change brings a request sooner than half a minute."""
    real, ahead = START, timedelta(0)
    plan, answered, was_set = Plan(START), START - PAUSE_AFTER_RESPONSE, False
    for what, failed, jitter, passed, step in story:
        real += passed
        if what == "step":
            ahead, was_set = ahead + step, True
        now = real + ahead
        if what == "resume":
            plan = after_resume(plan, now, jitter)
        plan = after_clock_change(plan, now, interval)
        assert plan.due - now <= max(timedelta(hours=24), interval) * 1.1
        if plan.due > now and what != "answer":
            continue
        # It is asked when it is due, if that is not over already.
        real += max(plan.due - now, timedelta(0))
        assert was_set or real - answered >= PAUSE_AFTER_RESPONSE
        now = real + ahead
        outcome = good(now) if failed is None else bad(now, *failed)
        plan, answered, was_set = (
            plan_after(plan, outcome, interval, jitter),
            real,
            False,
        )
        kind = None if failed is None else failed[0]
        assert plan.due - now <= longest_wait(kind, interval)


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=1), YEAR])
def test_a_clock_set_back_ends_a_wait(now: datetime, back: timedelta) -> None:
    """Not even a change shorter than the longest wait delays a request."""
    plan = plan_after(Plan(now), good(now), INTERVAL, jitter=0)
    assert after_clock_change(plan, now - back, INTERVAL).due == now - back


def test_a_clock_set_back_restarts_a_persistent_wait(now: datetime) -> None:
    """A clock change causes no request with a rejected key."""
    plan = plan_after(Plan(now), bad(now, Unauthorized), INTERVAL, jitter=0)
    again = after_clock_change(plan, now - YEAR, INTERVAL)
    assert (again.due, again.must_persist) == (now - YEAR + timedelta(hours=24), True)
    assert after_clock_change(again, now - YEAR, INTERVAL) is again


def test_time_synchronization_changes_no_plan(now: datetime) -> None:
    """It sets the clock back by moments all the time."""
    plan = plan_after(Plan(now), good(now), INTERVAL, jitter=0)
    assert after_clock_change(plan, now - timedelta(seconds=59), INTERVAL) is plan


def restart(restarts: RestartBackoff, now: float) -> tuple[RestartBackoff, float]:
    """Wait for the next restart; give its time."""
    then = now + restarts.wait(now)
    return restarts.with_restart(then), then


def test_the_first_restart_is_soon() -> None:
    """A person hardly notices the grey icon."""
    assert RestartBackoff().wait(1_000.0) == 5.0


def test_each_further_restart_within_the_hour_is_later() -> None:
    """Each wait is twice the one before."""
    restarts, now, waits = RestartBackoff(), 0.0, []
    for _ in range(RESTARTS_AN_HOUR):
        waits.append(restarts.wait(now))
        restarts, now = restart(restarts, now)
    assert waits == [5.0, 10.0, 20.0, 40.0, 80.0]


def test_an_hour_has_at_most_five_restarts() -> None:
    """They are counted in any hour of a day of immediate faults."""
    restarts, now, starts = RestartBackoff(), 0.0, []
    while now < 24 * HOUR_S:
        restarts, now = restart(restarts, now)
        starts.append(now)
    assert len(starts) > 24
    for start in starts:
        assert sum(start <= one < start + HOUR_S for one in starts) <= RESTARTS_AN_HOUR
    assert max(after - before for before, after in pairwise(starts)) <= HOUR_S


def test_after_an_hour_without_faults_a_restart_is_soon_again() -> None:
    """Older faults do not count."""
    restarts, now = RestartBackoff(), 0.0
    for _ in range(RESTARTS_AN_HOUR):
        restarts, now = restart(restarts, now)
    assert restarts.wait(now + HOUR_S) == 5.0
