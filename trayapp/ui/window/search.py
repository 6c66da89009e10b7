"""The line that finds an account among many, and says how many it found."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from trayapp.core.i18n.language import Language
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.labels import TextLabel, Tone
from trayapp.ui.widgets.line_edit import LineEdit


class Search(QWidget):
    """Takes a part of a name.

    Signals:
        changed(): another part is looked for.
    """

    changed = Signal()

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._said = ""
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
        """Whether anything is looked for."""
        return bool(self.line.text().strip())

    def finds(self, name: str) -> bool:
        """Say whether all that is typed, word by word, is in this name."""
        folded = name.casefold()
        return all(part in folded for part in self.line.text().casefold().split())

    def show_count(self, found: int, of_all: int) -> None:
        """Say how many accounts match, to a screen reader too."""
        words = self._language.ngettext(
            "{found} of {n} account", "{found} of {n} accounts", of_all
        )
        said = words.format(found=found, n=of_all) if self.is_searching else ""
        self._count.say(said)
        self._count.setVisible(bool(said))
        if said and said != self._said:
            announce(self.line, said)
        self._said = said

    def clear(self) -> None:
        """Look for nothing."""
        self.line.clear()

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()
