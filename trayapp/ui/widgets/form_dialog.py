"""A dialog of one or more pages, with a status text, OK and Cancel below them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QTabWidget, QWidget

from trayapp.core.i18n.language import Language
from trayapp.ui.widgets.buttons import remove_button_icons
from trayapp.ui.widgets.paged_dialog import Page, PagedDialog


class FormDialog(PagedDialog):
    """Pages with tabs; a single page has no tab bar."""

    def __init__(self, language: Language, parent: QWidget | None) -> None:
        self.tabs = QTabWidget()
        super().__init__(self.tabs, parent)
        em = self.fontMetrics().height()
        self.tabs.setDocumentMode(True)
        self.tabs.setTabBarAutoHide(True)
        # Its proxy is the tab bar: the focus would be lost in a hidden one.
        self.tabs.setFocusProxy(None)  # type: ignore[arg-type]  # Qt takes none
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        kinds = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.ok = box.button(kinds.Ok)
        self.ok.setText(language.gettext("OK"))
        self._cancel = box.button(kinds.Cancel)
        self._cancel.setText(language.gettext("Cancel"))
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        footer = QHBoxLayout()
        footer.setContentsMargins(em, em // 2, em, em)
        footer.addWidget(self.status, 1)
        footer.addWidget(box)
        self.whole.addLayout(footer)
        remove_button_icons(self)

    def add_page(self, title: str = "") -> Page:
        """Add a page after the others."""
        page = self.new_page()
        self.tabs.addTab(page, title)
        return page

    def showEvent(self, event: QShowEvent) -> None:
        """Put the buttons last in the focus order, as pages were added after them."""
        if (last := self.previousInFocusChain()) is not None:
            self.setTabOrder(last, self.ok)
        self.setTabOrder(self.ok, self._cancel)
        super().showEvent(event)
