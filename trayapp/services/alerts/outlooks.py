"""What the history says of each balance, worked out no oftener than needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from trayapp.core.alerts.decision import Outlook
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.sparkline import RecentBalances, recent_balances
from trayapp.core.forecast.run_out import Forecast, Verdict, days_left, forecast
from trayapp.core.forecast.spending import (
    Drain,
    NormalSpending,
    drain_from,
    normal_spending,
)
from trayapp.services.history.service import HistoryService

_LOOK_BACK: Final = timedelta(weeks=17)
"""More than the forecast looks at."""
_RECENT: Final = timedelta(days=4)
"""A day, and the reading before it, but for a gap of days."""
_GOOD_FOR: Final = timedelta(hours=1)
_MOVED: Final = Decimal("0.05")
"""A balance that moved by so much of itself has another run-out day."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was worked out from months of readings, and when."""

    at: datetime
    balance: Balance
    forecast: Forecast
    normal: NormalSpending | None
    recent_balances: RecentBalances | None


class OutlookCache:
    """Looks at months of readings once an hour, and at the last day every time."""

    def __init__(self, history: HistoryService, zone: tzinfo | None) -> None:
        """Take the person's zone, in which days begin; None is the system's own."""
        self._history = history
        self._zone = zone
        self._kept: dict[str, _Kept] = {}

    def of(
        self, account_id: str, memory: AlertMemory, reading: Reading, now: datetime
    ) -> Outlook:
        """Say what the history says, `reading` included, which it need not hold yet."""
        kept = self._kept.get(account_id)
        if (
            kept is None
            or not timedelta(0) <= now - kept.at < _GOOD_FOR
            or memory.rise_to(reading) is not None
            or _moved(kept.balance, reading.balance)
        ):
            kept = self._work_out(account_id, memory, reading, now)
            self._kept[account_id] = kept
        said, today = kept.forecast, now.astimezone(self._zone).date()
        return Outlook(
            days=days_left(said, today) if said.verdict is Verdict.RANGE else None,
            far=said.verdict in {Verdict.FAR, Verdict.IDLE},
            drain=self._drain(account_id, memory, reading, now),
        )

    def forecast(self, account_id: str) -> Forecast | None:
        """Give what was last worked out of an account; None if nothing was yet."""
        kept = self._kept.get(account_id)
        return kept.forecast if kept is not None else None

    def recent_balances(self, account_id: str) -> RecentBalances | None:
        """Give what the last weeks were like; the same one until it is worked out."""
        kept = self._kept.get(account_id)
        return kept.recent_balances if kept is not None else None

    def forget(self, account_id: str) -> None:
        """Work an account's outlook out anew next time."""
        self._kept.pop(account_id, None)

    def _work_out(
        self, account_id: str, memory: AlertMemory, reading: Reading, now: datetime
    ) -> _Kept:
        readings = self._readings(account_id, memory, reading, now - _LOOK_BACK)
        marked = self._history.corrections(account_id)
        return _Kept(
            now,
            reading.balance,
            forecast(readings, now, self._zone, marked),
            normal_spending(readings, now, self._zone, marked),
            recent_balances(readings, now),
        )

    def _readings(
        self, account_id: str, memory: AlertMemory, reading: Reading, since: datetime
    ) -> Sequence[Reading]:
        if memory.since is not None:
            since = max(since, memory.since)
        return (*self._history.readings(account_id, since), reading)

    def _drain(
        self, account_id: str, memory: AlertMemory, reading: Reading, now: datetime
    ) -> Drain | None:
        normal = self._kept[account_id].normal
        if normal is None:
            return None
        # All of the last day, and what was read before it.
        recent = self._readings(account_id, memory, reading, now - _RECENT)
        before = () if memory.seen is None else (memory.seen,)
        marked = self._history.corrections(account_id)
        return drain_from(normal, (*before, *recent), now, marked)


def _moved(before: Balance, after: Balance) -> bool:
    change = abs(after.amount - before.amount)
    return before.unit != after.unit or change > abs(before.amount) * _MOVED
