"""Sample readings: given amounts, and strategies of hypothesis."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from trayapp.core.balance import Balance, Reading

MADRID = ZoneInfo("Europe/Madrid")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read(*amounts: str, every: timedelta = HOUR, unit: str = "EUR") -> list[Reading]:
    """Make readings with these amounts, the first at noon."""
    return [
        Reading(Balance(Decimal(amount), unit), NOON + index * every)
        for index, amount in enumerate(amounts)
    ]


@st.composite
def histories(draw: st.DrawFn, units: Sequence[str] = ("EUR", "SMS")) -> list[Reading]:
    """Draw readings of up to some years, in any order, some at the same time."""
    amounts = st.decimals(-1000, 10**15, places=8) | st.integers(0, 50).map(Decimal)
    steps = st.integers(0, 30_000) | st.integers(0, 240) | st.just(60)
    at = datetime(2023, 6, 1, tzinfo=UTC) + draw(st.integers(0, 10**6)) * HOUR / 60
    readings = []
    for step in draw(st.lists(steps, max_size=80)):
        at += timedelta(minutes=step)
        balance = Balance(draw(amounts), draw(st.sampled_from(units)))
        readings.append(Reading(balance, at))
    return draw(st.permutations(readings)) if draw(st.booleans()) else readings


@st.composite
def histories_with_corrections(draw: st.DrawFn) -> tuple[list[Reading], list[datetime]]:
    """Draw readings, and the times of some as corrections."""
    readings = draw(histories())
    times = [one.at for one in readings]
    return readings, draw(st.lists(st.sampled_from(times))) if times else []


ZONES = st.sampled_from([UTC, MADRID, ZoneInfo("America/Sao_Paulo"), None])


def with_refunds(
    days: int, share: float, *, price: str = "0.0375", unit: str = "EUR", seed: int = 7
) -> list[Reading]:
    """Make hourly readings of an account that pays rarely and gets refunds often.

    `share` of the messages is credited, each four hours. With 0 the same messages are
    sent and delivered. It sends about 45 a day, more by day than by night, and pays for
    1,500 whenever fewer than 200 are left. The last reading is at noon.
    """
    rng = random.Random(seed)  # noqa: S311  # no secret is drawn
    cost, left, undelivered = Decimal(price), 1200, 0.0
    readings = []
    for hour in range(days * 24, -1, -1):
        at = NOON - hour * HOUR
        sent = rng.randrange(1, 9) if 7 <= at.hour < 20 else rng.randrange(2)
        if hour % 4 == 0:
            sent = 0
        undelivered += sent * share
        left -= sent
        if hour % 4 == 0:
            left += int(undelivered)
            undelivered %= 1
        if left < 200:
            left += 1500
        readings.append(Reading(Balance(cost * left, unit), at))
    return readings
