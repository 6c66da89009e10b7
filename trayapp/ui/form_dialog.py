"""A dialog of one or more pages, and below them what is going on, OK and Cancel."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from trayapp.core.language import Language
from trayapp.ui.labels import Text, Tone
from trayapp.ui.page import Page


class FormDialog(QDialog):
    """Pages side by side under tabs; one page alone has none."""

    def __init__(self, language: Language, parent: QWidget | None) -> None:
        super().__init__(parent)
        em = self.fontMetrics().height()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setTabBarAutoHide(True)
        self.tabs.currentChanged.connect(self._make_room)
        self._revealed: QWidget | None = None
        self.below = QVBoxLayout()
        """Where a dialog puts what stands under every page."""
        self.below.setContentsMargins(em, em // 2, em, 0)
        self.status = Text(tone=Tone.MUTED)
        """Beside the buttons."""
        kinds = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.ok = box.button(kinds.Ok)
        self.ok.setText(language.gettext("OK"))
        box.button(kinds.Cancel).setText(language.gettext("Cancel"))
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        footer = QHBoxLayout()
        footer.setContentsMargins(em, em // 2, em, em)
        footer.addWidget(self.status, 1)
        footer.addWidget(box)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.tabs, 1)
        whole.addLayout(self.below)
        whole.addLayout(footer)

    def add_page(self, title: str = "") -> Page:
        """Add a page after the others."""
        page = Page()
        page.changed.connect(self._make_room)
        self.tabs.addTab(page, title)
        return page

    def reveal(self, part: QWidget) -> None:
        """Scroll to where `part` is seen, now and when the rows have settled."""
        self._revealed = part
        self._current_page().ensureWidgetVisible(part)

    def _current_page(self) -> Page:
        page = self.tabs.currentWidget()
        assert isinstance(page, Page)  # noqa: S101 - `add_page` alone adds any
        return page

    @Slot()
    def _make_room(self) -> None:
        """Grow, as far as the screen goes, for words that came later."""
        page = self._current_page()
        more = page.missing
        if more > 0 and self.isVisible():
            highest = self.screen().availableSize().height()
            self.resize(self.width(), min(self.height() + more, highest))
        if self._revealed is not None:
            page.ensureWidgetVisible(self._revealed)
            self._revealed = None

    def showEvent(self, event: QShowEvent) -> None:
        """Take the room that the rows need: Qt gives two thirds of a screen at most."""
        if not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))
        super().showEvent(event)
