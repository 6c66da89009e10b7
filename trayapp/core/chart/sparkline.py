"""The last weeks of an account, for a gauge and a line without scales."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.balance import Balance, Reading
from trayapp.core.i18n.language import Language

SHOWN: Final = timedelta(days=14)
"""How far back the line goes."""
_RECENT: Final = timedelta(days=30)
_COLUMNS: Final = 56
"""Six hours each: more than a line as wide as a card can show."""
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class RecentBalances:
    """What the last weeks were like."""

    high: Decimal
    """The most there was in the last 30 days, in today's unit."""
    points: tuple[tuple[float, float], ...] = ()
    """The last two weeks as points: from then (0) to now (1), and from nothing (0) to
    their highest (1). Empty if there is less than two of them."""
    first: Decimal = Decimal(0)
    """What the line begins with."""
    highest: Decimal = Decimal(0)
    """Its highest."""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line without scales, up to what there is now."""

    points: tuple[tuple[float, float], ...]
    """As in a `RecentBalances`."""
    threshold: float | None
    """Where low begins, in the same measure; None if all of the line is below it."""
    words: str
    """The same to a person who hears it; empty where amounts are hidden."""


def recent_balances(
    readings: Sequence[Reading], now: datetime
) -> RecentBalances | None:
    """Look at readings, the oldest first; None without any that count.

    Those of another unit than the last one, and those after `now`, do not count.
    """
    past = [one for one in readings if one.at <= now]
    if not past:
        return None
    unit = past[-1].balance.unit
    same = [one for one in past if one.balance.unit == unit]
    # A balance stands until the next reading: the last one before counts too.
    recent, shown = _since(same, now - _RECENT), _since(same, now - SHOWN)
    return RecentBalances(
        high=max(one.balance.amount for one in recent),
        points=_line(shown, now),
        first=shown[0].balance.amount,
        highest=max(one.balance.amount for one in shown),
    )


def sparkline(
    seen: RecentBalances, balance: Balance, low_below: Decimal, language: Language
) -> Sparkline | None:
    """Draw a line that ends in `balance`, which is newer; None if there is none."""
    if not seen.points:
        return None
    most = max(seen.highest, balance.amount)
    shrunk = float(seen.highest / most)
    points = [(x, y * shrunk) for x, y in seen.points[:-1]]
    points.append((1.0, float(max(balance.amount, Decimal(0)) / most)))
    return Sparkline(
        points=tuple(points),
        threshold=float(low_below / most) if low_below <= most else None,
        words=_words(seen, balance, most, language),
    )


def _words(
    seen: RecentBalances, balance: Balance, most: Decimal, language: Language
) -> str:
    if language.hides_amounts:
        return ""
    days = max(1, round((1 - seen.points[0][0]) * SHOWN.days))
    # Translators: what a line shows; all three in braces but {n} are amounts.
    words = language.ngettext(
        "Balance over the last {n} day: from {first} to {last}, highest {most}",
        "Balance over the last {n} days: from {first} to {last}, highest {most}",
        days,
    )
    return words.format(
        n=days,
        first=language.money(seen.first, balance.unit),
        last=language.money(balance.amount, balance.unit),
        most=language.money(most, balance.unit),
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
