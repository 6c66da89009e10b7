"""Which readings of the past are kept, so that the months still add up."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.history.ledger import GAP_AFTER, in_order, midnight, months
from trayapp.core.history.outliers import without_outliers
from trayapp.core.history.payments import REFUNDED_WITHIN

WHOLE_FOR: Final = timedelta(days=90)
"""How long every reading is kept."""
KEPT_FOR: Final = timedelta(days=1096)
"""How long any reading is kept: three years."""


def retained(
    readings: Iterable[Reading],
    corrections: Collection[datetime],
    now: datetime,
    zone: tzinfo | None,
    gap_after: timedelta = GAP_AFTER,
) -> tuple[Reading, ...]:
    """Give the readings to keep, the oldest first.

    All readings of the last 90 days are kept. Of older ones these are kept, without
    outliers:

    - each day's first, last, lowest and highest;
    - both sides of every rise, correction, changed unit and gap;
    - as many more as keep an observed stretch from looking like a gap;
    - if the rule of payments needs them, those of the three days before each rise.

    `months` gives the same rows for them as for all readings, back to the month of
    three years ago. From before that month one reading is kept: its opening. So a rise
    in the first three days of that month may become a payment.
    """
    everything = in_order(readings)
    ordered = _from_the_opening(without_outliers(everything), now, zone)
    whole_since = now - WHOLE_FOR
    recent = [reading for reading in everything if reading.at >= whole_since]
    if not ordered:
        return tuple(recent)
    marked = frozenset(corrections)
    before = months(ordered, marked, zone, gap_after)
    kept = _edges(ordered, marked, gap_after)
    kept |= _extremes(ordered, whole_since, zone)
    chosen = _chosen(ordered, kept, gap_after)
    if months(chosen, marked, zone, gap_after) != before:
        kept |= _before_rises(ordered)
        chosen = _chosen(ordered, kept, gap_after)
    if months(chosen, marked, zone, gap_after) != before:
        chosen = ordered
    return in_order((*chosen, *recent))


def _chosen(
    ordered: Sequence[Reading], kept: set[int], gap_after: timedelta
) -> Sequence[Reading]:
    chosen = sorted(kept | _bridges(ordered, kept, gap_after))
    return tuple(ordered[index] for index in chosen)


def _from_the_opening(
    ordered: Sequence[Reading], now: datetime, zone: tzinfo | None
) -> Sequence[Reading]:
    """Leave out what is before the month of three years ago, except its opening."""
    oldest = (now - KEPT_FOR).astimezone(zone).date().replace(day=1)
    start = midnight(oldest, zone)
    dropped = sum(reading.at < start for reading in ordered)
    if 0 < dropped < len(ordered):
        before, first = ordered[dropped - 1 : dropped + 1]
        dropped -= before.balance.unit == first.balance.unit
    return ordered[dropped:]


def _edges(
    ordered: Sequence[Reading], marked: Collection[datetime], gap_after: timedelta
) -> set[int]:
    """Find the two ends, and both sides of everything but ordinary spending."""
    indexes = {0, len(ordered) - 1}
    for index, (before, after) in enumerate(pairwise(ordered)):
        old, new = before.balance, after.balance
        ordinary = (
            old.unit == new.unit and old.amount >= new.amount and after.at not in marked
        )
        if not ordinary or after.at - before.at > gap_after:
            indexes |= {index, index + 1}
    return indexes


def _before_rises(ordered: Sequence[Reading]) -> set[int]:
    """Find the readings from which the rule of payments judges each rise."""
    indexes: set[int] = set()
    begin = 0
    for index, (before, after) in enumerate(pairwise(ordered)):
        if after.balance.amount > before.balance.amount:
            while after.at - ordered[begin].at > REFUNDED_WITHIN:
                begin += 1
            indexes |= set(range(max(begin - 1, 0), index + 2))
            begin = index + 1
    return indexes


def _extremes(
    ordered: Sequence[Reading], whole_since: datetime, zone: tzinfo | None
) -> set[int]:
    """Find recent readings, and each older day's first, last, lowest and highest."""

    def amount(index: int) -> Decimal:
        return ordered[index].balance.amount

    indexes: set[int] = set()
    old = [index for index, reading in enumerate(ordered) if reading.at < whole_since]
    indexes |= set(range(len(old), len(ordered)))
    for _, group in groupby(old, lambda i: ordered[i].at.astimezone(zone).date()):
        day = tuple(group)
        indexes |= {day[0], day[-1], min(day, key=amount), max(day, key=amount)}
    return indexes


def _bridges(
    ordered: Sequence[Reading], kept: Collection[int], gap_after: timedelta
) -> set[int]:
    """Find the readings that keep an observed stretch from looking like a gap."""
    indexes: set[int] = set()
    last = 0
    for index in range(len(ordered)):
        # The end of an observed stretch is kept already, so there is a next reading.
        if index in kept:
            last = index
        elif ordered[index + 1].at - ordered[last].at > gap_after:
            indexes.add(index)
            last = index
    return indexes
