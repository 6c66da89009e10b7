"""What a history window says of balances with an impossible time, and their removal."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMessageBox, QWidget

from trayapp.core.i18n.language import Language
from trayapp.ui.widgets.buttons import PushButton, remove_button_icons
from trayapp.ui.widgets.labels import TextLabel, Tone


class ImpossibleBalances(QWidget):
    """A sentence and a button; hidden without such balances.

    Signals:
        removal_confirmed(): a person asked to remove them, and confirmed that.
    """

    removal_confirmed = Signal()

    def __init__(self, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language, self._number = language, 0
        self._words = TextLabel(tone=Tone.MUTED)
        # Translators: a button below a sentence that lists these balances.
        self._remove = PushButton(language.gettext("Remove wrong &balances…"))
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self._ask)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_words(self, words: str, number: int) -> None:
        """Show the sentence about so many balances; hide everything if it is empty."""
        self._number = number
        self._words.set_text(words)
        self._remove.setAccessibleDescription(words)
        self.setVisible(bool(words))

    @Slot()
    def _ask(self) -> None:
        question = RemovalQuestion(self._number, self._language, self)
        question.confirmed.connect(self.removal_confirmed)
        question.open()


class RemovalQuestion(QMessageBox):
    """Two buttons; closing it removes nothing.

    Signals:
        confirmed(): the balances are to be removed.
    """

    confirmed = Signal()

    def __init__(
        self, number: int, language: Language, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        translate = language.gettext
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(
            language.ngettext(
                "Remove {n} balance with an impossible time from the history?",
                "Remove {n} balances with an impossible time from the history?",
                number,
            ).format(n=number)
        )
        self.setInformativeText(translate("You can't undo this."))
        roles = QMessageBox.ButtonRole
        self._remove = self.addButton(translate("&Remove"), roles.DestructiveRole)
        cancel = self.addButton(translate("Cancel"), roles.RejectRole)
        self.setDefaultButton(cancel)
        self.setEscapeButton(cancel)
        remove_button_icons(self)
        self.buttonClicked.connect(self._on_clicked)

    @Slot(QAbstractButton)
    def _on_clicked(self, button: QAbstractButton) -> None:
        if button is self._remove:
            self.confirmed.emit()
