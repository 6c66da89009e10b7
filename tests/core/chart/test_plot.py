"""The chart's geometry: steps inside their rectangle, with every extreme."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.axis import milliseconds
from trayapp.core.chart.plot import (
    ChartData,
    Plot,
    label_left,
    nearest_reading,
    next_reading,
    plot,
    time_axis,
    value_axis,
    visible_readings,
)
from trayapp.core.i18n.language import ENGLISH, Language
from trayapp.core.view.history import chart_summary, readout

SPANISH = Language(
    decimal_point=",", group_separator=".", groups_from=5, symbol_first=False
)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WIDTH, HEIGHT = 100.0, 60.0
HISTORIES = st.lists(
    st.tuples(st.integers(0, 60 * 24 * 40), st.decimals(-500, 500, places=2)),
    max_size=60,
)


def reading(minutes: int, amount: object, unit: str = "EUR") -> Reading:
    """Make a reading of so many minutes ago."""
    at = NOW - timedelta(minutes=minutes)
    return Reading(Balance(Decimal(str(amount)), unit), at)


def chart(
    readings: Sequence[Reading],
    *,
    threshold: int = 0,
    top_ups: tuple[tuple[datetime, Decimal], ...] = (),
    run_out: tuple[date, date] | None = None,
) -> ChartData:
    """Make the chart data of an account in EUR."""
    return ChartData(readings, Decimal(threshold), top_ups, run_out, NOW, "EUR")


def plot_of(data: ChartData, days: int = 30) -> Plot:
    """Lay out so many days."""
    axis = time_axis(data, days, WIDTH, UTC)
    return plot(data, axis, value_axis(data, axis, HEIGHT), UTC)


@given(HISTORIES, st.sampled_from([7, 30, 365]), st.integers(0, 1000))
def test_all_lines_are_inside_and_go_to_the_right(
    history: list[tuple[int, Decimal]], days: int, threshold: int
) -> None:
    """Lines never leave the rectangle, never go back, and are steps."""
    data = chart(
        [reading(minutes, amount) for minutes, amount in history],
        threshold=threshold,
        run_out=(NOW.date(), NOW.date() + timedelta(days=9)),
    )
    done = plot_of(data, days)
    for line in (*done.runs, *done.gaps):
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in line)
        assert all(a <= b for (a, _), (b, _) in pairwise(line))
        assert all(a == b or c == d for (a, c), (b, d) in pairwise(line))
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in done.cone)
    ends = [x for line in sorted((*done.runs, *done.gaps)) for x in (line[0][0],)]
    assert ends == sorted(ends)


@given(
    st.lists(st.integers(-1000, 1000), min_size=300, max_size=900),
    st.integers(1, 100),
)
def test_a_dense_line_keeps_every_extreme(amounts: list[int], minutes: int) -> None:
    """It has at most four points in a column of pixels."""
    data = chart(
        [reading(n * minutes, amount) for n, amount in enumerate(reversed(amounts))]
    )
    done = plot_of(data, 30)
    shown = [
        data.series.values[place] for place in visible_readings(data.series, done.time)
    ]
    drawn = [y for line in done.runs for _, y in line]
    assert min(drawn) == pytest.approx(done.value.y(max(shown)))
    assert max(drawn) >= done.value.y(min(shown)) - 1e-6
    if len(shown) > 2 * WIDTH and len(done.runs) == 1:
        columns = Counter(x for x, _ in done.runs[0][:-1])
        assert max(columns.values()) <= 4


@given(HISTORIES.filter(bool), st.integers(0, 59), st.integers(0, 60))
def test_any_range_has_its_extremes(
    history: list[tuple[int, Decimal]], start: int, size: int
) -> None:
    """It may lie within a block or across several."""
    data = chart([reading(n, amount) for n, (_, amount) in enumerate(history * 5)])
    values = data.series.values
    start = min(start, len(values) - 1)
    stop = min(start + 1 + size * 4, len(values))
    part = values[start:stop]
    assert data.series.extremes(start, stop) == (min(part), max(part))


def test_a_balance_holds_until_the_next_one() -> None:
    """The line is horizontal, then vertical, and goes on to now."""
    done = plot_of(chart([reading(120, 10), reading(60, 4)]), 7)
    (line,) = done.runs
    assert len(line) == 4
    assert line[1][1] == line[0][1]
    assert line[1][0] == line[2][0]
    assert line[-1] == (WIDTH, line[2][1])


def test_a_long_stretch_without_readings_is_a_gap() -> None:
    """More than three hours are unobserved; a gap without width is none."""
    day = 60 * 24
    readings = [reading(3 * day, 90), reading(3 * day - 60, 80), reading(60, 70)]
    done = plot_of(chart(readings), 7)
    assert (len(done.runs), len(done.gaps)) == (2, 1)
    assert done.gaps[0][0] == done.runs[0][-1]
    assert done.gaps[0][-1] == done.runs[1][0]
    assert plot_of(chart([reading(900, 9), reading(60, 8)]), 365).gaps == ()


def test_an_old_balance_is_a_gap_up_to_now() -> None:
    """The present balance is not known."""
    done = plot_of(chart([reading(60 * 24 * 60, 9)]), 30)
    assert done.runs == ()
    assert [x for x, _ in done.gaps[0]] == [0, WIDTH]


def test_another_unit_is_another_curve() -> None:
    """Only the last unit is drawn, and its beginning is marked."""
    readings = [reading(300, 9000, "CREDITS"), reading(200, 90), reading(100, 80)]
    data = chart(readings)
    assert [one.balance.unit for one in data.series.readings] == ["EUR", "EUR"]
    assert plot_of(data).changed == pytest.approx(
        plot_of(data).time.x(milliseconds(readings[1].at))
    )
    assert plot_of(data).value.high < 200
    assert plot_of(chart(readings[1:])).changed is None


def test_the_forecast_ends_at_zero_on_its_days() -> None:
    """It goes from the last reading to both days, cut at the edge."""
    days = (date(2026, 11, 26), date(2026, 11, 28))
    done = plot_of(chart([reading(10, 50)], run_out=days), 30)
    zero = done.value.y(0)
    assert done.time.end == milliseconds(datetime(2026, 11, 30, tzinfo=UTC))
    assert [y for _, y in done.cone[1:]] == [zero, zero]
    assert done.cone[-1][0] == done.time.x(
        milliseconds(datetime(2026, 11, 26, tzinfo=UTC))
    )
    far = (date(2026, 11, 25), date(2027, 3, 1))
    cut = plot_of(chart([reading(10, 50)], run_out=far), 7)
    assert len(cut.cone) == 4
    assert cut.cone[1][0] == cut.cone[2][0] == WIDTH
    assert cut.cone[1][1] < cut.cone[2][1] == cut.value.y(0)
    assert plot_of(chart([reading(10, 0)], run_out=days)).cone == ()


def test_top_ups_next_to_each_other_are_one_mark() -> None:
    """Their amounts are added exactly."""
    at = NOW - timedelta(days=10)
    top_ups = (
        (at, Decimal("10.10")),
        (at + timedelta(minutes=5), Decimal("0.20")),
        (NOW - timedelta(days=90), Decimal(7)),
        (NOW, Decimal(5)),
    )
    marks = plot_of(chart([reading(60 * 24 * 11, 1)], top_ups=top_ups)).marks
    assert [mark.amount for mark in marks] == [Decimal("10.30"), Decimal(5)]


def test_keys_move_to_the_next_visible_reading() -> None:
    """They move by visible distances and stay on the axis."""
    data = chart([reading(60 * 24 * days, days) for days in (40, 20, 10, 0)])
    series, axis = data.series, plot_of(data).time
    assert nearest_reading(series, axis, 0) == 1
    assert nearest_reading(series, axis, WIDTH) == 3
    assert nearest_reading(series, axis, axis.x(series.times[2]) + 1) == 2
    assert [next_reading(series, axis, 2, by) for by in (-1, 1, -999, 999)] == [
        1,
        3,
        1,
        3,
    ]
    assert nearest_reading(chart([]).series, axis, 5) is None


def test_the_readout_is_exact() -> None:
    """It has all digits, the local day, and the top-up of that reading."""
    readings = [reading(60, "1.25"), reading(30, "10001.2575")]
    data = chart(readings, top_ups=((readings[1].at, Decimal(10000)),))
    words = readout(data, 1, SPANISH)
    assert words.amount == "10.001,2575\u00a0€"
    assert words.when == "Mon 23 Nov 2026, 11:30"
    assert words.sentence.endswith("topped up by 10.000,00\u00a0€")
    assert readout(data, 0, ENGLISH).note == ""


def test_the_chart_is_described_for_screen_readers() -> None:
    """The words name both ends, top-ups and the lowest balance."""
    readings = [reading(60 * 24 * d, a) for d, a in ((22, "412.4"), (9, 12), (0, 350))]
    data = chart(readings, top_ups=((NOW, Decimal(338)),))
    assert chart_summary(data, plot_of(data).time, ENGLISH) == (
        "From €412.40 on 1 Nov to €350.00 now; topped up once; lowest €12.00 on 14 Nov"
    )
    old = chart(readings[:2])
    assert "to €12.00 on 14 Nov;" in chart_summary(old, plot_of(old).time, ENGLISH)
    one = chart(readings[2:])
    assert chart_summary(one, plot_of(one).time, ENGLISH) == "€350.00 now"
    assert "grows" in chart_summary(chart([]), plot_of(chart([])).time, ENGLISH)


def test_a_million_readings_are_laid_out_quickly() -> None:
    """The measured time is printed; the aim is 0.15 s on an idle computer."""
    count = 1_000_000
    amounts = [Balance(Decimal(n), "EUR") for n in range(5000)]
    readings = [
        Reading(amounts[-n % 5000], NOW - timedelta(seconds=30 * (count - n)))
        for n in range(count)
    ]
    started = time.perf_counter()
    data = chart(readings, threshold=20)
    made = time.perf_counter()
    axis = time_axis(data, 365, 800, UTC)
    done = plot(data, axis, value_axis(data, axis, 300), UTC)
    taken = time.perf_counter() - made
    print(f"a million readings: made {made - started:.2f} s, laid out {taken:.3f} s")  # noqa: T201  # a measurement
    assert sum(map(len, done.runs)) <= 4 * 801
    assert taken < 0.6


@given(st.floats(0, 400), st.floats(1, 200), st.floats(0, 400), st.floats(0.5, 10))
def test_a_marks_label_keeps_away_from_the_present(
    x: float, width: float, behind: float, gap: float
) -> None:
    """It is centred if that is far enough; no mark is right of the present."""
    now = x + behind
    left = label_left(x, width, now, gap)
    assert left + width <= now - gap + 1e-6 or left >= now + gap
    if x + width / 2 < now - gap:
        assert left == x - width / 2
