"""The footer of the window: the totals, and buttons for all accounts."""

from functools import partial
from typing import Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.i18n.language import Language
from trayapp.ui.intents import (
    OpenNotificationLog,
    OpenSettings,
    RefreshBalances,
    RevealAmounts,
)
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.buttons import PushButton, widen
from trayapp.ui.widgets.labels import TextLabel, Tone

_CONFIRMED_MS: Final = 4_000
_WIDE: Final = 6
"""The smallest width of a button, in lines of text."""


class Footer(QWidget):
    """A line of words above a row of buttons.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language) -> None:
        super().__init__()
        translate = self._translate = language.gettext
        self._totals = ""
        self._words = TextLabel(tone=Tone.MUTED)
        self._refresh = PushButton(translate("&Refresh"))
        self._refresh.clicked.connect(partial(self.intent.emit, RefreshBalances()))
        # Translators: a button: why notifications were sent, or not.
        self._why = PushButton(translate("&Why?"))
        about = translate("Which notifications were sent or held back, and why")
        self._why.setAccessibleDescription(about)
        self._why.setToolTip(about)
        self._why.clicked.connect(partial(self.intent.emit, OpenNotificationLog()))
        # Translators: a button: the amounts are hidden, and are shown for now.
        self._reveal = PushButton(translate("Show a&mounts"))
        self._reveal.clicked.connect(partial(self.intent.emit, RevealAmounts()))
        self._reveal.hide()
        self._settings = PushButton(translate("&Settings…"))
        self._settings.clicked.connect(partial(self.intent.emit, OpenSettings()))
        self._confirmation = QTimer(self, interval=_CONFIRMED_MS, singleShot=True)
        self._confirmation.timeout.connect(self._show)
        self._lay_out()
        self._show()

    @property
    def focus_chain(self) -> tuple[QWidget, ...]:
        """The buttons, in focus order."""
        return (self._refresh, self._reveal, self._why, self._settings)

    def show_totals(self, totals: str) -> None:
        """Show the sum of all balances; empty hides the line."""
        self._totals = totals
        if not self._confirmation.isActive():
            self._show()

    def offer_reveal(self, *, on: bool) -> None:
        """Show or hide the button that reveals hidden amounts."""
        self._reveal.setVisible(on)

    def confirm(self, text: str) -> None:
        """Show a confirmation in place of the totals for four seconds."""
        self._words.set_text(text)
        self._words.show()
        self._confirmation.start()
        announce(self, text)

    def show_accounts(self, *, has_accounts: bool) -> None:
        """Hide the buttons that need an account if there is none."""
        self._refresh.setVisible(has_accounts)
        self._why.setVisible(has_accounts)

    @Slot()
    def _show(self) -> None:
        # Translators: what all accounts have: "€412.40 + 3,100 CREDITS".
        sentence = self._translate("Together: {totals}")
        self._words.set_text(
            sentence.format(totals=self._totals) if self._totals else ""
        )
        self._words.setVisible(bool(self._totals))

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        row = QHBoxLayout()
        for button in (self._refresh, self._why, self._settings):
            widen(button, _WIDE)
        row.addWidget(self._refresh)
        row.addWidget(self._reveal)
        row.addStretch(1)
        row.addWidget(self._why)
        row.addWidget(self._settings)
        column = QVBoxLayout(self)
        column.setContentsMargins(em * 3 // 4, em // 2, em * 3 // 4, em * 3 // 4)
        column.setSpacing(em // 2)
        column.addWidget(self._words)
        column.addLayout(row)
