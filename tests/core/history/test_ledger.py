"""The ledger: exact top-ups, spending and corrections, month by month."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_readings import (
    HOUR,
    MADRID,
    NOON,
    ZONES,
    histories,
    histories_with_corrections,
    read,
)
from trayapp.core.balance import Balance, Reading
from trayapp.core.history.ledger import (
    Gap,
    Month,
    MovementKind,
    each_month,
    each_movement,
    gaps,
    in_order,
    months,
    movements,
    observed,
)


def test_a_rise_is_a_top_up_and_a_fall_is_spending() -> None:
    """Each has the difference as its amount, and the times of both readings."""
    fall, rise = movements(read("10.50", "8.25", "8.25", "58.25"))
    assert (fall.kind, fall.amount) == (MovementKind.SPENT, Decimal("2.25"))
    assert (fall.since, fall.at) == (NOON, NOON + HOUR)
    assert (rise.kind, rise.amount) == (MovementKind.TOP_UP, Decimal(50))
    assert (rise.since, rise.at) == (NOON + 2 * HOUR, NOON + 3 * HOUR)


def test_a_marked_change_is_a_correction() -> None:
    """It keeps its sign in either direction."""
    marks = [NOON + HOUR, NOON + 2 * HOUR]
    up, down = movements(read("10", "12", "9"), marks)
    assert (up.kind, up.amount) == (MovementKind.CORRECTION, Decimal(2))
    assert (down.kind, down.amount) == (MovementKind.CORRECTION, Decimal(-3))


def test_a_changed_unit_is_no_spending() -> None:
    """It has the amount 0, as 3 euros are not less than 3000 credits."""
    readings = [*read("3000", unit="CREDITS"), read("1", "3")[1]]
    (changed,) = movements(readings)
    assert changed.kind is MovementKind.UNIT_CHANGED
    assert (changed.unit, changed.old_unit) == ("EUR", "CREDITS")
    assert changed.amount == 0


def test_a_stretch_without_readings_is_a_gap() -> None:
    """The movement in it is known, but its moment is not."""
    near, far = read("5", "4"), read("3", "2", every=timedelta(days=2))[1:]
    assert gaps([*near, *far]) == (Gap(near[1].at, far[0].at),)
    assert [one.is_gap() for one in movements([*near, *far])] == [False, True]


def test_order_and_repetition_do_not_matter() -> None:
    """Readings may come in any order; of several at one time the last counts."""
    first, second = read("5", "4")
    again = Reading(Balance(Decimal(3), "EUR"), second.at)
    assert in_order([second, first, again]) == (first, again)


def test_a_month_sums_up_its_movements() -> None:
    """A movement counts in the local month of its later reading."""
    before = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)  # 23:30 in Madrid
    readings = [
        Reading(Balance(Decimal(amount), "EUR"), before + hours * HOUR)
        for amount, hours in (("12", -1), ("10", 0), ("8", 1), ("58.5", 2), ("50", 3))
    ]
    october, november = months(readings, [], MADRID)
    assert october == Month(
        first=date(2026, 10, 1),
        unit="EUR",
        opening=Decimal(12),
        topped_up=Decimal(0),
        spent=Decimal(2),
        corrected=Decimal(0),
        closing=Decimal(10),
        unobserved=timedelta(0),
    )
    assert (november.opening, november.closing) == (Decimal(10), Decimal(50))
    assert (november.topped_up, november.spent) == (Decimal("50.5"), Decimal("10.5"))


def test_months_in_a_gap_have_a_row() -> None:
    """Such a month has no movements and is unobserved as a whole."""
    rows = months(read("9", "7", every=timedelta(days=40)), [], UTC)
    (december, january) = rows  # November's only reading is December's opening
    assert december.unobserved == timedelta(days=31)
    assert december.spent == 0
    assert december.opening == december.closing == january.opening == 9
    assert january.first == date(2027, 1, 1)
    assert january.spent == 2


@given(histories_with_corrections(), ZONES)
def test_every_month_adds_up(
    history: tuple[list[Reading], list[datetime]], zone: ZoneInfo | None
) -> None:
    """Opening + topped up - spent + corrected is exactly the closing."""
    rows = months(*history, zone)
    for row in rows:
        sums = row.opening + row.topped_up - row.spent + row.corrected
        assert sums == row.closing
        assert min(row.topped_up, row.spent) >= 0
    for before, after in pairwise(rows):
        if before.unit == after.unit and before.first < after.first:
            assert before.closing == after.opening
    assert bool(rows) == bool(history[0])


@given(histories(units=["EUR"]), ZONES)
def test_the_months_have_every_movement(
    readings: list[Reading], zone: ZoneInfo | None
) -> None:
    """No top-up, spending or gap is lost between two months."""
    rows, moved = months(readings, [], zone), movements(readings)

    def total(kind: MovementKind) -> Decimal:
        return sum((one.amount for one in moved if one.kind is kind), Decimal(0))

    refunded = total(MovementKind.REFUND)
    assert sum(row.topped_up for row in rows) == total(MovementKind.TOP_UP)
    assert sum(row.refunded for row in rows) == refunded
    net = total(MovementKind.SPENT) - refunded
    assert sum(row.spent - row.corrected for row in rows) == net
    empty = sum(
        (gap.until - gap.since for gap in gaps(observed(readings))), timedelta(0)
    )
    assert sum((row.unobserved for row in rows), timedelta(0)) <= empty


@given(histories_with_corrections(), ZONES, st.integers(0, 80))
def test_months_since_a_moment_begin_with_its_first_reading(
    history: tuple[list[Reading], list[datetime]], zone: ZoneInfo | None, index: int
) -> None:
    """The change that this reading shows was before, so each row adds up."""
    counted = observed(history[0])
    since = counted[min(index, len(counted) - 1)].at if counted else None
    rows = months(history[0], history[1], zone, since=since)
    if since is not None:
        first = next(reading for reading in counted if reading.at >= since)
        assert rows[0].opening == first.balance.amount or rows[0].unit != (
            first.balance.unit
        )
    for row in rows:
        total = row.opening + row.topped_up - row.spent + row.corrected
        assert total == row.closing


@pytest.mark.case("attack 12", "a long history takes all memory")
def test_months_are_summed_up_while_a_history_is_read() -> None:
    """The row of a month comes before the history ends."""
    taken = 0

    def endless() -> Iterator[Reading]:
        nonlocal taken
        while True:
            amount = Decimal(10**9 - taken)
            yield Reading(Balance(amount, "EUR"), NOON + taken * HOUR)
            taken += 1

    rows = islice(each_month(endless(), (), UTC), 3)
    assert [row.first.month for row in rows] == [11, 12, 1]
    assert taken < 10_000
    taken = 0
    moved = islice(each_movement(endless(), ()), 100)
    assert {change.amount for change in moved} == {Decimal(1)}
    assert taken < 10_000
