"""The ledger: what was topped up, spent and corrected, month by month, exactly."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.balance import Balance, Reading
from trayapp.core.ledger import (
    KEPT_FOR,
    WHOLE_FOR,
    Gap,
    Month,
    MovementKind,
    gaps,
    in_order,
    midnight,
    months,
    movements,
    thin,
)

MADRID = ZoneInfo("Europe/Madrid")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read(*amounts: str, every: timedelta = HOUR, unit: str = "EUR") -> list[Reading]:
    """Make readings of these amounts, the first at noon."""
    return [
        Reading(Balance(Decimal(amount), unit), NOON + index * every)
        for index, amount in enumerate(amounts)
    ]


@st.composite
def histories(draw: st.DrawFn, units: Sequence[str] = ("EUR", "SMS")) -> list[Reading]:
    """Make readings of up to some years, in any order, some at the same time."""
    amounts = st.decimals(-1000, 10**15, places=8) | st.integers(0, 50).map(Decimal)
    steps = st.integers(0, 30_000) | st.integers(0, 240) | st.just(60)
    at = datetime(2023, 6, 1, tzinfo=UTC) + draw(st.integers(0, 10**6)) * HOUR / 60
    readings = []
    for step in draw(st.lists(steps, max_size=80)):
        at += timedelta(minutes=step)
        balance = Balance(draw(amounts), draw(st.sampled_from(units)))
        readings.append(Reading(balance, at))
    return draw(st.permutations(readings)) if draw(st.booleans()) else readings


@st.composite
def marked_histories(draw: st.DrawFn) -> tuple[list[Reading], list[datetime]]:
    """Make readings, and mark some of them as corrections."""
    readings = draw(histories())
    times = [one.at for one in readings]
    return readings, draw(st.lists(st.sampled_from(times))) if times else []


ZONES = st.sampled_from([UTC, MADRID, ZoneInfo("America/Sao_Paulo"), None])


def test_a_rise_is_a_top_up_and_a_fall_is_spending() -> None:
    """Both have the difference as their amount, and the times they lie between."""
    fall, rise = movements(read("10.50", "8.25", "8.25", "58.25"))
    assert (fall.kind, fall.amount) == (MovementKind.SPENT, Decimal("2.25"))
    assert (fall.since, fall.at) == (NOON, NOON + HOUR)
    assert (rise.kind, rise.amount) == (MovementKind.TOP_UP, Decimal(50))
    assert (rise.since, rise.at) == (NOON + 2 * HOUR, NOON + 3 * HOUR)


def test_what_a_person_marked_is_a_correction() -> None:
    """It keeps its sign, whichever way it went."""
    marks = [NOON + HOUR, NOON + 2 * HOUR]
    up, down = movements(read("10", "12", "9"), marks)
    assert (up.kind, up.amount) == (MovementKind.CORRECTION, Decimal(2))
    assert (down.kind, down.amount) == (MovementKind.CORRECTION, Decimal(-3))


def test_a_changed_unit_is_an_event_and_no_drop() -> None:
    """Nothing moved: 3 euros are not less than 3000 credits."""
    readings = [*read("3000", unit="CREDITS"), read("1", "3")[1]]
    (changed,) = movements(readings)
    assert changed.kind is MovementKind.UNIT_CHANGED
    assert (changed.unit, changed.old_unit) == ("EUR", "CREDITS")
    assert changed.amount == 0


def test_a_stretch_without_readings_is_a_gap() -> None:
    """The movement in it is known, its moment is not."""
    near, far = read("5", "4"), read("3", "2", every=timedelta(days=2))[1:]
    assert gaps([*near, *far]) == (Gap(near[1].at, far[0].at),)
    assert [one.is_gap() for one in movements([*near, *far])] == [False, True]


def test_order_and_repetition_do_not_matter() -> None:
    """Readings may come in any order; of several at one time the last one counts."""
    first, second = read("5", "4")
    again = Reading(Balance(Decimal(3), "EUR"), second.at)
    assert in_order([second, first, again]) == (first, again)


def test_a_month_sums_up_what_moved_in_it() -> None:
    """A movement counts in the month of its later reading, in the person's zone."""
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
    """Nothing is known to have moved, and all of the month is unobserved."""
    rows = months(read("9", "7", every=timedelta(days=40)), [], UTC)
    (december, january) = rows  # November's only reading is December's opening
    assert december.unobserved == timedelta(days=31)
    assert december.spent == 0
    assert december.opening == december.closing == january.opening == 9
    assert january.first == date(2027, 1, 1)
    assert january.spent == 2


@given(marked_histories(), ZONES)
def test_every_month_adds_up(
    history: tuple[list[Reading], list[datetime]], zone: ZoneInfo | None
) -> None:
    """Opening + topped up - spent + corrected is the closing, to the last digit."""
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
def test_the_months_hold_all_that_moved(
    readings: list[Reading], zone: ZoneInfo | None
) -> None:
    """No top-up and no spending is lost between two months, nor any gap."""
    rows, moved = months(readings, [], zone), movements(readings)
    for kind, name in (
        (MovementKind.TOP_UP, "topped_up"),
        (MovementKind.SPENT, "spent"),
    ):
        total = sum(one.amount for one in moved if one.kind is kind)
        assert sum(getattr(row, name) for row in rows) == total
    empty = sum((gap.until - gap.since for gap in gaps(readings)), timedelta(0))
    assert sum((row.unobserved for row in rows), timedelta(0)) <= empty


@given(marked_histories(), ZONES, st.integers(0, 1500))
def test_thinned_readings_give_the_same_months(
    history: tuple[list[Reading], list[datetime]], zone: ZoneInfo | None, days: int
) -> None:
    """Back to the month of three years ago every figure stays, gaps included."""
    readings, marks = history
    now = datetime(2024, 6, 1, tzinfo=UTC) + timedelta(days=days)
    kept = thin(readings, marks, now, zone)
    oldest = (now - KEPT_FOR).astimezone(zone).date().replace(day=1)
    before = [row for row in months(readings, marks, zone) if row.first >= oldest]
    after = [row for row in months(kept, marks, zone) if row.first >= oldest]
    assert after == before
    assert thin(kept, marks, now, zone) == kept
    assert sum(one.at < midnight(oldest, zone) for one in kept) <= 1
    recent = {one for one in in_order(readings) if now - one.at <= WHOLE_FOR}
    assert recent <= set(kept)


def test_thinning_keeps_each_days_extremes_and_drops_the_rest() -> None:
    """A year of quarter hours comes down to a few readings a day."""
    amounts = [str(10**6 - index) for index in range(40 * 96)]
    readings = read(*amounts, every=timedelta(minutes=15))
    now = readings[-1].at + timedelta(days=100)
    kept = thin(readings, [], now, UTC)
    assert len(kept) < 40 * 12
    assert gaps(kept) == ()
    assert {readings[0], readings[-1]} <= set(kept)


def test_nothing_is_left_of_what_is_older_than_three_years() -> None:
    """An account that was not read since is forgotten."""
    readings = read("5", "4")
    assert thin(readings, [], NOON + timedelta(days=1200), UTC) == ()
