"""The model, which holds the states of all accounts for the GUI thread."""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from trayapp.core.account import Account
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.errors import Failure


class AccountsModel(QObject):
    """The states of all accounts, in the person's order.

    Signals:
        changed (tuple[AccountState, ...]): all states, after one has changed
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._states: dict[str, AccountState] = {}

    @property
    def states(self) -> tuple[AccountState, ...]:
        """The current states of all accounts."""
        return tuple(self._states.values())

    def account(self, account_id: str) -> Account | None:
        """Return an account by its id, or None."""
        state = self._states.get(account_id)
        return state.account if state is not None else None

    def has_balance(self, account: Account) -> bool:
        """Return whether the account's endpoint ever reported a balance."""
        state = self._states.get(account.id)
        return (
            state is not None
            and state.reading is not None
            and state.account.has_same_endpoint(account)
        )

    def load(self, stored: Iterable[AccountState]) -> None:
        """Take the stored accounts; a state that the model has already is newer."""
        self._replace(
            {
                state.account.id: self._states[state.account.id].with_account(
                    state.account
                )
                if state.account.id in self._states
                else state
                for state in stored
            }
        )

    def set_accounts(self, accounts: Iterable[Account]) -> None:
        """Take these accounts in this order, and keep the states of those it has."""
        self.load(AccountState(account) for account in accounts)

    def mark_refreshing(self, account_id: str) -> None:
        """Mark an account as being refreshed."""
        state = self._states.get(account_id)
        if state is not None:
            self._replace(
                {**self._states, account_id: replace(state, is_refreshing=True)}
            )

    def end_refreshing(self, account_id: str) -> None:
        """Mark an account as not being refreshed; what is known of it stays."""
        state = self._states.get(account_id)
        if state is not None:
            new_state = replace(state, is_refreshing=False)
            self._replace({**self._states, account_id: new_state})

    def apply(self, outcome: Outcome) -> None:
        """Apply the outcome of a request; ignore one of a removed account."""
        state = self._states.get(outcome.account_id)
        if state is not None:
            new_state = state.apply(outcome)
            self._replace({**self._states, outcome.account_id: new_state})

    def fail(self, failure: Failure) -> None:
        """Set a failure for all accounts; an account that has failed keeps its own."""
        self._replace(
            {
                account_id: replace(
                    state, failure=state.failure or failure, is_refreshing=False
                )
                for account_id, state in self._states.items()
            }
        )

    def _replace(self, states: dict[str, AccountState]) -> None:
        if tuple(states.values()) != self.states:
            self._states = states
            self.changed.emit(self.states)
