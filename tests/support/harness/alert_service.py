"""An alert service with a clock that the test sets, and a log of its events."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal

from harness.event_log import EventLog
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.balance import Balance, Reading
from trayapp.core.settings import Settings
from trayapp.services.alerts.service import AlertService
from trayapp.services.history.service import HistoryService
from trayapp.services.messages.events import (
    NotificationLogChanged,
    PendingPaymentsChanged,
)

A, B = Account("a", "A"), Account("b", "B")


class AlertServiceHarness:
    """An alert service for A and B, which can be started again."""

    service: AlertService
    shows_alerts = True
    """Whether alerts are shown at once; otherwise they stay on their way."""

    def __init__(
        self, make_history: Callable[[], HistoryService], now: datetime
    ) -> None:
        self._make_history = make_history
        self.now = now
        self.settings = Settings()
        self.start()

    def start(self) -> None:
        """Make another service, as after a restart; it knows only what is written."""
        self.events = EventLog()
        self.alerts: list[Alert] = []
        self.service = AlertService(
            self._make_history(),
            self.events.record,
            self.notify,
            clock=lambda: self.now,
            zone=UTC,
        )
        self.configure()
        self.service.start()

    def configure(self, *accounts: Account, settings: Settings | None = None) -> None:
        """Set the accounts, A and B unless others are given, and the settings."""
        self.settings = settings or self.settings
        self.service.set_accounts(accounts or (A, B), self.settings)

    def notify(self, alerts: Iterable[Alert]) -> None:
        """Keep the alerts of the service, and report them as shown if so set."""
        new = tuple(alerts)
        self.alerts += new
        if self.shows_alerts:
            self.service.mark_delivered(new)

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """The entries of the notification log, the oldest first."""
        return self.events.last(NotificationLogChanged).entries

    @property
    def payments(self) -> list[PendingPayment]:
        """The payments whose top-ups are expected."""
        return list(self.events.last(PendingPaymentsChanged).payments)

    def read(self, amount: str, account: Account = A, unit: str = "EUR") -> None:
        """Report a balance that the gateway sent just now."""
        reading = Reading(Balance(Decimal(amount), unit), self.now)
        self.service.evaluate(Outcome(account.id, self.now, reading))
