"""The window: a card for each account, what concerns all of them, what one can do."""

from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QMainWindow,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from trayapp.core.i18n.language import Language
from trayapp.core.program import PROGRAM
from trayapp.core.view.account_text import Card
from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.density import MANY, Density
from trayapp.ui.icons.icons import app_icon
from trayapp.ui.intents import (
    CopyText,
    CopyTopUpRequest,
    Intent,
    OpenAbout,
    OpenSettings,
    Quit,
    RefreshBalances,
)
from trayapp.ui.widgets.labels import TextLabel, Tone
from trayapp.ui.window.banner import Banners
from trayapp.ui.window.card_grid import CardGrid
from trayapp.ui.window.change_announcer import ChangeAnnouncer
from trayapp.ui.window.empty_page import EmptyPage
from trayapp.ui.window.footer import Footer
from trayapp.ui.window.search import Search
from trayapp.ui.window.shared_problem import SharedProblem

_SIZE: Final = (42, 38)
"""How wide and high the window is at first, in lines of text."""
_LEAST_VIEW: Final = (24, 8)
"""The smallest width and height of a scrolled page, in lines of text."""


class Window(QMainWindow):
    """Shows all accounts; closing it hides it and nothing more.

    A main window is a window to a screen reader; another widget would only be a place.

    Signals:
        intent(Intent): what a person asks for.
        hidden(): the window is off the screen.
    """

    intent = Signal(object)
    hidden = Signal()

    def __init__(self, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._cards: dict[str, AccountCard] = {}
        self.setWindowTitle(PROGRAM)
        self.setWindowIcon(app_icon())
        self._banners = Banners(language)
        self._banners.intent.connect(self.intent)
        self._search = Search(language)
        self._search.changed.connect(self._filter)
        self._footer = Footer(language)
        self._footer.intent.connect(self.intent)
        self._shared = SharedProblem(language)
        self._shared.intent.connect(self._on_intent)
        self._news = ChangeAnnouncer(self, language)
        self._pages = QStackedWidget()
        words = language.gettext("No account's name has that in it.")
        self._deck = CardGrid(TextLabel(words, tone=Tone.MUTED))
        inside = QWidget()
        self.setCentralWidget(inside)
        self._whole = QVBoxLayout(inside)
        self._scroll = _ScrollPage(self._deck)
        self._begin = EmptyPage(language)
        self._begin.intent.connect(self.intent)
        self._empty = _ScrollPage(self._begin)
        self._lay_out()
        self._add_shortcuts()
        self.show_cards(())

    @property
    def account_ids(self) -> list[str]:
        """The accounts that are shown, in their order."""
        return list(self._cards)

    def show_cards(self, cards: tuple[Card, ...]) -> None:
        """Show these accounts in this order; cards that stay are changed in place."""
        before = list(self._cards)
        shown = {card.account_id: card for card in cards}
        for account_id in [one for one in self._cards if one not in shown]:
            gone = self._cards.pop(account_id)
            gone.hide()
            gone.deleteLater()
        density = Density.of(len(shown))
        for account_id, card in shown.items():
            if account_id in self._cards:
                self._cards[account_id].show_card(card)
            else:
                self._cards[account_id] = self._new_card(card, density)
        self._shared.follow(cards, self._cards)
        if before != list(shown):
            self._order(list(shown))
        self._search.setVisible(len(shown) >= MANY)
        if len(shown) < MANY:
            self._search.clear()
        self._filter()
        self._pages.setCurrentWidget(self._scroll if shown else self._empty)
        self._footer.show_accounts(any_there=bool(shown))

    def show_card(self, card: Card) -> None:
        """Change the card of one account, if there is one."""
        if card.account_id in self._cards:
            self._cards[card.account_id].show_card(card)
            self._shared.follow((card,), self._cards)

    def show_totals(self, totals: str) -> None:
        """Say what all accounts come to, each unit for itself; empty for nothing."""
        self._footer.show_totals(totals)

    def offer_reveal(self, *, on: bool) -> None:
        """Offer to show amounts, while they are hidden."""
        self._footer.offer_reveal(on=on)

    def offer_to_go_on(self) -> None:
        """Say, without accounts, that setting up the first one was begun."""
        self._begin.offer_to_go_on()

    def refuse_accounts(self) -> None:
        """Say, without accounts, that there can be none: settings can't be saved."""
        self._begin.refuse()

    def confirm(self, text: str) -> None:
        """Say for a moment that what a person asked for is done."""
        self._footer.confirm(text)

    def show_banner(
        self, topic: str, text: str | None, *, is_fault: bool = False
    ) -> None:
        """Tell something about the whole program, or take it back with None.

        There is one message a topic; a person can dismiss each, and it comes back
        only with another text.
        """
        self._banners.show_banner(topic, text, is_fault=is_fault)

    def _new_card(self, card: Card, density: Density) -> AccountCard:
        widget = AccountCard(card, self._language, density)
        widget.changed.connect(self._news.hear)
        widget.intent.connect(self._on_intent)
        return widget

    def _order(self, account_ids: list[str]) -> None:
        """Bring cards and the order of the tab key into this order."""
        self._cards = {one: self._cards[one] for one in account_ids}
        self._deck.show_cards(list(self._cards.values()))
        chain = [
            self._search.line,
            *self._shared.chain,
            *(one for card in self._cards.values() for one in card.chain),
        ]
        for first, second in pairwise((*chain, *self._footer.chain)):
            self.setTabOrder(first, second)

    @Slot()
    def _filter(self) -> None:
        """Show the accounts that are looked for, and how many they are."""
        cards = self._cards.values()
        matching = {card for card in cards if self._search.finds(card.name)}
        self._deck.seek(matching)
        self._search.show_count(len(matching), len(self._cards))

    @Slot(object)
    def _on_intent(self, intent: Intent) -> None:
        """Pass on what a card or the strip asks for; confirm what it copies."""
        self.intent.emit(intent)
        if isinstance(intent, CopyText | CopyTopUpRequest):
            self._confirm_copy()

    def _confirm_copy(self) -> None:
        self.confirm(self._language.gettext("Copied to the clipboard"))

    def _copy_one(self) -> None:
        """Copy an amount where no card has the focus, of several the worst one's."""
        translate = self._language.gettext
        amounts = [one for one in self._deck.shown if one.copied]
        if not amounts:
            self.confirm(translate("There is no amount to copy yet."))
            return
        chosen = max(amounts, key=lambda one: one.concern)
        self.intent.emit(CopyText(chosen.copied))
        if len(self._cards) == 1:
            self._confirm_copy()
        else:
            said = translate("Copied the amount of {name}")
            self.confirm(said.format(name=chosen.name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy an amount, if nothing that has the focus had a use for that key."""
        if event.matches(QKeySequence.StandardKey.Copy) and self._cards:
            self._copy_one()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_find(self) -> None:
        self._search.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.line.selectAll()

    @Slot()
    def _on_escape(self) -> None:
        """Take one thing back: what is looked for, then the window."""
        if self._search.is_searching:
            self._search.clear()
        else:
            self.close()

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        self._pages.addWidget(self._scroll)
        self._pages.addWidget(self._empty)
        whole = self._whole
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._banners)
        whole.addWidget(self._search)
        whole.addWidget(self._shared)
        whole.addWidget(self._pages, 1)
        whole.addWidget(self._footer)
        self.resize((QSize(*_SIZE) * em).boundedTo(self.screen().availableSize()))

    def hideEvent(self, event: QHideEvent) -> None:
        """Say that it is gone."""
        super().hideEvent(event)
        self.hidden.emit()

    def event(self, event: QEvent) -> bool:
        """Let the window become no smaller than the strips' wrapped words allow."""
        done = super().event(event)
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Resize}:
            whole = self._whole
            wrapped = whole.minimumHeightForWidth(self.width())  # -1: nothing wraps
            self.setMinimumHeight(max(wrapped, whole.minimumSize().height()))
        return done

    def changeEvent(self, event: QEvent) -> None:
        """Let labels of another size than the font's grow with it: Qt leaves them."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for label in self.findChildren(TextLabel):
                label.follow()

    def _add_shortcuts(self) -> None:
        for keys, slot in (
            ("F1", partial(self.intent.emit, OpenAbout())),
            ("F5", partial(self.intent.emit, RefreshBalances())),
            ("Ctrl+R", partial(self.intent.emit, RefreshBalances())),
            ("Ctrl+F", self._on_find),
            ("Ctrl+,", partial(self.intent.emit, OpenSettings())),
            ("Ctrl+Q", partial(self.intent.emit, Quit())),
            ("Esc", self._on_escape),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)


class _ScrollPage(QScrollArea):
    """Scrolls up and down only: it is as wide as what is in it needs."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """Leave room for the page and for what scrolls it."""
        bar = self.verticalScrollBar().sizeHint().width()
        page = self.widget()
        width = page.minimumSizeHint().width() if page is not None else 0
        needed = QSize(width + bar, 0)
        return needed.expandedTo(QSize(*_LEAST_VIEW) * self.fontMetrics().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear when something in the page comes, goes or grows."""
        done = super().eventFilter(watched, event)
        # Asked of Qt: what Python knows of this may be gone before Qt's own part is.
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return done
