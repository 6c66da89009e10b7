"""A dialog of pages that grows with its pages, up to the height of the screen."""

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
    """A page of rows that scrolls if there is too little room.

    Signals:
        changed(): its layout changed, so it may need another height.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        form = QWidget()
        em = self.fontMetrics().height()
        self.rows = QVBoxLayout(form)
        """The layout for the dialog's rows."""
        self.rows.setContentsMargins(em, em, em, em // 2)
        self.rows.setSpacing(em // 2)
        self._form, self._least = form, em * _WIDTH
        self.setWidget(form)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def missing(self) -> int:
        """The points of height missing to show all rows; negative for spare room."""
        view = self.viewport()
        return self._form.heightForWidth(view.width()) - view.height()

    def sizeHint(self) -> QSize:
        """Give the size of the form, with its words wrapped at this width."""
        width = max(self._least, self._form.minimumSizeHint().width())
        return QSize(width, self._form.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Give the width of the form, so that it never scrolls sideways."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._form.minimumSizeHint().width() + bar, self._least // 4)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Emit `changed` when the layout of the form changes."""
        done = super().eventFilter(watched, event)
        # `self.widget()`, as Python's attributes may be deleted before Qt's object.
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.changed.emit()
        return done


class PagedDialog(QDialog):
    """Shows one `Page` at a time, and below it what all pages share."""

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
        """The layout below every page."""
        self.below.setContentsMargins(em, em // 2, em, 0)
        self.status = TextLabel(tone=Tone.MUTED)
        """The status text beside the buttons."""
        self.whole = QVBoxLayout(self)
        """The layout of the dialog, to which a subclass adds its row of buttons."""
        self.whole.setContentsMargins(0, 0, 0, 0)
        self.whole.setSpacing(0)
        self.whole.addWidget(pages, 1)
        self.whole.addLayout(self.below)

    def reveal(self, part: QWidget) -> None:
        """Scroll to `part`, now and after the next layout."""
        self._revealed = part
        self._current_page().ensureWidgetVisible(part)

    def new_page(self) -> Page:
        """Return a page for which the dialog grows."""
        page = Page()
        page.changed.connect(self._make_room)
        return page

    def _current_page(self) -> Page:
        page = self._pages.currentWidget()
        assert isinstance(page, Page)  # noqa: S101  # only pages are added
        return page

    def _highest(self) -> int:
        """Return the greatest height of the dialog; the frame may not exist yet."""
        title = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        frame = max(self.frameGeometry().height() - self.height(), title)
        return self.screen().availableSize().height() - frame

    @Slot()
    def _make_room(self) -> None:
        """Grow to show all rows, as far as the screen allows."""
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
        """Take the height that the rows need; Qt gives two thirds of a screen."""
        if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            room = QSize(self.screen().availableSize().width(), self._highest())
            self.resize(self.sizeHint().boundedTo(room))
        super().showEvent(event)
