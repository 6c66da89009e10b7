"""Forecasts and drains from the history, calculated only as often as needed."""

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
"""More than the forecast uses."""
_RECENT: Final = timedelta(days=4)
"""A day and the reading before it, even after a weekend without one."""
_GOOD_FOR: Final = timedelta(hours=1)
_MOVED: Final = Decimal("0.05")
"""A balance that changed by this part of itself has another run-out day."""


@dataclass(frozen=True, slots=True)
class _CachedOutlook:
    """The results from months of readings, and the moment of the calculation."""

    at: datetime
    balance: Balance
    forecast: Forecast
    normal: NormalSpending | None
    recent_balances: RecentBalances | None


class OutlookCache:
    """Reads months of readings once an hour, and the last day at each balance."""

    def __init__(self, history: HistoryService, zone: tzinfo | None) -> None:
        """Let days begin in `zone`, the person's; None is the system's own."""
        self._history = history
        self._zone = zone
        self._cached: dict[str, _CachedOutlook] = {}

    def of(
        self, account_id: str, memory: AlertMemory, reading: Reading, now: datetime
    ) -> Outlook:
        """Give the outlook after `reading`, which need not be in the history yet."""
        cached = self._cached.get(account_id)
        if (
            cached is None
            or not timedelta(0) <= now - cached.at < _GOOD_FOR
            or memory.rise_to(reading) is not None
            or _moved(cached.balance, reading.balance)
        ):
            cached = self._calculate(account_id, memory, reading, now)
            self._cached[account_id] = cached
        run_out, today = cached.forecast, now.astimezone(self._zone).date()
        return Outlook(
            days=days_left(run_out, today)
            if run_out.verdict is Verdict.RANGE
            else None,
            far=run_out.verdict in {Verdict.FAR, Verdict.IDLE},
            drain=self._drain(account_id, memory, reading, now),
        )

    def forecast(self, account_id: str) -> Forecast | None:
        """Give the last forecast of an account; None before its first balance."""
        cached = self._cached.get(account_id)
        return cached.forecast if cached is not None else None

    def recent_balances(self, account_id: str) -> RecentBalances | None:
        """Give the balances of the last weeks: the same object until an update."""
        cached = self._cached.get(account_id)
        return cached.recent_balances if cached is not None else None

    def forget(self, account_id: str) -> None:
        """Calculate the outlook of an account again at its next balance."""
        self._cached.pop(account_id, None)

    def _calculate(
        self, account_id: str, memory: AlertMemory, reading: Reading, now: datetime
    ) -> _CachedOutlook:
        readings = self._readings(account_id, memory, reading, now - _LOOK_BACK)
        corrections = self._history.corrections(account_id)
        return _CachedOutlook(
            now,
            reading.balance,
            forecast(readings, now, self._zone, corrections),
            normal_spending(readings, now, self._zone, corrections),
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
        normal = self._cached[account_id].normal
        if normal is None:
            return None
        # All of the last day, and the reading before it.
        recent = self._readings(account_id, memory, reading, now - _RECENT)
        before = () if memory.seen is None else (memory.seen,)
        corrections = self._history.corrections(account_id)
        return drain_from(normal, (*before, *recent), now, corrections)


def _moved(before: Balance, after: Balance) -> bool:
    change = abs(after.amount - before.amount)
    return before.unit != after.unit or change > abs(before.amount) * _MOVED
