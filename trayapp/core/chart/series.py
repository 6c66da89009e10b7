"""Readings as arrays of numbers, so that even a million are quick to draw."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import Final

from trayapp.core.balance import Reading

_MILLISECOND: Final = timedelta(milliseconds=1)
_BLOCK: Final = 64
"""Values in a block whose extremes are stored, for columns of very many values."""


@dataclass(frozen=True, slots=True)
class Series:
    """The last readings of one unit as numbers, for pixels and never for text."""

    readings: Sequence[Reading]
    """The exact readings, the oldest first; the arrays have the same order."""
    times: "array[int]"
    """Milliseconds since 1970."""
    values: "array[float]"
    gaps: "array[int]"
    """The indexes of the readings before a gap."""
    lows: "array[float]"
    """The lowest of each block of values."""
    highs: "array[float]"
    changed_at: int | None
    """When the unit changed to this one; None if it never changed."""

    @classmethod
    def of(
        cls, readings: Sequence[Reading], unit: str, gap_after: timedelta
    ) -> "Series":
        """Take the readings since the last change to `unit`, in one pass over all."""
        ordered = sorted(readings, key=attrgetter("at"))
        begin = len(ordered)
        while begin and ordered[begin - 1].balance.unit == unit:
            begin -= 1
        kept = ordered[begin:]
        moments = map(attrgetter("at"), kept)
        times = array(
            "q", (round(at * 1000) for at in map(datetime.timestamp, moments))
        )
        amounts = map(attrgetter("balance.amount"), kept)
        values = array("d", map(float, amounts))
        blocks = [values[at : at + _BLOCK] for at in range(0, len(values), _BLOCK)]
        longest = gap_after // _MILLISECOND
        return cls(
            readings=kept,
            times=times,
            values=values,
            gaps=array(
                "q",
                (
                    index
                    for index, (before, after) in enumerate(pairwise(times))
                    if after - before > longest
                ),
            ),
            lows=array("d", map(min, blocks)),
            highs=array("d", map(max, blocks)),
            changed_at=times[0] if begin and kept else None,
        )

    def extremes(self, start: int, stop: int) -> tuple[float, float]:
        """Give the lowest and the highest value of a range that is not empty."""
        first, last = -(-start // _BLOCK), stop // _BLOCK
        if first >= last:
            part = self.values[start:stop]
            return min(part), max(part)
        edges = self.values[start : first * _BLOCK] + self.values[last * _BLOCK : stop]
        return (
            min(self.lows[first:last] + edges),
            max(self.highs[first:last] + edges),
        )
