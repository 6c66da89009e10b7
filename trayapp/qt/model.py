"""The one holder of what is known of the accounts."""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from trayapp.core.account import Account
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.errors import Failure


class AccountsModel(QObject):
    """What is known of every account, in the person's order.

    Signals:
        changed (tuple[Known, ...]): all accounts, after something became known
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, AccountState] = {}

    @property
    def known(self) -> tuple[AccountState, ...]:
        """All accounts, as they are known now."""
        return tuple(self._known.values())

    def account(self, account_id: str) -> Account | None:
        """Give an account by its id."""
        known = self._known.get(account_id)
        return known.account if known is not None else None

    def load(self, stored: Iterable[AccountState]) -> None:
        """Take the accounts that are stored; what is known of them here stays."""
        self._replace(
            {
                one.account.id: self._known[one.account.id].with_account(one.account)
                if one.account.id in self._known
                else one
                for one in stored
            }
        )

    def set_accounts(self, accounts: Iterable[Account]) -> None:
        """Take these accounts, in this order; what is known of them here stays."""
        self.load(AccountState(account) for account in accounts)

    def mark_asking(self, account_id: str) -> None:
        """Note that an account is being asked."""
        known = self._known.get(account_id)
        if known is not None:
            self._replace({**self._known, account_id: replace(known, asking=True)})

    def apply(self, outcome: Outcome) -> None:
        """Note what a question came to; of an account that is gone, nothing."""
        known = self._known.get(outcome.account_id)
        if known is not None:
            after = known.apply(outcome)
            self._replace({**self._known, outcome.account_id: after})

    def fail(self, failure: Failure) -> None:
        """Note that nobody asks at present; why an account failed before, it keeps."""
        self._replace(
            {
                account_id: replace(
                    known, failure=known.failure or failure, asking=False
                )
                for account_id, known in self._known.items()
            }
        )

    def _replace(self, known: dict[str, AccountState]) -> None:
        if tuple(known.values()) != self.known:
            self._known = known
            self.changed.emit(self.known)
