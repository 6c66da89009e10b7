"""Who listens to the backend and hears nothing, for tests that hear a part of it."""

from datetime import datetime

from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.notification import NotificationButton
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.changes import Trial
from trayapp.core.chart.sparkline import RecentBalances
from trayapp.core.errors import Failure
from trayapp.core.forecast.run_out import Forecast
from trayapp.core.view.history import HistoryView
from trayapp.services.reports import Loaded, Saved


class Unheard:
    """A listener to whom everything is the same."""

    def loaded(self, loaded: Loaded) -> None:
        """Hear nothing."""

    def asking(self, account_id: str) -> None:
        """Hear nothing."""

    def answered(self, outcome: Outcome) -> None:
        """Hear nothing."""

    def tried(self, trial: Trial, outcome: Outcome) -> None:
        """Hear nothing."""

    def saved(self, saved: Saved) -> None:
        """Hear nothing."""

    def pressed(self, account_id: str, button: NotificationButton) -> None:
        """Hear nothing."""

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        """Hear nothing."""

    def snoozed(self, until: datetime | None) -> None:
        """Hear nothing."""

    def log(self, entries: tuple[LogEntry, ...]) -> None:
        """Hear nothing."""

    def awaited(self, paid: tuple[PendingPayment, ...]) -> None:
        """Hear nothing."""

    def foreseen(self, account_id: str, said: Forecast) -> None:
        """Hear nothing."""

    def glimpsed(self, account_id: str, seen: RecentBalances) -> None:
        """Hear nothing."""

    def login_seen(self, login: LoginEntryState) -> None:
        """Hear nothing."""

    def looked_up(self, page: HistoryView) -> None:
        """Hear nothing."""

    def exported(self, path: str, failure: Failure | None) -> None:
        """Hear nothing."""

    def reached(self, problem: Failure | None) -> None:
        """Hear nothing."""

    def kept(self, problem: Failure | None) -> None:
        """Hear nothing."""
