"""Opens, serves and closes the settings dialog and the first run."""

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QObject, Signal, Slot

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Base, Changes, Conflict, KeyTest
from trayapp.core.errors import ConfigUntrusted, Failure
from trayapp.core.i18n.language import Language
from trayapp.core.settings import Settings
from trayapp.core.view.account_text import problem
from trayapp.services.messages.requests import ApplyChanges, ReadLoginEntry, RunKeyTest
from trayapp.ui.intents import (
    FirstRunIntent,
    LeaveFirstRun,
    OpenWebsite,
    OpenWindow,
    SaveFirstAccount,
    SaveSettings,
    SendTestNotification,
    SettingsIntent,
    StartKeyTest,
)
from trayapp.ui.window.front import bring_to_front

if TYPE_CHECKING:
    from trayapp.services.messages.events import SaveFinished
    from trayapp.ui.first_run.dialog import FirstRun
    from trayapp.ui.settings.dialog import SettingsDialog


class SettingsController(QObject):
    """Keeps one dialog open at a time: the settings or the first run.

    A first run that was left stays hidden, and can be continued.

    Signals:
        requested(Request): what a dialog needs of the backend.
        intent(Intent): what a dialog asks for that is not about settings.
    """

    requested = Signal(object)
    intent = Signal(object)

    def __init__(self, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._dialog: SettingsDialog | None = None
        self._first_run: FirstRun | None = None
        self._settings: Settings | None = None
        self._delivery_problem: Failure | None = None
        self._base = Base()
        self._conflicts: frozenset[Conflict] = frozenset()
        """Those that the person was told of in the open dialog."""

    def set_settings(self, settings: Settings) -> None:
        """Take the stored settings; before that, no dialog opens."""
        self._settings = settings

    def open(self, accounts: tuple[Account, ...], *, edit: str | None) -> None:
        """Open the dialog, or bring the open one up; `edit` is an account's id."""
        if self._settings is None:
            return
        first_run = self._first_run
        if first_run is not None and (first_run.isVisible() or first_run.is_saving):
            bring_to_front(first_run)
            return
        if self._dialog is None:
            self._base = Base(accounts, self._settings)
            self._conflicts = frozenset()
            from trayapp.ui.settings.dialog import SettingsDialog

            self._dialog = SettingsDialog(
                accounts,
                self._settings,
                self._language,
                new_id=_new_id,
                edit=edit,
            )
            self._show_delivery_problem()
            self._dialog.intent.connect(self._on_settings_intent)
            self._dialog.finished.connect(self._closed)
            self._dialog.open()
            self.requested.emit(ReadLoginEntry())
            edit = None  # it has gone there by itself
        self._dialog.show()  # it hides when it is closed while it is being saved
        self._dialog.raise_()
        self._dialog.activateWindow()
        if edit is not None:
            self._dialog.edit_account(edit)

    @Slot()
    def open_first_run(self) -> None:
        """Set up the first account, or continue with that."""
        if self._settings is None:
            return
        if self._dialog is not None:
            bring_to_front(self._dialog)
            return
        if self._first_run is None:
            from trayapp.ui.first_run.dialog import FirstRun

            self._first_run = FirstRun(self._language, new_id=_new_id)
            self._first_run.intent.connect(self._on_first_run_intent)
        bring_to_front(self._first_run)
        self.requested.emit(ReadLoginEntry())

    def show_key_test(
        self, key_test: KeyTest, outcome: Outcome, *, is_first: bool = True
    ) -> None:
        """Show the result of a key test, if the dialog is still open.

        `is_first` says that the account never had a balance.
        """
        result = outcome.result
        shown = (
            result.balance
            if isinstance(result, Reading)
            else problem(result, self._language, is_first=is_first)
        )
        if self._first_run is not None:
            self._first_run.show_key_test(key_test, shown)
        if self._dialog is not None:
            if isinstance(shown, Balance):
                self._dialog.show_key_test(key_test, self._money(shown))
            else:
                self._dialog.show_key_test(key_test, shown)

    def finish_save(self, saved: "SaveFinished") -> None:
        """Close the dialog if everything was stored; else show the reason in it."""
        waiting: SettingsDialog | FirstRun | None = self._dialog
        if self._first_run is not None and self._first_run.is_saving:
            waiting = self._first_run
        if waiting is None:
            return
        if saved.problem is not None:
            self._conflicts |= saved.conflicts
            words = problem(saved.problem, self._language)
            if saved.conflicts:  # the person is to know which
                words = replace(words, reason=f"{words.reason} ({words.detail})")
            elif saved.problem.kind is ConfigUntrusted:  # it has the command that helps
                words = replace(words, advice=f"{words.advice} ({words.detail})")
            waiting.save_failed(words)
            return
        waiting.saved()
        if waiting is self._first_run:
            self._first_run.deleteLater()
            self._first_run = None
            self.intent.emit(OpenWindow())

    def show_login(self, login: LoginEntryState) -> None:
        """Show in the open dialog whether the program starts at login."""
        for dialog in (self._dialog, self._first_run):
            if dialog is not None:
                dialog.show_login(login)

    def set_delivery_problem(self, failure: Failure | None) -> None:
        """Take why notifications don't reach the person; None if they do."""
        self._delivery_problem = failure
        self._show_delivery_problem()

    def _show_delivery_problem(self) -> None:
        if self._dialog is not None:
            failure = self._delivery_problem
            words = None if failure is None else problem(failure, self._language)
            self._dialog.show_unseen(words)

    def _money(self, balance: Balance) -> str:
        return self._language.money(balance.amount, balance.unit)

    @Slot(object)
    def _on_settings_intent(self, intent: SettingsIntent) -> None:
        match intent:
            case SaveSettings(changes):
                changes = replace(changes, base=self._base, accepted=self._conflicts)
                self.requested.emit(ApplyChanges(changes))
            case StartKeyTest(key_test):
                self.requested.emit(RunKeyTest(key_test))
            case SendTestNotification():
                self.intent.emit(intent)
            case _:
                assert_never(intent)

    @Slot(object)
    def _on_first_run_intent(self, intent: FirstRunIntent) -> None:
        match intent:
            case SaveFirstAccount():
                self._save_first(intent)
            case StartKeyTest(key_test):
                self.requested.emit(RunKeyTest(key_test))
            case OpenWebsite() | LeaveFirstRun():
                self.intent.emit(intent)
            case _:
                assert_never(intent)

    def _save_first(self, intent: SaveFirstAccount) -> None:
        if (settings := self._settings) is not None:
            account, key = intent.account, intent.key
            keys = {} if key is None else {account.id: key}
            base = Base(settings=settings)
            changes = Changes((account,), settings, keys, intent.at_login, base)
            self.requested.emit(ApplyChanges(changes))

    @Slot()
    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None


def _new_id() -> str:
    return secrets.token_hex(6)
