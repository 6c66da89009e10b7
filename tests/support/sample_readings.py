"""Sample readings: given amounts, and strategies of hypothesis."""

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
