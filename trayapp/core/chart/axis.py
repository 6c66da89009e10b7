"""The chart's axes: round amounts, and days, weeks and months in a zone."""

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Final

from trayapp.core.i18n.dates import MONTHS, day_words, weekday_words
from trayapp.core.i18n.language import Language

_MANTISSAS: Final = (1, 2, 5)
_WEEK: Final = 7
_YEAR: Final = 12


class Stride(Enum):
    """The distance between two ticks of the time axis: (days, months)."""

    DAY = (1, 0)
    TWO_DAYS = (2, 0)
    WEEK = (7, 0)
    TWO_WEEKS = (14, 0)
    MONTH = (0, 1)
    QUARTER = (0, 3)
    HALF_YEAR = (0, 6)
    YEAR = (0, 12)

    def begins(self, day: date) -> bool:
        """Whether a stride begins on `day`; weeks begin on Mondays."""
        days, months = self.value
        if days:
            return (day.toordinal() - 1) % days == 0
        return day.day == 1 and (day.month - 1) % months == 0


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A local midnight with a label on the time axis."""

    at: int
    """Milliseconds since 1970."""
    day: date
    stride: Stride


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """Maps amounts to pixels from the top; 0 is on the axis."""

    low: float
    """At the bottom; 0 or less."""
    high: float
    height: float

    def y(self, value: float) -> float:
        """Give an amount's distance from the top, limited to the axis."""
        share = (self.high - value) / (self.high - self.low)
        return min(max(share, 0.0), 1.0) * self.height

    def ticks(self, most: int) -> tuple[Decimal, ...]:
        """Give round amounts, about `most` of them and 0 among them.

        They are exact multiples of 1, 2 or 5 times a power of ten, all with the same
        number of decimals.
        """
        rough = (self.high - self.low) / max(most, 1)
        exponent = math.floor(math.log10(rough))
        step = next(
            candidate
            for power in (exponent, exponent + 1)
            for mantissa in _MANTISSAS
            if (candidate := Decimal(mantissa).scaleb(power)) >= rough
        )
        first = math.ceil(self.low / float(step))
        last = math.floor(self.high / float(step))
        return tuple(number * step for number in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Maps a stretch of time to pixels from the left."""

    start: int
    """In milliseconds since 1970, as `end`."""
    end: int
    width: float

    def x(self, at: float) -> float:
        """Give a moment's distance from the left, limited to the axis."""
        share = (at - self.start) / (self.end - self.start)
        return min(max(share, 0.0), 1.0) * self.width

    def at(self, x: float) -> int:
        """Give the moment at `x`."""
        return self.start + round(x / self.width * (self.end - self.start))

    def contains(self, at: int) -> bool:
        """Whether a moment is on the axis."""
        return self.start <= at <= self.end

    def ticks(self, zone: tzinfo | None, most: int) -> tuple[TimeTick, ...]:
        """Give at most `most` local midnights on the axis, by the shortest stride.

        A day of a clock change has 23 or 25 hours, so each midnight is computed by
        itself. `zone` None is the system's zone.
        """
        first = datetime.fromtimestamp(self.start / 1000, zone).date()
        last = datetime.fromtimestamp(self.end / 1000, zone).date()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        for stride in Stride:
            ticks = tuple(
                TimeTick(at, day, stride)
                for day in days
                if stride.begins(day) and self.contains(at := midnight(day, zone))
            )
            if len(ticks) <= most:
                return ticks
        return ()


def milliseconds(moment: datetime) -> int:
    """Convert an aware moment to milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def midnight(day: date, zone: tzinfo | None) -> int:
    """Give the moment when a day begins in a zone, in milliseconds since 1970.

    Where the clocks skip midnight, the day begins with the hour after.
    """
    return milliseconds(datetime.combine(day, time.min, zone))


def tick_words(tick: TimeTick, language: Language) -> str:
    """Label a tick: a year, a month, a day or a weekday, by its stride."""
    days, months = tick.stride.value
    if months == _YEAR or (months and tick.day.month == 1):
        return str(tick.day.year)
    if months:
        return language.gettext(MONTHS[tick.day.month - 1])
    if days < _WEEK:
        return weekday_words(tick.day, language)
    return day_words(tick.day, language)
