"""What the backend is given, what it says, and to whom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Protocol

from trayapp.core.account import Account
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.notification import NotificationButton, NotificationImage
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.changes import Trial
from trayapp.core.chart.sparkline import RecentBalances
from trayapp.core.errors import Failure
from trayapp.core.forecast.run_out import Forecast
from trayapp.core.settings import Settings
from trayapp.core.view.history import HistoryView
from trayapp.services.autostart.autostart import Autostart, NoAutostart
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is known at the start, before anything was asked."""

    known: tuple[AccountState, ...]
    settings: Settings
    problems: tuple[Failure, ...] = ()
    """What the person should know of the program's own files."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of OK in the settings dialog."""

    accounts: tuple[Account, ...] = ()
    settings: Settings = field(default_factory=Settings)
    problem: Failure | None = None
    """Why nothing was changed."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the backend reaches the world with; the demo and tests bring their own."""

    keychain: Keychain
    gateway: GatewayClient
    clock: Callable[[], datetime]
    """The current time, aware and in UTC."""
    picture: NotificationImage
    """What every notification shows beside its words."""
    zone: tzinfo | None = None
    """Where the person is, for mornings and quiet hours; None is the system's own."""
    autostart: Autostart = field(default_factory=NoAutostart)


class Listener(Protocol):
    """Who is told what happens, on the loop's thread."""

    def loaded(self, loaded: Loaded) -> None:
        """Hear what was stored."""

    def asking(self, account_id: str) -> None:
        """Hear that an account is being asked."""

    def answered(self, outcome: Outcome) -> None:
        """Hear what came of it."""

    def tried(self, trial: Trial, outcome: Outcome) -> None:
        """Hear what a trial came to."""

    def saved(self, saved: Saved) -> None:
        """Hear what became of the changes."""

    def pressed(self, account_id: str, button: NotificationButton) -> None:
        """Hear that a person answered a notification."""

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        """Hear what a person is to be told now, in one notification."""

    def snoozed(self, until: datetime | None) -> None:
        """Hear until when notifications are snoozed; None if they are not."""

    def log(self, entries: tuple[LogEntry, ...]) -> None:
        """Hear the last decisions about all accounts, the oldest first."""

    def awaited(self, paid: tuple[PendingPayment, ...]) -> None:
        """Hear which payments' top-ups are waited for."""

    def foreseen(self, account_id: str, said: Forecast) -> None:
        """Hear when an account runs out."""

    def glimpsed(self, account_id: str, seen: RecentBalances) -> None:
        """Hear what an account's last weeks were like, when they were looked at."""

    def login_seen(self, login: LoginEntryState) -> None:
        """Hear whether the program starts at login."""

    def looked_up(self, page: HistoryView) -> None:
        """Hear what the history window is to show."""

    def exported(self, path: str, failure: Failure | None) -> None:
        """Hear that a file was written, or why not."""

    def reached(self, problem: Failure | None) -> None:
        """Hear why no notification reaches the person; None when they do again."""

    def kept(self, problem: Failure | None) -> None:
        """Hear why the history can't be kept for now; None when it is again."""
