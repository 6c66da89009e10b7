"""Asks whether the program may start anew, for a language that was chosen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from trayapp.core.i18n.language import Language
from trayapp.core.program import PROGRAM


class RestartOffer(QMessageBox):
    """Two buttons: `accepted` means to restart now; closing it means later."""

    def __init__(self, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        translate = language.gettext
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(PROGRAM)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(
            translate("Balance Tray speaks the language you chose after a restart.")
        )
        self.setInformativeText(
            translate(
                "It takes a few seconds. Everything is saved, and nothing is lost."
            )
        )
        roles = QMessageBox.ButtonRole
        now = self.addButton(translate("&Restart now"), roles.AcceptRole)
        # Translators: a button: the program is not restarted now.
        later = self.addButton(translate("&Later"), roles.RejectRole)
        self.setDefaultButton(now)
        self.setEscapeButton(later)
