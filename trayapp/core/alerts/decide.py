"""Decides which alerts to send: one pure state machine, once per episode.

An episode is a time in which a condition holds: the balance is low, the key is
rejected. It begins when the condition becomes known and ends when the opposite does,
with some distance between the two. What is unknown neither begins nor ends an episode.
The conditions of each kind are in its record in `kinds`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from trayapp.core.alerts.decision import (
    Alert,
    Decision,
    Disposition,
    Observation,
    Reason,
)
from trayapp.core.alerts.kinds import KINDS
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.alerts.record import AlertKindRecord, Situation
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure
from trayapp.core.settings import AlertKind, Settings

_LONGEST_STEP: Final = timedelta(minutes=2)
"""The program ticks once a minute; more than that between two ticks was sleep."""


def decide(
    memory: AlertMemory,
    observation: Observation,
    settings: Settings,
    postponed: Reason | None,
    now: datetime,
) -> tuple[AlertMemory, tuple[Decision, ...]]:
    """Give the memory after `observation`, and what becomes of each alert.

    `postponed` says why alerts have to wait now: `SNOOZED`, `QUIET`, or `UNDELIVERED`
    if nothing shows notifications; None if they need not. Times in the memory that lie
    after `now` come from another clock or from a backup: they neither suppress nor
    repeat an alert. An alert that a person turned off does not count as sent, so it is
    sent when it is turned on again.

    A decision is no delivery. The episode of an alert stays `SENDING` until the caller
    reports what became of it, with `AlertMemory.delivered` or `undelivered`.
    """
    memory = memory.for_account(observation.account, now)
    turn = _Turn(memory, observation, settings, postponed, now)
    turn.count_time()
    match observation.result:
        case Failure():
            turn.apply_failure(observation.result)
        case Reading():
            turn.apply_reading(observation.result)
        case None:
            turn.tick()
    return turn.memory, tuple(turn.decisions)


class _Turn:
    """One call of `decide` while it goes on."""

    def __init__(
        self,
        memory: AlertMemory,
        observation: Observation,
        settings: Settings,
        postponed: Reason | None,
        now: datetime,
    ) -> None:
        self.memory, self.decisions = memory, list[Decision]()
        self._observation, self._settings = observation, settings
        self._postponed, self._now = postponed, now

    def count_time(self) -> None:
        """Count the time without a good response, unless the key was the cause."""
        memory = self.memory
        counted_until, total = memory.counted_until, memory.time_without_response
        if counted_until is not None and (memory.unanswered or not memory.failures):
            step = max(self._now - counted_until, timedelta(0))
            total += min(step, _LONGEST_STEP)
            memory = replace(memory, time_without_response=total)
        self.memory = replace(memory, counted_until=self._now)

    def apply_failure(self, failure: Failure) -> None:
        """Count a failure; the balance is unknown and its episodes stay as they are."""
        failures, unanswered = self.memory.failures + 1, failure.kind.counts_as_outage
        self.memory = replace(self.memory, failures=failures, unanswered=unanswered)
        self._apply_rules(None)

    def apply_reading(self, reading: Reading) -> None:
        """Compare a balance with the last one, and with what a person wants."""
        memory = self.memory
        self.memory = replace(
            memory, failures=0, unanswered=False, time_without_response=timedelta(0)
        )
        seen = memory.seen
        if seen is not None and reading.at < seen.at <= self._now:
            self._apply_rules(None)  # a newer response came first
            return
        if self._observation.outlook.is_doubtful:
            # Only the next response tells. An empty balance is sent at once.
            self.memory = replace(self.memory, in_new_unit=True)
            is_empty = reading.balance.amount <= 0
            self._apply_rules(reading.balance if is_empty else None)
            return
        if seen is not None and seen.balance.unit != reading.balance.unit:
            self._change_unit(reading)
        else:
            rise = memory.rise_to(reading) or 0
            if not self._observation.outlook.is_payment:
                rise = 0
            self.memory = replace(
                self.memory,
                seen=reading,
                in_new_unit=False,
                days=self._observation.outlook.days,
                unreported_top_up=memory.unreported_top_up + rise,
            )
            self._note_drain()
        self._apply_rules(reading.balance)

    def tick(self) -> None:
        """Send what was pending and still holds, and what only time makes true."""
        balance = self.memory.current(self._settings.interval, self._now)
        if self.memory.in_new_unit or not self._observation.is_current:
            balance = None
        if balance is not None:
            self._note_drain()
        self._apply_rules(balance)

    def _change_unit(self, reading: Reading) -> None:
        """Forget what was compared in the old unit."""
        for record in KINDS.values():
            if record.compares_amounts:
                self._end(record)
        self.memory = replace(self.memory, seen=reading, in_new_unit=True, days=None)
        self.decisions.append(
            Decision(None, Disposition.SUPPRESSED, Reason.UNIT_CHANGED)
        )

    def _note_drain(self) -> None:
        """Note when the account was last seen draining."""
        last_drain_at = self.memory.last_drain_at
        if self._observation.outlook.drain is not None:
            last_drain_at = self._now
        elif last_drain_at is not None:
            last_drain_at = min(last_drain_at, self._now)
        self.memory = replace(self.memory, last_drain_at=last_drain_at)

    def _apply_rules(self, balance: Balance | None) -> None:
        """End what is over; send, postpone or suppress what holds."""
        for record in KINDS.values():
            if record.is_over(self._situation(balance)):
                self._end(record)
        alerts: dict[AlertKind, Alert] = {}
        for kind, record in KINDS.items():
            situation = self._situation(balance)
            alert = record.alert(situation)
            if alert is not None:
                alerts[kind] = alert
                self._begin(record, alert, record.covered_by(situation))
                if record.is_event and not self._is_waiting(kind):
                    self._forget(record)
            elif (implying := record.implied_by(situation)) is not None:
                self._imply(kind, implying)
        self._remind(alerts)

    def _situation(self, balance: Balance | None) -> Situation:
        observation = self._observation
        return Situation(
            account=observation.account,
            settings=self._settings,
            outlook=observation.outlook,
            result=observation.result,
            memory=self.memory,
            balance=balance,
            sent=frozenset(
                decision.kind
                for decision in self.decisions
                if decision.kind and decision.disposition is Disposition.SENT
            ),
            now=self._now,
            zone=observation.zone,
            is_current=observation.is_current,
        )

    def _begin(
        self, record: AlertKindRecord, alert: Alert, covering: AlertKind | None
    ) -> None:
        """Note that a condition holds, and send the alert if that was not done."""
        kind, status = record.kind, self.memory.episodes.get(record.kind)
        if status in {EpisodeStatus.SENT, EpisodeStatus.SENDING}:
            return
        must_wait = self._postponed is Reason.UNDELIVERED or not record.is_urgent
        after, disposition = EpisodeStatus.SENDING, Disposition.SENT
        if kind not in self._settings.alert_kinds:
            after, disposition = EpisodeStatus.OFF, Disposition.SUPPRESSED
            reason = Reason.OFF
        elif covering is not None:
            if self._is_at(covering, EpisodeStatus.SENT):
                after = EpisodeStatus.SENT
            elif not self._cover(kind, covering):
                return  # an earlier turn sent the other, and it was not shown yet
            disposition, reason = Disposition.SUPPRESSED, Reason.COVERED
        elif self._postponed is not None and must_wait:
            after, disposition = EpisodeStatus.PENDING, Disposition.PENDING
            reason = self._postponed
        elif status is EpisodeStatus.PENDING:
            reason = Reason.AFTERWARDS
        else:
            reason = Reason.NEW
        if after is not status:
            self.memory = self.memory.with_episode(kind, after)
            self._decide(record, disposition, reason, alert)

    def _imply(self, kind: AlertKind, implying: AlertKind) -> None:
        """Let an alert that does not apply now share the fate of another."""
        status = self.memory.episodes.get(kind)
        if status is EpisodeStatus.SENT or kind not in self._settings.alert_kinds:
            return
        if self._is_at(implying, EpisodeStatus.SENT):
            self.memory = self.memory.with_episode(kind, EpisodeStatus.SENT)
        elif self._cover(kind, implying):
            self.memory = self.memory.with_episode(kind, EpisodeStatus.SENDING)

    def _cover(self, kind: AlertKind, covering: AlertKind) -> bool:
        """Tie a kind to the alert of this turn that covers it; False without one."""
        for position, decision in enumerate(self.decisions):
            if decision.kind is covering and decision.alert is not None:
                alert = decision.alert
                alert = replace(alert, covers=alert.covers | {kind})
                self.decisions[position] = replace(decision, alert=alert)
                return True
        return False

    def _end(self, record: AlertKindRecord) -> None:
        """Note that a condition is over, so that the next episode is sent again."""
        if self._is_at(record.kind, EpisodeStatus.PENDING):
            self._decide(record, Disposition.SUPPRESSED, Reason.OVER)
        self._forget(record)

    def _forget(self, record: AlertKindRecord) -> None:
        memory = self.memory
        if record.kind in memory.episodes:
            memory = memory.with_episode(record.kind, None)
        self.memory = record.forget(memory)

    def _remind(self, alerts: dict[AlertKind, Alert]) -> None:
        """Send the gravest alert again if the time for a reminder has come."""
        remindable = [
            alert
            for kind, alert in alerts.items()
            if KINDS[kind].is_reminded
            and kind in self._settings.alert_kinds
            and self._is_at(kind, EpisodeStatus.SENT)
        ]
        if not remindable:
            return
        sent_at, reminder = self.memory.sent_at, self._settings.reminder
        if sent_at is None or sent_at > self._now:
            self.memory = replace(self.memory, sent_at=self._now)
        elif (
            self._postponed is None
            and reminder is not None
            and self._now - sent_at >= reminder
        ):
            alert = replace(remindable[0], again=True)
            self.memory = self.memory.with_episode(alert.kind, EpisodeStatus.SENDING)
            self._decide(KINDS[alert.kind], Disposition.SENT, Reason.REMINDER, alert)

    def _is_waiting(self, kind: AlertKind) -> bool:
        """Say whether an alert of this kind was decided and was not shown yet."""
        waiting = {EpisodeStatus.PENDING, EpisodeStatus.SENDING}
        return self.memory.episodes.get(kind) in waiting

    def _is_at(self, kind: AlertKind, status: EpisodeStatus) -> bool:
        return self.memory.episodes.get(kind) is status

    def _decide(
        self,
        record: AlertKindRecord,
        disposition: Disposition,
        reason: Reason,
        alert: Alert | None = None,
    ) -> None:
        sent = disposition is Disposition.SENT
        if alert is not None:
            alert = replace(alert, reason=reason) if sent else None
        self.decisions.append(Decision(record.kind, disposition, reason, alert))
        if sent and record.is_reminded:
            self.memory = replace(self.memory, sent_at=self._now)
