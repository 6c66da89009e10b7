"""The ground of a card, and the ring around the one that has the keyboard."""

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

from trayapp.ui.widgets.colours import focus_ring, hairline

_BASE: Final = QPalette.ColorRole.Base
_ROUNDING: Final = 8.0


def paint_card(card: QWidget, *, ringed: bool) -> None:
    """Paint it while the card is asked to paint itself."""
    palette, line = card.palette(), 2.0 if ringed else 1.0
    colour = focus_ring(palette, _BASE) if ringed else hairline(palette)
    painter = QPainter(card)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, line))
    painter.setBrush(palette.color(_BASE))
    inset = line / 2
    frame = QRectF(card.rect()).adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(frame, _ROUNDING, _ROUNDING)
    painter.end()
