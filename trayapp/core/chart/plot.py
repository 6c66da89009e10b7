"""The chart's geometry: readings and a forecast as lines and points to paint."""

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
"""In pixels from the top left of the chart's rectangle."""
Line = tuple[Point, ...]
_NARROWEST_GAP: Final = 5.0
"""In pixels; a narrower gap looks like a line."""
_NARROWEST_MARK: Final = 14.0
_FUTURE: Final = 0.4
"""The forecast may add this share to the range of days."""
_HEAD_ROOM: Final = 0.14
_FOOT_ROOM: Final = 0.06
_DENSE: Final = 2
"""With more readings a pixel, only their extremes are drawn."""
_DAY: Final = timedelta(days=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True)
class ChartData:
    """All that a chart shows.

    Its construction takes a second for a million readings, so do it outside the GUI
    thread. Drawing is quick then.
    """

    readings: Sequence[Reading] = field(repr=False)
    threshold: Decimal
    """0 for none."""
    top_ups: tuple[tuple[datetime, Decimal], ...]
    """The time of the first reading after each top-up, and the amount."""
    run_out: tuple[date, date] | None
    """The first and the last day on which the account may run out."""
    now: datetime
    unit: str
    """Older readings in another unit are not drawn."""
    gap_after: timedelta = GAP_AFTER
    """Readings further apart than this have a gap between them.

    It is longer than the interval between two requests."""
    series: Series = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Convert the readings to numbers once."""
        series = Series.of(self.readings, self.unit, self.gap_after)
        object.__setattr__(self, "series", series)


@dataclass(frozen=True, slots=True)
class TopUpMark:
    """One or more top-ups that share a place on the screen."""

    x: float
    y: float
    amount: Decimal
    """The sum of their amounts."""


@dataclass(frozen=True, slots=True)
class Plot:
    """The lines and points to paint, from left to right."""

    time: TimeAxis
    value: ValueAxis
    runs: tuple[Line, ...]
    """Observed stretches as steps: horizontal, then vertical."""
    gaps: tuple[Line, ...]
    """Lines across the gaps between the observed stretches."""
    threshold: float | None
    marks: tuple[TopUpMark, ...]
    cone: Line
    """The forecast from the last reading down to 0, cut at the edge; may be empty."""
    changed: float | None
    """Where the unit changed to this one; None if it did not."""


def time_axis(
    data: ChartData, days: int, width: float, zone: tzinfo | None
) -> TimeAxis:
    """Give an axis for the last `days` days and the future that the forecast needs."""
    past, now = days * _DAY // _MILLISECOND, milliseconds(data.now)
    end = now
    if data.run_out is not None:
        last = midnight(data.run_out[1] + 2 * _DAY, zone)
        end = min(max(last, now), now + int(past * _FUTURE))
    return TimeAxis(now - past, end, max(width, 1.0))


def value_axis(data: ChartData, time: TimeAxis, height: float) -> ValueAxis:
    """Give an axis for the amounts on the time axis, the threshold and 0."""
    indexes = _drawn_readings(data.series, time)
    lowest, highest = (
        data.series.extremes(indexes.start, indexes.stop) if indexes else (0.0, 0.0)
    )
    low, high = min(0.0, lowest), max(0.0, float(data.threshold), highest)
    room = (high - low) or 1.0
    foot = room * _FOOT_ROOM if low < 0 else 0.0
    return ValueAxis(low - foot, high + room * _HEAD_ROOM, max(height, 1.0))


def plot(
    data: ChartData, time: TimeAxis, value: ValueAxis, zone: tzinfo | None
) -> Plot:
    """Lay out the data on two axes."""
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
    """Give the left end of a label that is centred on `x`, left of a vertical line.

    A label that would come nearer than `gap` to the line at `upright` ends left of it.
    """
    left = x - width / 2
    return min(left, upright - gap - width) if left < upright + gap else left


def visible_readings(series: Series, time: TimeAxis) -> range:
    """Give the indexes of the readings on the time axis."""
    first = bisect_left(series.times, time.start)
    return range(first, bisect_right(series.times, time.end, lo=first))


def nearest_reading(series: Series, time: TimeAxis, x: float) -> int | None:
    """Give the index of the reading nearest to `x`; None without one on the axis."""
    indexes, at = visible_readings(series, time), time.at(x)
    if not indexes:
        return None
    after = bisect_left(series.times, at, lo=indexes.start, hi=indexes.stop)
    neighbours = [index for index in (after - 1, after) if index in indexes]
    return min(neighbours, key=lambda index: abs(series.times[index] - at))


def next_reading(series: Series, time: TimeAxis, index: int, by: float) -> int:
    """Give the index of the next reading, at least `by` pixels from the one at `index`.

    A negative `by` goes to the left. At an end of the axis it gives the last reading.
    """
    indexes = visible_readings(series, time)
    aim = series.times[index] + by / time.width * (time.end - time.start)
    if by < 0:
        target = min(bisect_right(series.times, aim) - 1, index - 1)
    else:
        target = max(bisect_left(series.times, aim), index + 1)
    return min(max(target, indexes.start), indexes.stop - 1)


def _drawn_readings(series: Series, time: TimeAxis) -> range:
    """Give the indexes of the readings on the time axis, and of the one before them."""
    shown = visible_readings(series, time)
    return range(max(shown.start - 1, 0), shown.stop)


def _trace(data: ChartData, time: TimeAxis) -> tuple[list[Line], list[Line]]:
    """Give the observed runs and the gaps; x is in pixels, y is an amount."""
    series, times, values = data.series, data.series.times, data.series.values
    indexes = _drawn_readings(series, time)
    start, stop = indexes.start, indexes.stop
    if not indexes:
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
    return [run for run in runs if run[-1][0] > 0], gaps


def _run(series: Series, time: TimeAxis, indexes: range) -> Line:
    """Give the line as steps: each amount holds until the next reading.

    Where many readings share a column of pixels, only the lowest and the highest of
    them are drawn, so no extreme is lost.
    """
    times, values = series.times, series.values
    line: list[Point] = []
    if len(indexes) <= _DENSE * time.width:
        for index in indexes:
            x, value = time.x(times[index]), values[index]
            if line and line[-1][1] != value:
                line.append((x, line[-1][1]))
            line.append((x, value))
        return tuple(line)
    begin, column = indexes.start, 0
    while begin < indexes.stop:
        column = max(int(time.x(times[begin])), column) + 1
        end = bisect_left(times, time.at(column), lo=begin + 1, hi=indexes.stop)
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
        index = bisect_right(series.times, at) - 1
        if index < 0 or not time.contains(at):
            continue
        mark = TopUpMark(time.x(at), value.y(series.values[index]), amount)
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
