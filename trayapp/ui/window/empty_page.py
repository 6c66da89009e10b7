"""The page that the window shows while there is no account."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.i18n.language import Language
from trayapp.ui.icons.icons import app_pixmap
from trayapp.ui.icons.picture import ScaledPicture
from trayapp.ui.intents import OpenFirstRun
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.labels import TextLabel, Tone


class EmptyPage(QWidget):
    """Explains why there is no card, and offers to set up an account.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        translate = language.gettext
        self._title = TextLabel(translate("No account yet"), bold=True, scale=1.4)
        self._words = TextLabel(
            translate(
                "Add the SMS account whose credit you want to keep an eye on. "
                "You need its API key."
            ),
            tone=Tone.MUTED,
        )
        self._begin = PushButton(translate("&Add an account…"), emphasized=True)
        self._begin.clicked.connect(partial(self.intent.emit, OpenFirstRun()))
        layout = QVBoxLayout(self)
        em = self.fontMetrics().height()
        layout.setContentsMargins(em * 2, em * 2, em * 2, em * 2)
        layout.setSpacing(em // 2)
        layout.addStretch(2)
        layout.addWidget(ScaledPicture(app_pixmap, 5), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        layout.addSpacing(em // 2)
        layout.addWidget(self._begin, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def offer_to_continue(self) -> None:
        """Say that the first run was left and can be continued."""
        translate = self._language.gettext
        self._words.set_text(
            translate("You began to set up an account; what you entered is still here.")
        )
        self._begin.setText(translate("&Go on where you left off"))

    def show_unavailable(self) -> None:
        """Say that accounts can be neither read nor saved, and hide the button.

        A key that is typed now would be lost.
        """
        translate = self._language.gettext
        self._title.set_text(translate("Your accounts can't be shown"))
        self._words.set_text(
            translate(
                "The settings can be neither read nor saved. Once that is mended, "
                "start Balance Tray again."
            )
        )
        self._begin.hide()
