"""The state of an account, and the outcome of a request to the gateway."""

from dataclasses import dataclass, replace
from datetime import datetime

from trayapp.core.account import Account
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure
from trayapp.core.errors.status import Status


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one request to the gateway: a reading or a failure."""

    account_id: str
    at: datetime
    """Aware, in UTC."""
    result: Reading | Failure


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account's last good balance, and the failure since, if there is one.

    The two are independent: a failure never erases a balance, and an unknown balance
    is never 0.
    """

    account: Account
    reading: Reading | None = None
    failure: Failure | None = None
    """Why the last request gave no balance; None if it gave one."""
    is_refreshing: bool = False
    """Whether a request is in flight."""
    runs_out_soon: bool = False
    """Whether the forecast says that the balance runs out within `warn_days`.

    The caller that has the forecast sets it."""

    def apply(self, outcome: Outcome) -> "AccountState":
        """Give the state after `outcome`; an older reading never replaces a newer."""
        if isinstance(outcome.result, Failure):
            return replace(self, failure=outcome.result, is_refreshing=False)
        if self.reading is not None and outcome.result.at < self.reading.at:
            return replace(self, is_refreshing=False)
        return replace(self, reading=outcome.result, failure=None, is_refreshing=False)

    def with_account(self, account: Account) -> "AccountState":
        """Give the state under changed settings.

        With another address or sub-account nothing is known yet.
        """
        if not account.has_same_endpoint(self.account):
            return AccountState(account)
        return replace(self, account=account)

    @property
    def status(self) -> Status:
        """The failure's status if there is a failure, else the balance's."""
        if self.failure is not None:
            return self.failure.kind.status
        return self.balance_status

    @property
    def balance_status(self) -> Status:
        """The last known balance against 0, its limit and the run-out date."""
        if self.reading is None:
            return Status.UNKNOWN
        amount = self.reading.balance.amount
        if amount <= 0:
            return Status.EMPTY
        if amount < self.account.low_below:
            return Status.LOW
        return Status.SOON if self.runs_out_soon else Status.OK

    @property
    def worst_status(self) -> Status:
        """The more severe status: the account's or the last known balance's.

        An account that was low when the network failed is still low.
        """
        return max(self.status, self.balance_status, key=lambda status: status.severity)

    @property
    def severity(self) -> int:
        """How urgent it is for a person; higher is worse."""
        return self.worst_status.severity
