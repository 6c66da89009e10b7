"""The curve of the chart, with a readout that follows the mouse and the keys."""

from bisect import bisect_left
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSignalBlocker, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider

from trayapp.core.chart.plot import (
    ChartData,
    nearest_reading,
    next_reading,
    time_axis,
    visible_readings,
)
from trayapp.core.i18n.language import Language
from trayapp.core.view.history import chart_summary
from trayapp.ui.chart.layout import ChartColours, ChartLayout
from trayapp.ui.chart.painter import paint_chart
from trayapp.ui.chart.readout import ReadoutPicture
from trayapp.ui.widgets.announce import describe
from trayapp.ui.widgets.colours import hairline

_DAY: Final = 86_400_000
"""In milliseconds."""
_ROUNDING: Final = 8.0
_SIZE: Final = (34, 17)
"""The preferred width and height of the curve, in lines of text."""
_SMALLEST: Final = (15, 9)
_LOOKS: Final = {
    QEvent.Type.FontChange,
    QEvent.Type.PaletteChange,
    QEvent.Type.StyleChange,
}
KEYBOARD: Final = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class Curve(QAbstractSlider):
    """The curve; a cached picture of all but the readout is kept until data change.

    To a screen reader it is a slider: its value is the number of the reading at the
    readout, from 1. Its description is the readout, or a summary of the curve.
    """

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._data: ChartData | None = None
        self._layout: ChartLayout | None = None
        self._static_picture = QPixmap()
        self._readout: ReadoutPicture | None = None
        self._by_keyboard = False
        self._summary = ""
        self.setOrientation(Qt.Orientation.Horizontal)
        self.valueChanged.connect(self._on_slider_value)
        self.days = 30
        """The shown range, in days."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_data(self, data: ChartData) -> None:
        """Show these data in the current range; the readout stays at its time."""
        readout_time, self._data = self._readout_time(), data
        self._update_summary()
        self._rebuild(readout_time)

    def show_days(self, days: int, name: str) -> None:
        """Show the last `days` days; `name` is the accessible name of that range."""
        self.days = days
        # Translators: the chart's name; {range} is such as "30 days".
        words = self._language.gettext("Balance, {range}").format(range=name)
        self.setAccessibleName(words)
        self._update_summary()
        self._rebuild(self._readout_time())

    def sizeHint(self) -> QSize:
        """Give a size twice as wide as high."""
        return QSize(*_SIZE) * self.fontMetrics().height()

    def minimumSizeHint(self) -> QSize:
        """Give the size that a few labels need."""
        return QSize(*_SMALLEST) * self.fontMetrics().height()

    def _update_summary(self) -> None:
        if self._data is not None:
            time = time_axis(self._data, self.days, 1, self._language.zone)
            self._summary = chart_summary(self._data, time, self._language)

    def _rebuild(self, readout_time: int | None = None) -> None:
        """Discard the layout and the picture; restore the readout at that time."""
        self._layout, self._static_picture, self._readout = None, QPixmap(), None
        if self._data is not None and readout_time is not None:
            layout = self._layout_of(self._data)
            index = bisect_left(self._data.series.times, readout_time)
            if index in visible_readings(self._data.series, layout.plot.time):
                self._readout = ReadoutPicture(layout, index, self.font())
        self._update_range()
        self._describe()
        self.update()

    def _shown_readings(self) -> range:
        """Return the indexes of the readings in the range."""
        if self._data is None:
            return range(0)
        time = time_axis(self._data, self.days, 1, self._language.zone)
        return visible_readings(self._data.series, time)

    def _update_range(self) -> None:
        """Set the slider's range and value for screen readers."""
        shown = self._shown_readings()
        at = shown[-1] if shown else 0
        if self._readout is not None:
            at = self._readout.index
        with QSignalBlocker(self):  # not moved by a screen reader
            self.setRange(min(1, len(shown)), len(shown))
            self.setValue(at - shown.start + 1)

    @Slot(int)
    def _on_slider_value(self, value: int) -> None:
        """Move the readout when a screen reader moves the slider."""
        shown = self._shown_readings()
        if 1 <= value <= len(shown):
            self._show_readout(shown[value - 1])

    def _readout_time(self) -> int | None:
        if self._data is None or self._readout is None:
            return None
        return self._data.series.times[self._readout.index]

    def _layout_of(self, data: ChartData) -> ChartLayout:
        if self._layout is None:
            size, metrics = QSizeF(self.size()), QFontMetricsF(self.font())
            self._layout = ChartLayout.of(
                data, self.days, self._language, size, metrics
            )
        return self._layout

    def _describe(self) -> None:
        """Describe the readout, or the summary without one; a change is announced."""
        text = self._summary if self._readout is None else self._readout.sentence
        describe(self, text)

    def _show_readout(self, index: int | None) -> None:
        """Move the readout, or hide it for None; repaint only the area of both."""
        before = self._readout
        if self._data is None or index == (before.index if before else None):
            return
        self._readout = None
        if index is not None:
            layout = self._layout_of(self._data)
            self._readout = ReadoutPicture(layout, index, self.font())
        for readout in (before, self._readout):
            if readout is not None:
                self.update(readout.bounds.toAlignedRect())
        self._update_range()
        self._describe()  # last, so that it isn't interrupted

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cached picture and the readout."""
        colours = ChartColours.of(self.palette())
        ratio = self.devicePixelRatioF()
        if (
            self._static_picture.isNull()
            or self._static_picture.devicePixelRatioF() != ratio
        ):
            self._static_picture = self._paint_static(colours, ratio)
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.drawPixmap(0, 0, self._static_picture)
        if self._readout is not None:
            self._readout.paint(painter, colours)
        if self.hasFocus() and self._by_keyboard:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ring, _ROUNDING, _ROUNDING)
        painter.end()

    def _paint_static(self, colours: ChartColours, ratio: float) -> QPixmap:
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(hairline(self.palette()), 1))
        painter.setBrush(colours.base)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, _ROUNDING, _ROUNDING)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        if self._data is not None and self._data.series.times:
            paint_chart(painter, self._layout_of(self._data), colours)
        else:
            em = self.fontMetrics().height()
            painter.setPen(colours.muted)
            painter.drawText(
                frame.adjusted(em, em, -em, -em),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self._language.gettext("The chart grows as balances are read."),
            )
        painter.end()
        return picture

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the readout to the reading nearest to the mouse."""
        if self._data is not None:
            layout = self._layout_of(self._data)
            x = event.position().x() - layout.area.left()
            self._show_readout(nearest_reading(self._data.series, layout.plot.time, x))

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the readout when the mouse leaves."""
        del event
        self._show_readout(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the readout from reading to reading."""
        index = self._next(event.key())
        if index is not None:
            self._show_readout(index)
        elif event.key() == Qt.Key.Key_Escape and self._readout is not None:
            self._show_readout(None)
        else:
            event.ignore()  # for the chart and its window

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to a scroll area."""
        event.ignore()

    def _next(self, key: int) -> int | None:
        """Return the index to which a key moves the readout; None for other keys."""
        if self._data is None:
            return None
        series, time = self._data.series, self._layout_of(self._data).plot.time
        shown = self._shown_readings()
        day = time.width * _DAY / (time.end - time.start)
        steps = {
            Qt.Key.Key_Left: -1.0,
            Qt.Key.Key_Right: 1.0,
            Qt.Key.Key_PageUp: -day,
            Qt.Key.Key_PageDown: day,
        }
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
        if not shown or (key not in steps and key not in ends):
            return None
        if key in ends or self._readout is None:
            return shown[ends.get(Qt.Key(key), -1)]
        return next_reading(series, time, self._readout.index, steps[Qt.Key(key)])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a focus ring only if the keyboard moved the focus here."""
        self._by_keyboard = event.reason() in KEYBOARD
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Remove the focus ring."""
        self.update()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new size."""
        super().resizeEvent(event)
        self._rebuild(self._readout_time())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._rebuild(self._readout_time())
