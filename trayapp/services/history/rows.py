"""Rows of the database: read as values, and values written as rows."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import BY_ID, Failure
from trayapp.core.pace import Pace
from trayapp.core.schedule import Plan
from trayapp.core.settings import AlertKind
from trayapp.services.history.changes import StoredWait

_MILLISECOND: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNREADABLE: Final = "\ufffd"
"""The character that replaces bytes which are no text."""
NONSENSE: Final = (
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    RecursionError,
)
"""The exceptions for a row that a failing disk has changed, or that holds a name which
this version does not know."""


def to_ms(moment: datetime) -> int:
    """Write a moment in milliseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Read a moment that `to_ms` wrote."""
    return _EPOCH + milliseconds * _MILLISECOND


def reading(at: int, digits: str, unit: str) -> Reading:
    """Read a reading; raises one of `NONSENSE`, as the other readers here do."""
    balance = Balance.from_digits(digits, unit)
    # Today's rule for the unit of a response does not apply: an older one let it pass.
    # For bytes `isprintable` raises a TypeError.
    if balance is None or not str.isprintable(unit) or _UNREADABLE in unit:
        message = f"{digits!r} {unit!r} is no balance"
        raise ValueError(message)
    return Reading(balance, from_ms(at))


def memory(account_id: str, written: str) -> tuple[str, AlertMemory]:
    """Read the alert memory of an account."""
    return account_id, AlertMemory.from_dict(json.loads(written))


def wait(
    account_id: str, due: int, failures: int, kind: str, rejection: str | None
) -> tuple[str, StoredWait]:
    """Read the wait of an account; `rejection` is what `rejection_text` wrote."""
    plan = Plan(from_ms(due), failures, must_persist=True)
    key, *retries = json.loads(rejection) if rejection is not None else [""]
    moments = tuple(map(from_ms, retries))
    return account_id, StoredWait(plan, Failure(BY_ID[kind]), str(key), moments)


def rejection_text(stored_wait: StoredWait) -> str:
    """Write the mark of a rejected key, and the moments of the retries."""
    moments = map(to_ms, stored_wait.retries)
    return json.dumps([stored_wait.rejected_key, *moments])


def pace(host: str, written: str) -> tuple[str, Pace]:
    """Read the pace of a host."""
    return host, Pace.from_dict(json.loads(written))


def payment(account_id: str, at: int) -> PendingPayment:
    """Read a pending payment."""
    return PendingPayment(account_id, from_ms(at))


def decision(*row: *tuple[int, str, str, str | None, str, str]) -> LogEntry:
    """Read a decision about an alert."""
    at, account_id, name, kind, fate, reason = row
    alert_kind = None if kind is None else AlertKind(kind)
    return LogEntry(
        from_ms(at), account_id, name, alert_kind, Disposition(fate), Reason(reason)
    )


def decision_row(entry: LogEntry) -> tuple[int, str, str, str | None, str, str]:
    """Write a decision about an alert."""
    kind = None if entry.kind is None else entry.kind.value
    at, account, name = to_ms(entry.at), entry.account_id, entry.account_name
    return at, account, name, kind, entry.disposition.value, entry.reason.value
