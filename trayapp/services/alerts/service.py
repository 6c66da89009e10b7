"""Decides which alerts are sent, when balances come and when time has passed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from trayapp.services.desktop.time_zone import TimeZoneMonitor
from trayapp.services.history.changes import (
    ForgetAccount,
    KeepEvaluation,
    RemoveReadings,
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
    TimeZoneChanged,
)


class AlertService:
    """Decides about the alerts of all accounts, and remembers what was sent.

    An alert is stored as pending, and as sent only after it was shown. A crash between
    the two sends it again at the next start, and never loses it.
    """

    def __init__(
        self,
        history: HistoryService,
        emit: Emit,
        send: Callable[[Iterable[Alert]], None],
        *,
        clock: Callable[[], datetime],
        zone: tzinfo | None,
    ) -> None:
        """Let `send` have each alert that is due; `clock` gives the time in UTC."""
        self._history, self._emit, self._send = history, emit, send
        self._clock, self._zone = clock, zone
        self._outlooks = OutlookCache(history, zone)
        self._time_zone = TimeZoneMonitor()
        self._accounts: dict[str, Account] = {}
        self._settings = Settings()
        self._can_deliver = True
        self._current: set[str] = set()
        """The accounts whose requests had a result since the start."""
        self._reminding: set[str] = set()
        """The accounts whose alert about a missing top-up is on its way."""

    def start(self) -> None:
        """Report what is stored."""
        now = self._clock()
        snooze = self._history.state.snooze
        self._emit(SnoozeChanged(snooze.until if snooze.holds(now) else None))
        self._emit(NotificationLogChanged(self._history.state.decisions))
        self._emit(PendingPaymentsChanged(self._history.state.pending_payments))

    def set_accounts(self, accounts: Iterable[Account], settings: Settings) -> None:
        """Decide about these accounts from now on."""
        self._accounts = {account.id: account for account in accounts}
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """What the person chose."""
        return self._settings

    @property
    def account_ids(self) -> tuple[str, ...]:
        """The ids of the accounts that alerts are decided about."""
        return tuple(self._accounts)

    def account(self, account_id: str) -> Account | None:
        """Return an account that alerts are decided about; None for another."""
        return self._accounts.get(account_id)

    def evaluate(self, outcome: Outcome) -> None:
        """Store an outcome, and decide about alerts; ignore a removed account."""
        account = self._accounts.get(outcome.account_id)
        if account is None:
            return
        now = self._clock()
        self._current.add(account.id)
        memory = self._history.state.memory(account.id).for_account(account, now)
        reading, outlook = None, Outlook()
        if isinstance(outcome.result, Reading):
            reading = outcome.result
            outlook = self._outlooks.of(account.id, memory, reading, now)
            is_top_up = outlook.is_payment and not outlook.is_doubtful
            if is_top_up and memory.rise_to(reading) is not None:
                self._end_pending_payment(account.id)
        observation = Observation(account, outcome.result, outlook, self._zone)
        memory, decisions = decide(
            memory, observation, self._settings, self._postpone_reason(now), now
        )
        self._keep(account, memory, decisions, reading)

    def tick(self) -> None:
        """Decide what depends on the time alone; call it about once a minute."""
        if self._time_zone.update():
            self._outlooks.forget_all()  # their days began at other times
            self._emit(TimeZoneChanged())
        now = self._clock()
        snooze = self._history.state.snooze
        if snooze.until is not None and not snooze.holds(now):
            self._set_snooze(Snooze())
        postponed = self._postpone_reason(now)
        for account in self._accounts.values():
            with log_faults(f"deciding about {account.id}"):
                self._evaluate_time(account, postponed, now)
        if postponed is None:
            for payment in self._history.state.pending_payments:
                with log_faults(f"reminding of {payment.account_id}"):
                    self._remind_of(payment, now)

    def snooze(self, choice: SnoozeChoice) -> None:
        """Postpone alerts from now on; for `OFF`, send the pending ones at once."""
        self._set_snooze(Snooze(until(choice, self._clock(), self._zone)))
        self.tick()

    def expect_top_up(self, account_id: str) -> None:
        """Remember that a person paid, to remind them if no top-up comes."""
        if account_id in self._accounts:
            self._history.write(SetPendingPayment(account_id, self._clock()))
            self._emit(PendingPaymentsChanged(self._history.state.pending_payments))

    def set_delivery(self, *, works: bool) -> None:
        """Hold all alerts while the desktop shows none; then send the pending ones."""
        self._can_deliver = works
        if works:
            self.tick()

    def mark_delivered(self, alerts: Iterable[Alert]) -> None:
        """Store that these alerts were shown; ignore a removed account."""
        with log_faults("storing alerts as sent"), self._history.one_transaction():
            for account, alert in self._with_accounts(alerts):
                with log_faults(f"storing an alert of {account.id} as sent"):
                    self._mark_delivered(account, alert)

    def mark_undelivered(self, alerts: Iterable[Alert]) -> None:
        """Make these alerts pending again, until delivery works again."""
        with log_faults("keeping alerts"), self._history.one_transaction():
            for account, alert in self._with_accounts(alerts):
                with log_faults(f"keeping an alert of {account.id}"):
                    self._mark_undelivered(account, alert)

    def report_outlook(self, account_id: str) -> None:
        """Report an account's forecast and its last weeks, if they are known."""
        forecast = self._outlooks.forecast(account_id)
        recent_balances = self._outlooks.recent_balances(account_id)
        if forecast is not None:
            self._emit(ForecastMade(account_id, forecast))
        if recent_balances is not None:
            self._emit(RecentBalancesRead(account_id, recent_balances))

    def correct(self, account_id: str, at: datetime, *, on: bool) -> None:
        """Mark a reading as a correction, or remove the mark."""
        self._history.write(SetCorrection(account_id, at, on))
        self._outlooks.forget(account_id)

    def delete_readings(self, account_id: str, moments: tuple[datetime, ...]) -> None:
        """Remove readings from the history, and calculate the outlook again."""
        self._history.write(RemoveReadings(account_id, moments))
        self._outlooks.forget(account_id)

    def forget(self, account_id: str) -> None:
        """Remove everything that is stored about an account."""
        self._outlooks.forget(account_id)
        self._current.discard(account_id)
        self._reminding.discard(account_id)
        self._history.write(ForgetAccount(account_id))
        self._emit(NotificationLogChanged(self._history.state.decisions))
        self._emit(PendingPaymentsChanged(self._history.state.pending_payments))

    def _evaluate_time(
        self, account: Account, postponed: Reason | None, now: datetime
    ) -> None:
        before = self._history.state.memory(account.id)
        memory, decisions = decide(
            before,
            Observation(
                account,
                outlook=self._outlooks.between_readings(account.id, now),
                zone=self._zone,
                is_current=account.id in self._current,
            ),
            self._settings,
            postponed,
            now,
        )
        if decisions or memory.episodes != before.episodes:
            self._keep(account, memory, decisions)
        else:
            self._history.state.note(account.id, memory)

    def _with_accounts(
        self, alerts: Iterable[Alert]
    ) -> Iterator[tuple[Account, Alert]]:
        """Give each alert with its account as it is now; leave out removed ones."""
        for alert in alerts:
            account = self._accounts.get(alert.account.id)
            if account is not None:
                yield account, alert

    def _mark_delivered(self, account: Account, alert: Alert) -> None:
        memory = self._history.state.memory(account.id)
        if alert.unseen_since is None:
            memory = memory.delivered(alert)
        else:
            self._reminding.discard(account.id)
            if self._has_payment(alert):
                self._end_pending_payment(account.id)
        reason = alert.reason or Reason.NEW
        self._keep(account, memory, [Decision(alert.kind, Disposition.SENT, reason)])

    def _mark_undelivered(self, account: Account, alert: Alert) -> None:
        before = self._history.state.memory(account.id)
        if alert.unseen_since is not None:
            self._reminding.discard(account.id)
            memory, is_pending = before, self._has_payment(alert)
        else:
            memory = before.undelivered(alert)
            is_pending = memory is not before
        disposition = Disposition.PENDING if is_pending else Disposition.SUPPRESSED
        decision = Decision(alert.kind, disposition, Reason.UNDELIVERED)
        self._keep(account, memory, [decision])

    def _postpone_reason(self, now: datetime) -> Reason | None:
        if not self._can_deliver:
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
        # What is sent now is logged when it was shown.
        entries = logged(
            (decision for decision in decisions if decision.alert is None),
            account,
            self._clock(),
        )
        self._history.write(KeepEvaluation(account.id, memory, entries, reading))
        if entries:
            self._emit(NotificationLogChanged(self._history.state.decisions))
        self._send(
            decision.alert for decision in decisions if decision.alert is not None
        )

    def _remind_of(self, payment: PendingPayment, now: datetime) -> None:
        """Send an alert that no top-up came, if a current balance shows that."""
        account = self._accounts.get(payment.account_id)
        if (
            account is None
            or account.id not in self._current
            or account.id in self._reminding
            or not payment.is_due(now, self._zone)
        ):
            return
        memory = self._history.state.memory(account.id)
        balance = memory.current(self._settings.interval, now)
        if balance is None:
            return
        self._reminding.add(account.id)
        self._send(
            [
                Alert(
                    AlertKind.TOPPED_UP,
                    account,
                    balance,
                    unseen_since=payment.at,
                    reason=Reason.UNSEEN,
                )
            ]
        )

    def _has_payment(self, alert: Alert) -> bool:
        """Say whether the payment that an alert is about is still waited for."""
        payment = self._history.state.payment(alert.account.id)
        return payment is not None and payment.at == alert.unseen_since

    def _end_pending_payment(self, account_id: str) -> None:
        if self._history.state.payment(account_id) is not None:
            self._history.write(SetPendingPayment(account_id, None))
            self._emit(PendingPaymentsChanged(self._history.state.pending_payments))

    def _set_snooze(self, snooze: Snooze) -> None:
        self._history.write(SetSnooze(snooze))
        self._emit(SnoozeChanged(snooze.until))
