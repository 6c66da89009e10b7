"""The page of the settings for the accounts."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trayapp.core.account import Account
from trayapp.core.i18n.language import Language
from trayapp.ui.intents import AddAccount
from trayapp.ui.settings.account_list import AccountList
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.labels import TextLabel, Tone


class AccountsPage(QWidget):
    """Shows the accounts, and buttons to add, edit and remove them.

    Signals:
        intent(AccountListIntent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language) -> None:
        super().__init__()
        translate = language.gettext
        self._language = language
        self._list = AccountList(language)
        self._list.intent.connect(self.intent)
        self._add = PushButton(translate("&Add an account…"))
        self._add.clicked.connect(partial(self.intent.emit, AddAccount()))
        self._edit = PushButton(translate("&Edit…"))
        self._edit.clicked.connect(self._list.edit_current)
        self._remove = PushButton(translate("&Remove"))
        self._remove.clicked.connect(self._list.remove_current)
        self._help = TextLabel(tone=Tone.MUTED)
        self._note = TextLabel()
        self._lay_out()

    def start(self) -> None:
        """Focus the list; without accounts, the button to add one."""
        if self._list.count():
            self._list.setFocus()
        else:
            self._add.setDefault(True)
            self._add.setFocus()

    def show_accounts(
        self, accounts: list[Account], pending: set[str], gone: int
    ) -> None:
        """Show the accounts; `pending` have a new key, and OK removes `gone` others."""
        self._list.show_accounts(accounts, pending)
        self._add.emphasize(on=not accounts)
        for button in (self._edit, self._remove):
            button.setEnabled(bool(accounts))
        self._explain(len(accounts))
        self._note.set_text(
            self._language.ngettext(
                "OK removes {n} account, its key from the keyring, and its whole "
                "history. Export the history before if you still need it.",
                "OK removes {n} accounts, their keys from the keyring, and their whole "
                "history. Export the history before if you still need it.",
                gone,
            ).format(n=gone)
        )
        self._note.setVisible(bool(gone))

    def select(self, account_id: str) -> None:
        """Make this account the current one."""
        self._list.select(account_id)

    def _explain(self, count: int) -> None:
        """Show the help text of the list, and set it as accessible description."""
        translate = self._language.gettext
        sentences = [
            translate("Each account has its own key and warnings; Enter opens it.")
        ]
        if count > 1:
            sentences.append(
                translate("Drag an account to move it, or press Alt+Up and Alt+Down.")
            )
        help_text = " ".join(sentences) if count else ""
        self._help.set_text(help_text)
        self._help.setVisible(bool(count))
        self._list.setAccessibleDescription(help_text)

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        beside = QVBoxLayout()
        for button in (self._add, self._edit, self._remove):
            beside.addWidget(button)
        beside.addStretch(1)
        accounts = QHBoxLayout()
        accounts.addWidget(self._list, 1)
        accounts.addLayout(beside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em // 2)
        layout.addLayout(accounts, 1)
        layout.addWidget(self._help)
        layout.addWidget(self._note)
