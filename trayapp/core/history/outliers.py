"""Outliers: implausible balances between good ones, and times that can't be true."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.balance import Reading

OUTLIER_FOR: Final = timedelta(hours=1)
"""A gateway that is wrong for longer than this is believed."""
_BLOCK: Final = 2_000
"""Readings in which outliers are looked for at once, if there is no end in sight."""
_HALF: Final = 2
_TENTH: Final = 10
_FIFTYFOLD: Final = 50
_LEAST_BACK: Final = Decimal("0.95")
"""An account spends meanwhile, so it comes back with a little less than before."""
_MOST_BACK: Final = Decimal("1.01")
_SMALLEST: Final = Decimal(1)
"""Below this an account is used up. A payment then multiplies what is left."""
FIRST_TIME: Final = datetime(2015, 1, 1, tzinfo=UTC)
"""The program is years younger. A computer whose battery is flat begins in 1970, 1980
or 2000."""
CLOCK_ERROR: Final = timedelta(minutes=5)
"""Clocks of a network drift apart, and are set back, by less than this."""


def without_outliers(ordered: Sequence[Reading]) -> tuple[Reading, ...]:
    """Leave out implausible readings between good ones; `ordered` has the oldest first.

    A gateway in trouble answers 350, then 0, then 350 again. Nothing was spent or paid.
    Readings are left out if, within an hour, the balance comes back to the good one
    before them:

    - They have at most a tenth of the good balance, or at least fifty times it. Then
      95 % to 101 % of the good balance comes back.
    - They have at most half of it. Then exactly the good balance comes back.
    - They have another unit. Then any plausible balance in the old unit comes back.

    A payment of just what was spent within an hour looks the same; that is rarer. A
    rise needs fifty times, as a payment and a campaign may follow each other quickly.
    The last reading is never left out: only the next one shows what it was.
    """
    kept: list[Reading] = []
    index = 0
    while index < len(ordered):
        if kept and _is_far(kept[-1], ordered[index]):
            index = _position_of_return(ordered, index, kept[-1])
        kept.append(ordered[index])
        index += 1
    return tuple(kept)


def each_without_outliers(
    ordered: Iterable[Reading], *, block_size: int = _BLOCK
) -> Iterator[Reading]:
    """Give what `without_outliers` gives, one by one, with a block in memory."""
    block: list[Reading] = []
    begin = 0
    for reading in ordered:
        block.append(reading)
        if len(block) % block_size:
            continue
        # What is later than an hour ago may be judged by a reading that is to come.
        sure = [
            kept
            for kept in without_outliers(block)
            if reading.at - kept.at >= OUTLIER_FOR
        ]
        if len(sure) > 1:
            yield from sure[begin:]
            del block[: block.index(sure[-1])]
            begin = 1  # the first of the next block was given already
    yield from without_outliers(block)[begin:]


def _position_of_return(ordered: Sequence[Reading], index: int, good: Reading) -> int:
    """Give the index of the reading at which the balance is back, else `index`."""
    begin, unit = ordered[index].at, good.balance.unit
    of_other_units = are_very_far = True
    for position in range(index, len(ordered)):
        reading = ordered[position]
        is_same_unit = reading.balance.unit == unit
        if reading.at - begin > OUTLIER_FOR:
            break
        if position > index and is_same_unit:
            may_be_any = of_other_units and not is_very_far(good, reading)
            if may_be_any or _is_back(good, reading, exactly=not are_very_far):
                return position
        if not _is_far(good, reading):
            break
        of_other_units = of_other_units and not is_same_unit
        are_very_far = are_very_far and is_very_far(good, reading)
    return index


def _is_far(good: Reading, reading: Reading) -> bool:
    old, new = good.balance, reading.balance
    halved = 0 < old.amount >= new.amount * _HALF
    return old.unit != new.unit or halved or is_very_far(good, reading)


def is_very_far(good: Reading, reading: Reading) -> bool:
    """Whether a balance is implausible after a good one: another unit or magnitude."""
    old, new = good.balance, reading.balance
    if old.unit != new.unit:
        return True
    if old.amount > 0 and new.amount * _TENTH <= old.amount:
        return True
    return _SMALLEST <= old.amount <= new.amount / _FIFTYFOLD


def _is_back(good: Reading, reading: Reading, *, exactly: bool) -> bool:
    old, new = good.balance, reading.balance
    if exactly or old.amount <= 0:
        return new.amount == old.amount
    return old.amount * _LEAST_BACK <= new.amount <= old.amount * _MOST_BACK


def is_true_time(at: datetime, now: datetime | None) -> bool:
    """Whether a reading may have been made at a moment; `now` None is unknown.

    It is false long before the program existed, and after `now`. A clock that shows
    such an early time says nothing about what is later.
    """
    if at < FIRST_TIME:
        return False
    return now is None or now < FIRST_TIME or at - now <= CLOCK_ERROR
