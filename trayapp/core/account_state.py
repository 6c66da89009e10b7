"""What is known of an account now, and what a question to the gateway came to."""

from dataclasses import dataclass, replace
from datetime import datetime

from trayapp.core.account import Account
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure
from trayapp.core.errors.status import Status


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question to the gateway came to."""

    account_id: str
    at: datetime
    """Aware, in UTC."""
    result: Reading | Failure


@dataclass(frozen=True, slots=True)
class AccountState:
    """What is known of an account: its last good balance, and what went wrong since.

    The two are told apart always: a failure never erases a balance, and an unknown
    balance is never 0.
    """

    account: Account
    reading: Reading | None = None
    failure: Failure | None = None
    """Why the last question gave no balance; None if it did."""
    asking: bool = False
    """Whether the gateway is being asked at this moment."""
    runs_out_soon: bool = False
    """Whether it runs out within the days in which the person wants to be warned; that
    is foreseen from the history, and so set by whoever has a forecast."""

    def apply(self, outcome: Outcome) -> "AccountState":
        """Give what is known after `outcome`; an older reading changes nothing."""
        if isinstance(outcome.result, Failure):
            return replace(self, failure=outcome.result, asking=False)
        if self.reading is not None and outcome.result.at < self.reading.at:
            return replace(self, asking=False)
        return replace(self, reading=outcome.result, failure=None, asking=False)

    def with_account(self, account: Account) -> "AccountState":
        """Give the same knowledge under changed settings.

        Another question (address, sub-account) means that nothing is known yet.
        """
        if not account.asks_as(self.account):
            return AccountState(account)
        return replace(self, account=account)

    @property
    def status(self) -> Status:
        """The one word for it; a failure outweighs a reading, which then is old."""
        if self.failure is not None:
            return self.failure.kind.status
        return self.balance_status

    @property
    def balance_status(self) -> Status:
        """How the last known balance stands against the threshold, and against time."""
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
        """The graver of the state and the old balance's level.

        An account that was nearly empty when the network went is still that.
        """
        return max(self.status, self.balance_status, key=lambda status: status.concern)

    @property
    def concern(self) -> int:
        """How much this asks of a person; higher is worse."""
        return self.worst_status.concern
