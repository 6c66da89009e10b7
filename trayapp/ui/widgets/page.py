"""A page of rows that scrolls when the screen or the font leaves no room for it."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

_WIDTH: Final = 40
"""How wide a form is at least, in lines of text."""


class Page(QScrollArea):
    """Asks for the room that its rows need, and scrolls if it gets less.

    Signals:
        changed(): rows came, went or grew.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        form = QWidget()
        em = self.fontMetrics().height()
        self.rows = QVBoxLayout(form)
        """Where a dialog puts its rows."""
        self.rows.setContentsMargins(em, em, em, em // 2)
        self.rows.setSpacing(em // 2)
        self._form, self._least = form, em * _WIDTH
        self.setWidget(form)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def missing(self) -> int:
        """How much higher it would have to be to show all its rows."""
        view = self.viewport()
        return self._form.heightForWidth(view.width()) - view.height()

    def sizeHint(self) -> QSize:
        """Give the form's own size, as its words wrap at this width."""
        width = max(self._least, self._form.minimumSizeHint().width())
        return QSize(width, self._form.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Leave enough to scroll in; never scroll sideways."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._form.minimumSizeHint().width() + bar, self._least // 4)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear when the form lays itself out anew."""
        done = super().eventFilter(watched, event)
        # Asked of Qt: what Python knows of this may be gone before Qt's own part is.
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.changed.emit()
        return done
