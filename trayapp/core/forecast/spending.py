"""An account's spending by day, its normal spending, and a drain."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise, takewhile
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.history.ledger import (
    GAP_AFTER,
    MovementKind,
    changes,
    in_order,
    movements,
    observed,
)
from trayapp.core.history.payments import REFUNDED_WITHIN

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_HOUR_S: Final = 3600
_REFUNDED_HOURS: Final = REFUNDED_WITHIN // _HOUR
_NET: Final = (MovementKind.SPENT, MovementKind.REFUND)
"""What is spent by the account itself, without payments and corrections."""
_OBSERVED_ENOUGH: Final = 0.6
"""A day counts if this share of its usual spending was observed."""
_NORMAL_WINDOW: Final = timedelta(weeks=8)
_NORMAL_DAYS: Final = 14
_NORMAL_ACTIVE_DAYS: Final = 3
_TIMES_FASTER: Final = 3
_TIMES_MORE: Final = 2


@dataclass(frozen=True, slots=True)
class Day:
    """A day's spending, with its unobserved hours filled in."""

    age: int
    """Days before the day of the last reading."""
    weekday: int
    spent: float


@dataclass(frozen=True, slots=True)
class Spending:
    """The spending of one unit, by the days of a zone.

    These are estimates, hence floats. A top-up or a correction hides the spending in
    its stretch. Such hours count as unobserved and are filled in from the account's own
    daily profile. Spending in a gap is spread over it evenly. A refund is taken off the
    last spending before it.
    """

    since: datetime
    last: Reading
    last_day: date
    """The day of the last reading, in the zone."""
    days: tuple[Day, ...]
    """The days that were observed well enough, the oldest first."""
    active_dates: tuple[date, ...]
    """The days with spending, the oldest first."""
    busiest_hour: float
    left_of_last_day: float
    """The share of a day's usual spending that comes after the last reading."""


def spending(
    readings: Iterable[Reading],
    corrections: Collection[datetime],
    zone: tzinfo | None,
    window: timedelta,
) -> Spending | None:
    """Sum up the spending in the `window` before the last reading.

    None without a reading. Only readings since the last change of the unit count.
    """
    run = _last_of_one_unit(readings, window)
    if not run:
        return None
    by_time = {change.at: change for change in changes(run, corrections)}
    spent: defaultdict[int, float] = defaultdict(float)
    observed: defaultdict[int, float] = defaultdict(float)
    spent_outside_gaps: defaultdict[int, float] = defaultdict(float)
    falls: list[datetime] = []
    times = [reading.at.timestamp() for reading in run]
    for (before, after), (start, end) in zip(
        pairwise(run), pairwise(times), strict=True
    ):
        change = by_time.get(after.at)
        if (change is not None and change.kind not in _NET) or end <= start:
            continue
        fall = refund = 0.0
        if change is not None and change.kind is MovementKind.SPENT:
            falls.append(after.at)
            fall = float(change.amount)
        elif change is not None:
            refund = float(change.amount)
        rate = fall / (end - start)
        is_gap = after.at - before.at > GAP_AFTER
        for hour in range(int(start // _HOUR_S), int(end // _HOUR_S) + 1):
            part = min(end, (hour + 1) * _HOUR_S) - max(start, hour * _HOUR_S)
            observed[hour] += part / _HOUR_S
            spent[hour] += rate * part
            if not is_gap:
                spent_outside_gaps[hour] += rate * part
        if refund:
            _take_off(refund, int(end // _HOUR_S), spent, spent_outside_gaps)
    local_times = {
        hour: datetime.fromtimestamp((hour + 0.5) * _HOUR_S, UTC).astimezone(zone)
        for hour in observed
    }
    profile = _daily_profile(spent_outside_gaps, local_times)
    sums: defaultdict[date, float] = defaultdict(float)
    shares: defaultdict[date, float] = defaultdict(float)
    for hour, local in local_times.items():
        day = local.date()
        sums[day] += spent[hour]
        shares[day] += profile[local.hour] * observed[hour]
    now = run[-1].at.astimezone(zone)
    return Spending(
        since=run[0].at,
        last=run[-1],
        last_day=now.date(),
        days=tuple(
            Day((now.date() - day).days, day.weekday(), sums[day] / shares[day])
            for day in sorted(sums)
            # Rounded, so that the last bit of a float does not decide.
            if round(shares[day], 9) >= _OBSERVED_ENOUGH
        ),
        active_dates=tuple(sorted({at.astimezone(zone).date() for at in falls})),
        busiest_hour=max(spent_outside_gaps.values(), default=0.0),
        left_of_last_day=sum(profile[now.hour + 1 :])
        + profile[now.hour] * (1 - now.minute / 60),
    )


def _last_of_one_unit(
    readings: Iterable[Reading], window: timedelta
) -> Sequence[Reading]:
    everything = tuple(readings)
    newest = max((reading.at for reading in everything), default=None)
    if newest is None:
        return ()
    # By the difference, as a date before the window may not exist.
    ordered = observed(
        reading for reading in everything if newest - reading.at <= window
    )
    unit = ordered[-1].balance.unit
    run = takewhile(lambda reading: reading.balance.unit == unit, reversed(ordered))
    return tuple(run)[::-1]


def _take_off(
    refund: float,
    hour: int,
    spent: dict[int, float],
    spent_outside_gaps: dict[int, float],
) -> None:
    """Take a refund that came in an hour off the spending of the last hours."""
    for refunded in range(hour, hour - _REFUNDED_HOURS, -1):
        if not refund:
            break
        part = min(refund, spent.get(refunded, 0.0))
        if part:
            spent[refunded] -= part
            outside = spent_outside_gaps.get(refunded, 0.0)
            spent_outside_gaps[refunded] = max(outside - part, 0.0)
            refund -= part


def _daily_profile(
    spent: dict[int, float], local_times: dict[int, datetime]
) -> Sequence[float]:
    """Give the share of each of the 24 hours in an average day's spending."""
    shares = [0.0] * 24
    for hour, amount in spent.items():
        shares[local_times[hour].hour] += amount
    total = sum(shares)
    return [share / total if total > 0 else 1 / 24 for share in shares]


@dataclass(frozen=True, slots=True)
class NormalSpending:
    """What an account usually spends."""

    per_day: Decimal
    busiest_hour: Decimal
    busiest_day: Decimal
    unit: str

    def is_drain(self, spent: Decimal, within: timedelta) -> bool:
        """Whether spending within a stretch of time is far above normal.

        It is a drain above twice the busiest day for each day or part of one. It is a
        drain above the busiest day too, if it is three times as fast as the busiest
        hour. So a known weekly campaign is no drain unless it doubles.
        """
        days = max(1, math.ceil(within / _DAY))
        hours = max(1, math.ceil(within / _HOUR))
        fast = max(self.busiest_day * days, self.busiest_hour * hours * _TIMES_FASTER)
        return spent > min(self.busiest_day * days * _TIMES_MORE, fast)


@dataclass(frozen=True, slots=True)
class Drain:
    """Spending far above normal: "38 EUR in 20 minutes, normal is 2 EUR a day"."""

    spent: Decimal
    within: timedelta
    normal: NormalSpending


def normal_spending(
    readings: Iterable[Reading],
    now: datetime,
    zone: tzinfo | None,
    corrections: Collection[datetime] = (),
) -> NormalSpending | None:
    """Estimate the normal spending from the 8 weeks that ended a day ago.

    None until 14 days were observed, three of them with spending: an idle account has
    no normal spending. The last day is left out, so that a drain does not count as
    normal while it lasts. A past drain hides later ones of its size for 8 weeks, as a
    campaign does.
    """
    before = [reading for reading in readings if now - reading.at >= _DAY]
    past = spending(before, corrections, zone, _NORMAL_WINDOW)
    if past is None or len(past.days) < _NORMAL_DAYS:
        return None
    amounts = [day.spent for day in past.days]
    if sum(amount > 0 for amount in amounts) < _NORMAL_ACTIVE_DAYS:
        return None
    newest = max(before, key=lambda reading: reading.at)
    return NormalSpending(
        per_day=rounded(sum(amounts) / len(amounts)),
        busiest_hour=rounded(past.busiest_hour),
        busiest_day=rounded(max(amounts)),
        unit=newest.balance.unit,
    )


def drain(
    readings: Iterable[Reading],
    now: datetime,
    zone: tzinfo | None,
    corrections: Collection[datetime] = (),
) -> Drain | None:
    """Find the shortest stretch up to the last fall that is a drain.

    Only falls of the last 24 hours count, and nothing after `now`.
    """
    past = [reading for reading in readings if reading.at <= now]
    normal = normal_spending(past, now, zone, corrections)
    return None if normal is None else drain_from(normal, past, now, corrections)


def drain_from(
    normal: NormalSpending,
    readings: Iterable[Reading],
    now: datetime,
    corrections: Collection[datetime] = (),
) -> Drain | None:
    """Find a drain, as `drain` does, for a given normal spending.

    It needs the readings of the last 24 hours and the one before them, however old. To
    tell refunds from payments it needs those of the three days before, too.
    """
    past = in_order(reading for reading in readings if reading.at <= now)
    spent = [
        change
        for change in movements(past, corrections)
        if change.kind in _NET and now - change.at < _DAY
    ]
    total = Decimal(0)
    last_fall: datetime | None = None
    for change in reversed(spent):
        if change.unit != normal.unit:
            return None
        if change.kind is MovementKind.REFUND:
            total -= change.amount
            continue
        total += change.amount
        last_fall = last_fall or change.at
        within = last_fall - change.since
        if normal.is_drain(total, within):
            return Drain(total, within, normal)
    return None


def rounded(amount: float) -> Decimal:
    """Round an estimate to an amount of at least four significant digits."""
    decimals = 2 if amount == 0 else max(2, 3 - math.floor(math.log10(amount)))
    return Decimal(f"{amount:.{decimals}f}")
