"""Retention drops old readings, and the months still add up."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_readings import (
    MADRID,
    NOON,
    ZONES,
    histories_with_corrections,
    read,
    with_refunds,
)
from trayapp.core.balance import Reading
from trayapp.core.history.ledger import gaps, in_order, midnight, months, observed
from trayapp.core.history.retention import KEPT_FOR, WHOLE_FOR, retained


@given(histories_with_corrections(), ZONES, st.integers(0, 1500))
def test_retained_readings_give_the_same_months(
    history: tuple[list[Reading], list[datetime]], zone: ZoneInfo | None, days: int
) -> None:
    """Every figure of the last three years stays, gaps included."""
    readings, marks = history
    now = datetime(2024, 6, 1, tzinfo=UTC) + timedelta(days=days)
    kept = retained(readings, marks, now, zone)
    oldest = (now - KEPT_FOR).astimezone(zone).date().replace(day=1)
    # What is dropped judges no rise any more.
    start = midnight(oldest, zone)
    counted = observed(readings)
    dropped = [one for one in counted if one.at < start]
    base = [*dropped[-1:], *counted[len(dropped) :]]
    before = [row for row in months(base, marks, zone) if row.first >= oldest]
    after = [row for row in months(kept, marks, zone) if row.first >= oldest]
    assert after == before
    assert retained(kept, marks, now, zone) == kept
    assert sum(one.at < midnight(oldest, zone) for one in kept) <= 1
    recent = {one for one in in_order(readings) if now - one.at <= WHOLE_FOR}
    assert recent <= set(kept)


@pytest.mark.case("4", "every rise taken for a payment")
@pytest.mark.parametrize("share", [0.05, 0.2])
def test_refunds_stay_refunds_when_old_readings_are_dropped(share: float) -> None:
    """The months of an account with many refunds do not change, in any later week."""
    readings = tuple(with_refunds(100, share))
    before = months(readings, [], MADRID)
    kept = readings
    for weeks in range(0, 20, 3):
        now = readings[-1].at + timedelta(weeks=weeks)
        kept = retained(kept, [], now, MADRID)
        assert months(kept, [], MADRID) == before
    assert len(kept) < len(readings)


@pytest.mark.case("also 2", "one implausible answer between good ones")
def test_an_old_outlier_is_dropped_and_a_recent_one_stays() -> None:
    """A kept extreme of a day would look like spending without its neighbours."""
    readings = read("350", "0", "350", "349", every=timedelta(minutes=20))
    assert retained(readings, [], NOON, UTC) == tuple(readings)
    kept = retained(readings, [], NOON + timedelta(days=100), UTC)
    assert kept == (readings[0], readings[3])


def test_each_old_day_keeps_its_extremes_only() -> None:
    """A year of quarter-hours becomes a few readings a day."""
    amounts = [str(10**6 - index) for index in range(40 * 96)]
    readings = read(*amounts, every=timedelta(minutes=15))
    now = readings[-1].at + timedelta(days=100)
    kept = retained(readings, [], now, UTC)
    assert len(kept) < 40 * 12
    assert gaps(kept) == ()
    assert {readings[0], readings[-1]} <= set(kept)


def test_readings_older_than_three_years_are_dropped() -> None:
    """An account without newer readings has none left."""
    readings = read("5", "4")
    assert retained(readings, [], NOON + timedelta(days=1200), UTC) == ()
