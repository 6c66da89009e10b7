"""The values of alerts: observations, alerts, and what is decided about them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum

from trayapp.core.account import Account
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure
from trayapp.core.forecast.spending import Drain
from trayapp.core.settings import AlertKind


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the history tells about a balance; empty if it tells nothing."""

    days: tuple[int, int] | None = None
    """In how many days it runs out, from the first to the last; None if unknown."""
    far: bool = False
    """Whether that is so far away that no day is named."""
    drain: Drain | None = None
    is_payment: bool = True
    """Whether a rise to this balance is a top-up, and not a refund or an outlier's end;
    True if the history does not tell."""
    is_doubtful: bool = False
    """Whether the balance is so implausible that the next one must confirm it."""
    is_settled: bool = True
    """Whether the balance did not come back from an outlier within the last hour."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What is new about an account: a response, or only the passage of time."""

    account: Account
    result: Reading | Failure | None = None
    """The gateway's response; None if only time passed."""
    outlook: Outlook = field(default_factory=Outlook)
    zone: tzinfo | None = None
    """The person's time zone; None for the system's."""
    is_current: bool = True
    """Whether a request had a result since the program started. Before that, what is
    remembered may be out of date, and the passage of time sends no alert about it."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert about one account. Details that do not apply are None."""

    kind: AlertKind
    account: Account
    balance: Balance | None = None
    """What is left; None if that is unknown."""
    days: tuple[int, int] | None = None
    """In how many days it runs out, for `LOW` and `LOW_DAYS`."""
    rise: Decimal | None = None
    """How much was topped up, for `TOPPED_UP`."""
    drain: Drain | None = None
    time_without_response: timedelta | None = None
    """The time without a good response, for `UNREACHABLE`."""
    unseen_since: datetime | None = None
    """When a person marked a payment: `TOPPED_UP` then says that nothing came in."""
    again: bool = False
    """Whether this is a reminder of an alert that was sent before."""
    covers: frozenset[AlertKind] = frozenset()
    """The kinds whose alerts were suppressed because this alert says them too."""
    reason: "Reason | None" = None
    """Why it is sent, for the notification log; None before that is decided."""


class Disposition(StrEnum):
    """What happens to an alert. The values are stored in the database."""

    SENT = "sent"
    """Decided: it is sent. In the notification log: it was shown."""
    PENDING = "held"
    SUPPRESSED = "not-sent"


class Reason(StrEnum):
    """Why an alert was sent, postponed or suppressed. The values are stored."""

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
    """What happens to one alert, and why."""

    kind: AlertKind | None
    """None for a change of the unit, which is only logged."""
    disposition: Disposition
    reason: Reason
    alert: Alert | None = None
    """What to send; None unless `disposition` is `SENT`."""
