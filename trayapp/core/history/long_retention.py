"""Applies retention to a history of any length, part by part, in little memory."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.history.ledger import midnight
from trayapp.core.history.retention import KEPT_FOR, WHOLE_FOR, retained

_PART: Final = 8_000
"""Readings that are judged at once: four weeks of them, at the shortest interval."""
_CONTEXT: Final = timedelta(days=10)
"""Readings this long before and after a part can change how it is judged."""


def removable(
    readings: Iterable[Reading],
    corrections: Collection[datetime],
    now: datetime,
    zone: tzinfo | None,
    *,
    part: int = _PART,
) -> Iterator[tuple[datetime, ...]]:
    """Give the moments of the readings that `retained` does not keep, part by part.

    `readings` has the oldest first. Some three parts of it are in memory at a time.
    `months` gives the same rows without these readings as with them, also if the
    caller stops early.
    """
    marked = frozenset(corrections)

    def keep(window: Sequence[Reading]) -> frozenset[datetime]:
        return frozenset(reading.at for reading in retained(window, marked, now, zone))

    oldest = midnight((now - KEPT_FOR).astimezone(zone).date().replace(day=1), zone)
    window = _Window(keep, part)
    for reading in readings:
        if reading.at >= now - WHOLE_FOR + _CONTEXT:
            break
        window.add(reading)
        if reading.at < oldest - _CONTEXT:
            # Of these only the last one can be the opening of the first month.
            if dropped := window.take_but_one():
                yield dropped
        elif reading.at >= oldest and window.has_part():
            yield window.take_part()
    if window.readings and window.readings[-1].at >= oldest:
        yield window.take_rest()


class _Window:
    """A part of the readings, and those before and after it that count for it."""

    def __init__(
        self, keep: Callable[[Sequence[Reading]], frozenset[datetime]], part: int
    ) -> None:
        self._keep, self._part = keep, part
        self.readings: list[Reading] = []
        self._begin = 0
        """The index of the part's first reading; a former part has kept it."""

    def add(self, reading: Reading) -> None:
        """Append a newer reading."""
        self.readings.append(reading)

    def has_part(self) -> bool:
        """Whether there is a part with all that counts after it."""
        end = self._begin + self._part
        if len(self.readings) <= end:
            return False
        is_long = len(self.readings) > end + self._part
        return is_long or self.readings[-1].at - self.readings[end].at >= _CONTEXT

    def take_part(self) -> tuple[datetime, ...]:
        """Give what is removed of the part, and go on to the next one.

        It ends before a reading that is kept, as the two parts meet there.
        """
        kept = self._keep(self.readings)
        end = self._begin + self._part
        while self.readings[end].at not in kept and end > self._begin + 1:
            end -= 1
        removed = self._removed(kept, end)
        context = max(end - self._part, 0)
        while self.readings[context].at < self.readings[end].at - _CONTEXT:
            context += 1
        del self.readings[:context]
        self._begin = end - context
        return removed

    def take_but_one(self) -> tuple[datetime, ...]:
        """Give all but the last reading, if they are a part."""
        if len(self.readings) <= self._part:
            return ()
        removed = tuple(reading.at for reading in self.readings[:-1])
        del self.readings[:-1]
        return removed

    def take_rest(self) -> tuple[datetime, ...]:
        """Give what is removed of all that is left."""
        return self._removed(self._keep(self.readings), len(self.readings))

    def _removed(self, kept: frozenset[datetime], end: int) -> tuple[datetime, ...]:
        first = self._begin + (self._begin > 0)
        moments = (reading.at for reading in self.readings[first:end])
        return tuple(at for at in moments if at not in kept)
