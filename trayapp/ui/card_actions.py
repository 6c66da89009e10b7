"""What one can do with an account: one button that counts, and quiet ones under it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from trayapp.core.language import Language
from trayapp.core.state import State
from trayapp.core.text import Card
from trayapp.ui.buttons import Button

NEEDY = frozenset({State.LOW, State.EMPTY})
"""The levels at which topping up is what is to be done."""


class CardActions(QWidget):
    """The column of buttons on the right of a card.

    Signals:
        top_up_requested(): to go where the account is topped up.
        history_requested(): to see its history.
        copy_amount_requested(): to have the amount on the clipboard.
        copy_request_requested(): to have a ready top-up request there.
        paid_requested(): a person says that they have paid.
    """

    top_up_requested = Signal()
    history_requested = Signal()
    copy_amount_requested = Signal()
    copy_request_requested = Signal()
    paid_requested = Signal()

    def __init__(self, language: Language) -> None:
        super().__init__()
        translate = language.gettext
        self._top_up = Button(translate("Top up…"))
        self._top_up.clicked.connect(self.top_up_requested)
        self._history = Button(translate("History…"))
        self._history.clicked.connect(self.history_requested)
        # Translators: a button that opens a menu.
        self._more = Button(translate("More"))
        self._menu = QMenu(self._more)
        self._fill_menu(language)
        self._more.setMenu(self._menu)
        for button in (self._history, self._more):
            button.setFlat(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self.fontMetrics().height() // 8)
        for button in self.buttons:
            layout.addWidget(button)
        layout.addStretch(1)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, in the order of the tab key."""
        return (self._top_up, self._history, self._more)

    def show_card(self, card: Card) -> None:
        """Offer what makes sense for the account as it is now."""
        self._top_up.setVisible(bool(card.panel_url))
        self._top_up.emphasize(on=card.level in NEEDY)
        is_known = card.level is not State.UNKNOWN
        self._copy_amount.setEnabled(is_known)
        self._copy_request.setEnabled(is_known)
        self._paid.setEnabled(not card.paid)

    def _fill_menu(self, language: Language) -> None:
        translate, menu = language.gettext, self._menu
        self._copy_amount = menu.addAction(translate("&Copy amount"))
        self._copy_amount.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy_amount.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy_amount.triggered.connect(self.copy_amount_requested)
        self._copy_request = menu.addAction(translate("Copy top-up &request"))
        self._copy_request.triggered.connect(self.copy_request_requested)
        menu.addSeparator()
        self._paid = menu.addAction(translate("I have &paid"))
        self._paid.triggered.connect(self.paid_requested)
