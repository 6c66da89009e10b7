"""The last weeks of an account, for a gauge and a line without scales."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.balance import Reading

SHOWN: Final = timedelta(days=14)
"""How far back the line goes."""
_RECENT: Final = timedelta(days=30)
_COLUMNS: Final = 56
"""Six hours each: more than a line as wide as a card can show."""
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What the last weeks were like."""

    high: Decimal
    """The most there was in the last 30 days, in today's unit."""
    line: tuple[tuple[float, float], ...] = ()
    """The last two weeks as points: from then (0) to now (1), and from nothing (0) to
    their highest (1). Empty if there is less than two of them."""


def glimpse(readings: Sequence[Reading], now: datetime) -> Glimpse | None:
    """Look at readings, the oldest first; None without any that count.

    Those of another unit than the last one, and those after `now`, do not count.
    """
    past = [one for one in readings if one.at <= now]
    if not past:
        return None
    unit = past[-1].balance.unit
    same = [one for one in past if one.balance.unit == unit]
    # A balance stands until the next reading: the last one before counts too.
    recent = _since(same, now - _RECENT)
    return Glimpse(
        max(one.balance.amount for one in recent), _line(_since(same, now - SHOWN), now)
    )


def _since(readings: list[Reading], moment: datetime) -> list[Reading]:
    first = next((n for n, one in enumerate(readings) if one.at > moment), None)
    if first is None:
        return readings[-1:]
    return readings[max(0, first - 1) :]


def _line(readings: list[Reading], now: datetime) -> tuple[tuple[float, float], ...]:
    """Give what stood at the end of each column, from the first one that has any."""
    most = max(one.balance.amount for one in readings)
    if most <= 0 or len(readings) < _FEWEST:
        return ()
    points, position = [], -1
    for column in range(_COLUMNS + 1):
        end = now - SHOWN * (1 - column / _COLUMNS)
        while position + 1 < len(readings) and readings[position + 1].at <= end:
            position += 1
        if position >= 0:
            amount = max(readings[position].balance.amount, Decimal(0))
            points.append((column / _COLUMNS, float(amount / most)))
    return tuple(points) if len(points) >= _FEWEST else ()
