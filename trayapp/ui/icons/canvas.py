"""A grid of 16 units to paint icons on, with edges on whole pixels."""

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
"""The smallest ratio of width to height of digits; then they become smaller."""


@dataclass(frozen=True)
class Inks:
    """The colours of an icon style."""

    fine: QColor
    low: QColor
    bad: QColor
    muted: QColor
    hint: QColor
    light: QColor | None
    """The colour of holes and of the rim around a shape; None is transparent."""


COLOURED: Final = Inks(
    fine=QColor("#14713f"),
    low=QColor("#b45309"),
    bad=QColor("#b91c1c"),
    muted=QColor("#475569"),
    hint=QColor("#1d5fbf"),
    light=_WHITE,
)
"""Dark enough for a light taskbar; the light rim separates them from a dark one."""


def plain_inks(ink: QColor) -> Inks:
    """Return one colour for everything: for a contrasting taskbar, or a mask."""
    return Inks(ink, ink, ink, ink, ink, None)


class Canvas:
    """Paints in units of the grid; the colour None erases instead."""

    def __init__(self, painter: QPainter, pixels: int, inks: Inks) -> None:
        self._painter = painter
        self._unit = pixels / _GRID
        self.inks = inks
        self.rim = max(1, round(self._unit)) / self._unit
        """The width of the rim, in units; a whole number of pixels."""
        self.end = _GRID - self.rim
        """The right and lower limit of shapes, which leaves room for the rim."""

    def box(self, left: float, top: float, right: float, bottom: float) -> QRectF:
        """Return a rectangle in whole pixels, at least one wide and high."""
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
        """Return a rectangle with corners rounded by `radius` units."""
        path = QPainterPath()
        rounding = radius * self._unit
        path.addRoundedRect(self.box(left, top, right, bottom), rounding, rounding)
        return path

    def disc(
        self, left: float, top: float, right: float, bottom: float
    ) -> QPainterPath:
        """Return an ellipse."""
        path = QPainterPath()
        path.addEllipse(self.box(left, top, right, bottom))
        return path

    def polygon(self, *points: tuple[float, float]) -> QPainterPath:
        """Return a closed shape with its corners between pixels."""
        corners = [QPointF(self._snap(x), self._snap(y)) for x, y in points]
        path = QPainterPath()
        path.addPolygon(QPolygonF(corners))
        path.closeSubpath()
        return path

    def fill(self, path: QPainterPath, ink: QColor | None) -> None:
        """Fill a shape; None erases it."""
        self._painter.fillPath(path, self._chosen(ink))

    def line(
        self,
        points: list[tuple[float, float]],
        ink: QColor | None,
        width: float = STROKE,
    ) -> None:
        """Draw a line with round ends; None erases it."""
        path = QPainterPath(QPointF(*points[0]) * self._unit)
        for point in points[1:]:
            path.lineTo(QPointF(*point) * self._unit)
        self._stroke(path, ink, width)

    def rimmed(self, path: QPainterPath, ink: QColor | None) -> None:
        """Fill a shape, with a rim around it."""
        self._stroke(path, self.inks.light, 2 * self.rim)
        self.fill(path, ink)

    def rimmed_lines(self, ink: QColor, *lines: list[tuple[float, float]]) -> None:
        """Draw lines, with a rim around them."""
        for points in lines:
            self.line(points, self.inks.light, STROKE + 2 * self.rim)
        for points in lines:
            self.line(points, ink)

    def _snap(self, units: float) -> float:
        return float(round(units * self._unit))

    def text(self, words: str, box: QRectF, ink: QColor | None) -> None:
        """Write text in the middle of a box of pixels, as large as fits."""
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
        """Set the painter to erase for None, else to paint."""
        modes = QPainter.CompositionMode
        self._painter.setCompositionMode(
            modes.CompositionMode_DestinationOut
            if ink is None
            else modes.CompositionMode_SourceOver
        )
        return _WHITE if ink is None else ink
