"""The axes name round amounts and true local midnights."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.chart.axis import (
    Stride,
    TimeAxis,
    TimeTick,
    ValueAxis,
    midnight,
    milliseconds,
    tick_words,
)
from trayapp.core.i18n.language import ENGLISH

MADRID = ZoneInfo("Europe/Madrid")
HOUR = 3_600_000
SIZES = st.floats(0, 1e15, allow_nan=False).filter(lambda one: one == 0 or one > 1e-9)


def axis(start: datetime, days: float, width: float = 600) -> TimeAxis:
    """Give an axis of so many days from a moment on."""
    begin = milliseconds(start)
    return TimeAxis(begin, begin + int(days * 24 * HOUR), width)


@given(SIZES, SIZES.filter(bool), st.integers(1, 30))
def test_amounts_are_round_and_on_the_axis(
    below: float, above: float, most: int
) -> None:
    """They ascend, include 0, and lie on the axis."""
    value = ValueAxis(-below, above, 300)
    ticks = value.ticks(most)
    assert 0 in ticks
    assert len(ticks) <= most + 1
    assert all(a < b for a, b in pairwise(ticks))
    slack = (above + below) * 1e-9
    assert all(-below - slack <= float(one) <= above + slack for one in ticks)
    assert len({one.as_tuple().exponent for one in ticks}) == 1
    steps = {(b - a).normalize().as_tuple().digits for a, b in pairwise(ticks)}
    assert steps <= {(1,), (2,), (5,)}


@pytest.mark.parametrize(
    ("high", "most", "expected"),
    [
        (420, 5, ["0", "100", "200", "300", "400"]),
        (1.2, 5, ["0.0", "0.5", "1.0"]),
        (7, 4, ["0", "2", "4", "6"]),
    ],
)
def test_amounts_are_exact_multiples(
    high: float, most: int, expected: list[str]
) -> None:
    """They are exact decimals, not results of a float division."""
    ticks = ValueAxis(0, high, 300).ticks(most)
    assert [format(one, "f") for one in ticks] == expected


@pytest.mark.parametrize(
    ("changed", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_days_on_which_the_clocks_change(changed: date, hours: int) -> None:
    """The next midnight is as far away as the day is long."""
    start = datetime(changed.year, changed.month, changed.day, tzinfo=MADRID)
    ticks = axis(start - timedelta(days=2), 5).ticks(MADRID, 10)
    assert [one.day for one in ticks] == [
        changed + timedelta(days=n) for n in range(-2, len(ticks) - 2)
    ]
    lengths = {one.day: (b.at - one.at) // HOUR for one, b in pairwise(ticks)}
    assert lengths.pop(changed) == hours
    assert set(lengths.values()) == {24}
    for one in ticks:
        local = datetime.fromtimestamp(one.at / 1000, MADRID)
        assert (local.hour, local.minute, local.date()) == (0, 0, one.day)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis adds the zone
    st.floats(0.5, 900),
    st.integers(1, 20),
    st.sampled_from(
        [UTC, MADRID, ZoneInfo("America/Santiago"), ZoneInfo("Asia/Kathmandu"), None]
    ),
)
def test_days_are_on_the_axis_in_order(
    start: datetime, days: float, most: int, zone: ZoneInfo | None
) -> None:
    """There are at most as many as fit, all of one stride."""
    time = axis(start, days)
    ticks = time.ticks(zone, most)
    assert len(ticks) <= most
    assert all(time.contains(one.at) for one in ticks)
    assert all(a.at < b.at for a, b in pairwise(ticks))
    assert all(one.stride is ticks[0].stride for one in ticks)
    assert all(0 <= time.x(one.at) <= time.width for one in ticks)


def test_a_midnight_that_the_clocks_skip() -> None:
    """The day begins with the hour after it."""
    santiago = ZoneInfo("America/Santiago")
    at = midnight(date(2026, 9, 6), santiago)
    assert datetime.fromtimestamp(at / 1000, santiago).hour == 1


@pytest.mark.parametrize(
    ("day", "stride", "words"),
    [
        (date(2026, 11, 23), Stride.DAY, "Mon 23"),
        (date(2026, 11, 23), Stride.WEEK, "23 Nov"),
        (date(2026, 11, 1), Stride.MONTH, "Nov"),
        (date(2027, 1, 1), Stride.MONTH, "2027"),
        (date(2027, 1, 1), Stride.YEAR, "2027"),
    ],
)
def test_a_tick_is_labelled_by_its_stride(
    day: date, stride: Stride, words: str
) -> None:
    """A week has its date, a month its name, a January its year."""
    assert tick_words(TimeTick(0, day, stride), ENGLISH) == words


def test_amounts_map_to_pixels() -> None:
    """The highest is at the top; an amount outside is at the edge."""
    value = ValueAxis(-50, 50, 100)
    assert [value.y(one) for one in (50, 0, -50, 999)] == [0, 50, 100, 0]
    assert Decimal(0) in value.ticks(4)
