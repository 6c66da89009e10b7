"""The settings dialog, which saves everything on OK, or nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, assert_never

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from trayapp.core.account import Account
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.changes import Changes, KeyTest
from trayapp.core.i18n.language import Language
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings, SettingsTab
from trayapp.core.view.account_text import Problem
from trayapp.ui.icons.icons import app_icon
from trayapp.ui.intents import (
    AccountListIntent,
    AddAccount,
    EditAccount,
    RemoveAccount,
    SaveSettings,
    SortAccounts,
)
from trayapp.ui.settings.account_dialog import AccountDialog, EditedAccount
from trayapp.ui.settings.accounts_page import AccountsPage
from trayapp.ui.settings.notification_page import NotificationPage
from trayapp.ui.settings.settings_page import SettingsPage
from trayapp.ui.settings.unsaved_changes import UnsavedChanges
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.form_dialog import FormDialog
from trayapp.ui.widgets.login_option import LoginOption
from trayapp.ui.widgets.problem_view import ProblemView


class SettingsDialog(FormDialog):
    """Edits copies; OK emits them, and waits for `saved` or `save_failed`.

    Signals:
        intent(SettingsIntent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(  # noqa: PLR0913  # all that can be chosen, and how it was opened
        self,
        accounts: tuple[Account, ...],
        settings: Settings,
        language: Language,
        *,
        new_id: Callable[[], str],
        edit: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Open the dialog of the account `edit` at once, if an id is given.

        Then the OK of the account dialog saves, and its Cancel closes both dialogs.
        """
        super().__init__(language, parent)
        self._language, self._new_id = language, new_id
        self._accounts, self._before = list(accounts), accounts
        self._shown = settings
        self._keys: dict[str, Secret] = {}
        self._edit_alone = edit
        self._is_saving = False
        self._account_dialog: AccountDialog | None = None
        translate = language.gettext
        self.setWindowTitle(translate("Settings"))
        self.setWindowIcon(app_icon())
        self._accounts_page = AccountsPage(language)
        self._notifications = NotificationPage(settings, language)
        self._login = LoginOption(language)
        self._appearance = SettingsPage(SettingsTab.APPEARANCE, settings, language)
        self._general = SettingsPage(
            SettingsTab.GENERAL, settings, language, self._login
        )
        self._problem_view = ProblemView()
        self._accounts_page.intent.connect(self._on_intent)
        self._notifications.intent.connect(self.intent)
        for title, widget in (
            (translate("A&ccounts"), self._accounts_page),
            (translate("&Notifications"), self._notifications),
            (translate("A&ppearance"), self._appearance),
            (translate("&General"), self._general),
        ):
            self.add_page(title).rows.addWidget(widget, 1)
        self.below.addWidget(self._problem_view)
        self._show_accounts()
        self._accounts_page.start()

    def edit_account(self, account_id: str) -> None:
        """Open the account's dialog at its key; an open account dialog stays."""
        if self._is_saving:
            return
        if self._account_dialog is None:
            self.tabs.setCurrentIndex(0)
            self._accounts_page.select(account_id)
            self._edit_account(account_id)
        if (open_ := self._account_dialog) is not None:
            if open_.account_id == account_id:
                open_.focus_key()
            open_.activateWindow()

    def saved(self) -> None:
        """Close, as everything is stored."""
        self._wait(saving=False)
        super().accept()

    def save_failed(self, problem: Problem) -> None:
        """Show why nothing is stored; the fields keep their values."""
        self._wait(saving=False)
        self._edit_alone = None
        self._problem_view.show_problem(problem)
        self.show()
        self.ok.setFocus()
        announce(self, f"{problem.title}. {problem.reason} {problem.advice}")

    def show_unseen(self, problem: Problem | None) -> None:
        """Take why the desktop shows no notification; None if it shows them."""
        self._notifications.show_unseen(problem)

    def show_login(self, login: LoginEntryState) -> None:
        """Show whether the program starts at login."""
        self._login.show_login(login)

    def show_key_test(self, key_test: KeyTest, result: str | Problem) -> None:
        """Show the result of a key test in the account dialog, if it is still open."""
        if self._account_dialog is not None:
            self._account_dialog.show_key_test(key_test, result)

    def _show_accounts(self) -> None:
        kept = {account.id for account in self._accounts}
        gone = sum(account.id not in kept for account in self._before)
        self._accounts_page.show_accounts(self._accounts, set(self._keys), gone)

    def _open_account(self, subject: EditedAccount) -> AccountDialog:
        dialog = AccountDialog(subject, self._language, self)
        dialog.entered.connect(self._on_entered)
        dialog.intent.connect(self.intent)
        dialog.finished.connect(self._on_account_finished)
        self._account_dialog = dialog
        dialog.open()
        return dialog

    def _edit_account(self, account_id: str) -> AccountDialog | None:
        for account in self._accounts:
            if account.id == account_id:
                others = (
                    other.name for other in self._accounts if other is not account
                )
                key = self._keys.get(account_id)
                return self._open_account(
                    EditedAccount(
                        account, is_new=False, taken=tuple(others), pending=key
                    )
                )
        return None

    def _settings(self) -> Settings:
        pages = (self._notifications, self._appearance, self._general)
        values: dict[str, Any] = {
            name: field.value() for page in pages for name, field in page.fields.items()
        }
        return replace(self._shown, **values)

    def _wait(self, *, saving: bool) -> None:
        self._is_saving = saving
        self.setEnabled(not saving)
        self.status.set_text(self._language.gettext("Saving…") if saving else "")

    @Slot(object)
    def _on_intent(self, intent: AccountListIntent) -> None:
        match intent:
            case AddAccount():
                self._add_account()
            case EditAccount(account_id):
                self._edit_account(account_id)
            case RemoveAccount(account_id):
                self._remove_account(account_id)
            case SortAccounts(ids):
                self._accounts.sort(key=lambda account: ids.index(account.id))
            case _:
                assert_never(intent)

    def _add_account(self) -> None:
        taken = tuple(account.name for account in self._accounts)
        self._open_account(
            EditedAccount(Account(self._new_id(), ""), is_new=True, taken=taken)
        )

    def _remove_account(self, account_id: str) -> None:
        self._accounts = [
            account for account in self._accounts if account.id != account_id
        ]
        self._keys.pop(account_id, None)
        self._show_accounts()

    @Slot(object, object)
    def _on_entered(self, account: Account, key: Secret | None) -> None:
        ids = [known.id for known in self._accounts]
        if account.id in ids:
            self._accounts[ids.index(account.id)] = account
        else:
            self._accounts.append(account)
        if key is not None:
            self._keys[account.id] = key
        self._show_accounts()
        self._accounts_page.select(account.id)
        self.ok.setDefault(True)
        self.ok.setFocus()

    @Slot(int)
    def _on_account_finished(self, result: int) -> None:
        if self._account_dialog is not None:
            self._account_dialog.deleteLater()
            self._account_dialog = None
        if self._edit_alone is not None:
            self._edit_alone = None
            if result == QDialog.DialogCode.Accepted:
                self.accept()
            else:
                self.reject()

    @Slot()
    def _on_shown(self) -> None:
        if self._edit_alone is not None and self._account_dialog is None:
            if dialog := self._edit_account(self._edit_alone):
                dialog.focus_key()
            else:
                self._edit_alone = None

    def accept(self) -> None:
        """Emit the changes, and wait for `saved` or `save_failed`."""
        if self._is_saving:
            return
        self._problem_view.show_problem(None)
        self._wait(saving=True)
        changes = Changes(
            tuple(self._accounts),
            self._settings(),
            dict(self._keys),
            self._login.chosen(),
        )
        self.intent.emit(SaveSettings(changes))

    def reject(self) -> None:
        """Close, but ask before confirmed changes of accounts are dropped.

        While saving, only hide, so that a failure can be shown.
        """
        if self._is_saving:
            self.hide()
        elif names := self._changed_names():
            self._ask_about_changes(names)
        else:
            super().reject()

    def _changed_names(self) -> list[str]:
        """Return the accounts that were added, changed, removed or given a key."""
        before = {account.id: account for account in self._before}
        now = {account.id: account for account in self._accounts}
        return [
            account.name
            for account in {**before, **now}.values()
            if before.get(account.id) != now.get(account.id) or account.id in self._keys
        ]

    def _ask_about_changes(self, names: list[str]) -> None:
        question = UnsavedChanges(names, self._language, self)
        question.save_chosen.connect(self.accept)
        question.discard_chosen.connect(self._discard)
        question.finished.connect(question.deleteLater)
        question.open()

    @Slot()
    def _discard(self) -> None:
        super().reject()

    def showEvent(self, event: QShowEvent) -> None:
        """Open the dialog of the account to edit, after this one is shown."""
        super().showEvent(event)
        QTimer.singleShot(0, self._on_shown)
