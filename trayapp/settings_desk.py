"""The settings dialog's comings and goings: opened, tried out, saved, closed."""

import secrets
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from trayapp.core.account import Account
from trayapp.core.balance import Reading
from trayapp.core.changes import Changes, Trial
from trayapp.core.known import Outcome
from trayapp.core.language import Language
from trayapp.core.settings import Settings
from trayapp.core.text import problem
from trayapp.ui.settings_dialog import SettingsDialog

if TYPE_CHECKING:
    from trayapp.services.backend import Saved


class SettingsDesk(QObject):
    """Keeps one settings dialog at most, and what it was opened with.

    Signals:
        save_requested(Changes, frozenset[str]): OK; and the ids of the accounts that
            the dialog was opened with.
        test_requested(Trial): to ask the gateway before anything is stored.
        test_notification_requested(): to see that notifications come.
    """

    save_requested = Signal(object, object)
    test_requested = Signal(object)
    test_notification_requested = Signal()

    def __init__(self, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._dialog: SettingsDialog | None = None
        self._shown: frozenset[str] = frozenset()

    def open(
        self, accounts: tuple[Account, ...], settings: Settings, *, edit: str | None
    ) -> None:
        """Open the dialog, or bring the open one up; `edit` is an account's id."""
        if self._dialog is None:
            self._shown = frozenset(account.id for account in accounts)
            self._dialog = SettingsDialog(
                accounts,
                settings,
                self._language,
                new_id=lambda: secrets.token_hex(6),
                welcome=not accounts,
                edit=edit,
            )
            self._dialog.save_requested.connect(self._save)
            self._dialog.test_requested.connect(self.test_requested)
            self._dialog.test_notification_requested.connect(
                self.test_notification_requested
            )
            self._dialog.finished.connect(self._closed)
            self._dialog.open()
            edit = None  # it has gone there by itself
        self._dialog.show()  # it hides when it is closed while it is being saved
        self._dialog.raise_()
        self._dialog.activateWindow()
        if edit is not None:
            self._dialog.edit_account(edit)

    @Slot(object, object)
    def show_trial(self, trial: Trial, outcome: Outcome) -> None:
        """Show what a trial came to, if the dialog is still there."""
        if self._dialog is None:
            return
        result = outcome.result
        if isinstance(result, Reading):
            said = self._language.money(result.balance.amount, result.balance.unit)
            self._dialog.show_trial(trial, said)
        else:
            self._dialog.show_trial(trial, problem(result, self._language))

    @Slot(object)
    def close_or_explain(self, saved: "Saved") -> None:
        """Close the dialog when all is stored; else say in it why nothing is."""
        if self._dialog is None:
            return
        if saved.problem is None:
            self._dialog.saved()
        else:
            self._dialog.save_failed(problem(saved.problem, self._language))

    @Slot(object)
    def _save(self, changes: Changes) -> None:
        self.save_requested.emit(changes, self._shown)

    @Slot()
    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None
