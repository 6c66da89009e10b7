"""What there is to tell a person, and what became of it: the values of alerts."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from trayapp.core.account import Account
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure
from trayapp.core.forecast.spending import Drain
from trayapp.core.settings import AlertKind


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the history says of a balance, as far as it says anything."""

    days: tuple[int, int] | None = None
    """In how many days it runs out, from the first to the last; None if unknown."""
    far: bool = False
    """Whether that is known to be too far away to name a day."""
    drain: Drain | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of an account now that was not before."""

    account: Account
    result: Reading | Failure | None = None
    """What the gateway was asked and said; None if only time has passed."""
    outlook: Outlook = field(default_factory=Outlook)


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell a person, once."""

    kind: AlertKind
    account: Account
    balance: Balance | None = None
    """What is left, if that is known."""
    days: tuple[int, int] | None = None
    """In how many days it runs out, for `LOW` and `LOW_DAYS`."""
    rise: Decimal | None = None
    """How much was topped up, for `TOPPED_UP`."""
    drain: Drain | None = None
    without: timedelta | None = None
    """For how long there was no answer, for `UNREACHABLE`."""
    unseen_since: datetime | None = None
    """When a person said they paid: `TOPPED_UP` then tells that nothing came."""
    again: bool = False
    """Whether this reminds of what was told before."""


class Disposition(StrEnum):
    """What became of something worth telling."""

    SENT = "sent"
    PENDING = "held"
    SUPPRESSED = "not-sent"


class Reason(StrEnum):
    """Why."""

    NEW = "new"
    AFTERWARDS = "afterwards"
    REMINDER = "reminder"
    UNSEEN = "unseen"
    SNOOZED = "snoozed"
    QUIET = "quiet"
    OFF = "off"
    COVERED = "covered"
    OVER = "over"
    UNIT_CHANGED = "unit-changed"
    UNDELIVERED = "untaken"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one thing, and why."""

    kind: AlertKind | None
    """None for a change of the unit: an event, and nothing to act on."""
    disposition: Disposition
    reason: Reason
    alert: Alert | None = None
    """What to tell, if it is sent."""
