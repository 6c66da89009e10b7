"""The ledger: what was topped up, spent and corrected, month by month, exactly."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal, localcontext
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.i18n.dates import wall_clock_moment

GAP_AFTER: Final = timedelta(hours=3)
"""The history keeps a reading an hour: this long without one, nobody looked."""
_DIGITS: Final = 60
"""More than any sum of amounts has: nothing is ever rounded."""


class MovementKind(StrEnum):
    """What made a balance move."""

    TOP_UP = "top-up"
    SPENT = "spent"
    CORRECTION = "correction"
    UNIT_CHANGED = "unit-changed"


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened between one reading and the next.

    A top-up hides what was spent in the same stretch: only the difference is seen.
    """

    kind: MovementKind
    since: datetime
    at: datetime
    amount: Decimal
    """What was topped up or spent, above 0; a correction has its sign; a change of
    the unit moves nothing, since amounts of two units don't compare."""
    unit: str
    old_unit: str | None = None
    """What a unit was changed from."""

    def is_gap(self, gap_after: timedelta = GAP_AFTER) -> bool:
        """Whether nobody looked in between, so that the moment is hardly known."""
        return self.at - self.since > gap_after


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which nothing was observed."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of one unit: opening + topped up - spent + corrected = closing.

    The closing is the next month's opening, as long as the unit stays.
    """

    first: date
    """Its first day, in the person's zone."""
    unit: str
    opening: Decimal
    topped_up: Decimal
    spent: Decimal
    corrected: Decimal
    closing: Decimal
    unobserved: timedelta
    """How much of it lies in gaps between two readings."""


def in_order(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Give the readings oldest first, and of several at one time the last named."""
    last_at = {reading.at: reading for reading in readings}
    return tuple(sorted(last_at.values(), key=lambda reading: reading.at))


def movements(
    readings: Iterable[Reading], corrections: Collection[datetime] = ()
) -> tuple[Movement, ...]:
    """Tell top-ups, spending, corrections and changes of the unit apart.

    `corrections` are the times of readings that a person marked: what led to such a
    reading is neither a top-up nor spending, whichever way it went.
    """
    marked = frozenset(corrections)
    with localcontext(prec=_DIGITS):
        return tuple(
            moved
            for before, after in pairwise(in_order(readings))
            if (moved := movement(before, after, marked)) is not None
        )


def movement(
    before: Reading, after: Reading, marked: Collection[datetime]
) -> Movement | None:
    """Tell what moved between two readings that follow each other, if anything did."""
    old, new = before.balance, after.balance
    if old.unit != new.unit:
        kind = MovementKind.UNIT_CHANGED
        return Movement(kind, before.at, after.at, Decimal(0), new.unit, old.unit)
    change = new.amount - old.amount
    if not change:
        return None
    if after.at in marked:
        kind = MovementKind.CORRECTION
    else:
        kind = MovementKind.TOP_UP if change > 0 else MovementKind.SPENT
        change = abs(change)
    return Movement(kind, before.at, after.at, change, new.unit)


def gaps(
    readings: Iterable[Reading], gap_after: timedelta = GAP_AFTER
) -> tuple[Gap, ...]:
    """Give the stretches between two readings in which nobody looked."""
    return tuple(
        Gap(before.at, after.at)
        for before, after in pairwise(in_order(readings))
        if after.at - before.at > gap_after
    )


def months(
    readings: Iterable[Reading],
    corrections: Collection[datetime],
    zone: tzinfo | None,
    gap_after: timedelta = GAP_AFTER,
) -> tuple[Month, ...]:
    """Sum up every calendar month between the first reading and the last.

    A movement counts in the month of its later reading, and months in a gap have a
    row of their own. A changed unit begins a new row, in the middle of a month as
    well. A month whose only reading is the unit's very first has no row if more
    follow: it says nothing that the next opening doesn't.
    """
    marked = frozenset(corrections)
    with localcontext(prec=_DIGITS):
        return tuple(
            month
            for _, run in groupby(in_order(readings), lambda one: one.balance.unit)
            for month in _months_of_a_unit(tuple(run), marked, zone, gap_after)
        )


def _months_of_a_unit(
    run: Sequence[Reading],
    marked: Collection[datetime],
    zone: tzinfo | None,
    gap_after: timedelta,
) -> Iterator[Month]:
    by_month = {
        first: tuple(group)
        for first, group in groupby(
            run, lambda one: one.at.astimezone(zone).date().replace(day=1)
        )
    }
    empty = gaps(run, gap_after)
    last = run[0]
    month, end = min(by_month), max(by_month)
    while month <= end:
        read = by_month.get(month, ())
        after = (month + timedelta(days=31)).replace(day=1)
        if read != (run[0],) or month == end:
            yield _month(
                month, (last, *read), marked, _within(empty, month, after, zone)
            )
        last = read[-1] if read else last
        month = after


def _month(
    first: date,
    read: Sequence[Reading],
    marked: Collection[datetime],
    unobserved: timedelta,
) -> Month:
    """Sum up a month whose `read` begins with the last reading before it."""
    sums = dict.fromkeys(MovementKind, Decimal(0))
    for before, after in pairwise(read):
        moved = movement(before, after, marked)
        if moved is not None:
            sums[moved.kind] += moved.amount
    return Month(
        first=first,
        unit=read[0].balance.unit,
        opening=read[0].balance.amount,
        topped_up=sums[MovementKind.TOP_UP],
        spent=sums[MovementKind.SPENT],
        corrected=sums[MovementKind.CORRECTION],
        closing=read[-1].balance.amount,
        unobserved=unobserved,
    )


def _within(
    empty: Iterable[Gap], first: date, after: date, zone: tzinfo | None
) -> timedelta:
    start, end = midnight(first, zone), midnight(after, zone)
    overlaps = (min(gap.until, end) - max(gap.since, start) for gap in empty)
    return sum((max(one, timedelta(0)) for one in overlaps), timedelta(0))


def midnight(day: date, zone: tzinfo | None) -> datetime:
    """Give the moment, in UTC, at which a day begins in a zone."""
    return wall_clock_moment(day, time.min, zone)
