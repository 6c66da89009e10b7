"""The chart's geometry: what is known of a balance, as lines and points to paint."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.chart.axis import TimeAxis, ValueAxis, midnight, milliseconds
from trayapp.core.chart.series import Series
from trayapp.core.history.ledger import GAP_AFTER

Point = tuple[float, float]
"""In pixels, from the top left of the rectangle in which the curve is drawn."""
Line = tuple[Point, ...]
_NARROWEST_GAP: Final = 5.0
"""In pixels; what is narrower can't be told from a line."""
_NARROWEST_MARK: Final = 14.0
_FUTURE: Final = 0.4
"""How much of the range the time to come may add to it."""
_HEAD_ROOM: Final = 0.14
_FOOT_ROOM: Final = 0.06
_DENSE: Final = 2
"""Readings a pixel from which they are drawn by their extremes."""
_DAY: Final = timedelta(days=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True)
class ChartData:
    """All that a chart shows.

    Making one walks over all readings, a second for a million of them: with very many
    it is best made outside the GUI thread. Drawing it then is quick.
    """

    readings: Sequence[Reading] = field(repr=False)
    threshold: Decimal
    """0 for none."""
    top_ups: tuple[tuple[datetime, Decimal], ...]
    """When a rise was first seen, and how much it was."""
    run_out: tuple[date, date] | None
    """The first and the last day on which the credit may end."""
    now: datetime
    unit: str
    """Older readings in another unit aren't drawn."""
    gap_after: timedelta = GAP_AFTER
    """Readings further apart than this have a gap between them: more than the interval
    at which the account is asked."""
    series: Series = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Turn the readings into numbers once."""
        series = Series.of(self.readings, self.unit, self.gap_after)
        object.__setattr__(self, "series", series)


@dataclass(frozen=True, slots=True)
class TopUpMark:
    """Top-ups that are next to each other on the screen."""

    x: float
    y: float
    amount: Decimal
    """Of all of them."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What there is to paint, from left to right."""

    time: TimeAxis
    value: ValueAxis
    runs: tuple[Line, ...]
    """Stretches that were watched: horizontal, then vertical."""
    gaps: tuple[Line, ...]
    """What joins them over the time in which nothing was heard."""
    threshold: float | None
    marks: tuple[TopUpMark, ...]
    cone: Line
    """From the last reading down to zero, cut at the right edge; empty for none."""
    changed: float | None
    """Where the unit became this one."""


def time_axis(
    data: ChartData, days: int, width: float, zone: tzinfo | None
) -> TimeAxis:
    """Give the last `days` days, and of the time to come what the forecast needs."""
    past, now = days * _DAY // _MILLISECOND, milliseconds(data.now)
    end = now
    if data.run_out is not None:
        last = midnight(data.run_out[1] + 2 * _DAY, zone)
        end = min(max(last, now), now + int(past * _FUTURE))
    return TimeAxis(now - past, end, max(width, 1.0))


def value_axis(data: ChartData, time: TimeAxis, height: float) -> ValueAxis:
    """Give an axis for what is on the time axis, whatever its width, and 0."""
    shown = _shown(data.series, time)
    lowest, highest = (
        data.series.extremes(shown.start, shown.stop) if shown else (0.0, 0.0)
    )
    low, high = min(0.0, lowest), max(0.0, float(data.threshold), highest)
    room = (high - low) or 1.0
    foot = room * _FOOT_ROOM if low < 0 else 0.0
    return ValueAxis(low - foot, high + room * _HEAD_ROOM, max(height, 1.0))


def plot(
    data: ChartData, time: TimeAxis, value: ValueAxis, zone: tzinfo | None
) -> Plot:
    """Lay out what is known between two axes."""
    runs, gaps = _trace(data, time)
    limit, changed = float(data.threshold), data.series.changed_at

    def placed(line: Line) -> Line:
        return tuple((x, value.y(amount)) for x, amount in line)

    return Plot(
        time=time,
        value=value,
        runs=tuple(map(placed, runs)),
        gaps=tuple(map(placed, gaps)),
        threshold=value.y(limit) if limit > 0 else None,
        marks=_marks(data, time, value),
        cone=placed(_cone(data, time, zone)),
        changed=time.x(changed) if changed and time.contains(changed) else None,
    )


def label_left(x: float, width: float, upright: float, gap: float) -> float:
    """Give the left end of words that are centred on `x`, which is not right of a line.

    Where they would come nearer than `gap` to that upright line they end left of it.
    """
    left = x - width / 2
    return min(left, upright - gap - width) if left < upright + gap else left


def visible_readings(series: Series, time: TimeAxis) -> range:
    """Give the readings that are on the time axis, by their place in the series."""
    first = bisect_left(series.times, time.start)
    return range(first, bisect_right(series.times, time.end, lo=first))


def nearest_reading(series: Series, time: TimeAxis, x: float) -> int | None:
    """Give the reading nearest to `x`; None if there is none on the axis."""
    shown, at = visible_readings(series, time), time.at(x)
    if not shown:
        return None
    after = bisect_left(series.times, at, lo=shown.start, hi=shown.stop)
    beside = [one for one in (after - 1, after) if one in shown]
    return min(beside, key=lambda one: abs(series.times[one] - at))


def next_reading(series: Series, time: TimeAxis, place: int, by: float) -> int:
    """Give the reading next to the one at `place`, at least `by` pixels away.

    To the left if `by` is negative; the last one there is at the end.
    """
    shown = visible_readings(series, time)
    aim = series.times[place] + by / time.width * (time.end - time.start)
    if by < 0:
        found = min(bisect_right(series.times, aim) - 1, place - 1)
    else:
        found = max(bisect_left(series.times, aim), place + 1)
    return min(max(found, shown.start), shown.stop - 1)


def _shown(series: Series, time: TimeAxis) -> range:
    """Give the readings that are on the time axis, and the one that led there."""
    shown = visible_readings(series, time)
    return range(max(shown.start - 1, 0), shown.stop)


def _trace(data: ChartData, time: TimeAxis) -> tuple[list[Line], list[Line]]:
    """Give what was watched and what was not, in pixels and amounts."""
    series, times, values = data.series, data.series.times, data.series.values
    shown = _shown(series, time)
    start, stop = shown.start, shown.stop
    if not shown:
        return [], []
    runs: list[Line] = []
    gaps: list[Line] = []
    first = bisect_left(series.gaps, start)
    for last in series.gaps[first : bisect_left(series.gaps, stop - 1, lo=first)]:
        left, right = time.x(times[last]), time.x(times[last + 1])
        if right - left >= _NARROWEST_GAP:
            runs.append(_run(series, time, range(start, last + 1)))
            level = values[last]
            gaps.append(((left, level), (right, level), (right, values[last + 1])))
            start = last + 1
    run, level = _run(series, time, range(start, stop)), values[stop - 1]
    left, right = run[-1][0], time.x(milliseconds(data.now))
    if milliseconds(data.now) - times[stop - 1] <= data.gap_after // _MILLISECOND:
        run = (*run, (max(left, right), level))
    elif right > left:
        gaps.append(((left, level), (right, level)))
    runs.append(run)
    return [one for one in runs if one[-1][0] > 0], gaps


def _run(series: Series, time: TimeAxis, places: range) -> Line:
    """Give steps: each amount holds until the next one is read.

    Many readings in one column of pixels are drawn as the lowest and the highest of
    them; nothing that stands out is lost.
    """
    times, values = series.times, series.values
    line: list[Point] = []
    if len(places) <= _DENSE * time.width:
        for place in places:
            x, value = time.x(times[place]), values[place]
            if line and line[-1][1] != value:
                line.append((x, line[-1][1]))
            line.append((x, value))
        return tuple(line)
    begin, column = places.start, 0
    while begin < places.stop:
        column = max(int(time.x(times[begin])), column) + 1
        end = bisect_left(times, time.at(column), lo=begin + 1, hi=places.stop)
        low, high = series.extremes(begin, end)
        x = min(column - 0.5, time.width)
        line += [(x, line[-1][1])] if line else []
        falls = values[end - 1] < values[begin]
        way = (high, low) if falls else (low, high)
        line += [*((x, value) for value in way), (x, values[end - 1])]
        begin = end
    return tuple(line)


def _marks(data: ChartData, time: TimeAxis, value: ValueAxis) -> tuple[TopUpMark, ...]:
    series = data.series
    marks: list[TopUpMark] = []
    for moment, amount in data.top_ups:
        at = milliseconds(moment)
        place = bisect_right(series.times, at) - 1
        if place < 0 or not time.contains(at):
            continue
        mark = TopUpMark(time.x(at), value.y(series.values[place]), amount)
        if marks and mark.x - marks[-1].x < _NARROWEST_MARK:
            before = marks.pop()
            mark = TopUpMark(mark.x, min(mark.y, before.y), amount + before.amount)
        marks.append(mark)
    return tuple(marks)


def _cone(data: ChartData, time: TimeAxis, zone: tzinfo | None) -> Line:
    series = data.series
    if data.run_out is None or not series.times or series.values[-1] <= 0:
        return ()
    at, value = series.times[-1], series.values[-1]
    first = max(midnight(data.run_out[0], zone), at + 1)
    last = max(midnight(data.run_out[1] + _DAY, zone), first + 1)
    if not time.contains(at) or at == time.end:
        return ()

    def left(zero: int) -> float:
        return max(value * (zero - time.end) / (zero - at), 0.0)

    upper = ((time.x(last), left(last)),)
    lower = ((time.x(first), left(first)),)
    corner = ((time.x(last), 0.0),) if first < time.end < last else ()
    return (((time.x(at), value)), *upper, *corner, *lower)
