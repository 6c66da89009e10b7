"""The painter of the chart: the curve, its axes and its labels."""

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen

from trayapp.core.chart.axis import milliseconds, tick_words
from trayapp.core.chart.plot import label_left
from trayapp.ui.chart.layout import ChartColours, ChartLayout, amount_words, with_alpha

_FINE: Final = 1.2
_CORNERS: Final = 3
_TRIES: Final = 12
"""The number of positions that are tried for a label."""
_STRONG: Final = 2.0
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter


def paint_chart(painter: QPainter, layout: ChartLayout, colours: ChartColours) -> None:
    """Paint all but the readout; `painter` has the font of the layout's metrics."""
    _ChartPainter(painter, layout, colours).paint()


class _ChartPainter:
    """Paints a layout, and keeps labels from covering each other."""

    def __init__(
        self, painter: QPainter, layout: ChartLayout, colours: ChartColours
    ) -> None:
        self._painter, self._layout, self._colours = painter, layout, colours
        self._area, self._em = layout.area, layout.metrics.height()
        self._language = layout.language
        self._occupied: list[QRectF] = []

    def paint(self) -> None:
        """Paint from back to front; straight lines without antialiasing."""
        smooth = QPainter.RenderHint.Antialiasing
        self._paint_values()
        self._paint_times()
        self._painter.setRenderHint(smooth)
        self._paint_cone()
        self._paint_curve()
        self._paint_marks()
        self._painter.setRenderHint(smooth, on=False)
        self._paint_threshold()
        self._paint_change()

    @property
    def _now(self) -> float:
        """The x coordinate of the present."""
        now = milliseconds(self._layout.data.now)
        return self._area.left() + self._layout.plot.time.x(now)

    def _is_unoccupied(self, room: QRectF) -> bool:
        return not any(room.intersects(rect) for rect in self._occupied) and not (
            self._layout.crosses(room)
        )

    def _paint_values(self) -> None:
        """Paint a thin line at each round amount, and a darker one at zero."""
        area, em = self._area, self._em
        margin = em * 0.7
        self._painter.setPen(self._colours.muted)
        unit = self._layout.data.unit
        self._painter.drawText(QPointF(margin, em * 1.25), unit)
        width = self._layout.metrics.horizontalAdvance(unit)
        self._occupied.append(QRectF(margin, em * 0.45, width, em))
        for tick in self._layout.value_ticks:
            y = round(area.top() + self._layout.plot.value.y(float(tick)))
            self._painter.setPen(
                QPen(self._colours.grid if tick else self._colours.muted, 0)
            )
            self._painter.drawLine(QLineF(area.left(), y, area.right(), y))
            if area.left() > margin:
                self._painter.setPen(self._colours.muted)
                words = amount_words(tick, self._language)
                room = QRectF(0, y - em, area.left() - em * 0.4, em * 2)
                self._painter.drawText(
                    room, _MIDDLE | Qt.AlignmentFlag.AlignRight, words
                )

    def _paint_times(self) -> None:
        """Paint a line at each midnight, and its name to the right if it fits."""
        area, em = self._area, self._em
        free = 0.0
        for tick in self._layout.time_ticks:
            x = round(area.left() + self._layout.plot.time.x(tick.at))
            self._painter.setPen(QPen(self._colours.grid, 0))
            self._painter.drawLine(QLineF(x, area.top(), x, area.bottom() + em * 1.2))
            words = tick_words(tick, self._language)
            room = QRectF(
                x + em * 0.3,
                area.bottom() + em * 0.3,
                self._layout.metrics.horizontalAdvance(words) + 1,
                em,
            )
            if (
                room.left() >= free
                and room.right() < self._layout.size.width() - em * 0.3
            ):
                self._painter.setPen(self._colours.muted)
                self._painter.drawText(
                    room, _MIDDLE | Qt.AlignmentFlag.AlignLeft, words
                )
                free = room.right() + em * 0.3
        now = self._now
        # Translators: where the present is in the chart.
        words = self._language.gettext("now")
        width = self._layout.metrics.horizontalAdvance(words) + 1
        if now < area.right() - 1:
            self._painter.setPen(QPen(self._colours.muted, 0, Qt.PenStyle.DotLine))
            self._painter.drawLine(
                QLineF(round(now), area.top(), round(now), area.bottom())
            )
            self._painter.setPen(self._colours.muted)
            room = QRectF(now - width / 2, em * 0.45, width, em)
            self._painter.drawText(room, _MIDDLE | Qt.AlignmentFlag.AlignLeft, words)
            self._occupied.append(room)

    def _paint_curve(self) -> None:
        area = self._area
        zero = round(area.top() + self._layout.plot.value.y(0.0))
        shade = QLinearGradient(0, area.top(), 0, zero)
        shade.setColorAt(0, with_alpha(self._colours.accent, 0.34))
        shade.setColorAt(1, with_alpha(self._colours.accent, 0.08))
        pen = QPen(self._colours.accent, _STRONG)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        for line in self._layout.plot.runs:
            curve = self._layout.placed(line)
            corners = QPointF(curve[-1].x(), zero), QPointF(curve[0].x(), zero)
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(shade)
            self._painter.drawPolygon([*curve, *corners])
            self._painter.setPen(pen)
            self._painter.drawPolyline(curve)
            if curve[-1].x() - curve[0].x() < _STRONG:
                self._paint_dot(curve[-1])
        self._painter.setPen(QPen(self._colours.accent, _FINE, Qt.PenStyle.DashLine))
        for line in self._layout.plot.gaps:
            self._painter.drawPolyline(self._layout.placed(line))

    def _paint_dot(self, at: QPointF) -> None:
        self._painter.setPen(QPen(self._colours.base, _STRONG))
        self._painter.setBrush(self._colours.accent)
        self._painter.drawEllipse(at, 4.5, 4.5)

    def _paint_cone(self) -> None:
        """Paint the forecast as a fading cone, and the range of the run-out day."""
        cone = self._layout.placed(self._layout.plot.cone)
        if len(cone) < _CORNERS:
            return
        farthest = max(point.x() for point in cone)
        shade = QLinearGradient(cone[0].x(), 0, farthest, 0)
        shade.setColorAt(0, with_alpha(self._colours.accent, 0.4))
        shade.setColorAt(1, with_alpha(self._colours.accent, 0.06))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(shade)
        self._painter.drawPolygon(cone)
        self._painter.setPen(QPen(self._colours.accent, 1, Qt.PenStyle.DotLine))
        self._painter.drawLine(cone[0], cone[1])
        self._painter.drawLine(cone[0], cone[-1])
        zero = self._area.top() + self._layout.plot.value.y(0.0)
        ends = [point.x() for point in cone if abs(point.y() - zero) <= 1]
        if ends:
            self._painter.setPen(QPen(self._colours.warning, 4, Qt.PenStyle.SolidLine))
            right = max(*ends, min(ends) + 4)
            self._painter.drawLine(QLineF(min(ends), round(zero), right, round(zero)))

    def _paint_marks(self) -> None:
        """Paint a triangle for each top-up, and all amounts if all of them fit."""
        em, area = self._em, self._area
        size = em * 0.36
        labels: list[tuple[QRectF, str]] = []
        for mark in self._layout.plot.marks:
            tip = area.topLeft() + QPointF(round(mark.x), round(mark.y) - em * 1.05)
            self._painter.setPen(QPen(self._colours.base, 1))
            self._painter.setBrush(self._colours.gain)
            left, right = QPointF(-size, size * 1.7), QPointF(size, size * 1.7)
            self._painter.drawPolygon([tip, tip + right, tip + left])
            self._occupied.append(QRectF(tip.x() - size, tip.y(), size * 2, size * 2))
            words = "+" + self._language.money(mark.amount, self._layout.data.unit)
            width = self._layout.metrics.horizontalAdvance(words) + 1
            labels.append((self._label_rect(tip, width), words))
        rooms = [room for room, _ in labels]
        if any(left.intersects(right) for left, right in pairwise(rooms)) or not all(
            map(self._is_unoccupied, rooms)
        ):
            return
        self._painter.setPen(self._colours.gain)
        for room, words in labels:
            self._painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
        self._occupied += rooms

    def _label_rect(self, tip: QPointF, width: float) -> QRectF:
        """Return the rectangle of a top-up's amount, off the line of the present."""
        area, em = self._area, self._em
        centred = tip.x() - width / 2
        apart = label_left(tip.x(), width, self._now, em * 0.3)
        rooms = [
            QRectF(
                max(area.left(), min(left, area.right() - width)),
                tip.y() - em * 1.05,
                width,
                em,
            )
            for left in (apart, centred)
        ]
        return next(filter(self._is_unoccupied, rooms), rooms[1])

    def _paint_threshold(self) -> None:
        if self._layout.plot.threshold is None:
            return
        area = self._area
        y = round(area.top() + self._layout.plot.threshold)
        pen = QPen(self._colours.warning, 0)
        pen.setDashPattern([6, 4])
        self._painter.setPen(pen)
        self._painter.drawLine(QLineF(area.left(), y, area.right(), y))
        limit = self._language.money(
            self._layout.data.threshold, self._layout.data.unit
        )
        # Translators: at a line in the chart.
        words = self._language.gettext("Low below {limit}").format(limit=limit)
        self._paint_label(self._colours.warning, words, y)

    def _paint_change(self) -> None:
        if self._layout.plot.changed is None:
            return
        area, em = self._area, self._em
        x = round(area.left() + self._layout.plot.changed)
        self._painter.setPen(QPen(self._colours.text, 0, Qt.PenStyle.DashDotLine))
        self._painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        # Translators: from here on the chart is in another unit.
        words = self._language.gettext("in {unit} from here").format(
            unit=self._layout.data.unit
        )
        width = self._layout.metrics.horizontalAdvance(words) + 1
        left = x + em * 0.3 if x + em * 0.3 + width < area.right() else x - width
        room = QRectF(left, area.top(), width, em)
        if room.left() > 0 and self._is_unoccupied(room):
            self._painter.drawText(room, _MIDDLE | Qt.AlignmentFlag.AlignLeft, words)

    def _paint_label(self, colour: QColor, words: str, y: float) -> None:
        """Write a label at a line, where it is free; else on a background."""
        area, em = self._area, self._em
        width = self._layout.metrics.horizontalAdvance(words) + em * 0.6
        height = em * 1.05
        spare = area.width() - width
        if spare < 0:
            return
        zero = area.top() + self._layout.plot.value.y(0.0)
        tops = [y - height - 1]
        tops += [y + 1] if y + height + 2 < zero else []
        rooms = [
            QRectF(area.left() + spare * step / _TRIES, top, width, height)
            for top in tops
            for step in range(_TRIES + 1)
        ]
        cone = self._cone_bounds()
        room = next(
            (
                rect
                for rect in rooms
                if self._is_unoccupied(rect) and not rect.intersects(cone)
            ),
            next(filter(self._is_unoccupied, rooms), None),
        )
        if room is None:
            room = rooms[0]
            self._painter.fillRect(room, with_alpha(self._colours.base, 0.85))
        self._painter.setPen(colour)
        self._painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
        self._occupied.append(room)

    def _cone_bounds(self) -> QRectF:
        points = self._layout.placed(self._layout.plot.cone)
        if not points:
            return QRectF()
        across, down = [point.x() for point in points], [point.y() for point in points]
        return QRectF(
            QPointF(min(across), min(down)), QPointF(max(across), max(down) + 3)
        )
