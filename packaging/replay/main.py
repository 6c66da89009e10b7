"""Measures the forecast on generated histories that go on until they run out.

    python packaging/run.py replay.main --histories 2400

`forecast` gets each history up to a moment. The generator alone knows the spending
after it. The true day of a balance of 0 is compared with the range of the forecast. It
is also compared with the naive estimate, "balance / mean daily spend".
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import random
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from trayapp.core.balance import Balance, Reading
from trayapp.core.forecast.run_out import Forecast, forecast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

HISTORIES: Final = 2400
SEED: Final = 20_261_123
PRICE: Final = Decimal("0.0375")
"""Of one message; spending is always whole messages."""
NOW: Final = datetime(2026, 11, 2, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
LASTS: Final = (2, 60)
"""Days that the balance lasts, more or less."""
LONGEST: Final = 730
"""Days; a history that lasts longer is left out."""
OFFICE_HOURS: Final = range(8, 18)
LATE: Final = 0.1
FAILING: Final = 0.05
MANY: Final = 12
ALL: Final = "all"


@dataclass(frozen=True)
class SpendingPattern:
    """How an account spends: the parameters of its messages an hour."""

    by_hour: tuple[float, ...]
    by_weekday: tuple[float, ...]
    a_day: float
    day_noise: float
    wander: float
    """How much the level drifts from week to week, at random."""
    growth: float = 0.0
    """How much more each week."""
    campaign: float = 0.0
    """How many days' worth of messages a weekly campaign has."""
    campaign_weekday: int = 0
    campaign_noise: float = 0.0


@dataclass(frozen=True)
class ForecastTrial:
    """The forecast for one history, compared with the true day."""

    kind: str
    verdict: str
    remaining: int
    """Days until the balance truly ran out."""
    covered: bool
    width: float | None
    """The range's, relative to the remaining days; None without a range."""
    naive_hit: bool
    """Whether the naive day is right to a tenth of the remaining time, or to a day."""
    naive_error: float
    """Relative to the remaining days."""


@dataclass(frozen=True)
class SummaryRow:
    """The results of a kind; shares and medians count histories with a range only."""

    kind: str
    histories: int
    verdicts: dict[str, int]
    covered: float
    width: float
    remaining: float
    naive_hit: float
    naive_error: float


def main() -> int:
    """Forecast the histories and print the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--histories", type=int, default=HISTORIES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", help="print JSON, no table")
    asked = parser.parse_args()
    rows = summary(run_trials(asked.histories, asked.seed))
    if asked.json:
        known = [asdict(row) for row in rows]
        print(json.dumps({"seed": asked.seed, "kinds": known}, indent=2))
    else:
        print(f"{asked.histories} histories, seed {asked.seed}")
        print(table(rows))
    return 0


def run_trials(histories: int, seed: int) -> list[ForecastTrial]:
    """Forecast so many histories, the kinds in turn, on all processors."""
    with multiprocessing.Pool() as pool:
        trials = pool.imap(partial(trial, seed), range(histories), chunksize=20)
        return [one for one in trials if one is not None]


def trial(seed: int, number: int) -> ForecastTrial | None:
    """Forecast one history; None for one that does not run out within two years."""
    kind = list(KINDS)[number % len(KINDS)]
    history = KINDS[kind](random_for(seed, number))
    past, now = history.past, history.past[-1].at
    true_day = run_out(history.left, now, history.ahead)
    if true_day is None:
        return None
    said = forecast(past, now, UTC)
    remaining = (true_day - now.date()).days
    error = abs(naive_days(past) - remaining)
    return ForecastTrial(
        kind=kind,
        verdict=said.verdict.value,
        remaining=remaining,
        covered=covers(said, true_day),
        width=width(said, remaining),
        naive_hit=error <= max(1.0, 0.1 * remaining),
        naive_error=error / max(1, remaining),
    )


def random_for(seed: int, number: int) -> random.Random:
    """Return the random generator of a history, which is the same each time."""
    return random.Random(f"{seed}/{number}")  # noqa: S311  # no secret is drawn


def covers(said: Forecast, true_day: date) -> bool:
    """Whether the true day lies in the range that was forecast."""
    if said.first is None or said.last is None:
        return False
    return said.first <= true_day <= said.last


def width(said: Forecast, remaining: int) -> float | None:
    """Return the width of a range in remaining times; the last day counts as one."""
    if said.first is None or said.last is None:
        return None
    return (said.last - said.first).days / max(1, remaining)


def naive_days(past: Sequence[Reading]) -> float:
    """Return the days that the balance lasts at the mean of all spending."""
    falls = sum(
        max(Decimal(0), before.balance.amount - after.balance.amount)
        for before, after in pairwise(past)
    )
    days = (past[-1].at - past[0].at) / DAY
    return float(past[-1].balance.amount) * days / float(falls) if falls else math.inf


def run_out(left: int, now: datetime, ahead: Iterator[int]) -> date | None:
    """Return the day on which the balance is used up without a top-up."""
    for hour in range(LONGEST * 24):
        left -= next(ahead)
        if left <= 0:
            return (now + hour * HOUR).date()
    return None


@dataclass(frozen=True)
class SpendingHistory:
    """A history up to now, and the spending after it."""

    past: Sequence[Reading]
    left: int
    """Messages that the balance pays for."""
    ahead: Iterator[int]
    """Messages of each hour from now on."""


def messages_per_hour(
    pattern: SpendingPattern,
    begin: date,
    rng: random.Random,
    bursts: Mapping[date, float],
) -> Iterator[int]:
    """Yield the messages of each hour, drawn from the pattern."""
    level, day = 1.0, begin
    shares = [share / sum(pattern.by_hour) for share in pattern.by_hour]
    while True:
        level *= rng.lognormvariate(pattern.growth / 7, pattern.wander / 7**0.5)
        mean = pattern.a_day * level * pattern.by_weekday[day.weekday()]
        mean *= rng.lognormvariate(-(pattern.day_noise**2) / 2, pattern.day_noise)
        mean *= bursts.get(day, 1.0)
        means = [mean * share for share in shares]
        if pattern.campaign:
            _send_campaign(pattern, day, level, rng, means)
        for one in means:
            yield poisson(one, rng)
        day += DAY


def _send_campaign(
    pattern: SpendingPattern,
    day: date,
    level: float,
    rng: random.Random,
    means: list[float],
) -> None:
    """Add a campaign if it is its day; one in ten is late, one in twenty fails."""
    late, fails = rng.random() < LATE, rng.random() < FAILING
    size = rng.lognormvariate(0, pattern.campaign_noise)
    size *= pattern.campaign * pattern.a_day * level
    hour = rng.choice(OFFICE_HOURS[:-1])
    if day.weekday() == (pattern.campaign_weekday + late) % 7 and not fails:
        means[hour] += size * 0.7
        means[hour + 1] += size * 0.3


def poisson(mean: float, rng: random.Random) -> int:
    """Draw a count; for many, the normal distribution is near enough."""
    if mean <= 0:
        return 0
    if mean > MANY:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def round_the_clock(rng: random.Random, **more: float) -> SpendingPattern:
    """Spend by day and by night, a little less on weekends."""
    by_hour = (0.5,) * 7 + (1.2,) * 17
    weekend = rng.uniform(0.7, 1.0)
    return SpendingPattern(
        by_hour=by_hour,
        by_weekday=(1.0,) * 5 + (weekend, weekend),
        a_day=10 ** rng.uniform(1.0, 3.0),
        day_noise=rng.uniform(0.1, 0.4),
        wander=rng.uniform(0.0, 0.12),
        **more,  # type: ignore[arg-type]  # fields of History
    )


def office(rng: random.Random, **more: float) -> SpendingPattern:
    """Spend in office hours."""
    weekend = rng.choice((0.0, 0.0, 0.05, 0.15))
    return SpendingPattern(
        by_hour=tuple(float(hour in OFFICE_HOURS) for hour in range(24)),
        by_weekday=(1.0, 1.0, 1.0, 1.0, rng.uniform(0.6, 1.0), weekend, weekend),
        a_day=10 ** rng.uniform(1.0, 3.0),
        day_noise=rng.uniform(0.1, 0.4),
        wander=rng.uniform(0.0, 0.12),
        **more,  # type: ignore[arg-type]  # fields of History
    )


@dataclass(frozen=True)
class HistoryOptions:
    """Events of a history besides its regular spending."""

    price: Decimal = PRICE
    unit: str = "EUR"
    top_up_days: tuple[float, float] = (15, 60)
    burst: float = 0.0
    """How many days' worth one day costs, and half as many the next."""
    holes: int = 0


def generate(
    pattern: SpendingPattern, rng: random.Random, options: HistoryOptions
) -> SpendingHistory:
    """Make 2 to 16 weeks of hourly readings that end now, with 2 to 60 days left."""
    hours = round(rng.uniform(2, 16) * 7 * 24)
    now = NOW + rng.randrange(14 * 24) * HOUR
    begin = now - hours * HOUR
    burst_day = begin.date() + rng.randrange(1, hours // 24) * DAY
    bursts = {burst_day: options.burst, burst_day + DAY: options.burst / 2}
    bursts = bursts if options.burst else {}
    ahead = messages_per_hour(pattern, begin.date(), rng, bursts)
    sent = [next(ahead) for _ in range(begin.hour + hours)][begin.hour :]
    a_day = max(1.0, sum(sent) * 24 / hours)
    left = max(1, round(a_day * math.exp(rng.uniform(*map(math.log, LASTS)))))

    def some_days() -> int:
        return round(a_day * rng.uniform(*options.top_up_days))

    # Backwards from the last amount: where it grows too high, there was a top-up.
    amount, ceiling = left, left + some_days()
    amounts = [left]
    for count in reversed(sent):
        amount += count
        if amount > ceiling:
            amount = max(amount - some_days(), 1)
            ceiling = amount + some_days()
        amounts.append(amount)
    past = [
        Reading(Balance(options.price * amount, options.unit), begin + hour * HOUR)
        for hour, amount in enumerate(reversed(amounts))
    ]
    for _ in range(options.holes):
        length = round(10 ** rng.uniform(0.8, 2.4))  # from 6 hours to 10 days
        start = rng.randrange(1, max(2, len(past) - length - 1))
        past[start : start + length] = []
    return SpendingHistory(past, left, ahead)


def steady(rng: random.Random) -> SpendingHistory:
    """Spend much the same every day."""
    return generate(round_the_clock(rng), rng, HistoryOptions())


def office_hours(rng: random.Random) -> SpendingHistory:
    """Spend from Monday to Friday, by day."""
    return generate(office(rng), rng, HistoryOptions())


def weekly_campaigns(rng: random.Random) -> SpendingHistory:
    """Send a campaign once a week, now and then a day late or not at all."""
    base = rng.choice((round_the_clock, office))
    more = {
        "campaign": rng.uniform(3, 25),
        "campaign_weekday": rng.randrange(7),
        "campaign_noise": rng.uniform(0.05, 0.35),
    }
    return generate(base(rng, **more), rng, HistoryOptions())


def growth(rng: random.Random) -> SpendingHistory:
    """Spend more every week."""
    base = rng.choice((round_the_clock, office))
    return generate(base(rng, growth=rng.uniform(0.01, 0.07)), rng, HistoryOptions())


def one_burst(rng: random.Random) -> SpendingHistory:
    """Spend many days' worth on one day, or on two."""
    base = rng.choice((round_the_clock, office))
    return generate(base(rng), rng, HistoryOptions(burst=rng.uniform(5, 25)))


def frequent_top_ups(rng: random.Random) -> SpendingHistory:
    """Top up by a few days' worth, all the time."""
    base = rng.choice((round_the_clock, office))
    return generate(base(rng), rng, HistoryOptions(top_up_days=(1.5, 6)))


def long_gaps(rng: random.Random) -> SpendingHistory:
    """Record no reading for hours and for days."""
    base = rng.choice((round_the_clock, office))
    return generate(base(rng), rng, HistoryOptions(holes=rng.randrange(2, 7)))


def credits_in_whole_numbers(rng: random.Random) -> SpendingHistory:
    """Send a few messages a day, each a credit."""
    pattern = rng.choice((round_the_clock, office))(rng)
    few = SpendingPattern(**{**asdict(pattern), "a_day": rng.uniform(1.5, 15)})
    return generate(few, rng, HistoryOptions(price=Decimal(1), unit="CREDITS"))


KINDS: Final[dict[str, Callable[[random.Random], SpendingHistory]]] = {
    "steady": steady,
    "office hours": office_hours,
    "weekly campaigns": weekly_campaigns,
    "growth": growth,
    "one burst": one_burst,
    "frequent top-ups": frequent_top_ups,
    "long gaps": long_gaps,
    "whole credits": credits_in_whole_numbers,
}


def summary(trials: Sequence[ForecastTrial]) -> list[SummaryRow]:
    """Sum up each kind, and all of them."""
    return [
        _row(kind, [one for one in trials if kind in {one.kind, ALL}])
        for kind in (*KINDS, ALL)
    ]


def _row(kind: str, trials: Sequence[ForecastTrial]) -> SummaryRow:
    ranged = [one for one in trials if one.width is not None]
    return SummaryRow(
        kind=kind,
        histories=len(trials),
        verdicts=dict(Counter(one.verdict for one in trials)),
        covered=_mean(one.covered for one in ranged),
        width=_median(one.width or 0.0 for one in ranged),
        remaining=_median(one.remaining for one in ranged),
        naive_hit=_mean(one.naive_hit for one in ranged),
        naive_error=_median(one.naive_error for one in ranged),
    )


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else math.nan


def _median(values: Iterable[float]) -> float:
    known = list(values)
    return median(known) if known else math.nan


def table(rows: Sequence[SummaryRow]) -> str:
    """Return the rows as a text table."""
    above = ("", "", "days to", "ours: in", "median", "naive:", "median", "")
    below = ("kind", "histories", "the end", "range", "width", "hit", "error")
    shape = "{:18}{:>10}{:>9}{:>10}{:>8}{:>9}{:>8}  {}"
    lines = [shape.format(*above).rstrip(), shape.format(*below, "verdicts")]
    for row in rows:
        verdicts = ", ".join(f"{n} {name}" for name, n in row.verdicts.items())
        lines.append(
            shape.format(
                row.kind,
                row.histories,
                f"{row.remaining:.0f}",
                f"{row.covered:.1%}",
                f"{row.width:.0%}",
                f"{row.naive_hit:.1%}",
                f"{row.naive_error:.0%}",
                verdicts,
            )
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
