"""Decides what a person is told, when answers come and when time has passed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decide import decide
from trayapp.core.alerts.decision import (
    Alert,
    Decision,
    Disposition,
    Observation,
    Outlook,
    Reason,
)
from trayapp.core.alerts.log import logged
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import Snooze, SnoozeChoice, quiet_now, until
from trayapp.core.balance import Reading
from trayapp.core.settings import AlertKind, Settings
from trayapp.services.alerts.outlooks import OutlookCache
from trayapp.services.history.changes import (
    ForgetAccount,
    KeepEvaluation,
    SetCorrection,
    SetPendingPayment,
    SetSnooze,
)
from trayapp.services.history.service import HistoryService
from trayapp.services.log.log_faults import log_faults
from trayapp.services.messages.events import (
    Emit,
    ForecastMade,
    NotificationLogChanged,
    PendingPaymentsChanged,
    RecentBalancesRead,
    SnoozeChanged,
)


class AlertService:
    """All accounts' alerts, from what is known to what is to be told.

    What is to be told is remembered as told before it is: after a crash between the
    two, a person is told nothing rather than everything twice.
    """

    def __init__(
        self,
        history: HistoryService,
        emit: Emit,
        tell: Callable[[Iterable[Alert]], None],
        *,
        clock: Callable[[], datetime],
        zone: tzinfo | None,
    ) -> None:
        """Take the current time, aware and in UTC, from `clock`."""
        self._history, self._emit, self._tell = history, emit, tell
        self._clock, self._zone = clock, zone
        self._outlooks = OutlookCache(history, zone)
        self._accounts: dict[str, Account] = {}
        self._settings = Settings()
        self._reached = True

    def start(self) -> None:
        """Say what is remembered from before."""
        now = self._clock()
        snooze = self._history.state.snooze
        self._emit(SnoozeChanged(snooze.until if snooze.holds(now) else None))
        self._emit(NotificationLogChanged(self._history.state.decisions))
        self._emit(PendingPaymentsChanged(self._history.state.pending_payments))

    def set(self, accounts: Iterable[Account], settings: Settings) -> None:
        """Decide about these accounts from now on."""
        self._accounts = {one.id: one for one in accounts}
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """What the person chose."""
        return self._settings

    @property
    def account_ids(self) -> tuple[str, ...]:
        """Name the accounts that are decided about."""
        return tuple(self._accounts)

    def account(self, account_id: str) -> Account | None:
        """Give an account that is decided about."""
        return self._accounts.get(account_id)

    def hear(self, outcome: Outcome) -> None:
        """Record an answer, and decide what it means; of a removed account, nothing."""
        account = self._accounts.get(outcome.account_id)
        if account is None:
            return
        now = self._clock()
        memory = self._history.state.memory(account.id).asking(account, now)
        reading, outlook = None, Outlook()
        if isinstance(outcome.result, Reading):
            reading = outcome.result
            outlook = self._outlooks.of(account.id, memory, reading, now)
            if memory.rise_to(reading) is not None:
                self._end_paid(account.id)
        news = Observation(account, outcome.result, outlook)
        memory, decisions = decide(memory, news, self._settings, self._hold(now), now)
        self._keep(account, memory, decisions, reading)

    def tick(self) -> None:
        """Decide what the time alone makes true: once a minute is often enough."""
        now = self._clock()
        snooze = self._history.state.snooze
        if snooze.until is not None and not snooze.holds(now):
            self._set_snooze(Snooze())
        hold = self._hold(now)
        for account in self._accounts.values():
            with log_faults(f"deciding about {account.id}"):
                self._look_at(account, hold, now)
        if hold is None:
            for paid in self._history.state.pending_payments:
                with log_faults(f"reminding of {paid.account_id}"):
                    self._remind_of(paid, now)

    def snooze(self, choice: SnoozeChoice) -> None:
        """Hold notifications back, or tell at once what was held back."""
        self._set_snooze(Snooze(until(choice, self._clock(), self._zone)))
        self.tick()

    def paid(self, account_id: str) -> None:
        """Remember that a person paid, to remind them if nothing comes of it."""
        if account_id in self._accounts:
            self._history.write(SetPendingPayment(account_id, self._clock()))
            self._emit(PendingPaymentsChanged(self._history.state.pending_payments))

    def reach(self, *, on: bool) -> None:
        """Hear whether the desktop shows notifications; until it does, hold all back.

        When it does again, what was held is told at once.
        """
        self._reached = on
        if on:
            self.tick()

    def untaken(self, alerts: Iterable[Alert]) -> None:
        """Hold what nobody was told after all; see `reach`."""
        for alert in alerts:
            account = self._accounts.get(alert.account.id)
            if account is not None:
                with log_faults(f"holding back what concerns {account.id}"):
                    self._hold_untaken(account, alert)

    def show_outlook(self, account_id: str) -> None:
        """Tell when an account runs out and what its past was like, if known."""
        said = self._outlooks.forecast(account_id)
        seen = self._outlooks.recent_balances(account_id)
        if said is not None:
            self._emit(ForecastMade(account_id, said))
        if seen is not None:
            self._emit(RecentBalancesRead(account_id, seen))

    def correct(self, account_id: str, at: datetime, *, on: bool) -> None:
        """Mark a reading as a correction, or take the mark away."""
        self._history.write(SetCorrection(account_id, at, on))
        self._outlooks.forget(account_id)

    def forget(self, account_id: str) -> None:
        """Remove all that is remembered of an account."""
        self._outlooks.forget(account_id)
        self._history.write(ForgetAccount(account_id))
        self._emit(NotificationLogChanged(self._history.state.decisions))
        self._emit(PendingPaymentsChanged(self._history.state.pending_payments))

    def _look_at(self, account: Account, hold: Reason | None, now: datetime) -> None:
        before = self._history.state.memory(account.id)
        memory, decisions = decide(
            before, Observation(account), self._settings, hold, now
        )
        if decisions or memory.stages != before.stages:
            self._keep(account, memory, decisions)
        else:
            self._history.state.note(account.id, memory)

    def _hold_untaken(self, account: Account, alert: Alert) -> None:
        before = self._history.state.memory(account.id)
        if alert.unseen_since is not None:
            memory, held = before, True
            if self._history.state.payment(account.id) is None:
                self._history.write(SetPendingPayment(account.id, alert.unseen_since))
                self._emit(PendingPaymentsChanged(self._history.state.pending_payments))
        else:
            memory = before.undelivered(alert)
            held = memory is not before
        fate = Disposition.PENDING if held else Disposition.SUPPRESSED
        self._keep(account, memory, [Decision(alert.kind, fate, Reason.UNDELIVERED)])

    def _hold(self, now: datetime) -> Reason | None:
        if not self._reached:
            return Reason.UNDELIVERED
        if self._history.state.snooze.holds(now):
            return Reason.SNOOZED
        if quiet_now(self._settings.quiet, now, self._zone):
            return Reason.QUIET
        return None

    def _keep(
        self,
        account: Account,
        memory: AlertMemory,
        decisions: Sequence[Decision],
        reading: Reading | None = None,
    ) -> None:
        entries = logged(decisions, account, self._clock())
        self._history.write(KeepEvaluation(account.id, memory, entries, reading))
        if entries:
            self._emit(NotificationLogChanged(self._history.state.decisions))
        self._tell(one.alert for one in decisions if one.alert is not None)

    def _remind_of(self, paid: PendingPayment, now: datetime) -> None:
        """Say that no top-up came, as soon as that is known and not only feared."""
        account = self._accounts.get(paid.account_id)
        if account is None or not paid.is_due(now, self._zone):
            return
        memory = self._history.state.memory(account.id)
        balance = memory.current(self._settings.interval, now)
        if balance is None:
            return
        kind = AlertKind.TOPPED_UP
        alert = Alert(kind, account, balance, unseen_since=paid.at)
        self._end_paid(account.id)
        self._keep(
            account, memory, [Decision(kind, Disposition.SENT, Reason.UNSEEN, alert)]
        )

    def _end_paid(self, account_id: str) -> None:
        if self._history.state.payment(account_id) is not None:
            self._history.write(SetPendingPayment(account_id, None))
            self._emit(PendingPaymentsChanged(self._history.state.pending_payments))

    def _set_snooze(self, snooze: Snooze) -> None:
        self._history.write(SetSnooze(snooze))
        self._emit(SnoozeChanged(snooze.until))
