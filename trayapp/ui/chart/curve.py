"""The chart's curve: painted once, pointed at with the mouse or by keys."""

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
from trayapp.ui.chart.painter import paint_sheet
from trayapp.ui.chart.readout import ReadoutPicture
from trayapp.ui.widgets.announce import describe
from trayapp.ui.widgets.colours import hairline

_DAY: Final = 86_400_000
"""In milliseconds."""
_ROUNDING: Final = 8.0
_SIZE: Final = (34, 17)
"""How wide and high the curve is at best, in lines of text."""
_SMALLEST: Final = (15, 9)
_LOOKS: Final = {
    QEvent.Type.FontChange,
    QEvent.Type.PaletteChange,
    QEvent.Type.StyleChange,
}
KEYBOARD: Final = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class Curve(QAbstractSlider):
    """The chart's curve; its still picture is kept until something changes.

    A screen reader is told that this is something to go along, from the first reading
    that is shown, which is 1, to the last. What the curve shows between its ends, or
    the reading that is pointed out, is its description.
    """

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._data: ChartData | None = None
        self._sheet: ChartLayout | None = None
        self._picture = QPixmap()
        self._readout: ReadoutPicture | None = None
        self._by_keyboard = False
        self._summary = ""
        self.setOrientation(Qt.Orientation.Horizontal)
        self.valueChanged.connect(self._on_value)
        self.days = 30
        """How many days are shown."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_data(self, data: ChartData) -> None:
        """Show this; the range stays, and so does what is pointed out."""
        held, self._data = self._held(), data
        self._sum_up()
        self._renew(held)

    def show_days(self, days: int, name: str) -> None:
        """Show the last `days` days, which are called `name`."""
        self.days = days
        # Translators: the chart's name; {range} is such as "30 days".
        words = self._language.gettext("Balance, {range}").format(range=name)
        self.setAccessibleName(words)
        self._sum_up()
        self._renew(self._held())

    def sizeHint(self) -> QSize:
        """Ask for twice as much width as height."""
        return QSize(*_SIZE) * self.fontMetrics().height()

    def minimumSizeHint(self) -> QSize:
        """Ask for what a few labels need."""
        return QSize(*_SMALLEST) * self.fontMetrics().height()

    def _sum_up(self) -> None:
        if self._data is not None:
            time = time_axis(self._data, self.days, 1, self._language.zone)
            self._summary = chart_summary(self._data, time, self._language)

    def _renew(self, held: int | None = None) -> None:
        """Forget what was laid out; go on reading out the reading of that moment."""
        self._sheet, self._picture, self._readout = None, QPixmap(), None
        if self._data is not None and held is not None:
            sheet = self._laid_out(self._data)
            place = bisect_left(self._data.series.times, held)
            if place in visible_readings(self._data.series, sheet.plot.time):
                self._readout = ReadoutPicture(sheet, place, self.font())
        self._count()
        self._describe()
        self.update()

    def _shown(self) -> range:
        """Give the places of the readings that are shown."""
        if self._data is None:
            return range(0)
        time = time_axis(self._data, self.days, 1, self._language.zone)
        return visible_readings(self._data.series, time)

    def _count(self) -> None:
        """Know between which readings a reader can go, and at which it is."""
        shown = self._shown()
        at = shown[-1] if shown else 0
        if self._readout is not None:
            at = self._readout.place
        with QSignalBlocker(self):  # it is not a reader that goes there
            self.setRange(min(1, len(shown)), len(shown))
            self.setValue(at - shown.start + 1)

    @Slot(int)
    def _on_value(self, value: int) -> None:
        """Go where a screen reader goes."""
        shown = self._shown()
        if 1 <= value <= len(shown):
            self._point_out(shown[value - 1])

    def _held(self) -> int | None:
        if self._data is None or self._readout is None:
            return None
        return self._data.series.times[self._readout.place]

    def _laid_out(self, data: ChartData) -> ChartLayout:
        if self._sheet is None:
            size, metrics = QSizeF(self.size()), QFontMetricsF(self.font())
            self._sheet = ChartLayout.of(data, self.days, self._language, size, metrics)
        return self._sheet

    def _describe(self) -> None:
        """Say what is pointed out, or all in short; a change is heard."""
        said = self._summary if self._readout is None else self._readout.sentence
        describe(self, said)

    def _point_out(self, place: int | None) -> None:
        """Read out another reading, or none; only what that covers is painted."""
        before = self._readout
        if self._data is None or place == (before.place if before else None):
            return
        self._readout = None
        if place is not None:
            sheet = self._laid_out(self._data)
            self._readout = ReadoutPicture(sheet, place, self.font())
        for one in (before, self._readout):
            if one is not None:
                self.update(one.bounds.toAlignedRect())
        self._count()
        self._describe()  # after the number: the last of both is heard to its end

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the still picture, anew only if something changed, and the readout."""
        looks = ChartColours.of(self.palette())
        ratio = self.devicePixelRatioF()
        if self._picture.isNull() or self._picture.devicePixelRatioF() != ratio:
            self._picture = self._paint_still(looks, ratio)
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.drawPixmap(0, 0, self._picture)
        if self._readout is not None:
            self._readout.paint(painter, looks)
        if self.hasFocus() and self._by_keyboard:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(looks.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ring, _ROUNDING, _ROUNDING)
        painter.end()

    def _paint_still(self, looks: ChartColours, ratio: float) -> QPixmap:
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(hairline(self.palette()), 1))
        painter.setBrush(looks.base)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(ground, _ROUNDING, _ROUNDING)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        if self._data is not None and self._data.series.times:
            paint_sheet(painter, self._laid_out(self._data), looks)
        else:
            em = self.fontMetrics().height()
            painter.setPen(looks.muted)
            painter.drawText(
                ground.adjusted(em, em, -em, -em),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self._language.gettext("The chart grows as balances are read."),
            )
        painter.end()
        return picture

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is nearest to the mouse."""
        if self._data is not None:
            sheet = self._laid_out(self._data)
            x = event.position().x() - sheet.area.left()
            self._point_out(nearest_reading(self._data.series, sheet.plot.time, x))

    def leaveEvent(self, event: QEvent) -> None:
        """Take the readout away with the mouse."""
        del event
        self._point_out(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from reading to reading."""
        place = self._next(event.key())
        if place is not None:
            self._point_out(place)
        elif event.key() == Qt.Key.Key_Escape and self._readout is not None:
            self._point_out(None)
        else:
            event.ignore()  # the chart and its window have other keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to whatever scrolls."""
        event.ignore()

    def _next(self, key: int) -> int | None:
        """Give the reading that a key goes to; None if the key goes nowhere."""
        if self._data is None:
            return None
        series, time = self._data.series, self._laid_out(self._data).plot.time
        shown = self._shown()
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
        return next_reading(series, time, self._readout.place, steps[Qt.Key(key)])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a ring to whoever comes by keyboard."""
        self._by_keyboard = event.reason() in KEYBOARD
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        self.update()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._renew(self._held())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the font."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._renew(self._held())
