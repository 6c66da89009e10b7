"""The main window: a card for each account, with a footer for all of them."""

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
from trayapp.ui.window.empty_page import EmptyPage
from trayapp.ui.window.footer import Footer
from trayapp.ui.window.live_region import LiveRegion
from trayapp.ui.window.search import Search
from trayapp.ui.window.shared_problem import SharedProblem

_SIZE: Final = (42, 38)
"""The first width and height of the window, in lines of text."""
_LEAST_VIEW: Final = (24, 8)
"""The smallest width and height of a scrolled page, in lines of text."""


class Window(QMainWindow):
    """Shows all accounts. Closing the window only hides it.

    It is a main window because a screen reader announces other widgets as panes.

    Signals:
        intent(Intent): what a person asks for.
        hidden(): the window has left the screen.
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
        self._live_region = LiveRegion(self, language)
        self._pages = QStackedWidget()
        words = language.gettext("No account's name has that in it.")
        self._grid = CardGrid(TextLabel(words, tone=Tone.MUTED))
        inside = QWidget()
        self.setCentralWidget(inside)
        self._layout = QVBoxLayout(inside)
        self._scroll = _ScrollPage(self._grid)
        self._empty_page = EmptyPage(language)
        self._empty_page.intent.connect(self.intent)
        self._empty_scroll = _ScrollPage(self._empty_page)
        self._lay_out()
        self._add_shortcuts()
        self.show_cards(())

    @property
    def account_ids(self) -> list[str]:
        """The ids of the shown accounts, in their order."""
        return list(self._cards)

    def show_cards(self, cards: tuple[Card, ...]) -> None:
        """Show these accounts in this order; update cards that exist already."""
        before = list(self._cards)
        shown = {card.account_id: card for card in cards}
        for account_id in [known for known in self._cards if known not in shown]:
            removed = self._cards.pop(account_id)
            removed.hide()
            removed.deleteLater()
        density = Density.of(len(shown))
        for account_id, card in shown.items():
            if account_id in self._cards:
                self._cards[account_id].show_card(card)
            else:
                self._cards[account_id] = self._new_card(card, density)
        self._shared.update_cards(cards, self._cards)
        if before != list(shown):
            self._order(list(shown))
        self._search.setVisible(len(shown) >= MANY)
        if len(shown) < MANY:
            self._search.clear()
        self._filter()
        self._pages.setCurrentWidget(self._scroll if shown else self._empty_scroll)
        self._footer.show_accounts(has_accounts=bool(shown))

    def show_card(self, card: Card) -> None:
        """Update the card of one account; do nothing if it has no card."""
        if card.account_id in self._cards:
            self._cards[card.account_id].show_card(card)
            self._shared.update_cards((card,), self._cards)

    def show_totals(self, totals: str) -> None:
        """Show the sum of all balances, one for each unit; empty hides it."""
        self._footer.show_totals(totals)

    def offer_reveal(self, *, on: bool) -> None:
        """Show or hide the button that reveals hidden amounts."""
        self._footer.offer_reveal(on=on)

    def offer_to_continue(self) -> None:
        """Say on the empty page that the first run can be continued."""
        self._empty_page.offer_to_continue()

    def show_accounts_unavailable(self) -> None:
        """Say on the empty page that accounts can be neither shown nor saved."""
        self._empty_page.show_unavailable()

    def confirm(self, text: str) -> None:
        """Confirm for four seconds that a request was carried out."""
        self._footer.confirm(text)

    def show_banner(
        self, topic: str, text: str | None, *, is_fault: bool = False
    ) -> None:
        """Show a message about the whole program above the cards; None removes it.

        Each topic has one message. A dismissed message returns only with another text.
        """
        self._banners.show_banner(topic, text, is_fault=is_fault)

    def _new_card(self, card: Card, density: Density) -> AccountCard:
        widget = AccountCard(card, self._language, density)
        widget.changed.connect(self._live_region.note_change)
        widget.intent.connect(self._on_intent)
        return widget

    def _order(self, account_ids: list[str]) -> None:
        """Sort the cards, and the focus order with them."""
        self._cards = {known: self._cards[known] for known in account_ids}
        self._grid.show_cards(list(self._cards.values()))
        chain = [
            self._search.line,
            *self._shared.focus_chain,
            *(part for card in self._cards.values() for part in card.focus_chain),
        ]
        for first, second in pairwise((*chain, *self._footer.focus_chain)):
            self.setTabOrder(first, second)

    @Slot()
    def _filter(self) -> None:
        """Show the accounts that match the search, and their number."""
        cards = self._cards.values()
        matching = {card for card in cards if self._search.finds(card.name)}
        self._grid.show_matching(matching)
        self._search.show_count(len(matching), len(self._cards))

    @Slot(object)
    def _on_intent(self, intent: Intent) -> None:
        """Forward what a card or the shared problem asks for; confirm a copy."""
        self.intent.emit(intent)
        if isinstance(intent, CopyText | CopyTopUpRequest):
            self._confirm_copy()

    def _confirm_copy(self) -> None:
        self.confirm(self._language.gettext("Copied to the clipboard"))

    def _copy_gravest(self) -> None:
        """Copy the amount of the account with the gravest status."""
        translate = self._language.gettext
        candidates = [card for card in self._grid.shown if card.copied]
        if not candidates:
            self.confirm(translate("There is no amount to copy yet."))
            return
        chosen = max(candidates, key=lambda card: card.severity)
        self.intent.emit(CopyText(chosen.copied))
        if len(self._cards) == 1:
            self._confirm_copy()
        else:
            sentence = translate("Copied the amount of {name}")
            self.confirm(sentence.format(name=chosen.name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy an amount if no focused widget handled the key."""
        if event.matches(QKeySequence.StandardKey.Copy) and self._cards:
            self._copy_gravest()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_find(self) -> None:
        self._search.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.line.selectAll()

    @Slot()
    def _on_escape(self) -> None:
        """Clear the search; close the window if there is no search."""
        if self._search.is_searching:
            self._search.clear()
        else:
            self.close()

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        self._pages.addWidget(self._scroll)
        self._pages.addWidget(self._empty_scroll)
        layout = self._layout
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._banners)
        layout.addWidget(self._search)
        layout.addWidget(self._shared)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._footer)
        self.resize((QSize(*_SIZE) * em).boundedTo(self.screen().availableSize()))

    def hideEvent(self, event: QHideEvent) -> None:
        """Emit `hidden`."""
        super().hideEvent(event)
        self.hidden.emit()

    def event(self, event: QEvent) -> bool:
        """Keep the window high enough for the wrapped words of its strips."""
        done = super().event(event)
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Resize}:
            layout = self._layout
            wrapped = layout.minimumHeightForWidth(self.width())  # -1: nothing wraps
            self.setMinimumHeight(max(wrapped, layout.minimumSize().height()))
        return done

    def changeEvent(self, event: QEvent) -> None:
        """Rescale the labels that set their own font size; Qt doesn't do it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for label in self.findChildren(TextLabel):
                label.refresh_style()

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
    """Scrolls vertically only; its minimum width fits its content."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """Give the width of the content and of the scroll bar."""
        bar = self.verticalScrollBar().sizeHint().width()
        page = self.widget()
        width = page.minimumSizeHint().width() if page is not None else 0
        needed = QSize(width + bar, 0)
        return needed.expandedTo(QSize(*_LEAST_VIEW) * self.fontMetrics().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Update the minimum size when the layout of the content changes."""
        done = super().eventFilter(watched, event)
        # `self.widget()`, as Python's attributes may be deleted before Qt's object.
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return done
