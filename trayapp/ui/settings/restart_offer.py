"""Asks whether the program may start anew, for a language that was chosen."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from trayapp.core.i18n.language import Language
from trayapp.core.program import PROGRAM


class RestartOffer(QMessageBox):
    """Two buttons; closing it means later.

    Signals:
        restart_requested(): now.
    """

    restart_requested = Signal()

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
        self._now = self.addButton(translate("&Restart now"), roles.AcceptRole)
        # Translators: a button: the program is not restarted now.
        later = self.addButton(translate("&Later"), roles.RejectRole)
        self.setDefaultButton(self._now)
        self.setEscapeButton(later)
        self.finished.connect(self._on_finished)

    @Slot()
    def _on_finished(self) -> None:
        if self.clickedButton() is self._now:
            self.restart_requested.emit()
