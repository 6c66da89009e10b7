"""A dialog of pages that gives them the room they need, as far as the screen goes."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QStackedWidget,
    QStyle,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from trayapp.ui.widgets.labels import TextLabel, Tone
from trayapp.ui.widgets.page import Page


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
