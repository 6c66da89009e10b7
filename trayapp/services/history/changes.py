"""The changes of the history, as values.

`StateCache.apply` makes a change in memory, and `HistoryStore.write` makes the same
change in the database.
"""

from datetime import datetime
from typing import Self, TypeAlias

from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure
from trayapp.core.message import message
from trayapp.core.pace import PaceEvent
from trayapp.core.schedule import Plan


@message
class StoredWait:
    """The wait of an account that outlives a restart; the empty one is no wait."""

    plan: Plan | None = None
    """A plan that a restart keeps: after a rejected key or a Retry-After."""
    failure: Failure | None = None
    """Why the account waits."""
    rejected_key: str = ""
    """The mark of the key that the gateway rejected (`Secret.mark`); may be empty."""
    retries: tuple[datetime, ...] = ()
    """The last requests within the wait that a restart or a network allowed."""

    @classmethod
    def of(cls, plan: Plan, result: Reading | Failure) -> Self:
        """Make the wait of an account whose last result led to `plan`."""
        if plan.must_persist and isinstance(result, Failure):
            return cls(plan, result)
        return cls()


@message
class KeepReading:
    """Keep a reading if it differs from the last one, and one an hour at least."""

    account_id: str
    reading: Reading


@message
class KeepEvaluation:
    """Keep a reading, the alert memory after it, and the decisions: all or nothing.

    The reading is kept as `KeepReading` keeps it.
    """

    account_id: str
    memory: AlertMemory
    decisions: tuple[LogEntry, ...] = ()
    reading: Reading | None = None


@message
class SetWait:
    """Replace the wait of an account."""

    account_id: str
    wait: StoredWait


@message
class NotePace:
    """Note what happened at a gateway's host (`gateway_host`), on top of its row.

    Other programs write the same row, so an event is stored, and not its result.
    """

    host: str
    event: PaceEvent


@message
class SetSnooze:
    """Replace the snooze of all notifications."""

    snooze: Snooze


@message
class SetPendingPayment:
    """Note when a person said that they paid; None ends the wait for the top-up."""

    account_id: str
    at: datetime | None


@message
class SetCorrection:
    """Mark the reading of a moment as a correction, or remove the mark."""

    account_id: str
    at: datetime
    is_correction: bool


@message
class RemoveReadings:
    """Remove the readings of these moments; retention keeps the others."""

    account_id: str
    moments: tuple[datetime, ...]


@message
class ForgetAccount:
    """Remove everything that is stored of an account."""

    account_id: str


HistoryChange: TypeAlias = (
    KeepReading
    | KeepEvaluation
    | SetWait
    | NotePace
    | SetSnooze
    | SetPendingPayment
    | SetCorrection
    | RemoveReadings
    | ForgetAccount
)
