"""Offers a restart when another language was saved, as it needs one."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from trayapp.core.i18n.language import Language
from trayapp.qt.language import person_language
from trayapp.ui.window.message_boxes import RestartOffer

if TYPE_CHECKING:
    from trayapp.services.messages.events import SaveFinished


class LanguageController(QObject):
    """Offers a restart once for each other language that was saved.

    Signals:
        restart_requested(): a person wants to read that language now.
    """

    restart_requested = Signal()

    def __init__(self, language: Language, parent: QObject | None = None) -> None:
        """Take the language that the program speaks until it ends."""
        super().__init__(parent)
        self._language = language
        self._offered = language.code
        self._offer: RestartOffer | None = None

    def handle_save(self, saved: "SaveFinished") -> None:
        """Offer a restart if the saved settings have another language."""
        if saved.problem is not None:
            return
        code = person_language(saved.settings.language).code
        if code == self._offered:
            return
        self._offered = code
        if code != self._language.code and self._offer is None:
            self._offer = RestartOffer(self._language)
            self._offer.accepted.connect(self.restart_requested)
            self._offer.destroyed.connect(self._on_gone)
            self._offer.open()

    @Slot()
    def _on_gone(self) -> None:
        self._offer = None
