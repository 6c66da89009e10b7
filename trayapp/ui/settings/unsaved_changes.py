"""The question that Cancel asks if accounts were changed in the settings."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from trayapp.core.i18n.language import Language
from trayapp.ui.widgets.buttons import remove_button_icons


class UnsavedChanges(QMessageBox):
    """Three buttons; closing it means to go on editing.

    Signals:
        save_chosen(): the changes are to be saved.
        discard_chosen(): they are to be dropped.
    """

    save_chosen = Signal()
    discard_chosen = Signal()

    def __init__(
        self, names: Sequence[str], language: Language, parent: QWidget | None = None
    ) -> None:
        """Name the changed accounts."""
        super().__init__(parent)
        translate = language.gettext
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(translate("Settings"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(translate("Your changes to the accounts are not saved yet."))
        self.setInformativeText(
            translate(
                "Changed: {names}. If you discard this, a key that you entered is "
                "lost, too."
            ).format(names=", ".join(names))
        )
        roles = QMessageBox.ButtonRole
        self._save = self.addButton(translate("&Save"), roles.AcceptRole)
        # Translators: a button: the changes are dropped.
        self._discard = self.addButton(translate("&Discard"), roles.DestructiveRole)
        # Translators: a button: back to the dialog, nothing is saved or dropped yet.
        edit = self.addButton(translate("&Go on editing"), roles.RejectRole)
        self.setDefaultButton(self._save)
        self.setEscapeButton(edit)
        remove_button_icons(self)
        self.buttonClicked.connect(self._on_clicked)

    @Slot(QAbstractButton)
    def _on_clicked(self, button: QAbstractButton) -> None:
        if button is self._save:
            self.save_chosen.emit()
        elif button is self._discard:
            self.discard_chosen.emit()
