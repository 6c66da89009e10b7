"""What a row of the history says, and how it is written."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.balance import Balance, Reading, exact_amount
from trayapp.core.errors import BY_ID, Failure
from trayapp.core.schedule import Plan
from trayapp.core.settings import AlertKind

_MILLISECOND: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNREADABLE: Final = "\ufffd"
"""What stands for bytes that are no text."""
NONSENSE: Final = (
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    RecursionError,
)
"""What is raised for a row that a failing disk has changed, or whose words are not in
use any more."""


@dataclass(frozen=True, slots=True)
class StoredWait:
    """Why an account is left alone for a while, also after a restart."""

    plan: Plan | None = None
    """A wait that outlives a restart: a rejected key, or a Retry-After."""
    failure: Failure | None = None
    """Why it waits."""


def to_ms(moment: datetime) -> int:
    """Write a moment as the tables have it: milliseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Read a moment as the tables have it."""
    return _EPOCH + milliseconds * _MILLISECOND


def reading(at: int, digits: str, unit: str) -> Reading:
    """Read what was known at a moment."""
    amount = exact_amount(digits)
    # A unit is not judged by today's rule for replies: it is what was once shown. Of
    # bytes this is a TypeError.
    if amount is None or not str.isprintable(unit) or _UNREADABLE in unit:
        message = f"{digits!r} {unit!r} is no balance"
        raise ValueError(message)
    return Reading(Balance(amount, unit), from_ms(at))


def memory(account_id: str, written: str) -> tuple[str, AlertMemory]:
    """Read what was told of an account."""
    return account_id, AlertMemory.from_dict(json.loads(written))


def wait(account_id: str, due: int, failures: int, kind: str) -> tuple[str, StoredWait]:
    """Read what an account waits for."""
    plan = Plan(from_ms(due), failures, held=True)
    return account_id, StoredWait(plan, Failure(BY_ID[kind]))


def payment(account_id: str, at: int) -> PendingPayment:
    """Read that a person paid."""
    return PendingPayment(account_id, from_ms(at))


def decision(*row: *tuple[int, str, str, str | None, str, str]) -> LogEntry:
    """Read what was decided about an alert."""
    at, account_id, name, kind, fate, reason = row
    what = None if kind is None else AlertKind(kind)
    return LogEntry(
        from_ms(at), account_id, name, what, Disposition(fate), Reason(reason)
    )


def decision_row(entry: LogEntry) -> tuple[int, str, str, str | None, str, str]:
    """Write what was decided about an alert."""
    kind = None if entry.kind is None else entry.kind.value
    at, account, name = to_ms(entry.at), entry.account_id, entry.account_name
    return at, account, name, kind, entry.disposition.value, entry.reason.value
