"""The list of accounts in the settings, with their services and limits."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QListWidgetItem, QVBoxLayout

from trayapp.core.account import Account
from trayapp.core.i18n.language import Language
from trayapp.core.i18n.plain_text import one_line
from trayapp.core.view.names import service_name
from trayapp.ui.icons.icons import app_icon
from trayapp.ui.intents import EditAccount, RemoveAccount, SortAccounts
from trayapp.ui.widgets.fields import ListView
from trayapp.ui.widgets.labels import TextLabel, Tone, with_break_points

_LONGEST_NAME: Final = 60
_LINES: Final = 9
"""The height of the list, in lines of text: a little more than three accounts."""


class AccountList(ListView):
    """Shows the accounts, of which one is the current one.

    Signals:
        intent(AccountListIntent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language
        self._icon = app_icon()
        em = self.fontMetrics().height()
        self.setIconSize(QSize(em * 2, em * 2))
        self.setSpacing(em // 8)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(language.gettext("Accounts"))
        self._none = TextLabel(
            language.gettext("No account yet"),
            tone=Tone.MUTED,
            ground=QPalette.ColorRole.Base,
        )
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self.viewport()).addWidget(self._none)
        self.setDragDropMode(ListView.DragDropMode.InternalMove)
        self.itemDoubleClicked.connect(self.edit_current)
        self.model().rowsMoved.connect(self._on_moved)

    def show_accounts(self, accounts: list[Account], pending: set[str]) -> None:
        """Show the accounts; `pending` are those whose new key is not stored yet."""
        row = max(0, self.currentRow())
        self.clear()
        for account in accounts:
            words = self._words(account, pending)
            item = QListWidgetItem(self._icon, words)
            accessible_text = words.replace("\n", ", ").replace("\u200b", "")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, accessible_text)
            item.setData(Qt.ItemDataRole.UserRole, account.id)
            # Between others, never onto one: that would take its place.
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            self.addItem(item)
        self._none.setVisible(not accounts)
        self.setCurrentRow(min(row, len(accounts) - 1))

    def select(self, account_id: str) -> None:
        """Make this account the current one."""
        for row in range(self.count()):
            if self.item(row).data(Qt.ItemDataRole.UserRole) == account_id:
                self.setCurrentRow(row)

    def current_id(self) -> str | None:
        """Return the id of the current account; None without one."""
        if self.currentRow() < 0:
            return None
        return str(self.currentItem().data(Qt.ItemDataRole.UserRole))

    @Slot()
    def edit_current(self) -> None:
        """Emit `EditAccount` for the current account, if there is one."""
        if (account_id := self.current_id()) is not None:
            self.intent.emit(EditAccount(account_id))

    @Slot()
    def remove_current(self) -> None:
        """Emit `RemoveAccount` for the current account, if there is one."""
        if (account_id := self.current_id()) is not None:
            self.intent.emit(RemoveAccount(account_id))

    def _words(self, account: Account, pending: set[str]) -> str:
        translate = self._language.gettext
        service = service_name(account.service, self._language)
        limit = self._language.number(account.low_below)
        # Translators: the first is "SMSup", the second an amount.
        words = translate("{service}, warns below {limit}")
        if account.id in pending:
            words = translate("{service}, warns below {limit}, new key")
        words = words.format(service=service, limit=limit)
        return f"{with_break_points(one_line(account.name, _LONGEST_NAME))}\n{words}"

    def sizeHint(self) -> QSize:
        """Give room for a few accounts."""
        em = self.fontMetrics().height()
        return QSize(em * 16, em * _LINES)

    @Slot()
    def _on_moved(self) -> None:
        role = Qt.ItemDataRole.UserRole
        ids = tuple(str(self.item(row).data(role)) for row in range(self.count()))
        self.intent.emit(SortAccounts(ids))

    def _move(self, steps: int) -> None:
        """Move the current account up or down, as far as the list goes."""
        row = self.currentRow()
        if row >= 0 and 0 <= row + steps < self.count():
            item = self.takeItem(row)
            self.insertItem(row + steps, item)
            self.setCurrentItem(item)
            self._on_moved()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit with Enter, remove with Delete, and move with Alt and an arrow."""
        keys, has_one = Qt.Key, self.currentRow() >= 0
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and event.key() in {keys.Key_Up, keys.Key_Down}:
            self._move(-1 if event.key() == keys.Key_Up else 1)
        elif has_one and event.key() in {keys.Key_Return, keys.Key_Enter}:
            self.edit_current()
        elif has_one and event.key() == keys.Key_Delete:
            self.remove_current()
        else:
            super().keyPressEvent(event)
