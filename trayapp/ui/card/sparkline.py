"""The line of the last days on a card: a button that opens what is behind it."""

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
_FOOT: Final = 3.0
"""What is left free around the line, and under it."""
_ROUNDING: Final = 5.0
_DOTS: Final = [1.0, 3.0]
_KEYBOARD: Final = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class SparklineButton(QPushButton):
    """Shows a `Sparkline` above its words; the words alone where there is none.

    It is painted and never laid out: hundreds of them cost nothing until they are seen.
    """

    def __init__(self, language: Language) -> None:
        super().__init__(language.gettext("History…"))
        self._sketch: Sparkline | None = None
        self._level = Status.OK
        self._aged = False
        self._by_keyboard = False
        self._lines = Density.USUAL.value.line
        self._says_words = True
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_sketch(
        self, sketch: Sparkline | None, level: Status, *, aged: bool
    ) -> None:
        """Show a line that ends at `level`; `aged` if that is no longer sure."""
        if (sketch, level, aged) != (self._sketch, self._level, self._aged):
            self._sketch, self._level, self._aged = sketch, level, aged
            words = sketch.words if sketch is not None else ""
            self.setAccessibleDescription(words)
            self.setToolTip(words)
            self.update()

    def set_density(self, density: Density) -> None:
        """Take more room, or less."""
        self._lines = density.value.line
        self._says_words = density is not Density.COMPACT
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Ask for room for the words, and for a line that is as high as it should."""
        metrics = self.fontMetrics()
        words = metrics.size(0, self.text()) + QSize(metrics.height(), 4)
        return words.expandedTo(QSize(0, round(metrics.height() * self._lines)))

    def minimumSizeHint(self) -> QSize:
        """Ask for no less: it is small as it is."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, its ground while it is pointed at, and the words."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        room = QRectF(self.rect())
        if self._says_words or self._sketch is None:
            words = room.toRect()
            if self._says_words:
                words.setTop(words.bottom() - self.fontMetrics().height() - 1)
                room.setBottom(words.top())
            ink = text_on if self._is_pointed_at() else muted
            painter.setPen(ink(self.palette(), _BASE))
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
        room.adjust(_EDGE, _EDGE, -_EDGE, -_FOOT)
        if self._sketch is not None:
            self._paint_line(painter, self._sketch, room)
        elif self._says_words:
            painter.setPen(QPen(hairline(self.palette()), 1.0))
            painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Be quiet again."""
        super().leaveEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Note whether the focus came by keyboard, and is to be seen."""
        self._by_keyboard = event.reason() in _KEYBOARD
        super().focusInEvent(event)

    def _is_pointed_at(self) -> bool:
        return self.underMouse() or self.hasFocus() or self.isDown()

    def _paint_ground(self, painter: QPainter) -> None:
        palette = self.palette()
        focused = self.hasFocus() and self._by_keyboard
        if not self._is_pointed_at():
            return
        ring = QPen(focus_ring(palette, _BASE), 2.0)
        painter.setPen(ring if focused else Qt.PenStyle.NoPen)
        text, base = text_on(palette, _BASE), palette.color(_BASE)
        painter.setBrush(mixed(text, base, _HOVER * (1 + self.isDown())))
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(room, _ROUNDING, _ROUNDING)

    def _paint_line(self, painter: QPainter, sketch: Sparkline, room: QRectF) -> None:
        palette = self.palette()
        base, text = palette.color(_BASE), text_on(palette, _BASE)
        accent = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
        quiet = muted(palette, _BASE)
        ink = quiet if self._aged else visible_on(accent, base, text)
        points = curve(sketch.points, room)
        _fill(painter, points, room.bottom(), mixed(ink, base, _FILL))
        if sketch.threshold is not None:
            y = curve([(0, sketch.threshold)], room)[0].y()
            dotted = QPen(quiet, 1.0)
            dotted.setDashPattern(_DOTS)
            painter.setPen(dotted)
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        pen = QPen(ink, _LINE)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(points)
        tone = Tone.PLAIN if self._aged else tone_of(self._level)
        is_loud = tone is not Tone.PLAIN
        painter.setPen(QPen(base, 1.5))
        painter.setBrush(tone_colour(tone, palette, _BASE) if is_loud else ink)
        painter.drawEllipse(points[-1], _DOT, _DOT)


def curve(points: Sequence[tuple[float, float]], room: QRectF) -> list[QPointF]:
    """Place points of shares in a rectangle: from its left to its right, upwards."""
    return [
        QPointF(room.left() + x * room.width(), room.bottom() - y * room.height())
        for x, y in points
    ]


def _fill(
    painter: QPainter, points: Sequence[QPointF], bottom: float, ink: QColor
) -> None:
    corners = (QPointF(points[-1].x(), bottom), QPointF(points[0].x(), bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([*points, *corners]))
