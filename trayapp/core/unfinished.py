"""Steps of a change that are still to be done, as values."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from trayapp.core.account import Account

IN_PROGRESS: Final = timedelta(minutes=10)
"""A change that still runs ends within this time: a keyring's prompt takes the most."""


class StepKind(StrEnum):
    """What is to be done; the values stand in the settings file."""

    REMOVE_KEY = "remove-key"
    """Remove the key of an id that is no account."""
    REMOVE_HISTORY = "remove-history"
    """Remove the rows of an id that is no account."""
    DROP_UNSURE_KEY = "drop-unsure-key"
    """Remove an account's key, so that the person enters it again.

    Key and address were changed together, and the program ended in between. The key may
    belong to the other address, which must not get it."""
    LOGIN_ON = "login-on"
    LOGIN_OFF = "login-off"


@dataclass(frozen=True, slots=True)
class UnfinishedStep:
    """A step that is recorded before its change begins, and deleted when it is done.

    Each step can be done twice without harm.
    """

    kind: StepKind
    account_id: str = ""
    name: str = ""
    """The account's name, for a second `account remove NAME`."""
    due: datetime | None = None
    """Not before this moment, in UTC, as the change may still run; None for at once."""

    def is_due(self, now: datetime) -> bool:
        """Return whether it may be done; a clock that was set back delays nothing."""
        return self.due is None or not now < self.due <= now + IN_PROGRESS

    @property
    def switches_login_on(self) -> bool:
        """Whether the program is to start at login."""
        return self.kind is StepKind.LOGIN_ON


def steps_of_removals(
    before: Iterable[Account], after: Iterable[Account]
) -> Iterator[UnfinishedStep]:
    """Yield what is to be done for the accounts that are missing in `after`."""
    kept = {account.id for account in after}
    for account in before:
        if account.id not in kept:
            yield UnfinishedStep(StepKind.REMOVE_KEY, account.id, account.name)
            yield UnfinishedStep(StepKind.REMOVE_HISTORY, account.id, account.name)


def steps_of_new_keys(
    before: Iterable[Account],
    after: Iterable[Account],
    account_ids: Collection[str],
    due: datetime,
) -> Iterator[UnfinishedStep]:
    """Yield what is to be done if the program ends while it stores these new keys."""
    known = {account.id: account for account in before}
    for account in after:
        if account.id not in account_ids:
            continue
        old = known.get(account.id)
        if old is None:
            yield UnfinishedStep(StepKind.REMOVE_KEY, account.id, account.name, due)
        elif old.base_url != account.base_url:
            kind = StepKind.DROP_UNSURE_KEY
            yield UnfinishedStep(kind, account.id, account.name, due)


def step_of_login(*, on: bool) -> UnfinishedStep:
    """Return the step that switches start at login."""
    return UnfinishedStep(StepKind.LOGIN_ON if on else StepKind.LOGIN_OFF)
