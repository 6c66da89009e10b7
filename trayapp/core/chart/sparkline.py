"""An account's recent balances, for the gauge and the sparkline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.balance import Balance, Reading
from trayapp.core.i18n.language import Language

SHOWN: Final = timedelta(days=14)
"""How far back the sparkline goes."""
_RECENT: Final = timedelta(days=30)
_COLUMNS: Final = 56
"""Six hours each, more than a sparkline has pixels for."""
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class RecentBalances:
    """The balances of the last weeks, in the unit of the last one."""

    high: Decimal
    """The highest balance of the last 30 days."""
    points: tuple[tuple[float, float], ...] = ()
    """The last two weeks as points (x, y); empty if there are fewer than two.

    x is 0 two weeks ago and 1 now; y is 0 for nothing and 1 for `highest`."""
    first: Decimal = Decimal(0)
    """The balance at the first point."""
    highest: Decimal = Decimal(0)
    """The highest balance of the points."""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small line without axes that ends at the current balance."""

    points: tuple[tuple[float, float], ...]
    """As in `RecentBalances`."""
    threshold: float | None
    """The low limit on the same scale; None if the whole line is below it."""
    words: str
    """A description for screen readers; empty where amounts are hidden."""


def recent_balances(
    readings: Sequence[Reading], now: datetime
) -> RecentBalances | None:
    """Sum up readings, the oldest first; None without any that count.

    Readings after `now` and in another unit than the last one do not count.
    """
    past = [reading for reading in readings if reading.at <= now]
    if not past:
        return None
    unit = past[-1].balance.unit
    same = [reading for reading in past if reading.balance.unit == unit]
    # A balance holds until the next reading, so the last one before counts too.
    recent, shown = _since(same, now - _RECENT), _since(same, now - SHOWN)
    return RecentBalances(
        high=max(reading.balance.amount for reading in recent),
        points=_points(shown, now),
        first=shown[0].balance.amount,
        highest=max(reading.balance.amount for reading in shown),
    )


def sparkline(
    recent: RecentBalances, balance: Balance, low_below: Decimal, language: Language
) -> Sparkline | None:
    """Make the line that ends at `balance`, the current one; None without points."""
    if not recent.points:
        return None
    highest = max(recent.highest, balance.amount)
    scale = float(recent.highest / highest)
    points = [(x, y * scale) for x, y in recent.points[:-1]]
    points.append((1.0, float(max(balance.amount, Decimal(0)) / highest)))
    return Sparkline(
        points=tuple(points),
        threshold=float(low_below / highest) if low_below <= highest else None,
        words=_words(recent, balance, highest, language),
    )


def _words(
    recent: RecentBalances, balance: Balance, most: Decimal, language: Language
) -> str:
    if language.hides_amounts:
        return ""
    days = max(1, round((1 - recent.points[0][0]) * SHOWN.days))
    # Translators: what a line shows; all three in braces but {n} are amounts.
    words = language.ngettext(
        "Balance over the last {n} day: from {first} to {last}, highest {most}",
        "Balance over the last {n} days: from {first} to {last}, highest {most}",
        days,
    )
    return words.format(
        n=days,
        first=language.money(recent.first, balance.unit),
        last=language.money(balance.amount, balance.unit),
        most=language.money(most, balance.unit),
    )


def _since(readings: list[Reading], moment: datetime) -> list[Reading]:
    first = next(
        (index for index, reading in enumerate(readings) if reading.at > moment), None
    )
    if first is None:
        return readings[-1:]
    return readings[max(0, first - 1) :]


def _points(readings: list[Reading], now: datetime) -> tuple[tuple[float, float], ...]:
    """Give the balance at the end of each column, from the first one that has one."""
    highest = max(reading.balance.amount for reading in readings)
    if highest <= 0 or len(readings) < _FEWEST:
        return ()
    points, position = [], -1
    for column in range(_COLUMNS + 1):
        end = now - SHOWN * (1 - column / _COLUMNS)
        while position + 1 < len(readings) and readings[position + 1].at <= end:
            position += 1
        if position >= 0:
            amount = max(readings[position].balance.amount, Decimal(0))
            points.append((column / _COLUMNS, float(amount / highest)))
    return tuple(points) if len(points) >= _FEWEST else ()
