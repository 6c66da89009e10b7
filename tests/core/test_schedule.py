"""When to ask next."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    BalanceTrayError,
    GatewayDown,
    KeyringLocked,
    NoConnection,
    Refused,
    Unauthorized,
)
from trayapp.core.known import Outcome
from trayapp.core.schedule import LONGEST_WAIT, Plan, plan_after, sane

INTERVAL = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


def good(now: datetime) -> Outcome:
    """Make a good outcome."""
    return Outcome("a", now, Reading(Balance(Decimal(1), "EUR"), now))


def bad(
    now: datetime, kind: type[BalanceTrayError], after: timedelta | None = None
) -> Outcome:
    """Make a failed outcome."""
    return Outcome("a", now, kind(retry_after=after).as_failure())


def test_a_good_answer_is_followed_by_the_interval(now: datetime) -> None:
    """After a balance the next question comes one interval later."""
    plan = plan_after(Plan(now, failures=3), good(now), INTERVAL, jitter=0)
    assert plan == Plan(now + INTERVAL)


@pytest.mark.parametrize("jitter", [-1, 1])
def test_jitter_moves_a_question_by_a_tenth(now: datetime, jitter: float) -> None:
    """Many computers do not ask at the same moment."""
    plan = plan_after(Plan(now), good(now), INTERVAL, jitter)
    assert plan.due - now == INTERVAL * (1 + 0.1 * jitter)


def test_a_lost_connection_is_tried_soon_then_ever_more_slowly(now: datetime) -> None:
    """The waits double from a minute and end at the interval."""
    plan, waits = Plan(now), []
    for _ in range(6):
        plan = plan_after(plan, bad(now, NoConnection), INTERVAL, jitter=0)
        waits.append((plan.due - now) // MINUTE)
    assert waits == [1, 2, 4, 8, 15, 15]


def test_a_refusal_waits_at_least_the_interval(now: datetime) -> None:
    """A gateway that said no is asked ever more seldom, six hours apart at most."""
    plan, waits = Plan(now), []
    for _ in range(7):
        plan = plan_after(plan, bad(now, Refused), INTERVAL, jitter=0)
        waits.append((plan.due - now) // MINUTE)
    assert waits == [15, 30, 60, 120, 240, 360, 360]


def test_a_rejected_key_is_asked_once_a_day_and_after_a_restart_too(
    now: datetime,
) -> None:
    """The wait is long, and held."""
    plan = plan_after(Plan(now), bad(now, Unauthorized), INTERVAL, jitter=0)
    assert plan == Plan(now + timedelta(hours=24), failures=1, held=True)


def test_a_locked_keyring_is_looked_at_each_minute(now: datetime) -> None:
    """Looking asks nobody for a password, so it may be often."""
    plan = plan_after(Plan(now, failures=50), bad(now, KeyringLocked), INTERVAL, 0)
    assert plan.due == now + MINUTE
    assert not plan.held


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (timedelta(seconds=1), INTERVAL),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=3000), LONGEST_WAIT),
    ],
)
def test_a_gateways_own_wish_is_followed_within_reason(
    now: datetime, asked: timedelta, waited: timedelta
) -> None:
    """Retry-After lengthens the wait, to six hours at most, and outlives a restart."""
    plan = plan_after(Plan(now), bad(now, GatewayDown, asked), INTERVAL, jitter=0)
    assert plan.due - now == waited
    assert plan.held


@given(
    st.integers(0, 10**6),
    st.floats(-1, 1),
    st.timedeltas(timedelta(minutes=5), timedelta(hours=24)),
    st.none() | st.timedeltas(timedelta(days=-1000), timedelta(days=1000)),
    st.sampled_from([Unauthorized, NoConnection, GatewayDown, KeyringLocked]),
)
def test_a_wait_is_never_shorter_than_most_of_a_minute_or_longer_than_a_day(
    failures: int,
    jitter: float,
    interval: timedelta,
    after: timedelta | None,
    kind: type[BalanceTrayError],
) -> None:
    """Whatever came before, the gateway is neither flooded nor forgotten."""
    now = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    plan = plan_after(Plan(now, failures), bad(now, kind, after), interval, jitter)
    assert timedelta(seconds=54) <= plan.due - now <= timedelta(hours=26.4)


def test_a_due_time_beyond_all_waits_means_that_the_clock_was_set(
    now: datetime,
) -> None:
    """A clock set back by a year does not stop the program for a year."""
    far = Plan(now + timedelta(days=365), failures=2, held=True)
    assert sane(far, now, INTERVAL) == Plan(now, failures=2, held=True)
    near = Plan(now + timedelta(hours=24))
    assert sane(near, now, INTERVAL) is near
