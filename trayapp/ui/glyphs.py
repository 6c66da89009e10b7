"""How each state is painted: a speech bubble, and a mark of a shape of its own.

Whatever asks something of a person looks different in outline, so that it is told
apart where colours aren't seen: a triangle for low, a disc for empty, a crossed key
for a rejected one. All is laid on a grid of 16 units whose lines fall on whole pixels;
the colours are dark enough for a light panel, and a light rim parts them from a dark
one.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from trayapp.core.state import State

_GRID: Final = 16.0
_GREEN: Final = QColor("#14713f")
_AMBER: Final = QColor("#b45309")
_RED: Final = QColor("#b91c1c")
_BLUE: Final = QColor("#1d5fbf")
_SLATE: Final = QColor("#475569")
_LIGHT: Final = QColor("#ffffff")
_STROKE: Final = 2.0
"""The width of every line, in units."""


def state_image(state: State, pixels: int, *, mask: bool = False) -> QImage:
    """Paint a state on `pixels` by `pixels` transparent ones.

    With `mask` what is light is left out: macOS tints such a picture by itself.
    """
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _PICTURES[state](_Canvas(painter, pixels, mask=mask))
    painter.end()
    return image


class _Canvas:
    """Paints in units of the grid: in ink of a colour, or in the light of the rim."""

    def __init__(self, painter: QPainter, pixels: int, *, mask: bool) -> None:
        self._painter = painter
        self._unit = pixels / _GRID
        self._mask = mask
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

    def fill(self, path: QPainterPath, ink: QColor) -> None:
        """Fill a shape."""
        self._choose(ink)
        self._painter.fillPath(path, ink)

    def line(
        self, points: list[tuple[float, float]], ink: QColor, width: float = _STROKE
    ) -> None:
        """Draw a line with round ends."""
        path = QPainterPath(QPointF(*points[0]) * self._unit)
        for point in points[1:]:
            path.lineTo(QPointF(*point) * self._unit)
        self._stroke(path, ink, width)

    def rimmed(self, path: QPainterPath, ink: QColor) -> None:
        """Fill a shape, and part it from what is around it."""
        self._stroke(path, _LIGHT, 2 * self.rim)
        self.fill(path, ink)

    def rimmed_lines(self, ink: QColor, *lines: list[tuple[float, float]]) -> None:
        """Draw lines, and part them from what is around them."""
        for points in lines:
            self.line(points, _LIGHT, _STROKE + 2 * self.rim)
        for points in lines:
            self.line(points, ink)

    def _snap(self, units: float) -> float:
        return float(round(units * self._unit))

    def _stroke(self, path: QPainterPath, ink: QColor, width: float) -> None:
        pen = QPen(ink, width * self._unit)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._choose(ink)
        self._painter.strokePath(path, pen)

    def _choose(self, ink: QColor) -> None:
        """Let the light of a mask take away instead of adding."""
        modes = QPainter.CompositionMode
        takes = self._mask and ink == _LIGHT
        self._painter.setCompositionMode(
            modes.CompositionMode_DestinationOut
            if takes
            else modes.CompositionMode_SourceOver
        )


def _bubble(canvas: _Canvas, ink: QColor) -> None:
    start, end = canvas.rim, canvas.end
    body = canvas.bar(start, start, end, 12.4, radius=3.2)
    tail = canvas.polygon((3, 10.4), (3, end), (7.6, 12.2))
    canvas.rimmed(body.united(tail), ink)


def _hollow_bubble(canvas: _Canvas, ink: QColor, *, level: float = 0.0) -> None:
    """Paint a bubble that is filled up to `level` of its height."""
    _bubble(canvas, ink)
    start, end = canvas.rim + _STROKE, canvas.end - _STROKE
    surface = 10.4 - level * (10.4 - start)
    canvas.fill(canvas.bar(start, start, end, surface, radius=1.2), _LIGHT)


def _key(canvas: _Canvas, ink: QColor, top: float) -> None:
    """Paint a key on its side, as wide as the picture."""
    middle = top + 4
    bow = canvas.disc(canvas.rim, top, 9, top + 8)
    shaft = canvas.bar(8, middle - 1.2, canvas.end, middle + 1.2)
    tooth = canvas.bar(12.6, middle, canvas.end, middle + 3.6)
    canvas.rimmed(bow.united(shaft).united(tooth), ink)
    canvas.fill(canvas.disc(3.7, middle - 1.3, 6.3, middle + 1.3), _LIGHT)


def _fine(canvas: _Canvas) -> None:
    _bubble(canvas, _GREEN)
    canvas.line([(4.2, 6.9), (6.9, 9.4), (11.8, 4.4)], _LIGHT, 2.1)


def _low(canvas: _Canvas) -> None:
    _hollow_bubble(canvas, _AMBER, level=0.35)
    end = canvas.end
    middle = (6 + end) / 2
    canvas.rimmed(canvas.polygon((middle, 5.8), (end, end), (6, end)), _AMBER)
    canvas.fill(canvas.bar(middle - 0.7, 9, middle + 0.7, 12), _LIGHT)
    canvas.fill(canvas.bar(middle - 0.7, 13, middle + 0.7, 14.2), _LIGHT)


def _empty(canvas: _Canvas) -> None:
    _hollow_bubble(canvas, _RED)
    end = canvas.end
    middle = (7 + end) / 2
    canvas.rimmed(canvas.disc(7, 7, end, end), _RED)
    canvas.fill(
        canvas.bar(middle - 2.5, middle - 0.9, middle + 2.5, middle + 0.9), _LIGHT
    )


def _rejected(canvas: _Canvas) -> None:
    _key(canvas, _RED, canvas.rim)
    near, far = 8.2, 13.9
    canvas.rimmed_lines(_RED, [(near, near), (far, far)], [(near, far), (far, near)])


def _refused(canvas: _Canvas) -> None:
    _bubble(canvas, _AMBER)
    canvas.line([(5, 4), (11, 9.6)], _LIGHT)
    canvas.line([(5, 9.6), (11, 4)], _LIGHT)


def _unreachable(canvas: _Canvas) -> None:
    _hollow_bubble(canvas, _SLATE)
    canvas.rimmed_lines(_SLATE, [(2.2, 13.8), (13.8, 2.2)])


def _locked(canvas: _Canvas) -> None:
    _bubble(canvas, _SLATE)
    shackle = canvas.bar(5.4, 2.6, 10.6, 9, radius=2.2)
    opening = canvas.bar(6.9, 4.2, 9.1, 9, radius=0.9)
    canvas.fill(shackle.subtracted(opening), _LIGHT)
    canvas.fill(canvas.bar(4.4, 6.4, 11.6, 10.9, radius=0.6), _LIGHT)


def _without_key(canvas: _Canvas) -> None:
    _key(canvas, _BLUE, 4)


def _unknown(canvas: _Canvas) -> None:
    for left, right in ((canvas.rim, 5), (6, 10), (11, canvas.end)):
        canvas.rimmed(canvas.disc(left, 6, right, 10), _SLATE)


def _not_set_up(canvas: _Canvas) -> None:
    _hollow_bubble(canvas, _BLUE)
    canvas.fill(canvas.bar(7, 3.4, 9, 10), _BLUE)
    canvas.fill(canvas.bar(4.7, 5.7, 11.3, 7.7), _BLUE)


_PICTURES: Final[dict[State, Callable[[_Canvas], None]]] = {
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
