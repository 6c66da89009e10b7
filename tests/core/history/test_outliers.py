"""Implausible balances between good ones, and times that can't be true."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_readings import HOUR, NOON, read
from trayapp.core.balance import Balance, Reading
from trayapp.core.history.ledger import MovementKind, months, movements, observed
from trayapp.core.history.outliers import (
    each_without_outliers,
    is_true_time,
    without_outliers,
)

CASE = pytest.mark.case("also 2", "one implausible answer between good ones")
TIMES = pytest.mark.case("also 1", "a record whose time can't be true")
MINUTE = timedelta(minutes=1)


def story(*balances: str, every: timedelta = 5 * MINUTE) -> list[Reading]:
    """Make readings of texts such as "350 EUR"."""
    made = []
    for index, words in enumerate(balances):
        amount, unit = words.split()
        made.append(Reading(Balance(Decimal(amount), unit), NOON + index * every))
    return made


@CASE
@pytest.mark.parametrize(
    "implausible",
    [
        ["0.00 EUR"],
        ["-1 EUR"],
        ["0.35 EUR"],
        ["350000 EUR"],
        ["12.40 EUR"],
        ["9000 CREDITS"],
        ["0 CREDITS"],
        ["0 EUR", "0 EUR", "0.1 EUR"],
        ["9000 CREDITS", "9000 CREDITS", "0 EUR"],
        ["0 EUR", "350000 EUR"],
    ],
)
@pytest.mark.parametrize("back", ["350 EUR", "348.90 EUR"])
def test_an_implausible_answer_is_no_movement(
    implausible: list[str], back: str
) -> None:
    """It is neither spent nor paid, and no month shows it."""
    readings = story("350 EUR", *implausible, back, "348 EUR")
    moved = movements(readings)
    assert {change.kind for change in moved} == {MovementKind.SPENT}
    assert sum(change.amount for change in moved) == 2
    (month,) = months(readings, [], UTC)
    assert month.topped_up == month.refunded == 0
    assert month.spent == Decimal(2)


@CASE
def test_after_another_unit_any_balance_counts() -> None:
    """The units can't be compared, so a payment in between shows as one."""
    (paid,) = movements(story("20 EUR", "9000 CREDITS", "70 EUR"))
    assert (paid.kind, paid.amount) == (MovementKind.TOP_UP, Decimal(50))


@CASE
def test_half_of_it_is_an_outlier_if_it_comes_back_exactly() -> None:
    """The answer of another account may be of a similar size."""
    assert movements(story("350 EUR", "120 EUR", "350 EUR")) == ()
    kinds = [
        change.kind for change in movements(story("350 EUR", "120 EUR", "349 EUR"))
    ]
    assert kinds == [MovementKind.SPENT, MovementKind.TOP_UP]


@CASE
@pytest.mark.parametrize(
    ("balances", "every"),
    [
        (["350 EUR", "0 EUR", "350 EUR"], 61 * MINUTE),  # too late
        (["350 EUR", "0 EUR", "300 EUR"], 5 * MINUTE),  # another amount
        (["350 EUR", "0 EUR", "360 EUR"], 5 * MINUTE),
        (["20 EUR", "120 EUR", "20 EUR"], 5 * MINUTE),  # a payment and a campaign
        (["0.02 EUR", "20 EUR", "0.02 EUR"], 5 * MINUTE),
    ],
)
def test_a_true_change_stays(balances: list[str], every: timedelta) -> None:
    """What lasts, or does not come back to the same, happened."""
    readings = story(*balances, every=every)
    assert len(movements(readings)) == 2
    assert observed(readings) == tuple(readings)


@CASE
def test_the_last_answer_counts_however_implausible() -> None:
    """Only the next one shows whether it was right."""
    readings = story("350 EUR", "0 EUR")
    assert observed(readings) == tuple(readings)
    assert observed(read("350")) == tuple(read("350"))
    assert observed([]) == ()


@TIMES
@pytest.mark.parametrize(
    ("at", "is_true"),
    [
        (datetime(1970, 1, 1, 0, 3, tzinfo=UTC), False),
        (datetime(2000, 1, 1, tzinfo=UTC), False),
        (datetime(2014, 12, 31, tzinfo=UTC), False),
        (NOON - timedelta(days=900), True),
        (NOON, True),
        (NOON + MINUTE, True),
        (NOON + HOUR, False),
        (datetime(2038, 1, 19, tzinfo=UTC), False),
    ],
)
def test_a_time_long_before_the_program_or_after_now_is_not_true(
    at: datetime,
    is_true: bool,  # noqa: FBT001  # the expected answer
) -> None:
    """The clock was wrong when such a reading was made."""
    assert is_true_time(at, NOON) is is_true


@TIMES
def test_a_wrong_clock_does_not_judge_the_future() -> None:
    """After a flat battery all true readings lie ahead."""
    wrong = datetime(1970, 1, 1, tzinfo=UTC)
    assert is_true_time(NOON, wrong)
    assert not is_true_time(wrong, wrong)
    assert is_true_time(NOON + HOUR, None)


@CASE
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["350 EUR", "349.5 EUR", "0 EUR", "170 EUR", "9 SMS"]),
            st.integers(1, 70),
        ),
        max_size=60,
    ),
    st.integers(2, 12),
)
def test_a_stream_has_the_same_outliers_as_the_whole(
    steps: list[tuple[str, int]], block_size: int
) -> None:
    """Readings pass in blocks; an outlier may begin in one and end in the next."""
    readings, at = [], NOON
    for words, minutes in steps:
        at += minutes * MINUTE
        amount, unit = words.split()
        readings.append(Reading(Balance(Decimal(amount), unit), at))
    streamed = each_without_outliers(iter(readings), block_size=block_size)
    assert tuple(streamed) == without_outliers(readings)
