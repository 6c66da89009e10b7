"""The ledger: exact top-ups, spending, refunds and corrections, month by month.

`payments` has the rule that tells a top-up from a refund. Outliers (`outliers`) are no
part of the ledger.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal, localcontext
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.history.outliers import without_outliers
from trayapp.core.history.payments import PaymentRule
from trayapp.core.i18n.dates import wall_clock_moment

GAP_AFTER: Final = timedelta(hours=3)
"""The history keeps one reading an hour, so a longer stretch was not observed."""
_DIGITS: Final = 60
"""More digits than any sum of amounts has, so that no sum is rounded."""


class MovementKind(StrEnum):
    """Why a balance changed."""

    TOP_UP = "top-up"
    SPENT = "spent"
    REFUND = "refund"
    CORRECTION = "correction"
    UNIT_CHANGED = "unit-changed"


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of the balance between two consecutive readings.

    A top-up or a refund hides the spending in the same stretch: only the difference is
    visible.
    """

    kind: MovementKind
    since: datetime
    at: datetime
    amount: Decimal
    """Above 0 for a top-up, a refund and spending. A correction has its sign. A change
    of the unit has 0, as two units can't be compared."""
    unit: str
    old_unit: str | None = None
    """The unit before it changed; None for other kinds."""

    def is_gap(self, gap_after: timedelta = GAP_AFTER) -> bool:
        """Whether the stretch was not observed, so that its moment is not known."""
        return self.at - self.since > gap_after


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without a reading."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of one unit: opening + topped up - spent + corrected = closing.

    A month's closing is the next month's opening in the same unit.
    """

    first: date
    """Its first day, in the person's zone."""
    unit: str
    opening: Decimal
    topped_up: Decimal
    spent: Decimal
    """Without what was refunded: what the messages of the month cost."""
    corrected: Decimal
    """With the refunds that exceed the month's spending."""
    closing: Decimal
    unobserved: timedelta
    """The part of the month that lies in gaps between two readings."""
    refunded: Decimal = Decimal(0)
    """The refunds, which `spent` and `corrected` contain already."""


def in_order(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Sort the readings, the oldest first; of several at one time keep the last."""
    last_at = {reading.at: reading for reading in readings}
    return tuple(sorted(last_at.values(), key=lambda reading: reading.at))


def observed(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Give the readings that count: in their order, without outliers."""
    return without_outliers(in_order(readings))


def movements(
    readings: Iterable[Reading],
    corrections: Collection[datetime] = (),
    since: datetime | None = None,
) -> tuple[Movement, ...]:
    """List the top-ups, spending, refunds, corrections and changes of the unit.

    `corrections` are the times of the readings that a person marked. The change before
    such a reading is neither a top-up nor spending. Readings before `since` only help
    to tell payments from refunds.
    """
    with localcontext(prec=_DIGITS):
        return tuple(
            change
            for change in changes(observed(readings), corrections)
            if since is None or change.since >= since
        )


def changes(
    ordered: Sequence[Reading], corrections: Collection[datetime]
) -> Iterator[Movement]:
    """Classify each change between two consecutive readings of `observed`."""
    marked = frozenset(corrections)
    rule = PaymentRule()
    for before, after in pairwise(ordered):
        old, new = before.balance, after.balance
        if old.unit != new.unit:
            kind, amount = MovementKind.UNIT_CHANGED, Decimal(0)
            yield Movement(kind, before.at, after.at, amount, new.unit, old.unit)
            rule = PaymentRule()
            continue
        amount = new.amount - old.amount
        if not amount:
            continue
        if after.at in marked:
            kind = MovementKind.CORRECTION
        elif amount > 0:
            is_payment = rule.is_payment(before, after)
            kind = MovementKind.TOP_UP if is_payment else MovementKind.REFUND
        else:
            kind, amount = MovementKind.SPENT, -amount
            rule.add_fall(before, after)
        yield Movement(kind, before.at, after.at, amount, new.unit)


def gaps(
    readings: Iterable[Reading], gap_after: timedelta = GAP_AFTER
) -> tuple[Gap, ...]:
    """List the stretches between two readings that are longer than `gap_after`."""
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
    since: datetime | None = None,
) -> tuple[Month, ...]:
    """Sum up every calendar month between the first reading and the last.

    Readings before `since` only help to tell payments from refunds.

    A movement counts in the month of its later reading. A month inside a gap has a row
    too. A changed unit begins a new row, also within a month. A month whose only
    reading is the unit's first has no row if more follow: the next opening shows it.
    Refunds reduce what was spent.
    """
    everything = in_order(readings)
    ordered, unobserved = without_outliers(everything), gaps(everything, gap_after)
    with localcontext(prec=_DIGITS):
        by_time = {change.at: change for change in changes(ordered, corrections)}
        if since is not None:
            ordered = tuple(reading for reading in ordered if reading.at >= since)
        return tuple(
            month
            for _, run in groupby(ordered, _unit)
            for month in _months_of_a_unit(tuple(run), by_time, unobserved, zone)
        )


def _unit(reading: Reading) -> str:
    return reading.balance.unit


def _months_of_a_unit(
    run: Sequence[Reading],
    by_time: Mapping[datetime, Movement],
    unobserved: Iterable[Gap],
    zone: tzinfo | None,
) -> Iterator[Month]:
    def month_of(reading: Reading) -> date:
        return reading.at.astimezone(zone).date().replace(day=1)

    by_month = {first: tuple(group) for first, group in groupby(run, month_of)}
    last = run[0]
    inside = [
        gap for gap in unobserved if last.at <= gap.since and gap.until <= run[-1].at
    ]
    month, end = min(by_month), max(by_month)
    while month <= end:
        readings = by_month.get(month, ())
        after = (month + timedelta(days=31)).replace(day=1)
        if readings != (run[0],) or month == end:
            yield _month(
                month,
                (last, *readings),
                by_time,
                _time_in(inside, month, after, zone),
            )
        last = readings[-1] if readings else last
        month = after


def _month(
    first: date,
    readings: Sequence[Reading],
    by_time: Mapping[datetime, Movement],
    unobserved: timedelta,
) -> Month:
    """Sum up a month; `readings` begins with the last reading before it."""
    sums = dict.fromkeys(MovementKind, Decimal(0))
    for _, after in pairwise(readings):
        change = by_time.get(after.at)
        if change is not None:
            sums[change.kind] += change.amount
    refunded = sums[MovementKind.REFUND]
    spent = sums[MovementKind.SPENT] - refunded
    return Month(
        first=first,
        unit=readings[0].balance.unit,
        opening=readings[0].balance.amount,
        topped_up=sums[MovementKind.TOP_UP],
        spent=max(spent, Decimal(0)),
        corrected=sums[MovementKind.CORRECTION] + max(-spent, Decimal(0)),
        closing=readings[-1].balance.amount,
        unobserved=unobserved,
        refunded=refunded,
    )


def _time_in(
    stretches: Iterable[Gap], first: date, after: date, zone: tzinfo | None
) -> timedelta:
    start, end = midnight(first, zone), midnight(after, zone)
    overlaps = (min(gap.until, end) - max(gap.since, start) for gap in stretches)
    return sum((max(overlap, timedelta(0)) for overlap in overlaps), timedelta(0))


def midnight(day: date, zone: tzinfo | None) -> datetime:
    """Give the moment, in UTC, when a day begins in a zone."""
    return wall_clock_moment(day, time.min, zone)
