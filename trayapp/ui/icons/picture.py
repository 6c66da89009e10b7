"""A picture painted for the screen's pixel ratio and the font's size."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

Source = Callable[[int, float], QPixmap]
"""Paints a square picture, from its size in points and the pixels per point."""


class ScaledPicture(QWidget):
    """Shows the picture of `source`, `lines` lines of text high."""

    def __init__(self, source: Source, lines: float) -> None:
        super().__init__()
        self._source, self._lines = source, lines
        self._painted: tuple[int, float, QPixmap] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_source(self, source: Source) -> None:
        """Show another picture."""
        self._source, self._painted = source, None
        self.update()

    def show_lines(self, lines: float) -> None:
        """Set the height, in lines of text."""
        self._lines = lines
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Give a square that grows with the font."""
        size = round(self.fontMetrics().height() * self._lines)
        return QSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, from a cache for one size and pixel ratio."""
        del event
        size, ratio = self.width(), self.devicePixelRatioF()
        if self._painted is None or self._painted[:2] != (size, ratio):
            self._painted = size, ratio, self._source(size, ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted[2])
        painter.end()
