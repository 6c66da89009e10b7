"""What the tray icon shows: a status, a fill level and a short amount."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final

from trayapp.core.errors.status import Status

_STEPS: Final = 8
_THOUSANDS: Final = ((10**9, "G"), (10**6, "M"), (10**3, "k"))
_BRIEF: Final = Decimal(10)


@dataclass(frozen=True, slots=True)
class Gauge:
    """What one tray icon shows."""

    status: Status
    level: float | None = None
    """The balance's share of its recent high: 0 to 1 in eighths, None if unknown.

    In eighths, so that the icon does not change with every message sent."""
    number: str = ""
    """The amount in at most four characters, rounded towards zero: `350`, `1.2k`."""
    snoozed: bool = False


def fill_level(amount: Decimal, high: Decimal | None) -> float | None:
    """Give the balance's share of its recent high, from 0 to 1 in eighths.

    Only 0 and less is empty, and only the high itself is full.
    """
    if high is None or high <= 0:
        return None
    if amount <= 0:
        return 0.0
    eighths = int(min(amount / high, Decimal(1)) * _STEPS)
    return max(1, eighths) / _STEPS


def brief(amount: Decimal, decimal_point: str = ".") -> str:
    """Write an amount in at most four characters, rounded towards zero."""
    size = abs(amount)
    for factor, letter in _THOUSANDS:
        if size >= factor:
            return _cut(size / factor, decimal_point) + letter
    return _cut(size, decimal_point)


def _cut(size: Decimal, decimal_point: str) -> str:
    if size >= _BRIEF:
        return str(int(size))
    shown = size.quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    text = format(shown, "f").removesuffix(".0")
    return text.replace(".", decimal_point)
