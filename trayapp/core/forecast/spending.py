"""What an account spends: by day, what is normal for it, and what is a drain."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise, takewhile
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.history.ledger import GAP_AFTER, MovementKind, in_order, movements

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_HOUR_S: Final = 3600
_SEEN_ENOUGH: Final = 0.6
"""The share of a day's usual spending that was observed, for the day to count."""
_NORMAL_WINDOW: Final = timedelta(weeks=8)
_NORMAL_DAYS: Final = 14
_NORMAL_ACTIVE_DAYS: Final = 3
_FASTER: Final = 3
_MORE: Final = 2


@dataclass(frozen=True, slots=True)
class Day:
    """What a day cost, with what wasn't seen of it filled in."""

    age: int
    """In days before the last reading's."""
    weekday: int
    spent: float


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent of one unit, by the days of a zone.

    Estimates, hence floats. Rises and corrections hide what was spent in their
    stretch: such hours count as unseen and are filled in from the account's own
    course of a day. What was spent in a gap is spread over it evenly.
    """

    since: datetime
    last: Reading
    last_day: date
    """The zone's day of the last reading."""
    days: tuple[Day, ...]
    """The days that were seen well enough, the oldest first."""
    active_dates: tuple[date, ...]
    """When spending was seen, the oldest first."""
    busiest_hour: float
    left_of_last_day: float
    """The share of a day's usual spending that comes after the last reading."""


def spending(
    readings: Iterable[Reading],
    corrections: Collection[datetime],
    zone: tzinfo | None,
    window: timedelta,
) -> Spending | None:
    """Sum up what was spent in the `window` before the last reading.

    None without a reading. Only what was read since the unit last changed counts.
    """
    run = _last_of_one_unit(readings, window)
    if not run:
        return None
    marked = frozenset(corrections)
    spent: defaultdict[int, float] = defaultdict(float)
    seen: defaultdict[int, float] = defaultdict(float)
    sharp: defaultdict[int, float] = defaultdict(float)
    falls: list[datetime] = []
    times = [one.at.timestamp() for one in run]
    for (before, after), (start, end) in zip(
        pairwise(run), pairwise(times), strict=True
    ):
        fall = before.balance.amount - after.balance.amount
        if fall < 0 or after.at in marked or end <= start:
            continue
        if fall:
            falls.append(after.at)
        rate = float(fall) / (end - start)
        is_gap = after.at - before.at > GAP_AFTER
        for hour in range(int(start // _HOUR_S), int(end // _HOUR_S) + 1):
            part = min(end, (hour + 1) * _HOUR_S) - max(start, hour * _HOUR_S)
            seen[hour] += part / _HOUR_S
            spent[hour] += rate * part
            if not is_gap:
                sharp[hour] += rate * part
    places = {
        hour: datetime.fromtimestamp((hour + 0.5) * _HOUR_S, UTC).astimezone(zone)
        for hour in seen
    }
    course = _course_of_a_day(sharp, places)
    sums: defaultdict[date, float] = defaultdict(float)
    shares: defaultdict[date, float] = defaultdict(float)
    for hour, local in places.items():
        day = local.date()
        sums[day] += spent[hour]
        shares[day] += course[local.hour] * seen[hour]
    now = run[-1].at.astimezone(zone)
    return Spending(
        since=run[0].at,
        last=run[-1],
        last_day=now.date(),
        days=tuple(
            Day((now.date() - day).days, day.weekday(), sums[day] / shares[day])
            for day in sorted(sums)
            # Rounded, lest the last bit of a float decides.
            if round(shares[day], 9) >= _SEEN_ENOUGH
        ),
        active_dates=tuple(sorted({at.astimezone(zone).date() for at in falls})),
        busiest_hour=max(sharp.values(), default=0.0),
        left_of_last_day=sum(course[now.hour + 1 :])
        + course[now.hour] * (1 - now.minute / 60),
    )


def _last_of_one_unit(
    readings: Iterable[Reading], window: timedelta
) -> Sequence[Reading]:
    known = tuple(readings)
    newest = max((one.at for one in known), default=None)
    if newest is None:
        return ()
    # By the difference: a date before the window may not exist.
    ordered = in_order(one for one in known if newest - one.at <= window)
    unit = ordered[-1].balance.unit
    run = takewhile(lambda one: one.balance.unit == unit, reversed(ordered))
    return tuple(run)[::-1]


def _course_of_a_day(
    spent: dict[int, float], places: dict[int, datetime]
) -> Sequence[float]:
    """Give the share that each of the 24 hours has in an average day's spending."""
    shares = [0.0] * 24
    for hour, amount in spent.items():
        shares[places[hour].hour] += amount
    total = sum(shares)
    return [one / total if total > 0 else 1 / 24 for one in shares]


@dataclass(frozen=True, slots=True)
class NormalSpending:
    """What an account spends when nothing is wrong."""

    per_day: Decimal
    busiest_hour: Decimal
    busiest_day: Decimal
    unit: str

    def is_drain(self, spent: Decimal, within: timedelta) -> bool:
        """Whether so much in so little time is far above normal.

        It is when it comes to more than twice the busiest day, for each day begun;
        and already from the busiest day on if it goes three times as fast as in the
        busiest hour. So a weekly campaign that was seen before is never one, unless
        it doubles.
        """
        days = max(1, math.ceil(within / _DAY))
        hours = max(1, math.ceil(within / _HOUR))
        fast = max(self.busiest_day * days, self.busiest_hour * hours * _FASTER)
        return spent > min(self.busiest_day * days * _MORE, fast)


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
    """Learn what is normal from the 8 weeks that ended a day ago.

    None until 14 days were seen, three of them with spending: an account that
    sleeps has no normal. The last day is left out, so that a drain doesn't make
    itself normal while it lasts; one that was bigger and is over hides others of its
    size for 8 weeks, as a campaign does.
    """
    before = [one for one in readings if now - one.at >= _DAY]
    past = spending(before, corrections, zone, _NORMAL_WINDOW)
    if past is None or len(past.days) < _NORMAL_DAYS:
        return None
    amounts = [day.spent for day in past.days]
    if sum(amount > 0 for amount in amounts) < _NORMAL_ACTIVE_DAYS:
        return None
    newest = max(before, key=lambda one: one.at)
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

    Only falls of the last 24 hours are looked at, and nothing after `now`.
    """
    known = [one for one in readings if one.at <= now]
    normal = normal_spending(known, now, zone, corrections)
    return None if normal is None else drain_from(normal, known, now, corrections)


def drain_from(
    normal: NormalSpending,
    readings: Iterable[Reading],
    now: datetime,
    corrections: Collection[datetime] = (),
) -> Drain | None:
    """Find a drain where what is normal is known already.

    The readings of the last 24 hours are enough, and the one before them, however old.
    """
    known = in_order(one for one in readings if one.at <= now)
    recent = sum(now - one.at < _DAY for one in known)
    falls = [
        one
        for one in movements(known[-recent - 1 :], corrections)
        if one.kind is MovementKind.SPENT and now - one.at < _DAY
    ]
    total = Decimal(0)
    for fall in reversed(falls):
        if fall.unit != normal.unit:
            return None
        total += fall.amount
        within = falls[-1].at - fall.since
        if normal.is_drain(total, within):
            return Drain(total, within, normal)
    return None


def rounded(amount: float) -> Decimal:
    """Give an estimate as an amount, to four significant digits at least."""
    decimals = 2 if amount == 0 else max(2, 3 - math.floor(math.log10(amount)))
    return Decimal(f"{amount:.{decimals}f}")
