"""The run-out date as a range: how long a balance lasts at its past pace."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.forecast.spending import Day, Spending, rounded, spending

HORIZON: Final = timedelta(days=731)
"""How far ahead a forecast looks: two years."""
_WEEK: Final = 7
_WEEKEND: Final = 5
_WINDOW: Final = timedelta(weeks=16)
_ENOUGH: Final = ((7, 3), (14, 2))
"""Observed days, and days with spending among them: either pair is enough."""

# Measured with packaging/replay, on other seeds than the one it prints.
_HALF_LIFE: Final = 28.0
"""Days after which a day has half its weight."""
_BURST_LIMIT: Final = 1.5
"""A day counts at most as this many times a usual week's heaviest day."""
_BORROWED: Final = 0.3
"""The weight, in days, that a weekday's mean takes from similar days."""
_GUESSED_WEEKS: Final = 2.0
_GUESSED_SPREAD: Final = 0.25
"""The assumed spread between weeks until enough weeks were observed."""
_DRIFT: Final = 0.06
"""How far the pace may drift in a week, beyond the observed spread."""
_LARGEST_TREND: Final = 0.05
"""The largest growth or decline in a week that a trend may have."""
_TREND_KEPT: Final = 0.9
"""The share of a trend that is left after a week, as no trend lasts."""
_FEW_WEEKS: Final = 1.0
_GUESSED_WIDTH: Final = 4.0
"""Added to the squared spread of the weeks' ages, as a few weeks make no trend."""
_USUAL: Final = 0.9
"""The quantile of the breaks between two days of spending that is still usual."""
_DEVIATIONS: Final = 1.1
"""The range reaches this many standard deviations to either side."""


class Verdict(StrEnum):
    """What a forecast can say about the run-out date."""

    RANGE = "range"
    EMPTY = "empty"
    NOT_ENOUGH = "not-enough"
    IDLE = "idle"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Forecast:
    """When an account runs out: a range of days, or why there is none."""

    verdict: Verdict
    first: date | None = None
    """Only with `RANGE`, as is `last`; neither is in the past."""
    last: date | None = None
    """Two years from today if it may be later."""
    per_day: Decimal | None = None
    """The spending on an average day of the next week; with `RANGE` and `FAR`."""
    idle_days: int | None = None
    """With `IDLE`: the days without spending before the last reading."""


def forecast(
    readings: Iterable[Reading],
    now: datetime,
    zone: tzinfo | None,
    corrections: Collection[datetime] = (),
) -> Forecast:
    """Estimate the first and the last day on which the balance may reach 0.

    The method:

    - The spending of the last 16 weeks is summed up by days of the zone (`spending`).
    - A burst is cut to 1.5 times the heaviest day of a usual week.
    - Each weekday has a mean. A day four weeks old counts half. The mean borrows a
      little from similar days (working days or the weekend).
    - Weekly sums give a trend. It counts as far as it exceeds the spread between
      weeks, is at most 5 % a week, and fades.
    - The weekdays' means are added up from the last reading on. Around the sum lies a
      log-normal spread: of weekdays, of the estimated level, and of a drifting pace.
    - The first day is where the upper edge of the spread reaches the balance, the last
      day is where the lower edge does.

    The limits: it knows no holidays, month's ends, price changes or plans, and foresees
    no first campaign. For about three weeks it takes a lasting change of pace for a
    burst. Spending between the two readings of a top-up is filled in. About four of
    five run-out dates lie inside the range.

    It never raises for any readings; those after `now` do not count. It scales: with
    all spending k > 1 times as fast, neither day is later.
    """
    past = spending(
        [reading for reading in readings if reading.at <= now],
        corrections,
        zone,
        _WINDOW,
    )
    if past is None:
        return Forecast(Verdict.NOT_ENOUGH)
    if past.last.balance.amount <= 0:
        return Forecast(Verdict.EMPTY)
    idle = _idle_days(past)
    if idle is not None:
        return Forecast(Verdict.IDLE, idle_days=idle)
    observed, active = len(past.days), sum(day.spent > 0 for day in past.days)
    if not any(observed >= days and active >= costly for days, costly in _ENOUGH):
        return Forecast(Verdict.NOT_ENOUGH)
    return _range(past, _pace(past.days), now.astimezone(zone).date())


def days_left(forecast: Forecast, today: date) -> tuple[int, int] | None:
    """Give the least and the most days that are left; None without a run-out date.

    0 is today, and both are 0 for an empty account. A day that has passed since the
    forecast counts as today.
    """
    if forecast.verdict is Verdict.EMPTY:
        return 0, 0
    if forecast.first is None or forecast.last is None:
        return None
    return max(0, (forecast.first - today).days), max(0, (forecast.last - today).days)


def _idle_days(past: Spending) -> int | None:
    """Count the days since the last spending; None unless that is unusually long."""
    if not past.active_dates:
        idle = (past.last.at - past.since).days
        return idle if idle >= _WEEK else None
    breaks = sorted((after - day).days for day, after in pairwise(past.active_dates))
    usual = breaks[int(_USUAL * (len(breaks) - 1))] if breaks else 0
    idle = (past.last_day - past.active_dates[-1]).days
    return idle if idle > max(_WEEK, 2 * usual) else None


@dataclass(frozen=True, slots=True)
class _Pace:
    """The expected spending on the days after the last reading."""

    means: Sequence[float]
    """By weekday, Monday first."""
    variances: Sequence[float]
    level_error: float
    """The standard error of the level, relative to it, as are the next two."""
    trend: float
    """The growth in a week."""
    trend_error: float


def _range(past: Spending, pace: _Pace, today: date) -> Forecast:
    """Add up days from the last reading until both edges have reached the balance."""
    balance = float(past.last.balance.amount)
    per_day = rounded(sum(pace.means) / _WEEK)
    horizon = today + HORIZON
    first: date | None = None
    total = noise = 0.0
    for ahead in range((horizon - past.last_day).days + 1):
        day = past.last_day + timedelta(days=ahead)
        weeks = ahead / _WEEK
        fading = (1 - _TREND_KEPT**weeks) / (1 - _TREND_KEPT)
        part = math.exp(pace.trend * fading)
        if ahead == 0:
            part *= past.left_of_last_day
        total += pace.means[day.weekday()] * part
        noise += pace.variances[day.weekday()] * part
        if total <= 0:
            continue
        spread = math.sqrt(
            math.log1p(noise / total**2)
            + pace.level_error**2
            + (pace.trend_error * fading / 2) ** 2
            + _DRIFT**2 * weeks
        )
        if first is None and total * math.exp(_DEVIATIONS * spread) >= balance:
            first = max(day, today)
        if first is not None and total * math.exp(-_DEVIATIONS * spread) >= balance:
            return Forecast(Verdict.RANGE, first, max(day, today), per_day)
    if first is None:
        return Forecast(Verdict.FAR, per_day=per_day)
    return Forecast(Verdict.RANGE, first, horizon, per_day)


def _pace(days: Sequence[Day]) -> _Pace:
    """Estimate the pace from days; at least one of them has spending."""
    largest = _largest_day(days)
    weighed = [
        (day, min(day.spent, largest), 0.5 ** (day.age / _HALF_LIFE)) for day in days
    ]
    overall = _mean([(cost, weight) for _, cost, weight in weighed], 0.0, 0.0)
    means, variances = [], []
    for weekday in range(_WEEK):
        is_weekend = weekday >= _WEEKEND
        like = [
            (cost, weight)
            for day, cost, weight in weighed
            if (day.weekday >= _WEEKEND) == is_weekend
        ]
        own = [
            (cost, weight) for day, cost, weight in weighed if day.weekday == weekday
        ]
        mean = _mean(own, _mean(like, overall, _BORROWED), _BORROWED)
        squares = [((cost - mean) ** 2, weight) for cost, weight in own]
        means.append(mean)
        variances.append(_mean(squares, (mean / 2) ** 2, _BORROWED))
    return _with_trend(weighed, means, variances)


def _largest_day(days: Sequence[Day]) -> float:
    """Give the most that a day counts, from the median of the weeks' heaviest days."""
    heaviest: defaultdict[int, float] = defaultdict(float)
    for day in days:
        week = day.age // _WEEK
        heaviest[week] = max(heaviest[week], day.spent)
    ranked = sorted(
        (cost, 0.5 ** (week * _WEEK / _HALF_LIFE)) for week, cost in heaviest.items()
    )
    reached, half = 0.0, sum(weight for _, weight in ranked) / 2
    for cost, weight in ranked:
        reached += weight
        # Where most weeks have no spending, the few that have some are no bursts.
        if reached >= half and cost > 0:
            return _BURST_LIMIT * cost
    return math.inf


def _mean(
    weighed: Iterable[tuple[float, float]], guess: float, guess_weight: float
) -> float:
    total, weights = guess * guess_weight, guess_weight
    for value, weight in weighed:
        total += value * weight
        weights += weight
    return total / weights


def _with_trend(
    weighed: Iterable[tuple[Day, float, float]],
    means: Sequence[float],
    variances: Sequence[float],
) -> _Pace:
    """Fit a line through the weeks, each relative to its weekdays' means."""
    costs: defaultdict[int, float] = defaultdict(float)
    expected: defaultdict[int, float] = defaultdict(float)
    weights: defaultdict[int, float] = defaultdict(float)
    for day, cost, weight in weighed:
        week = day.age // _WEEK
        costs[week] += cost
        expected[week] += means[day.weekday]
        weights[week] += weight / _WEEK
    points = [(week, costs[week] / expected[week], weights[week]) for week in costs]
    total_weight = sum(weights.values())
    age = sum(week * weight for week, _, weight in points) / total_weight
    level = sum(ratio * weight for _, ratio, weight in points) / total_weight
    width = sum(weight * (week - age) ** 2 for week, _, weight in points)
    slope = sum(
        weight * (age - week) * (ratio - level) for week, ratio, weight in points
    ) / (width + _FEW_WEEKS)
    residual = sum(
        weight * (ratio - level - slope * (age - week)) ** 2
        for week, ratio, weight in points
    )
    spread = (residual + _GUESSED_WEEKS * _GUESSED_SPREAD**2) / (
        total_weight + _GUESSED_WEEKS
    )
    slope_error = math.sqrt(spread / (width + _GUESSED_WIDTH))
    trend = slope**3 / (slope**2 + slope_error**2)
    trend = max(-_LARGEST_TREND, min(_LARGEST_TREND, trend))
    shift = math.exp(trend * age)
    return _Pace(
        means=[mean * shift for mean in means],
        variances=[variance * shift**2 for variance in variances],
        level_error=math.sqrt(
            spread / (total_weight + 0.5) + (slope_error * age / 2) ** 2
        ),
        trend=trend,
        trend_error=min(slope_error, 2 * _LARGEST_TREND),
    )
