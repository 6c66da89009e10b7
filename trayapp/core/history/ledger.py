"""The ledger: exact top-ups, spending, refunds and corrections, month by month.

`payments` has the rule that tells a top-up from a refund. Outliers (`outliers`) are no
part of the ledger.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal, localcontext
from enum import StrEnum
from itertools import pairwise
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.history.outliers import each_without_outliers, without_outliers
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
    return tuple(each_movement(in_order(readings), corrections, since))


def each_movement(
    ordered: Iterable[Reading],
    corrections: Collection[datetime],
    since: datetime | None = None,
) -> Iterator[Movement]:
    """Give what `movements` lists, one by one; `ordered` has the oldest first."""
    for change in changes(each_without_outliers(ordered), corrections):
        if since is None or change.since >= since:
            yield change


def changes(
    ordered: Iterable[Reading], corrections: Collection[datetime]
) -> Iterator[Movement]:
    """Classify each change between two consecutive readings of `observed`."""
    for _, change in _changes(ordered, corrections):
        if change is not None:
            yield change


def _changes(
    ordered: Iterable[Reading], corrections: Collection[datetime]
) -> Iterator[tuple[Reading, Movement | None]]:
    """Give each reading with the change that it shows.

    No reading is an outlier, and the oldest comes first.
    """
    marked = frozenset(corrections)
    rule = PaymentRule()
    before: Reading | None = None
    for after in ordered:
        change: Movement | None = None
        if before is not None and before.balance.unit != after.balance.unit:
            rule = PaymentRule()
            old, new = before.balance.unit, after.balance.unit
            kind = MovementKind.UNIT_CHANGED
            change = Movement(kind, before.at, after.at, Decimal(0), new, old)
        elif before is not None and before.balance.amount != after.balance.amount:
            # Not around the `yield`: the caller has a context of its own.
            with localcontext(prec=_DIGITS):
                change = _change(before, after, rule, is_marked=after.at in marked)
        yield after, change
        before = after


def _change(
    before: Reading, after: Reading, rule: PaymentRule, *, is_marked: bool
) -> Movement:
    amount = after.balance.amount - before.balance.amount
    if is_marked:
        kind = MovementKind.CORRECTION
    elif amount > 0:
        is_payment = rule.is_payment(before, after)
        kind = MovementKind.TOP_UP if is_payment else MovementKind.REFUND
    else:
        kind, amount = MovementKind.SPENT, -amount
        rule.add_fall(before, after)
    return Movement(kind, before.at, after.at, amount, after.balance.unit)


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
    return tuple(each_month(in_order(readings), corrections, zone, gap_after, since))


def each_month(
    ordered: Iterable[Reading],
    corrections: Collection[datetime],
    zone: tzinfo | None,
    gap_after: timedelta = GAP_AFTER,
    since: datetime | None = None,
) -> Iterator[Month]:
    """Give what `months` lists, one by one; `ordered` has the oldest first."""
    passed = _PassedGaps(gap_after)
    month: _OpenMonth | None = None
    readings = passed.watch(each_without_outliers(ordered))
    for reading, change in _changes(readings, corrections):
        unobserved = passed.take_until(reading.at)
        if since is not None and reading.at < since:
            continue
        if month is not None and month.unit != reading.balance.unit:
            yield month.row()
            month = None
        if month is None:
            month = _OpenMonth(_first_of_month(reading, zone), reading, zone)
            continue
        month.add_gaps(unobserved)
        while month.first < _first_of_month(reading, zone):
            if not month.has_opening_only:
                yield month.row()
            month = month.next()
            month.add_gaps(unobserved)
        month.add(reading, change)
    if month is not None:
        yield month.row()


def _first_of_month(reading: Reading, zone: tzinfo | None) -> date:
    return reading.at.astimezone(zone).date().replace(day=1)


class _PassedGaps:
    """The gaps between the readings that a stream has passed on."""

    def __init__(self, gap_after: timedelta) -> None:
        self._gap_after = gap_after
        self._gaps: deque[Gap] = deque()

    def watch(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        """Pass the readings on."""
        last = None
        for reading in readings:
            if last is not None and reading.at - last > self._gap_after:
                self._gaps.append(Gap(last, reading.at))
            last = reading.at
            yield reading

    def take_until(self, moment: datetime) -> Sequence[Gap]:
        """Take the gaps that end until a moment."""
        taken: list[Gap] = []
        while self._gaps and self._gaps[0].until <= moment:
            taken.append(self._gaps.popleft())
        return taken


class _OpenMonth:
    """A month of one unit while it is summed up."""

    def __init__(self, first: date, opening: Reading, zone: tzinfo | None) -> None:
        """Begin with the last reading before the month, or with the unit's first."""
        self.first, self._zone = first, zone
        self._opening = self._closing = opening
        self.has_opening_only = True
        """Whether the unit's first reading is its only one, so the next row has it."""
        self._after = (first + timedelta(days=31)).replace(day=1)
        self._sums = dict.fromkeys(MovementKind, Decimal(0))
        self._unobserved = timedelta(0)

    @property
    def unit(self) -> str:
        """Its unit."""
        return self._opening.balance.unit

    def add(self, reading: Reading, change: Movement | None) -> None:
        """Add a reading of this month."""
        self._closing, self.has_opening_only = reading, False
        if change is not None:
            with localcontext(prec=_DIGITS):
                self._sums[change.kind] += change.amount

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        """Add the part of each gap that lies in this month."""
        for gap in gaps:
            start = midnight(self.first, self._zone)
            end = midnight(self._after, self._zone)
            overlap = min(gap.until, end) - max(gap.since, start)
            self._unobserved += max(overlap, timedelta(0))

    def next(self) -> "_OpenMonth":
        """Begin the next month."""
        month = _OpenMonth(self._after, self._closing, self._zone)
        month.has_opening_only = False
        return month

    def row(self) -> Month:
        """Give its row."""
        with localcontext(prec=_DIGITS):
            refunded = self._sums[MovementKind.REFUND]
            spent = self._sums[MovementKind.SPENT] - refunded
            return Month(
                first=self.first,
                unit=self.unit,
                opening=self._opening.balance.amount,
                topped_up=self._sums[MovementKind.TOP_UP],
                spent=max(spent, Decimal(0)),
                corrected=self._sums[MovementKind.CORRECTION] + max(-spent, Decimal(0)),
                closing=self._closing.balance.amount,
                unobserved=self._unobserved,
                refunded=refunded,
            )


def midnight(day: date, zone: tzinfo | None) -> datetime:
    """Give the moment, in UTC, when a day begins in a zone."""
    return wall_clock_moment(day, time.min, zone)
