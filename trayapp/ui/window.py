"""The window: a card for each account, what concerns all of them, what one can do."""

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from trayapp.core.language import Language
from trayapp.core.text import PROGRAM, Card
from trayapp.ui.banner import Banners
from trayapp.ui.buttons import Button
from trayapp.ui.card import AccountCard
from trayapp.ui.icons import app_icon, app_pixmap
from trayapp.ui.labels import Text, Tone
from trayapp.ui.picture import Picture

_SIZE: Final = (28, 33)
"""How wide and high the window is at first, in lines of text."""
_SMALLEST: Final = (24, 16)


class Window(QWidget):
    """Shows all accounts; closing it hides it and nothing more.

    Signals:
        refresh_requested(): to ask the gateway about all accounts.
        check_requested(account_id: str): to ask about one.
        enter_key_requested(account_id: str): to type another key for one.
        unlock_requested(): to be asked for the keyring's password.
        top_up_requested(account_id: str): to go where it is topped up.
        settings_requested(): to see the settings; without accounts, to add one.
        copy_requested(text: str): to have a text on the clipboard.
        quit_requested(): to end the program.
    """

    refresh_requested = Signal()
    check_requested = Signal(str)
    enter_key_requested = Signal(str)
    unlock_requested = Signal()
    top_up_requested = Signal(str)
    settings_requested = Signal()
    copy_requested = Signal(str)
    quit_requested = Signal()

    def __init__(self, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._cards: dict[str, AccountCard] = {}
        self.setWindowTitle(PROGRAM)
        self.setWindowIcon(app_icon())
        self._banners = Banners(language)
        self._refresh = Button(language.gettext("&Refresh"))
        self._refresh.clicked.connect(self.refresh_requested)
        self._settings = Button(language.gettext("&Settings…"))
        self._settings.clicked.connect(self.settings_requested)
        self._pages = QStackedWidget()
        self._empty = self._make_empty_page()
        self._list = QWidget()
        self._scroll = QScrollArea()
        self._lay_out()
        self._add_shortcuts()
        self.show_cards(())

    def show_cards(self, cards: tuple[Card, ...]) -> None:
        """Show these accounts in this order; cards that stay are changed in place."""
        before = list(self._cards)
        shown = {card.account_id: card for card in cards}
        for account_id in [one for one in self._cards if one not in shown]:
            gone = self._cards.pop(account_id)
            self._rows.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for account_id, card in shown.items():
            if account_id in self._cards:
                self._cards[account_id].show_card(card)
            else:
                self._cards[account_id] = self._new_card(card)
        if before != list(shown):
            self._order(list(shown))
        self._pages.setCurrentWidget(self._scroll if shown else self._empty)
        self._refresh.setVisible(bool(shown))

    def show_banner(self, topic: str, text: str | None) -> None:
        """Tell something about the whole program, or take it back with None.

        There is one message a topic; a person can dismiss each, and it comes back
        only with another text.
        """
        self._banners.show_banner(topic, text)

    def _new_card(self, card: Card) -> AccountCard:
        one = AccountCard(card, self._language)
        one.check_requested.connect(self.check_requested)
        one.enter_key_requested.connect(self.enter_key_requested)
        one.unlock_requested.connect(self.unlock_requested)
        one.top_up_requested.connect(self.top_up_requested)
        one.copy_requested.connect(self.copy_requested)
        return one

    def _order(self, account_ids: list[str]) -> None:
        """Bring cards and the order of the tab key into this order."""
        self._cards = {one: self._cards[one] for one in account_ids}
        for position, card in enumerate(self._cards.values()):
            self._rows.insertWidget(position, card)
            card.show()
        chain = [
            part
            for card in self._cards.values()
            for part in (card, *card.findChildren(Button))
        ]
        chain += [self._refresh, self._settings]
        for first, second in pairwise(chain):
            self.setTabOrder(first, second)

    def _make_empty_page(self) -> QWidget:
        translate = self._language.gettext
        title = Text(translate("No account yet"), bold=True, scale=1.4)
        words = Text(
            translate(
                "Add the SMS account whose credit you want to keep an eye on. "
                "You need its API key."
            ),
            tone=Tone.MUTED,
        )
        add = Button(translate("&Add an account…"), emphasized=True)
        add.clicked.connect(self.settings_requested)
        page = QWidget()
        layout = QVBoxLayout(page)
        em = self.fontMetrics().height()
        layout.setContentsMargins(em * 2, em * 2, em * 2, em * 2)
        layout.setSpacing(em // 2)
        layout.addStretch(2)
        layout.addWidget(Picture(app_pixmap, 5), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (title, words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        layout.addSpacing(em // 2)
        layout.addWidget(add, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        return page

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        margin = em * 3 // 4
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(margin, margin, margin, margin)
        self._rows.setSpacing(em // 2)
        self._rows.addStretch(1)
        self._scroll.setWidget(self._list)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._pages.addWidget(self._scroll)
        self._pages.addWidget(self._empty)
        footer = QHBoxLayout()
        footer.setContentsMargins(margin, em // 2, margin, margin)
        footer.addWidget(self._refresh)
        footer.addStretch(1)
        footer.addWidget(self._settings)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._banners)
        whole.addWidget(self._pages, 1)
        whole.addLayout(footer)
        self.setMinimumSize(QSize(*_SMALLEST) * em)
        self.resize(QSize(*_SIZE) * em)

    def _add_shortcuts(self) -> None:
        for keys, intent in (
            ("F5", self.refresh_requested),
            ("Ctrl+R", self.refresh_requested),
            ("Ctrl+,", self.settings_requested),
            ("Ctrl+Q", self.quit_requested),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(intent)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close)
