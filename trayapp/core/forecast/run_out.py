"""The run-out day, as a range: how far a balance goes at the pace of its past."""

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
"""How far a forecast looks: two years."""
_WEEK: Final = 7
_WEEKEND: Final = 5
_WINDOW: Final = timedelta(weeks=16)
_ENOUGH: Final = ((7, 3), (14, 2))
"""Days seen, and days with spending among them: either pair is enough."""

# Measured with packaging/replay, on other seeds than the one it prints.
_HALF_LIFE: Final = 28.0
"""Days after which a day counts half."""
_BURST: Final = 1.5
"""A day counts as this many times a usual week's heaviest day, at most."""
_BORROWED: Final = 0.3
"""How many days' weight a weekday takes from its like, so that one isn't all."""
_GUESSED_WEEKS: Final = 2.0
_GUESSED_SPREAD: Final = 0.25
"""What weeks are taken to differ by until enough of them were seen."""
_WANDER: Final = 0.06
"""How far the pace wanders in a week, beyond all that was seen."""
_STEEPEST: Final = 0.05
"""The growth or decline in a week that is believed, at most."""
_LASTING: Final = 0.9
"""What is left of a growth after a week: none goes on for ever."""
_FEW: Final = 1.0
_GUESSED_WIDTH: Final = 4.0
"""Added to how wide the weeks lie apart, squared: a few make no trend."""
_USUAL: Final = 0.9
"""The share of breaks between two days of spending that are no longer than usual."""
_CAUTION: Final = 1.1
"""How many standard deviations the range reaches to either side."""


class Verdict(StrEnum):
    """What can be said of the run-out day."""

    RANGE = "range"
    EMPTY = "empty"
    NOT_ENOUGH = "not-enough"
    IDLE = "idle"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Forecast:
    """When an account runs out, as far as that can be said."""

    verdict: Verdict
    first: date | None = None
    """With `RANGE` alone, as `last`; neither is in the past."""
    last: date | None = None
    """Two years from today if it may be later than that."""
    per_day: Decimal | None = None
    """What an average day of the next week costs; with `RANGE` and `FAR`."""
    idle_days: int | None = None
    """With `IDLE`: the days without spending up to the last reading."""


def forecast(
    readings: Iterable[Reading],
    now: datetime,
    zone: tzinfo | None,
    corrections: Collection[datetime] = (),
) -> Forecast:
    """Say between which days the balance reaches nothing if nobody tops up.

    The method: what was spent in the last 16 weeks is summed up by the zone's days
    (`spending`: falls only). A day far above the heaviest of a usual week is cut to
    one and a half times that. Each weekday has a mean of its own, in which a day four
    weeks old counts half and which leans a little on its like (working days, weekend).
    Weekly sums give a trend, believed as far as it stands out from the weeks'
    differences, at most 5 % a week, and fading. The means are laid end to end from
    the last reading on; around their sum lies a log-normal spread of what weekdays
    differ by, of how well the level is known, and of a pace that wanders. The first
    day is where its upper edge reaches the balance, the last where its lower one does.

    Its limits: it knows no holidays, no month's end, no price change and no plans; a
    campaign that never was is not foreseen. It takes a lasting change of pace for a
    burst until about three weeks show it. What was spent between the two readings of
    a top-up is filled in. It expects four of five run-out days inside the range.

    Never raises for any readings; those after `now` don't count. All of it scales: had
    everything been spent k > 1 times as fast, neither day would be later.
    """
    past = spending(
        [one for one in readings if one.at <= now], corrections, zone, _WINDOW
    )
    if past is None:
        return Forecast(Verdict.NOT_ENOUGH)
    if past.last.balance.amount <= 0:
        return Forecast(Verdict.EMPTY)
    idle = _idle_days(past)
    if idle is not None:
        return Forecast(Verdict.IDLE, idle_days=idle)
    seen, active = len(past.days), sum(day.spent > 0 for day in past.days)
    if not any(seen >= days and active >= costly for days, costly in _ENOUGH):
        return Forecast(Verdict.NOT_ENOUGH)
    return _range(past, _pace(past.days), now.astimezone(zone).date())


def days_left(said: Forecast, today: date) -> tuple[int, int] | None:
    """Give the least and the most days that are left; None if nobody knows.

    0 is today, and what an empty account has. A day that has passed since the
    forecast counts as today.
    """
    if said.verdict is Verdict.EMPTY:
        return 0, 0
    if said.first is None or said.last is None:
        return None
    return max(0, (said.first - today).days), max(0, (said.last - today).days)


def _idle_days(past: Spending) -> int | None:
    """Count the days since the last spending, if that is long for this account."""
    if not past.active_dates:
        idle = (past.last.at - past.since).days
        return idle if idle >= _WEEK else None
    breaks = sorted((after - day).days for day, after in pairwise(past.active_dates))
    usual = breaks[int(_USUAL * (len(breaks) - 1))] if breaks else 0
    idle = (past.last_day - past.active_dates[-1]).days
    return idle if idle > max(_WEEK, 2 * usual) else None


@dataclass(frozen=True, slots=True)
class _Pace:
    """What the days to come are expected to cost, as of the last reading."""

    means: Sequence[float]
    """By weekday, Monday first."""
    variances: Sequence[float]
    doubt: float
    """How well the level is known; this and what follows relative to it."""
    trend: float
    """Growth in a week."""
    trend_doubt: float


def _range(past: Spending, pace: _Pace, today: date) -> Forecast:
    """Walk on from the last reading until both edges have reached the balance."""
    balance = float(past.last.balance.amount)
    per_day = rounded(sum(pace.means) / _WEEK)
    horizon = today + HORIZON
    first: date | None = None
    total = noise = 0.0
    for ahead in range((horizon - past.last_day).days + 1):
        day = past.last_day + timedelta(days=ahead)
        weeks = ahead / _WEEK
        fading = (1 - _LASTING**weeks) / (1 - _LASTING)
        part = math.exp(pace.trend * fading)
        if ahead == 0:
            part *= past.left_of_last_day
        total += pace.means[day.weekday()] * part
        noise += pace.variances[day.weekday()] * part
        if total <= 0:
            continue
        spread = math.sqrt(
            math.log1p(noise / total**2)
            + pace.doubt**2
            + (pace.trend_doubt * fading / 2) ** 2
            + _WANDER**2 * weeks
        )
        if first is None and total * math.exp(_CAUTION * spread) >= balance:
            first = max(day, today)
        if first is not None and total * math.exp(-_CAUTION * spread) >= balance:
            return Forecast(Verdict.RANGE, first, max(day, today), per_day)
    if first is None:
        return Forecast(Verdict.FAR, per_day=per_day)
    return Forecast(Verdict.RANGE, first, horizon, per_day)


def _pace(days: Sequence[Day]) -> _Pace:
    """Learn the pace from days of which some, at least, cost something."""
    most = _most_a_day_counts(days)
    weighed = [
        (day, min(day.spent, most), 0.5 ** (day.age / _HALF_LIFE)) for day in days
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


def _most_a_day_counts(days: Sequence[Day]) -> float:
    """Cut bursts: take the heaviest day of a usual week, the median of the recent."""
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
        # Where most weeks cost nothing, the few that do are no bursts.
        if reached >= half and cost > 0:
            return _BURST * cost
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
    """Lay a line through the weeks, each relative to what its weekdays cost."""
    costs: defaultdict[int, float] = defaultdict(float)
    expected: defaultdict[int, float] = defaultdict(float)
    weights: defaultdict[int, float] = defaultdict(float)
    for day, cost, weight in weighed:
        week = day.age // _WEEK
        costs[week] += cost
        expected[week] += means[day.weekday]
        weights[week] += weight / _WEEK
    points = [(week, costs[week] / expected[week], weights[week]) for week in costs]
    known = sum(weights.values())
    age = sum(week * weight for week, _, weight in points) / known
    level = sum(ratio * weight for _, ratio, weight in points) / known
    width = sum(weight * (week - age) ** 2 for week, _, weight in points)
    slope = sum(
        weight * (age - week) * (ratio - level) for week, ratio, weight in points
    ) / (width + _FEW)
    left_over = sum(
        weight * (ratio - level - slope * (age - week)) ** 2
        for week, ratio, weight in points
    )
    spread = (left_over + _GUESSED_WEEKS * _GUESSED_SPREAD**2) / (
        known + _GUESSED_WEEKS
    )
    doubt = math.sqrt(spread / (width + _GUESSED_WIDTH))
    trend = slope**3 / (slope**2 + doubt**2)
    trend = max(-_STEEPEST, min(_STEEPEST, trend))
    shift = math.exp(trend * age)
    return _Pace(
        means=[mean * shift for mean in means],
        variances=[variance * shift**2 for variance in variances],
        doubt=math.sqrt(spread / (known + 0.5) + (doubt * age / 2) ** 2),
        trend=trend,
        trend_doubt=min(doubt, 2 * _STEEPEST),
    )
