"""Retention of a long history, part by part, gives what it gives at once."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_readings import ZONES, histories_with_corrections, read
from trayapp.core.balance import Balance, Reading
from trayapp.core.history.ledger import Month, gaps, in_order, months
from trayapp.core.history.long_retention import removable
from trayapp.core.history.retention import KEPT_FOR, WHOLE_FOR, retained

pytestmark = pytest.mark.case("attack 12", "a long history takes all memory")


@given(
    histories_with_corrections(),
    ZONES,
    st.integers(0, 1500),
    st.integers(20, 60),
    st.integers(0, 5),
)
def test_the_months_stay_also_if_the_caller_stops_early(
    history: tuple[list[Reading], list[datetime]],
    zone: ZoneInfo | None,
    days: int,
    part: int,
    stop: int,
) -> None:
    """Every figure is as after retention at once; openings and closings always stay."""
    readings, marks = in_order(history[0]), history[1]
    now = datetime(2024, 6, 1, tzinfo=UTC) + timedelta(days=days)
    batches = list(removable(readings, marks, now, zone, part=part))
    oldest = (now - KEPT_FOR).astimezone(zone).date().replace(day=1)

    def rows(taken: Iterable[tuple[datetime, ...]]) -> list[Month]:
        removed = {at for batch in taken for at in batch}
        kept = [reading for reading in readings if reading.at not in removed]
        return [row for row in months(kept, marks, zone) if row.first >= oldest]

    at_once = [
        row
        for row in months(retained(readings, marks, now, zone), marks, zone)
        if row.first >= oldest
    ]
    if at_once:
        assert rows(batches) == at_once
    ends = [(row.first, row.opening, row.closing) for row in rows(())]
    assert [
        (row.first, row.opening, row.closing) for row in rows(batches[:stop])
    ] == ends
    recent = {one.at for one in readings if now - one.at <= WHOLE_FOR}
    assert recent.isdisjoint(at for batch in batches for at in batch)


def test_a_long_history_becomes_as_short_as_at_once() -> None:
    """Each boundary of two parts keeps few more readings."""
    amounts = [str(10**6 - index % 3_000) for index in range(150 * 96)]
    readings = read(*amounts, every=timedelta(minutes=15))
    now = readings[-1].at + timedelta(days=100)
    batches = list(removable(readings, [], now, UTC, part=1_000))
    removed = {at for batch in batches for at in batch}
    kept = [reading for reading in readings if reading.at not in removed]
    at_once = retained(readings, [], now, UTC)
    assert len(at_once) <= len(kept) <= len(at_once) + 15 * 12
    assert gaps(kept) == ()
    assert max(map(len, batches)) <= 2_000
    again = {at for batch in removable(kept, [], now, UTC) for at in batch}
    assert len(again) < 15 * 12


def test_of_what_is_older_than_three_years_an_opening_stays() -> None:
    """A million old readings are never in memory at once."""
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    start = now - timedelta(days=2_000)
    readings = [
        Reading(Balance(Decimal(9_000 - day), "EUR"), start + timedelta(days=day))
        for day in range(2_000)
    ]
    batches = list(removable(readings, [], now, UTC, part=100))
    removed = {at for batch in batches for at in batch}
    kept = [reading for reading in readings if reading.at not in removed]
    assert kept == [*retained(readings, [], now, UTC)]
    assert all(before <= after for before, after in pairwise(sorted(removed)))


def test_an_account_without_newer_readings_keeps_the_last() -> None:
    """It has nothing that could be removed for a newer one."""
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    old = [
        Reading(Balance(Decimal(day), "EUR"), now - timedelta(days=3_000 - day))
        for day in range(10)
    ]
    assert list(removable(old, [], now, UTC)) == []
    assert list(removable([], [], now, UTC)) == []
