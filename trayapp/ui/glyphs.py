"""How the tray's states are painted: a bubble that is a gauge, and marks on it.

The bubble is filled as far as the balance reaches of its own recent high. Whatever asks
something of a person looks different in outline, so that it is told apart where colours
aren't seen: a triangle for low, a disc for empty, a crossed key for a rejected one, a
moon while notifications are snoozed. All is laid on a grid of 16 units whose lines fall
on whole pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)

from trayapp.core.gauge import Gauge
from trayapp.core.state import State

_GRID: Final = 16.0
_STROKE: Final = 2.0
"""The width of every line, in units."""
_WHITE: Final = QColor("#ffffff")
_COUNTED: Final = {State.OK, State.LOW}
_SNOOZING: Final = {State.OK, State.LOW, State.EMPTY}
"""What a snooze keeps quiet. Every other picture asks for more, and has no room."""
_SLIT: Final = 0.9
"""What is left of a gauge that is nearly full, in units; less of it is no line."""
_NARROWEST: Final = 0.62
"""How much the digits of a number may be squeezed before they become smaller."""


@dataclass(frozen=True)
class Inks:
    """What a style paints with."""

    fine: QColor
    low: QColor
    bad: QColor
    quiet: QColor
    hint: QColor
    light: QColor | None
    """What is inside and around the ink; None leaves it transparent."""


COLOURED: Final = Inks(
    fine=QColor("#14713f"),
    low=QColor("#b45309"),
    bad=QColor("#b91c1c"),
    quiet=QColor("#475569"),
    hint=QColor("#1d5fbf"),
    light=_WHITE,
)
"""Dark enough for a light panel; a light rim parts them from a dark one."""


def plain_inks(ink: QColor) -> Inks:
    """Give one ink for everything: for a panel of the opposite colour, or a mask."""
    return Inks(ink, ink, ink, ink, ink, None)


def gauge_image(
    gauge: Gauge, pixels: int, inks: Inks = COLOURED, *, number: bool = False
) -> QImage:
    """Paint a gauge on `pixels` by `pixels` transparent ones.

    With `number` a balance that is fine or low is written instead, unless the moon of a
    snooze would cover it.
    """
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    canvas = _Canvas(painter, pixels, inks)
    if number and gauge.number and not gauge.snoozed and gauge.state in _COUNTED:
        _numbered(canvas, gauge)
    else:
        _PICTURES[gauge.state](canvas, gauge.level)
    if gauge.snoozed and gauge.state in _SNOOZING:
        _moon(canvas)
    painter.end()
    return image


def state_image(state: State, pixels: int) -> QImage:
    """Paint a state alone, as a window shows it beside its words."""
    return gauge_image(Gauge(state), pixels)


class _Canvas:
    """Paints in units of the grid: in ink of a colour, or in the light of the rim."""

    def __init__(self, painter: QPainter, pixels: int, inks: Inks) -> None:
        self._painter = painter
        self._unit = pixels / _GRID
        self.inks = inks
        self.rim = max(1, round(self._unit)) / self._unit
        """In units, and a whole number of pixels."""
        self.end = _GRID - self.rim
        """Where ink ends on the right and below, so that the rim has room."""

    def box(self, left: float, top: float, right: float, bottom: float) -> QRectF:
        """Give a rectangle in pixels, with sharp edges and never empty."""
        x, y = self._snap(left), self._snap(top)
        width, height = self._snap(right) - x, self._snap(bottom) - y
        return QRectF(x, y, max(1.0, width), max(1.0, height))

    def bar(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        *,
        radius: float = 0.0,
    ) -> QPainterPath:
        """Give a bar, its corners rounded by `radius` units."""
        path = QPainterPath()
        rounding = radius * self._unit
        path.addRoundedRect(self.box(left, top, right, bottom), rounding, rounding)
        return path

    def disc(
        self, left: float, top: float, right: float, bottom: float
    ) -> QPainterPath:
        """Give a disc."""
        path = QPainterPath()
        path.addEllipse(self.box(left, top, right, bottom))
        return path

    def polygon(self, *points: tuple[float, float]) -> QPainterPath:
        """Give a closed shape; its corners lie between pixels."""
        corners = [QPointF(self._snap(x), self._snap(y)) for x, y in points]
        path = QPainterPath()
        path.addPolygon(QPolygonF(corners))
        path.closeSubpath()
        return path

    def fill(self, path: QPainterPath, ink: QColor | None) -> None:
        """Fill a shape; None takes away what is there."""
        self._painter.fillPath(path, self._chosen(ink))

    def line(
        self,
        points: list[tuple[float, float]],
        ink: QColor | None,
        width: float = _STROKE,
    ) -> None:
        """Draw a line with round ends."""
        path = QPainterPath(QPointF(*points[0]) * self._unit)
        for point in points[1:]:
            path.lineTo(QPointF(*point) * self._unit)
        self._stroke(path, ink, width)

    def rimmed(self, path: QPainterPath, ink: QColor) -> None:
        """Fill a shape, and part it from what is around it."""
        self._stroke(path, self.inks.light, 2 * self.rim)
        self.fill(path, ink)

    def rimmed_lines(self, ink: QColor, *lines: list[tuple[float, float]]) -> None:
        """Draw lines, and part them from what is around them."""
        for points in lines:
            self.line(points, self.inks.light, _STROKE + 2 * self.rim)
        for points in lines:
            self.line(points, ink)

    def _snap(self, units: float) -> float:
        return float(round(units * self._unit))

    def text(self, words: str, box: QRectF, ink: QColor | None) -> None:
        """Write words as large as a box of pixels takes them, in its middle."""
        path = QPainterPath()
        font = QFont("Sans Serif", weight=QFont.Weight.Bold)
        font.setPixelSize(100)
        path.addText(0, 0, font, words)
        room = path.boundingRect()
        across, up = box.width() / room.width(), box.height() / room.height()
        across = min(across, up)
        up = min(up, across / _NARROWEST)
        fitted = QTransform.fromScale(across, up).map(path)
        fitted.translate(box.center() - fitted.boundingRect().center())
        self.fill(fitted, ink)

    def _stroke(self, path: QPainterPath, ink: QColor | None, width: float) -> None:
        pen = QPen(self._chosen(ink), width * self._unit)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._painter.strokePath(path, pen)

    def _chosen(self, ink: QColor | None) -> QColor:
        """Let no ink take away instead of adding."""
        modes = QPainter.CompositionMode
        self._painter.setCompositionMode(
            modes.CompositionMode_DestinationOut
            if ink is None
            else modes.CompositionMode_SourceOver
        )
        return _WHITE if ink is None else ink


def _bubble(canvas: _Canvas, ink: QColor) -> None:
    start, end = canvas.rim, canvas.end
    body = canvas.bar(start, start, end, 12.4, radius=3.2)
    tail = canvas.polygon((3, 10.4), (3, end), (7.6, 12.2))
    canvas.rimmed(body.united(tail), ink)


def _gauge(canvas: _Canvas, ink: QColor, level: float | None) -> None:
    """Paint a bubble that is filled up to `level` of its height."""
    _bubble(canvas, ink)
    start, end = canvas.rim + _STROKE, canvas.end - _STROKE
    bottom = 10.4
    surface = bottom - (0.0 if level is None else level) * (bottom - start)
    if surface - start >= _SLIT:
        canvas.fill(
            canvas.bar(start, start, end, surface, radius=1.2), canvas.inks.light
        )


def _key(canvas: _Canvas, ink: QColor, top: float) -> None:
    """Paint a key on its side, as wide as the picture."""
    middle = top + 4
    bow = canvas.disc(canvas.rim, top, 9, top + 8)
    shaft = canvas.bar(8, middle - 1.2, canvas.end, middle + 1.2)
    tooth = canvas.bar(12.6, middle, canvas.end, middle + 3.6)
    canvas.rimmed(bow.united(shaft).united(tooth), ink)
    canvas.fill(canvas.disc(3.7, middle - 1.3, 6.3, middle + 1.3), canvas.inks.light)


def _fine(canvas: _Canvas, level: float | None) -> None:
    light = canvas.inks.light
    if level is None:
        _bubble(canvas, canvas.inks.fine)
        canvas.line([(4.2, 6.9), (6.9, 9.4), (11.8, 4.4)], light, 2.1)
    else:
        _gauge(canvas, canvas.inks.fine, level)


def _low(canvas: _Canvas, level: float | None) -> None:
    inks = canvas.inks
    _gauge(canvas, inks.low, 0.3 if level is None else level)
    end = canvas.end
    middle = (6 + end) / 2
    canvas.rimmed(canvas.polygon((middle, 5.8), (end, end), (6, end)), inks.low)
    canvas.fill(canvas.bar(middle - 0.7, 9, middle + 0.7, 12), inks.light)
    canvas.fill(canvas.bar(middle - 0.7, 13, middle + 0.7, 14.2), inks.light)


def _empty(canvas: _Canvas, _: float | None) -> None:
    inks, end = canvas.inks, canvas.end
    _gauge(canvas, inks.bad, None)
    middle = (7 + end) / 2
    canvas.rimmed(canvas.disc(7, 7, end, end), inks.bad)
    canvas.fill(
        canvas.bar(middle - 2.5, middle - 0.9, middle + 2.5, middle + 0.9), inks.light
    )


def _rejected(canvas: _Canvas, _: float | None) -> None:
    bad = canvas.inks.bad
    _key(canvas, bad, canvas.rim)
    near, far = 8.2, 13.9
    canvas.rimmed_lines(bad, [(near, near), (far, far)], [(near, far), (far, near)])


def _refused(canvas: _Canvas, _: float | None) -> None:
    inks = canvas.inks
    _bubble(canvas, inks.low)
    canvas.line([(5, 4), (11, 9.6)], inks.light)
    canvas.line([(5, 9.6), (11, 4)], inks.light)


def _unreachable(canvas: _Canvas, _: float | None) -> None:
    quiet = canvas.inks.quiet
    _gauge(canvas, quiet, None)
    canvas.rimmed_lines(quiet, [(2.2, 13.8), (13.8, 2.2)])


def _locked(canvas: _Canvas, _: float | None) -> None:
    inks = canvas.inks
    _bubble(canvas, inks.quiet)
    shackle = canvas.bar(5.4, 2.6, 10.6, 9, radius=2.2)
    opening = canvas.bar(6.9, 4.2, 9.1, 9, radius=0.9)
    canvas.fill(shackle.subtracted(opening), inks.light)
    canvas.fill(canvas.bar(4.4, 6.4, 11.6, 10.9, radius=0.6), inks.light)


def _without_key(canvas: _Canvas, _: float | None) -> None:
    _key(canvas, canvas.inks.hint, 4)


def _unknown(canvas: _Canvas, _: float | None) -> None:
    for left, right in ((canvas.rim, 5), (6, 10), (11, canvas.end)):
        canvas.rimmed(canvas.disc(left, 6, right, 10), canvas.inks.quiet)


def _not_set_up(canvas: _Canvas, _: float | None) -> None:
    hint = canvas.inks.hint
    _gauge(canvas, hint, None)
    canvas.fill(canvas.bar(7, 3.4, 9, 10), hint)
    canvas.fill(canvas.bar(4.7, 5.7, 11.3, 7.7), hint)


def _numbered(canvas: _Canvas, gauge: Gauge) -> None:
    """Write the balance on a sign; a low one stands on a triangle."""
    inks, start, end = canvas.inks, canvas.rim, canvas.end
    low = gauge.state is State.LOW
    bottom = 11.2 if low else end
    sign = canvas.bar(start, start, end, bottom, radius=2.4)
    if low:
        sign = sign.united(canvas.polygon((3.5, 11), (12.5, 11), (8, end)))
    canvas.rimmed(sign, inks.low if low else inks.fine)
    room = canvas.box(start + 1, start + 1.6, end - 1, bottom - 1.6)
    canvas.text(gauge.number, room, inks.light)


def _moon(canvas: _Canvas) -> None:
    """Paint a crescent in the upper right corner."""
    end = canvas.end
    whole = canvas.disc(8.4, canvas.rim, end, canvas.rim + end - 8.4)
    bite = canvas.disc(10.6, canvas.rim - 1.4, end + 2.2, canvas.rim + end - 9.8)
    canvas.rimmed(whole, canvas.inks.quiet)
    canvas.fill(bite.intersected(whole), canvas.inks.light)


_PICTURES: Final[dict[State, Callable[[_Canvas, float | None], None]]] = {
    State.OK: _fine,
    State.LOW: _low,
    State.EMPTY: _empty,
    State.UNAUTHORIZED: _rejected,
    State.REFUSED: _refused,
    State.UNREACHABLE: _unreachable,
    State.LOCKED: _locked,
    State.NO_KEY: _without_key,
    State.UNKNOWN: _unknown,
    State.NOT_SET_UP: _not_set_up,
}
