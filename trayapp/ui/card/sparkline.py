"""The sparkline of a card, a button with the last days' line that opens the history."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy

from trayapp.core.chart.sparkline import Sparkline
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.ui.card.density import Density
from trayapp.ui.widgets.colours import (
    focus_ring,
    hairline,
    mixed,
    muted,
    text_on,
    visible_on,
)
from trayapp.ui.widgets.labels import Tone, tone_colour, tone_of

_BASE: Final = QPalette.ColorRole.Base
_FILL: Final = 0.13
_HOVER: Final = 0.06
_LINE: Final = 1.6
_DOT: Final = 3.2
_EDGE: Final = 5.0
_BOTTOM: Final = 3.0
"""The free points around the line, and below it."""
_ROUNDING: Final = 5.0
_DOTS: Final = [1.0, 3.0]
_KEYBOARD: Final = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class SparklineButton(QPushButton):
    """Shows a `Sparkline` above the button's text; the text alone without one.

    It paints directly, without child widgets: hundreds cost nothing until painted.
    """

    def __init__(self, language: Language) -> None:
        super().__init__(language.gettext("History…"))
        self._sparkline: Sparkline | None = None
        self._level = Status.OK
        self._aged = False
        self._by_keyboard = False
        self._lines = Density.USUAL.value.line
        self._has_text = True
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_sparkline(
        self, sparkline: Sparkline | None, level: Status, *, aged: bool
    ) -> None:
        """Show a line with an end dot in the colour of `level`; `aged` mutes both."""
        if (sparkline, level, aged) != (self._sparkline, self._level, self._aged):
            self._sparkline, self._level, self._aged = sparkline, level, aged
            words = sparkline.words if sparkline is not None else ""
            self.setAccessibleDescription(words)
            self.setToolTip(words)
            self.update()

    def set_density(self, density: Density) -> None:
        """Set the height; a compact button shows no text beside a line."""
        self._lines = density.value.line
        self._has_text = density is not Density.COMPACT
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Give the size of the text, and the line's height for the density."""
        metrics = self.fontMetrics()
        words = metrics.size(0, self.text()) + QSize(metrics.height(), 4)
        return words.expandedTo(QSize(0, round(metrics.height() * self._lines)))

    def minimumSizeHint(self) -> QSize:
        """Give the same size as the hint."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, the text, and the background under mouse or focus."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_background(painter)
        room = QRectF(self.rect())
        if self._has_text or self._sparkline is None:
            words = room.toRect()
            if self._has_text:
                words.setTop(words.bottom() - self.fontMetrics().height() - 1)
                room.setBottom(words.top())
            colour_of = text_on if self._is_highlighted() else muted
            painter.setPen(colour_of(self.palette(), _BASE))
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
        room.adjust(_EDGE, _EDGE, -_EDGE, -_BOTTOM)
        if self._sparkline is not None:
            self._paint_line(painter, self._sparkline, room)
        elif self._has_text:
            painter.setPen(QPen(hairline(self.palette()), 1.0))
            painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Paint the background."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the background."""
        super().leaveEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a focus ring only if the keyboard moved the focus here."""
        self._by_keyboard = event.reason() in _KEYBOARD
        super().focusInEvent(event)

    def _is_highlighted(self) -> bool:
        return self.underMouse() or self.hasFocus() or self.isDown()

    def _paint_background(self, painter: QPainter) -> None:
        palette = self.palette()
        focused = self.hasFocus() and self._by_keyboard
        if not self._is_highlighted():
            return
        ring = QPen(focus_ring(palette, _BASE), 2.0)
        painter.setPen(ring if focused else Qt.PenStyle.NoPen)
        text, base = text_on(palette, _BASE), palette.color(_BASE)
        painter.setBrush(mixed(text, base, _HOVER * (1 + self.isDown())))
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(room, _ROUNDING, _ROUNDING)

    def _paint_line(
        self, painter: QPainter, sparkline: Sparkline, room: QRectF
    ) -> None:
        palette = self.palette()
        base, text = palette.color(_BASE), text_on(palette, _BASE)
        accent = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
        muted_colour = muted(palette, _BASE)
        colour = muted_colour if self._aged else visible_on(accent, base, text)
        points = curve(sparkline.points, room)
        _fill(painter, points, room.bottom(), mixed(colour, base, _FILL))
        if sparkline.threshold is not None:
            y = curve([(0, sparkline.threshold)], room)[0].y()
            dotted = QPen(muted_colour, 1.0)
            dotted.setDashPattern(_DOTS)
            painter.setPen(dotted)
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        pen = QPen(colour, _LINE)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(points)
        tone = Tone.PLAIN if self._aged else tone_of(self._level)
        has_colour = tone is not Tone.PLAIN
        painter.setPen(QPen(base, 1.5))
        painter.setBrush(tone_colour(tone, palette, _BASE) if has_colour else colour)
        painter.drawEllipse(points[-1], _DOT, _DOT)


def curve(points: Sequence[tuple[float, float]], room: QRectF) -> list[QPointF]:
    """Scale points from the unit square to a rectangle; y grows upwards."""
    return [
        QPointF(room.left() + x * room.width(), room.bottom() - y * room.height())
        for x, y in points
    ]


def _fill(
    painter: QPainter, points: Sequence[QPointF], bottom: float, colour: QColor
) -> None:
    corners = (QPointF(points[-1].x(), bottom), QPointF(points[0].x(), bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([*points, *corners]))
