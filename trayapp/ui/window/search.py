"""The search field for accounts, with the number of matches."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from trayapp.core.i18n.language import Language
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.labels import TextLabel, Tone
from trayapp.ui.widgets.line_edit import LineEdit


class Search(QWidget):
    """Searches accounts by parts of their names.

    Signals:
        changed(): the search text changed.
    """

    changed = Signal()

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._announced = ""
        self.line = LineEdit()
        self.line.setPlaceholderText(language.gettext("Search accounts"))
        self.line.setAccessibleName(language.gettext("Search accounts"))
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._on_changed)
        self._count = TextLabel(tone=Tone.MUTED)
        self._count.setWordWrap(False)
        em = self.fontMetrics().height()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(em * 3 // 4, em // 2, em * 3 // 4, 0)
        layout.setSpacing(em // 2)
        layout.addWidget(self.line, 1)
        layout.addWidget(self._count)
        self._count.hide()

    @property
    def is_searching(self) -> bool:
        """Whether there is a search text."""
        return bool(self.line.text().strip())

    def finds(self, name: str) -> bool:
        """Say whether a name contains every word of the search text, in any case."""
        folded = name.casefold()
        return all(part in folded for part in self.line.text().casefold().split())

    def show_count(self, found: int, of_all: int) -> None:
        """Show and announce how many accounts match."""
        words = self._language.ngettext(
            "{found} of {n} account", "{found} of {n} accounts", of_all
        )
        count = words.format(found=found, n=of_all) if self.is_searching else ""
        self._count.set_text(count)
        self._count.setVisible(bool(count))
        if count and count != self._announced:
            announce(self.line, count)
        self._announced = count

    def clear(self) -> None:
        """Remove the search text."""
        self.line.clear()

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()
