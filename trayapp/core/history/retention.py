"""What need not be kept of an old past: without it the months still add up."""

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
"""For how long every reading is kept."""
KEPT_FOR: Final = timedelta(days=1096)
"""For how long anything is kept: three years."""


def retained(
    readings: Iterable[Reading],
    corrections: Collection[datetime],
    now: datetime,
    zone: tzinfo | None,
    gap_after: timedelta = GAP_AFTER,
) -> tuple[Reading, ...]:
    """Give the readings that are worth keeping, the oldest first.

    All of the last 90 days; before that each day's first, last, lowest and highest,
    both sides of every rise, correction, changed unit and gap, and as many more as
    keep a stretch that was observed from looking like a gap. So `months` of them
    gives the same rows as of all, back to the month of three years ago. From before
    that month, one reading is kept: its opening.
    """
    ordered = _from_the_opening(in_order(readings), now, zone)
    if not ordered:
        return ()
    wanted = _edges(ordered, frozenset(corrections), gap_after)
    wanted |= _extremes(ordered, now - WHOLE_FOR, zone)
    wanted |= _bridges(ordered, wanted, gap_after)
    return tuple(ordered[index] for index in sorted(wanted))


def _from_the_opening(
    ordered: Sequence[Reading], now: datetime, zone: tzinfo | None
) -> Sequence[Reading]:
    """Leave out what is before the month of three years ago, all but its opening."""
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
    """Find both sides of all but ordinary spending, and the two ends."""
    found = {0, len(ordered) - 1}
    for index, (before, after) in enumerate(pairwise(ordered)):
        moved = movement(before, after, marked)
        ordinary = moved is None or moved.kind is MovementKind.SPENT
        if not ordinary or after.at - before.at > gap_after:
            found |= {index, index + 1}
    return found


def _extremes(
    ordered: Sequence[Reading], whole_since: datetime, zone: tzinfo | None
) -> set[int]:
    """Find each day's first, last, lowest and highest, and all that is recent."""

    def amount(index: int) -> Decimal:
        return ordered[index].balance.amount

    found: set[int] = set()
    old = [index for index, one in enumerate(ordered) if one.at < whole_since]
    found |= set(range(len(old), len(ordered)))
    for _, group in groupby(old, lambda i: ordered[i].at.astimezone(zone).date()):
        day = tuple(group)
        found |= {day[0], day[-1], min(day, key=amount), max(day, key=amount)}
    return found


def _bridges(
    ordered: Sequence[Reading], wanted: Collection[int], gap_after: timedelta
) -> set[int]:
    """Find what keeps an observed stretch from looking like a gap."""
    found: set[int] = set()
    last = 0
    for index in range(len(ordered)):
        # What ends an observed stretch is wanted anyway, so there is a next one.
        if index in wanted:
            last = index
        elif ordered[index + 1].at - ordered[last].at > gap_after:
            found.add(index)
            last = index
    return found
