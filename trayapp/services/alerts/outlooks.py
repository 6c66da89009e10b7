"""Forecasts and drains from the history, calculated only as often as needed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from trayapp.core.history.ledger import MovementKind, in_order, movements, observed
from trayapp.core.history.outliers import (
    OUTLIER_FOR,
    is_very_far,
    without_outliers,
)
from trayapp.services.history.service import HistoryService

_LOOK_BACK: Final = timedelta(weeks=17)
"""More than the forecast uses."""
_RECENT: Final = timedelta(days=5)
"""The three days in which spending is refunded, and the readings before them, even
after a weekend without one."""
_MOMENT: Final = timedelta(milliseconds=1)
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
        self._last_outliers: dict[str, datetime] = {}

    def of(
        self, account_id: str, memory: AlertMemory, reading: Reading, now: datetime
    ) -> Outlook:
        """Give the outlook after `reading`, which need not be in the history yet."""
        cached = self._cached.get(account_id)
        recent: Sequence[Reading] = (reading,)
        if (
            cached is None
            or cached.normal is not None
            or _is_conspicuous(memory, reading)
        ):
            # All of the last days, and the reading before them.
            recent = self._readings(account_id, memory, reading, now - _RECENT)
            recent = [other for other in recent if other.at <= reading.at]
            if memory.seen is not None:
                # It came before, even if the clock was ahead.
                at = min(memory.seen.at, reading.at - _MOMENT)
                recent.insert(0, replace(memory.seen, at=at))
            recent = in_order(recent)
            self._note_outliers(account_id, recent)
        is_settled = self._is_settled(account_id, now)
        is_payment = self._is_payment(account_id, memory, reading, recent)
        is_doubtful = _is_doubtful(memory.seen, reading, recent)
        if cached is None or (
            not is_doubtful
            and (
                not timedelta(0) <= now - cached.at < _GOOD_FOR
                or (is_payment and memory.rise_to(reading) is not None)
                or _moved(cached.balance, reading.balance)
            )
        ):
            cached = self._calculate(account_id, memory, reading, now)
            self._cached[account_id] = cached
        run_out, today = cached.forecast, now.astimezone(self._zone).date()
        return Outlook(
            days=days_left(run_out, today)
            if run_out.verdict is Verdict.RANGE
            else None,
            far=run_out.verdict in {Verdict.FAR, Verdict.IDLE},
            drain=self._drain(account_id, memory, recent, now),
            is_payment=is_payment,
            is_doubtful=is_doubtful,
            is_settled=is_settled,
        )

    def between_readings(self, account_id: str, now: datetime) -> Outlook:
        """Give what is known of an account while only time passes."""
        return Outlook(is_settled=self._is_settled(account_id, now))

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
        self._last_outliers.pop(account_id, None)

    def forget_all(self) -> None:
        """Calculate each outlook again at the account's next balance."""
        for account_id in tuple(self._cached):
            self.forget(account_id)

    def _calculate(
        self, account_id: str, memory: AlertMemory, reading: Reading, now: datetime
    ) -> _CachedOutlook:
        readings = observed(
            self._readings(account_id, memory, reading, now - _LOOK_BACK)
        )
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

    def _note_outliers(self, account_id: str, recent: Sequence[Reading]) -> None:
        outliers = frozenset(recent).difference(without_outliers(recent))
        if outliers:
            last = max(outlier.at for outlier in outliers)
            self._last_outliers[account_id] = last

    def _is_settled(self, account_id: str, now: datetime) -> bool:
        last = self._last_outliers.get(account_id)
        return last is None or not timedelta(0) <= now - last < OUTLIER_FOR

    def _is_payment(
        self,
        account_id: str,
        memory: AlertMemory,
        reading: Reading,
        recent: Sequence[Reading],
    ) -> bool:
        """Whether the ledger has a top-up since the last balance of the memory."""
        seen = memory.seen
        if seen is None or memory.rise_to(reading) is None:
            return True
        return any(
            change.kind is MovementKind.TOP_UP
            and (change.at > seen.at or change.at == reading.at)
            for change in movements(recent, self._history.corrections(account_id))
        )

    def _drain(
        self,
        account_id: str,
        memory: AlertMemory,
        recent: Sequence[Reading],
        now: datetime,
    ) -> Drain | None:
        """Find a drain; a balance that fell to a tenth at once is confirmed first."""
        normal = self._cached[account_id].normal
        if normal is None:
            return None
        if memory.seen is not None and is_very_far(memory.seen, recent[-1]):
            recent = recent[:-1]
        corrections = self._history.corrections(account_id)
        return drain_from(normal, recent, now, corrections)


def _is_conspicuous(memory: AlertMemory, reading: Reading) -> bool:
    """Whether the history must tell what a balance means: not after usual spending."""
    seen = memory.seen
    return seen is not None and (
        memory.in_new_unit
        or memory.rise_to(reading) is not None
        or is_very_far(seen, reading)
    )


def _is_doubtful(
    seen: Reading | None, reading: Reading, recent: Sequence[Reading]
) -> bool:
    """Whether a balance is of another unit or magnitude than all of the last days.

    The next balance confirms it; another unit must last for an hour. A fall is believed
    at once.
    """
    before = [other for other in without_outliers(recent) if other.at != reading.at]
    if seen is None or not before:
        return False
    is_new_unit = seen.balance.unit != reading.balance.unit
    is_far = is_new_unit or all(
        other.balance.amount < reading.balance.amount and is_very_far(other, reading)
        for other in before
        if other.at <= seen.at
    )
    lasts_for = OUTLIER_FOR if is_new_unit else timedelta(0)
    return is_far and not any(
        seen.at < other.at < reading.at
        and reading.at - other.at >= lasts_for
        and not is_very_far(other, reading)
        for other in recent
    )


def _moved(before: Balance, after: Balance) -> bool:
    change = abs(after.amount - before.amount)
    return before.unit != after.unit or change > abs(before.amount) * _MOVED
