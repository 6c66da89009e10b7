"""Measures the forecast: generated histories, played on until they truly run out.

    python packaging/run.py replay.main --histories 2400

Each history is shown to `forecast` up to a moment; what is spent after it is known to
the generator alone. The day on which the balance really reaches 0 is then compared
with the range that was forecast, and with the naive "balance / mean daily spend".
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
"""Of one message; what is spent is always whole messages."""
NOW: Final = datetime(2026, 11, 2, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
LASTS: Final = (2, 60)
"""Days that the balance lasts, more or less."""
LONGEST: Final = 730
"""Days after which a balance that still isn't used up is left out."""
OFFICE_HOURS: Final = range(8, 18)
LATE: Final = 0.1
FAILING: Final = 0.05
MANY: Final = 12
ALL: Final = "all"


@dataclass(frozen=True)
class Pace:
    """How an account spends: messages an hour, told by what makes them vary."""

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
class Trial:
    """One history: what was forecast, and what came."""

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
class Row:
    """What came of a kind; shares and medians are of the histories with a range."""

    kind: str
    histories: int
    verdicts: dict[str, int]
    covered: float
    width: float
    remaining: float
    naive_hit: float
    naive_error: float


def main() -> int:
    """Play the histories and print what came of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--histories", type=int, default=HISTORIES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", help="print JSON, no table")
    asked = parser.parse_args()
    rows = summary(play(asked.histories, asked.seed))
    if asked.json:
        known = [asdict(row) for row in rows]
        print(json.dumps({"seed": asked.seed, "kinds": known}, indent=2))
    else:
        print(f"{asked.histories} histories, seed {asked.seed}")
        print(table(rows))
    return 0


def play(histories: int, seed: int) -> list[Trial]:
    """Play so many histories, the kinds in turn, on all processors."""
    with multiprocessing.Pool() as pool:
        played = pool.imap(partial(trial, seed), range(histories), chunksize=20)
        return [one for one in played if one is not None]


def trial(seed: int, number: int) -> Trial | None:
    """Play one history; None for one that doesn't run out within two years."""
    kind = list(KINDS)[number % len(KINDS)]
    story = KINDS[kind](dice_for(seed, number))
    past, now = story.past, story.past[-1].at
    true_day = run_out(story.left, now, story.ahead)
    if true_day is None:
        return None
    said = forecast(past, now, UTC)
    remaining = (true_day - now.date()).days
    error = abs(naive_days(past) - remaining)
    return Trial(
        kind=kind,
        verdict=said.verdict.value,
        remaining=remaining,
        covered=covers(said, true_day),
        width=width(said, remaining),
        naive_hit=error <= max(1.0, 0.1 * remaining),
        naive_error=error / max(1, remaining),
    )


def dice_for(seed: int, number: int) -> random.Random:
    """Give the dice of a history: the same each time, whoever plays it."""
    return random.Random(f"{seed}/{number}")  # noqa: S311  # no secret is drawn


def covers(said: Forecast, true_day: date) -> bool:
    """Whether the true day lies in the range that was forecast."""
    if said.first is None or said.last is None:
        return False
    return said.first <= true_day <= said.last


def width(said: Forecast, remaining: int) -> float | None:
    """Give how wide a range is in remaining times; the last day counts as one."""
    if said.first is None or said.last is None:
        return None
    return (said.last - said.first).days / max(1, remaining)


def naive_days(past: Sequence[Reading]) -> float:
    """Say how long the balance lasts at the mean of all that was spent."""
    falls = sum(
        max(Decimal(0), before.balance.amount - after.balance.amount)
        for before, after in pairwise(past)
    )
    days = (past[-1].at - past[0].at) / DAY
    return float(past[-1].balance.amount) * days / float(falls) if falls else math.inf


def run_out(left: int, now: datetime, ahead: Iterator[int]) -> date | None:
    """Spend on, without a top-up, until nothing is left."""
    for hour in range(LONGEST * 24):
        left -= next(ahead)
        if left <= 0:
            return (now + hour * HOUR).date()
    return None


@dataclass(frozen=True)
class Story:
    """A history up to now, and what comes after it."""

    past: Sequence[Reading]
    left: int
    """Messages that the balance pays for."""
    ahead: Iterator[int]
    """How many are sent in each hour from now on."""


def live(
    pace: Pace, begin: date, dice: random.Random, bursts: Mapping[date, float]
) -> Iterator[int]:
    """Send messages, hour by hour, as the pace and the dice say."""
    level, day = 1.0, begin
    shares = [share / sum(pace.by_hour) for share in pace.by_hour]
    while True:
        level *= dice.lognormvariate(pace.growth / 7, pace.wander / 7**0.5)
        mean = pace.a_day * level * pace.by_weekday[day.weekday()]
        mean *= dice.lognormvariate(-(pace.day_noise**2) / 2, pace.day_noise)
        mean *= bursts.get(day, 1.0)
        means = [mean * share for share in shares]
        if pace.campaign:
            _send_campaign(pace, day, level, dice, means)
        for one in means:
            yield poisson(one, dice)
        day += DAY


def _send_campaign(
    pace: Pace, day: date, level: float, dice: random.Random, means: list[float]
) -> None:
    """Add a campaign if it is its day; one in ten is late, one in twenty fails."""
    late, fails = dice.random() < LATE, dice.random() < FAILING
    size = dice.lognormvariate(0, pace.campaign_noise)
    size *= pace.campaign * pace.a_day * level
    hour = dice.choice(OFFICE_HOURS[:-1])
    if day.weekday() == (pace.campaign_weekday + late) % 7 and not fails:
        means[hour] += size * 0.7
        means[hour + 1] += size * 0.3


def poisson(mean: float, dice: random.Random) -> int:
    """Draw a count; for many, the normal distribution is near enough."""
    if mean <= 0:
        return 0
    if mean > MANY:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count += 1
        product *= dice.random()
    return count


def round_the_clock(dice: random.Random, **more: float) -> Pace:
    """Spend by day and by night, a little less on weekends."""
    by_hour = (0.5,) * 7 + (1.2,) * 17
    weekend = dice.uniform(0.7, 1.0)
    return Pace(
        by_hour=by_hour,
        by_weekday=(1.0,) * 5 + (weekend, weekend),
        a_day=10 ** dice.uniform(1.0, 3.0),
        day_noise=dice.uniform(0.1, 0.4),
        wander=dice.uniform(0.0, 0.12),
        **more,  # type: ignore[arg-type]  # fields of History
    )


def office(dice: random.Random, **more: float) -> Pace:
    """Spend in office hours."""
    weekend = dice.choice((0.0, 0.0, 0.05, 0.15))
    return Pace(
        by_hour=tuple(float(hour in OFFICE_HOURS) for hour in range(24)),
        by_weekday=(1.0, 1.0, 1.0, 1.0, dice.uniform(0.6, 1.0), weekend, weekend),
        a_day=10 ** dice.uniform(1.0, 3.0),
        day_noise=dice.uniform(0.1, 0.4),
        wander=dice.uniform(0.0, 0.12),
        **more,  # type: ignore[arg-type]  # fields of History
    )


@dataclass(frozen=True)
class Twist:
    """What happens to an account besides its spending."""

    price: Decimal = PRICE
    unit: str = "EUR"
    top_up_days: tuple[float, float] = (15, 60)
    burst: float = 0.0
    """How many days' worth one day costs, and half as many the next."""
    holes: int = 0


def tell(pace: Pace, dice: random.Random, twist: Twist) -> Story:
    """Make 2 to 16 weeks of hourly readings that end now, with 2 to 60 days left."""
    hours = round(dice.uniform(2, 16) * 7 * 24)
    now = NOW + dice.randrange(14 * 24) * HOUR
    begin = now - hours * HOUR
    burst_day = begin.date() + dice.randrange(1, hours // 24) * DAY
    bursts = {burst_day: twist.burst, burst_day + DAY: twist.burst / 2}
    bursts = bursts if twist.burst else {}
    ahead = live(pace, begin.date(), dice, bursts)
    sent = [next(ahead) for _ in range(begin.hour + hours)][begin.hour :]
    a_day = max(1.0, sum(sent) * 24 / hours)
    left = max(1, round(a_day * math.exp(dice.uniform(*map(math.log, LASTS)))))

    def some_days() -> int:
        return round(a_day * dice.uniform(*twist.top_up_days))

    # Backwards from what is left: where it grows too high, there was a top-up.
    amount, ceiling = left, left + some_days()
    amounts = [left]
    for count in reversed(sent):
        amount += count
        if amount > ceiling:
            amount = max(amount - some_days(), 1)
            ceiling = amount + some_days()
        amounts.append(amount)
    past = [
        Reading(Balance(twist.price * amount, twist.unit), begin + hour * HOUR)
        for hour, amount in enumerate(reversed(amounts))
    ]
    for _ in range(twist.holes):
        length = round(10 ** dice.uniform(0.8, 2.4))  # from 6 hours to 10 days
        start = dice.randrange(1, max(2, len(past) - length - 1))
        past[start : start + length] = []
    return Story(past, left, ahead)


def steady(dice: random.Random) -> Story:
    """Spend much the same every day."""
    return tell(round_the_clock(dice), dice, Twist())


def office_hours(dice: random.Random) -> Story:
    """Spend from Monday to Friday, by day."""
    return tell(office(dice), dice, Twist())


def weekly_campaigns(dice: random.Random) -> Story:
    """Send a campaign once a week, now and then a day late or not at all."""
    base = dice.choice((round_the_clock, office))
    more = {
        "campaign": dice.uniform(3, 25),
        "campaign_weekday": dice.randrange(7),
        "campaign_noise": dice.uniform(0.05, 0.35),
    }
    return tell(base(dice, **more), dice, Twist())


def growth(dice: random.Random) -> Story:
    """Spend more every week."""
    base = dice.choice((round_the_clock, office))
    return tell(base(dice, growth=dice.uniform(0.01, 0.07)), dice, Twist())


def one_burst(dice: random.Random) -> Story:
    """Spend many days' worth on one day, or on two."""
    base = dice.choice((round_the_clock, office))
    return tell(base(dice), dice, Twist(burst=dice.uniform(5, 25)))


def frequent_top_ups(dice: random.Random) -> Story:
    """Top up by a few days' worth, all the time."""
    base = dice.choice((round_the_clock, office))
    return tell(base(dice), dice, Twist(top_up_days=(1.5, 6)))


def long_gaps(dice: random.Random) -> Story:
    """Look away for hours and for days."""
    base = dice.choice((round_the_clock, office))
    return tell(base(dice), dice, Twist(holes=dice.randrange(2, 7)))


def credits_in_whole_numbers(dice: random.Random) -> Story:
    """Send a few messages a day, each a credit."""
    pace = dice.choice((round_the_clock, office))(dice)
    few = Pace(**{**asdict(pace), "a_day": dice.uniform(1.5, 15)})
    return tell(few, dice, Twist(price=Decimal(1), unit="CREDITS"))


KINDS: Final[dict[str, Callable[[random.Random], Story]]] = {
    "steady": steady,
    "office hours": office_hours,
    "weekly campaigns": weekly_campaigns,
    "growth": growth,
    "one burst": one_burst,
    "frequent top-ups": frequent_top_ups,
    "long gaps": long_gaps,
    "whole credits": credits_in_whole_numbers,
}


def summary(trials: Sequence[Trial]) -> list[Row]:
    """Sum up each kind, and all of them."""
    return [
        _row(kind, [one for one in trials if kind in {one.kind, ALL}])
        for kind in (*KINDS, ALL)
    ]


def _row(kind: str, trials: Sequence[Trial]) -> Row:
    ranged = [one for one in trials if one.width is not None]
    return Row(
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


def table(rows: Sequence[Row]) -> str:
    """Write the rows for a person."""
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
