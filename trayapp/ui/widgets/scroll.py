"""A page that scrolls up and down, and never sideways."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_SMALLEST: Final = (24, 8)
"""How wide and high it is at least, in lines of text."""


class Scroll(QScrollArea):
    """Scrolls up and down only: it is as wide as what is in it needs."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """Leave room for the page and for what scrolls it."""
        bar = self.verticalScrollBar().sizeHint().width()
        page = self.widget()
        width = page.minimumSizeHint().width() if page is not None else 0
        needed = QSize(width + bar, 0)
        return needed.expandedTo(QSize(*_SMALLEST) * self.fontMetrics().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear when something in the page comes, goes or grows."""
        done = super().eventFilter(watched, event)
        # Asked of Qt: what Python knows of this may be gone before Qt's own part is.
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return done
