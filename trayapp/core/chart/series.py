"""Readings as plain numbers: quick to look up and to draw, a million of them too."""

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
"""Values whose extremes are kept; a column of pixels holds few or very many values."""


@dataclass(frozen=True, slots=True)
class Series:
    """The last readings in one unit, as plain numbers: for pixels, never for texts."""

    readings: Sequence[Reading]
    """The exact balances, in the order of time."""
    times: "array[int]"
    """Milliseconds since 1970, in this order."""
    values: "array[float]"
    gaps: "array[int]"
    """The readings after which nothing was heard for too long."""
    lows: "array[float]"
    """The lowest of each block of values."""
    highs: "array[float]"
    changed_at: int | None
    """When the balance came in this unit first; None if it always did."""

    @classmethod
    def of(cls, readings: Sequence[Reading], unit: str, silence: timedelta) -> "Series":
        """Take the readings since which the unit is `unit`; one walk over all."""
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
        longest = silence // _MILLISECOND
        return cls(
            readings=kept,
            times=times,
            values=values,
            gaps=array(
                "q",
                (n for n, (a, b) in enumerate(pairwise(times)) if b - a > longest),
            ),
            lows=array("d", map(min, blocks)),
            highs=array("d", map(max, blocks)),
            changed_at=times[0] if begin and kept else None,
        )

    def extremes(self, start: int, stop: int) -> tuple[float, float]:
        """Give the lowest and the highest of these values; there is at least one."""
        first, last = -(-start // _BLOCK), stop // _BLOCK
        if first >= last:
            part = self.values[start:stop]
            return min(part), max(part)
        edges = self.values[start : first * _BLOCK] + self.values[last * _BLOCK : stop]
        return (
            min(self.lows[first:last] + edges),
            max(self.highs[first:last] + edges),
        )
