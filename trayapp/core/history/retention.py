"""Which readings of the past are kept, so that the months still add up."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.history.ledger import (
    GAP_AFTER,
    MovementKind,
    in_order,
    midnight,
    movement,
)

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

    All readings of the last 90 days are kept. Of older ones these are kept:

    - each day's first, last, lowest and highest;
    - both sides of every rise, correction, changed unit and gap;
    - as many more as keep an observed stretch from looking like a gap.

    `months` gives the same rows for them as for all readings, back to the month of
    three years ago. From before that month one reading is kept: its opening.
    """
    ordered = _from_the_opening(in_order(readings), now, zone)
    if not ordered:
        return ()
    kept = _edges(ordered, frozenset(corrections), gap_after)
    kept |= _extremes(ordered, now - WHOLE_FOR, zone)
    kept |= _bridges(ordered, kept, gap_after)
    return tuple(ordered[index] for index in sorted(kept))


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
        change = movement(before, after, marked)
        ordinary = change is None or change.kind is MovementKind.SPENT
        if not ordinary or after.at - before.at > gap_after:
            indexes |= {index, index + 1}
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
