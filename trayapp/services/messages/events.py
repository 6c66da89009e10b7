"""The events that the backend reports, one frozen class for each.

An event is emitted on the backend's thread and handled on the GUI thread.
"""

from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING

from trayapp.core.account import Account
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.errors import Failure
from trayapp.core.message import message
from trayapp.core.settings import Settings

if TYPE_CHECKING:
    # Only their names: the tray icon is shown before these modules are needed.
    from datetime import datetime

    from trayapp.core.alerts.log import LogEntry
    from trayapp.core.alerts.notification import Notification, NotificationButton
    from trayapp.core.alerts.pending_payment import PendingPayment
    from trayapp.core.autostart.login import LoginEntryState
    from trayapp.core.changes import Conflict, KeyTest
    from trayapp.core.chart.sparkline import RecentBalances
    from trayapp.core.forecast.run_out import Forecast
    from trayapp.core.pace import PaceNotice
    from trayapp.core.view.diagnostics import Fact
    from trayapp.core.view.history import HistoryView


@message
class ProfileLoaded:
    """The backend read the stored accounts and settings; it has sent no request yet.

    It comes first, and again whenever the settings file is read again.
    """

    accounts: tuple[AccountState, ...]
    """In the person's order, each with its last stored balance."""
    settings: Settings
    problems: tuple[Failure, ...] = ()
    """What the person should know of the program's own files."""


@message
class RefreshStarted:
    """The scheduler sent a request for an account's balance."""

    account_id: str


@message
class RefreshPostponed:
    """The gateway takes a request later; what is known of the account stays."""

    account_id: str


@message
class PacesChanged:
    """Other hosts than before take longer than the interval for their accounts."""

    notices: "tuple[PaceNotice, ...]"


@message
class RefreshFinished:
    """A request for a balance ended, well or not; the result is written down."""

    outcome: Outcome


@message
class KeyTestFinished:
    """A key test from a dialog ended; nothing was stored."""

    key_test: "KeyTest"
    outcome: Outcome


@message
class SaveFinished:
    """The backend saved a dialog's changes, all of them or none."""

    accounts: tuple[Account, ...] = ()
    """All accounts as they are stored now; empty if there is a problem."""
    settings: Settings = field(default_factory=Settings)
    problem: Failure | None = None
    """Why nothing was changed; None if everything was."""
    conflicts: "frozenset[Conflict]" = frozenset()
    """The conflicts of a `ConfigChanged` problem."""
    notice: Failure | None = None
    """What the person should know although everything was changed."""


@message
class ButtonPressed:
    """A person pressed a button of a notification, or clicked the notification."""

    account_id: str
    """The account that the notification is about; empty for a sample."""
    button: "NotificationButton"


@message
class ShowNotification:
    """Qt is to show a notification, for there is no D-Bus here."""

    notification: "Notification"


@message
class SnoozeChanged:
    """A snooze began or ended."""

    until: "datetime | None"
    """Aware, in UTC; None if notifications are not snoozed."""


@message
class TimeZoneChanged:
    """The system has another time zone; times and days are to be shown again."""


@message
class NotificationLogChanged:
    """The alert service decided about an alert, or an account was removed."""

    entries: "tuple[LogEntry, ...]"
    """The last decisions about all accounts, the oldest first."""


@message
class PendingPaymentsChanged:
    """A payment was reported, or its top-up no longer has to be expected."""

    payments: "tuple[PendingPayment, ...]"
    """All payments whose top-ups are still expected."""


@message
class ForecastMade:
    """A forecast belongs beside the balance that was just reported."""

    account_id: str
    forecast: "Forecast"


@message
class RecentBalancesRead:
    """The last weeks belong beside the balance that was just reported."""

    account_id: str
    recent_balances: "RecentBalances"


@message
class LoginEntryRead:
    """The backend looked whether the program starts at login."""

    state: "LoginEntryState"


@message
class HistoryRead:
    """The page for an account's history window is ready."""

    view: "HistoryView"


@message
class ExportFinished:
    """An export ended."""

    path: str
    failure: Failure | None
    """Why there is no file; None if it was written."""


@message
class DeliveryChanged:
    """Notifications stopped reaching the person, or reach them again."""

    problem: Failure | None
    """Why they don't; None if they do."""


@message
class KeyRemovalChanged:
    """The key of a removed account can't be removed now, or no such key is left."""

    problem: Failure | None
    """Why a key stays; None if none does."""


@message
class StorageChanged:
    """The history can no longer be written, or can be written again."""

    problem: Failure | None
    """Why it can't; None if it can."""


@message
class DiagnosticsCollected:
    """The facts for "Copy diagnostics" are complete."""

    facts: "tuple[Fact, ...]"


@message
class PollerFailed:
    """A fault of the program ended or blocks the backend's loop; another will start.

    The poller emits it, not the backend.
    """

    failure: Failure


Event = (
    ProfileLoaded
    | RefreshStarted
    | RefreshPostponed
    | PacesChanged
    | RefreshFinished
    | KeyRemovalChanged
    | KeyTestFinished
    | SaveFinished
    | ButtonPressed
    | ShowNotification
    | SnoozeChanged
    | TimeZoneChanged
    | NotificationLogChanged
    | PendingPaymentsChanged
    | ForecastMade
    | RecentBalancesRead
    | LoginEntryRead
    | HistoryRead
    | ExportFinished
    | DeliveryChanged
    | StorageChanged
    | DiagnosticsCollected
    | PollerFailed
)

Emit = Callable[[Event], None]
"""What a service calls with each event, on the loop's thread."""
