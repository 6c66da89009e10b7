"""The recent balances of an account, for the gauge and the sparkline."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.sparkline import (
    SHOWN,
    RecentBalances,
    recent_balances,
    sparkline,
)
from trayapp.core.i18n.language import ENGLISH, Language

NOON = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
AGES = st.integers(min_value=0, max_value=60 * 24)
AMOUNTS = st.integers(min_value=-50, max_value=10**6)


def past(*steps: tuple[float, int], unit: str = "EUR") -> list[Reading]:
    """Make readings from days ago and amounts."""
    return [
        Reading(Balance(Decimal(amount), unit), NOON - timedelta(days=days))
        for days, amount in steps
    ]


def test_without_readings_there_are_no_recent_balances() -> None:
    """Readings after `now` do not count."""
    assert recent_balances([], NOON) is None
    assert recent_balances(past((-1, 5)), NOON) is None


@pytest.mark.parametrize(
    ("steps", "high"),
    [
        (((40, 900), (31, 700), (20, 300), (0, 50)), 700),
        (((20, 300), (0, 50)), 300),
        (((90, 900), (80, 40)), 40),
        (((1, -3),), -3),
    ],
)
def test_the_high_is_that_of_thirty_days(
    steps: tuple[tuple[float, int], ...], high: int
) -> None:
    """The balance at their beginning counts, as it holds until it changes."""
    seen = recent_balances(past(*steps), NOON)
    assert seen is not None
    assert seen.high == high


def test_readings_in_another_unit_do_not_count() -> None:
    """Credits say nothing about euros."""
    readings = [*past((9, 5000), unit="CREDITS"), *past((3, 20), (1, 10))]
    seen = recent_balances(readings, NOON)
    assert seen is not None
    assert seen.high == 20


def test_the_line_goes_from_two_weeks_ago_to_now() -> None:
    """Its height is the highest balance of these weeks."""
    seen = recent_balances(past((30, 999), (20, 100), (7, 50), (0, 25)), NOON)
    assert seen is not None
    assert seen.points[0] == (0.0, 1.0)
    assert dict(seen.points)[0.25] == 1.0
    assert dict(seen.points)[0.5] == 0.5
    assert seen.points[-1] == (1.0, 0.25)


def test_the_line_begins_at_the_first_reading() -> None:
    """Before it nothing is drawn, and a single point is no line."""
    seen = recent_balances(past((7, 50), (0, 25)), NOON)
    assert seen is not None
    assert seen.points[0] == (0.5, 1.0)
    lonely = recent_balances(past((0, 25)), NOON)
    assert lonely is not None
    assert lonely.points == ()


def test_a_sparkline_describes_itself() -> None:
    """It ends at the current balance and has the low limit."""
    seen = recent_balances(past((30, 999), (20, 100), (7, 50), (0, 25)), NOON)
    assert seen is not None
    drawn = sparkline(seen, Balance(Decimal(20), "EUR"), Decimal(10), ENGLISH)
    assert drawn is not None
    assert (drawn.points[0], drawn.points[-1]) == ((0.0, 1.0), (1.0, 0.2))
    assert drawn.threshold == 0.1
    assert drawn.words == (
        "Balance over the last 14 days: from €100.00 to €20.00, highest €100.00"
    )


def test_a_sparkline_has_room_for_a_new_top_up() -> None:
    """A threshold above the whole line is left out."""
    seen = recent_balances(past((1, 100), (0, 50)), NOON)
    assert seen is not None
    drawn = sparkline(seen, Balance(Decimal(200), "EUR"), Decimal(500), ENGLISH)
    assert drawn is not None
    assert (drawn.points[0][1], drawn.points[-1]) == (0.5, (1.0, 1.0))
    assert drawn.threshold is None
    assert drawn.words.startswith("Balance over the last 1 day: from €100.00")


def test_a_sparkline_names_no_hidden_amounts() -> None:
    """Without points there is no sparkline."""
    seen = recent_balances(past((1, 100), (0, 50)), NOON)
    assert seen is not None
    balance, hiding = Balance(Decimal(50), "EUR"), Language(hides_amounts=True)
    drawn = sparkline(seen, balance, Decimal(5), hiding)
    assert drawn is not None
    assert drawn.words == ""
    assert sparkline(RecentBalances(Decimal(50)), balance, Decimal(5), ENGLISH) is None


@given(st.lists(st.tuples(AGES, AMOUNTS)))
def test_any_readings_give_a_line_within_its_frame(
    pairs: list[tuple[int, int]],
) -> None:
    """It goes from left to right."""
    readings = past(*((hours / 24, amount) for hours, amount in sorted(pairs)[::-1]))
    seen = recent_balances(readings, NOON)
    if seen is None:
        return
    places = [x for x, _ in seen.points]
    assert places == sorted(set(places))
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in seen.points)
    assert timedelta(days=14) == SHOWN
