"""The normal spending of an account, and what is a drain."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from trayapp.core.balance import Balance, Reading
from trayapp.core.forecast.spending import (
    Drain,
    NormalSpending,
    drain,
    drain_from,
    normal_spending,
)

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
CAMPAIGN = Decimal(60)


def history(days: int, *last_costs: str, campaigns: bool = False) -> list[Reading]:
    """Make readings each 20 minutes at 2.16 EUR a day, the last ones as given."""
    amount, readings = Decimal(1000), []
    count = days * 72
    for index in range(count):
        at = NOW - (count - 1 - index) * HOUR / 3
        amount -= Decimal("0.03")
        if campaigns and at.weekday() == 0 and at.hour == 10 and at.minute == 0:
            amount -= CAMPAIGN
        from_last = count - index
        if from_last <= len(last_costs):
            amount -= Decimal(last_costs[-from_last])
        readings.append(Reading(Balance(amount, "EUR"), at))
    return readings


def test_spending_far_above_normal_is_a_drain() -> None:
    """38 EUR in 20 minutes is one, where 2 EUR a day are normal."""
    said = drain(history(30, "38"), NOW, UTC)
    assert isinstance(said, Drain)
    assert (said.spent, said.within) == (Decimal("38.03"), HOUR / 3)
    assert said.normal.per_day == Decimal("2.160")


def test_a_slow_drain_is_found_within_a_day() -> None:
    """Small parts are added up."""
    said = drain(history(30, *["0.20"] * 36), NOW, UTC)
    assert said is not None
    assert said.within < 12 * HOUR


def test_ordinary_days_are_no_drain() -> None:
    """Twice the usual hour is not worth an alert."""
    assert drain(history(30, "0.06", "0.06", "0.06"), NOW, UTC) is None


@pytest.mark.parametrize("days", [16, 30])
def test_a_known_weekly_campaign_is_no_drain(days: int) -> None:
    """Every Monday at ten it spends 60 EUR, this Monday too."""
    assert drain(history(days, campaigns=True), NOW, UTC) is None


def test_a_campaign_that_doubles_is_a_drain() -> None:
    """A known campaign covers about its own amount again."""
    said = drain(history(30, "70", campaigns=True), NOW, UTC)
    assert said is not None


def test_a_drain_does_not_make_itself_normal() -> None:
    """Hours later it is still found, when it is the busiest day itself."""
    readings = history(30, "38", *["0"] * 40)
    assert drain(readings, NOW, UTC) is not None


@pytest.mark.parametrize("days", [0, 1, 13])
def test_without_enough_history_there_is_no_drain(days: int) -> None:
    """A new account has no normal spending."""
    readings = history(days, "38")
    assert normal_spending(readings, NOW, UTC) is None
    assert drain(readings, NOW, UTC) is None


def test_an_idle_account_has_no_normal_spending() -> None:
    """Its first spending in weeks may be anything."""
    asleep = [
        Reading(Balance(Decimal(50), "EUR"), NOW - hours * HOUR)
        for hours in range(30 * 24, 0, -1)
    ]
    woken = [*asleep, Reading(Balance(Decimal(10), "EUR"), NOW)]
    assert drain(woken, NOW, UTC) is None


def test_a_correction_is_no_drain() -> None:
    """A marked change is no spending."""
    assert drain(history(30, "38"), NOW, UTC, [NOW]) is None


def test_unobserved_days_add_up() -> None:
    """A weekend's spending, first read on Monday, counts as three days."""
    normal = NormalSpending(Decimal(2), Decimal(1), Decimal(3), "EUR")
    assert not normal.is_drain(Decimal(8), timedelta(hours=60))
    assert normal.is_drain(Decimal(8), timedelta(hours=1))


def test_a_changed_unit_is_no_drain() -> None:
    """From 935 euros to 40 credits nothing was spent."""
    readings = [*history(30), Reading(Balance(Decimal(40), "CREDITS"), NOW + HOUR)]
    assert drain(readings, NOW + HOUR, UTC) is None


def test_a_day_of_readings_is_enough_where_normal_is_known() -> None:
    """`drain_from` needs the last day only, not the months before."""
    readings = history(30, "38")
    normal = normal_spending(readings, NOW, UTC)
    assert normal is not None
    said = drain_from(normal, readings[-73:], NOW)
    assert said == drain(readings, NOW, UTC)
    assert said is not None
