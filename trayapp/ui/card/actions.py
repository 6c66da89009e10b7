"""The actions of a card: open the history, top up, and a menu of more."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import Card
from trayapp.ui.card.density import Density
from trayapp.ui.card.sparkline import SparklineButton
from trayapp.ui.intents import (
    CopyTopUpRequest,
    OpenHistory,
    OpenTopUpPage,
    ReportPayment,
)
from trayapp.ui.widgets.buttons import PushButton

NEEDY = frozenset({Status.SOON, Status.LOW, Status.EMPTY})
"""The statuses in which the top-up button is emphasized."""


class CardActions(QWidget):
    """A sparkline button above two buttons of equal width.

    Signals:
        copy_amount_chosen(): the card is to copy its amount.
        intent(Intent): what else a person asks for.
    """

    copy_amount_chosen = Signal()
    intent = Signal(object)

    def __init__(self, account_id: str, language: Language) -> None:
        super().__init__()
        translate = language.gettext
        self._sparkline = SparklineButton(language)
        self._sparkline.clicked.connect(
            partial(self.intent.emit, OpenHistory(account_id))
        )
        self._top_up = PushButton(translate("Top up…"))
        self._top_up.clicked.connect(
            partial(self.intent.emit, OpenTopUpPage(account_id))
        )
        # Translators: a button that opens a menu.
        self._more = PushButton(translate("More"))
        self._menu = QMenu(self._more)
        self._fill_menu(account_id, language)
        self._more.setMenu(self._menu)
        self._is_compact = False
        self._row = QHBoxLayout()
        self._column = QVBoxLayout(self)
        self._lay_out()

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """All buttons, in focus order."""
        return (self._sparkline, self._top_up, self._more)

    def show_card(self, card: Card) -> None:
        """Show or enable the actions that fit the account's status."""
        self._sparkline.show_sparkline(
            card.details.sparkline, card.balance_status, aged=card.problem is not None
        )
        self._top_up.setVisible(bool(card.website_url))
        needed = card.balance_status in NEEDY
        self._top_up.emphasize(on=needed)
        self._top_up.setFlat(self._is_compact and not needed)
        is_known = card.balance_status is not Status.UNKNOWN
        self._copy_amount.setEnabled(is_known)
        self._copy_request.setEnabled(is_known)
        self._paid.setEnabled(not card.details.pending_payment)

    def set_density(self, density: Density) -> None:
        """Set the height of the sparkline, and flat buttons in a compact card."""
        self._sparkline.set_density(density)
        self._is_compact = density is Density.COMPACT
        self._more.setFlat(self._is_compact)  # many frames would distract

    def place_below(self, *, below: bool) -> None:
        """Use the whole width below the words, or a column beside them."""
        self._row.setStretch(0, not below)
        self._row.setStretch(1, not below)
        self._row.setStretch(2, below)

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        bold = self.font()
        bold.setBold(True)  # as an emphasized button is written
        words = QFontMetrics(bold)
        pair = (self._top_up, self._more)
        widest = max(
            button.sizeHint().width()
            - button.fontMetrics().horizontalAdvance(button.text())
            + words.horizontalAdvance(button.text())
            for button in pair
        )
        for button in pair:
            button.setMinimumWidth(widest)
            self._row.addWidget(button, 1)
        self._row.setSpacing(em // 3)
        self._row.addStretch(0)
        column = self._column
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em // 3)
        column.addWidget(self._sparkline)
        column.addLayout(self._row)
        column.addStretch(1)

    def _fill_menu(self, account_id: str, language: Language) -> None:
        translate, menu = language.gettext, self._menu
        self._copy_amount = menu.addAction(translate("&Copy amount"))
        self._copy_amount.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy_amount.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy_amount.triggered.connect(self.copy_amount_chosen)
        self._copy_request = menu.addAction(translate("Copy top-up &request"))
        self._copy_request.triggered.connect(
            partial(self.intent.emit, CopyTopUpRequest(account_id))
        )
        menu.addSeparator()
        self._paid = menu.addAction(translate("I have &paid"))
        self._paid.triggered.connect(
            partial(self.intent.emit, ReportPayment(account_id))
        )
