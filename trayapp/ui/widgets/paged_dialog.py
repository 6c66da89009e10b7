"""A dialog of pages that gives them the room they need, as far as the screen goes."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QScrollArea,
    QStackedWidget,
    QStyle,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from trayapp.ui.widgets.labels import TextLabel, Tone

_WIDTH: Final = 40
"""The smallest width of a form, in lines of text."""


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


class PagedDialog(QDialog):
    """One `Page` of several at a time, and below it what is the same for all."""

    def __init__(
        self, pages: QTabWidget | QStackedWidget, parent: QWidget | None
    ) -> None:
        """Show `pages`, to which `Page` widgets are added and nothing else."""
        super().__init__(parent)
        em = self.fontMetrics().height()
        self._pages = pages
        pages.currentChanged.connect(self._make_room)
        self._revealed: QWidget | None = None
        self.below = QVBoxLayout()
        """Where a dialog puts what stands under every page."""
        self.below.setContentsMargins(em, em // 2, em, 0)
        self.status = TextLabel(tone=Tone.MUTED)
        """Beside the buttons."""
        self.whole = QVBoxLayout(self)
        """Where a dialog adds its row of buttons."""
        self.whole.setContentsMargins(0, 0, 0, 0)
        self.whole.setSpacing(0)
        self.whole.addWidget(pages, 1)
        self.whole.addLayout(self.below)

    def reveal(self, part: QWidget) -> None:
        """Scroll to where `part` is seen, now and when the rows have settled."""
        self._revealed = part
        self._current_page().ensureWidgetVisible(part)

    def new_page(self) -> Page:
        """Make a page that the dialog makes room for."""
        page = Page()
        page.changed.connect(self._make_room)
        return page

    def _current_page(self) -> Page:
        page = self._pages.currentWidget()
        assert isinstance(page, Page)  # noqa: S101  # nothing else is ever added
        return page

    def _highest(self) -> int:
        """Give what the frame leaves of the screen; there may be none yet."""
        title = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        frame = max(self.frameGeometry().height() - self.height(), title)
        return self.screen().availableSize().height() - frame

    @Slot()
    def _make_room(self) -> None:
        """Grow, as far as the screen goes, for words that came later."""
        page = self._current_page()
        more = page.missing
        if more > 0 and self.isVisible():
            room = self.screen().availableGeometry()
            highest = self._highest()
            self.resize(self.width(), min(self.height() + more, highest))
            below = self.frameGeometry().bottom() - room.bottom()
            if below > 0:
                self.move(self.x(), max(self.y() - below, room.top()))
        if self._revealed is not None:
            page.ensureWidgetVisible(self._revealed)
            self._revealed = None

    def showEvent(self, event: QShowEvent) -> None:
        """Take the room that the rows need: Qt gives two thirds of a screen at most."""
        if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            room = QSize(self.screen().availableSize().width(), self._highest())
            self.resize(self.sizeHint().boundedTo(room))
        super().showEvent(event)
