"""The layout of a chart for a size, and its colours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFontMetricsF, QPalette

from trayapp.core.chart.axis import TimeTick
from trayapp.core.chart.plot import ChartData, Line, Plot, plot, time_axis, value_axis
from trayapp.core.i18n.dates import day_words, weekday_words
from trayapp.core.i18n.language import Language
from trayapp.ui.widgets.colours import (
    hairline,
    mixed,
    muted,
    readable,
    text_on,
    warning,
)

_BASE: Final = QPalette.ColorRole.Base
_GAIN: Final = QColor("#15803d")
_GRID: Final = 0.55
_WIDEST_LABELS: Final = 0.35
"""The largest share of the width for the amounts at the left, else none are shown."""


@dataclass(frozen=True, slots=True)
class ChartColours:
    """The chart's colours from a palette; those with a meaning are readable."""

    base: QColor
    text: QColor
    muted: QColor
    grid: QColor
    accent: QColor
    warning: QColor
    gain: QColor

    @classmethod
    def of(cls, palette: QPalette) -> "ChartColours":
        """Derive the colours from the palette, readable on its `Base`."""
        base, text = palette.color(_BASE), text_on(palette, _BASE)
        accent = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
        return cls(
            base=base,
            text=text,
            muted=muted(palette, _BASE),
            grid=mixed(hairline(palette), base, _GRID),
            accent=readable(accent, base, text),
            warning=warning(palette, _BASE),
            gain=readable(_GAIN, base, text),
        )


@dataclass(frozen=True)
class ChartLayout:
    """Where the parts of a chart are, for one size and font."""

    data: ChartData
    size: QSizeF
    area: QRectF
    """The rectangle of the curve, in points."""
    plot: Plot
    language: Language
    metrics: QFontMetricsF

    @classmethod
    def of(
        cls,
        data: ChartData,
        days: int,
        language: Language,
        size: QSizeF,
        metrics: QFontMetricsF,
    ) -> "ChartLayout":
        """Lay out the last `days` days."""
        em = metrics.height()
        area = QRectF(0, 0, size.width(), size.height())
        area.adjust(em * 0.7, em * 1.9, -em * 0.7, -em * 1.7)
        zone = language.zone
        rough = time_axis(data, days, area.width(), zone)
        value = value_axis(data, rough, area.height())
        widest = max(
            metrics.horizontalAdvance(amount_words(tick, language))
            for tick in value.ticks(_rows(value.height, em))
        )
        if widest < size.width() * _WIDEST_LABELS:
            area.setLeft(area.left() + round(widest + em * 0.4))
        time = time_axis(data, days, area.width(), zone)
        return cls(data, size, area, plot(data, time, value, zone), language, metrics)

    @property
    def value_ticks(self) -> tuple[Decimal, ...]:
        """The amounts on the value axis, as many as fit."""
        return self.plot.value.ticks(_rows(self.area.height(), self.metrics.height()))

    @property
    def time_ticks(self) -> tuple[TimeTick, ...]:
        """The days on the time axis, as many as fit."""
        names = map(self.metrics.horizontalAdvance, _day_names(self.language))
        most = int(self.area.width() / (max(names) + self.metrics.height() * 0.8))
        return self.plot.time.ticks(self.language.zone, most)

    def placed(self, line: Line) -> list[QPointF]:
        """Return a line of the plot in whole points of the widget, for sharp steps."""
        left, top = self.area.left(), self.area.top()
        spots = ((round(left + x), round(top + y)) for x, y in line)
        return [QPointF(x, y) for (x, y), _ in groupby(spots)]

    def crosses(self, rect: QRectF) -> bool:
        """Say whether the curve crosses a rectangle of the widget."""
        room = rect.translated(-self.area.topLeft())
        left, right, top, bottom = room.left(), room.right(), room.top(), room.bottom()
        return any(
            x1 <= right and x2 >= left and min(y1, y2) <= bottom and max(y1, y2) >= top
            for line in (*self.plot.runs, *self.plot.gaps)
            for (x1, y1), (x2, y2) in pairwise(line)
        )


def amount_words(amount: Decimal, language: Language) -> str:
    """Format a round amount for the value axis, with its own number of decimals."""
    exponent = amount.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return language.number(amount, decimals=decimals)


def with_alpha(colour: QColor, share: float) -> QColor:
    """Return a transparent colour; `share` is the opacity, from 0 to 1."""
    colour_with_alpha = QColor(colour)
    colour_with_alpha.setAlphaF(share)
    return colour_with_alpha


def _day_names(language: Language) -> Iterator[str]:
    """Yield the longest names of a day on the time axis."""
    for month in range(1, 13):
        yield day_words(date(2026, month, 28), language)
    for day in range(22, 29):
        yield weekday_words(date(2026, 6, day), language)


def _rows(height: float, em: float) -> int:
    return max(2, int(height / (em * 2.4)))
