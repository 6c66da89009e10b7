"""A grid of 16 units to paint small pictures on, with lines on whole pixels."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)

_GRID: Final = 16.0
STROKE: Final = 2.0
"""The width of every line, in units."""
_WHITE: Final = QColor("#ffffff")
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


class Canvas:
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
        width: float = STROKE,
    ) -> None:
        """Draw a line with round ends."""
        path = QPainterPath(QPointF(*points[0]) * self._unit)
        for point in points[1:]:
            path.lineTo(QPointF(*point) * self._unit)
        self._stroke(path, ink, width)

    def rimmed(self, path: QPainterPath, ink: QColor | None) -> None:
        """Fill a shape, and part it from what is around it."""
        self._stroke(path, self.inks.light, 2 * self.rim)
        self.fill(path, ink)

    def rimmed_lines(self, ink: QColor, *lines: list[tuple[float, float]]) -> None:
        """Draw lines, and part them from what is around them."""
        for points in lines:
            self.line(points, self.inks.light, STROKE + 2 * self.rim)
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
