"""What a person is to be told now: one pure state machine, once per episode.

An episode is a time in which something holds: the balance is low, the key is rejected.
It begins when that becomes known and ends when the opposite does, with some distance
between the two; what is unknown neither begins nor ends anything.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.alerts.decision import (
    Alert,
    Decision,
    Disposition,
    Observation,
    Reason,
)
from trayapp.core.alerts.memory import AlertMemory, EpisodeStage
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure, KeyProblem, KeyringProblem, Unauthorized
from trayapp.core.settings import AlertKind, Settings

_RE_ARM: Final = Decimal("1.05")
"""An episode of low balance ends 5 % above the threshold, so that an amount that
hovers around it is told once."""
_RE_ARM_DAYS: Final = 2
"""One of few days left ends so many days above the person's own number."""
_DRAIN_OVER: Final = timedelta(days=1)
"""So long without a drain ends it: a leak that pauses is still the same leak."""
_LONGEST_STEP: Final = timedelta(minutes=2)
"""The program looks once a minute; more than that between two looks was sleep."""
_FAILURES: Final = 2
"""One question that failed says little, however long ago the last good one was."""
_BREAK_THROUGH: Final = frozenset(
    {AlertKind.EMPTY, AlertKind.REJECTED, AlertKind.DRAIN}
)
"""What is told though notifications are snoozed or quiet."""
_OF_BALANCE: Final = (
    AlertKind.EMPTY,
    AlertKind.DRAIN,
    AlertKind.LOW,
    AlertKind.LOW_DAYS,
    AlertKind.TOPPED_UP,
)
_REMINDED: Final = (AlertKind.EMPTY, AlertKind.LOW, AlertKind.LOW_DAYS)


def decide(
    memory: AlertMemory,
    news: Observation,
    settings: Settings,
    hold: Reason | None,
    now: datetime,
) -> tuple[AlertMemory, tuple[Decision, ...]]:
    """Give what is remembered after `news`, and what becomes of what it means.

    `hold` is `SNOOZED` or `QUIET` if notifications are that now, `UNTAKEN` if nothing
    shows them. Times of the memory that lie after `now` were written under another
    clock or come with a backup: they neither silence nor repeat anything. What a person
    turned off is not counted as told, so that it is told when turned on again.
    """
    turn = _Turn(memory.asking(news.account, now), news, settings, hold, now)
    turn.count_time()
    match news.result:
        case Failure():
            turn.hear_failure(news.result)
        case Reading():
            turn.hear_reading(news.result)
        case None:
            turn.look_again()
    return turn.memory, tuple(turn.decisions)


class _Turn:
    """One decision in the making."""

    def __init__(
        self,
        memory: AlertMemory,
        news: Observation,
        settings: Settings,
        hold: Reason | None,
        now: datetime,
    ) -> None:
        self.memory, self.decisions = memory, list[Decision]()
        self._account, self._outlook = news.account, news.outlook
        self._settings, self._hold, self._now = settings, hold, now

    def count_time(self) -> None:
        """Count the time without a good answer, unless the key was the trouble."""
        memory = self.memory
        if memory.looked is not None and (memory.unanswered or not memory.failures):
            step = max(self._now - memory.looked, timedelta(0))
            memory = replace(memory, without=memory.without + min(step, _LONGEST_STEP))
        self.memory = replace(memory, looked=self._now)

    def hear_failure(self, failure: Failure) -> None:
        """Leave the balance's episodes as they are: it is neither low nor recovered."""
        ours = issubclass(failure.kind, KeyProblem | KeyringProblem | Unauthorized)
        failures = self.memory.failures + 1
        self.memory = replace(self.memory, failures=failures, unanswered=not ours)
        if failure.kind is Unauthorized:
            self._arise(Alert(AlertKind.REJECTED, self._account))
        self._look_for_silence()

    def hear_reading(self, reading: Reading) -> None:
        """Compare a balance with the last one, and with what a person wants."""
        memory = self.memory
        self.memory = replace(
            memory, failures=0, unanswered=False, without=timedelta(0)
        )
        self._end(AlertKind.REJECTED)
        self._end(AlertKind.UNREACHABLE)
        seen = memory.seen
        if seen is not None and reading.at < seen.at <= self._now:
            return  # a late answer: a newer one was heard already
        if seen is not None and seen.balance.unit != reading.balance.unit:
            self._begin_anew(reading)
            return
        risen = self.memory.risen + (memory.rise_to(reading) or 0)
        days = self._outlook.days
        self.memory = replace(
            self.memory, seen=reading, in_new_unit=False, days=days, risen=risen
        )
        self._look_at(reading.balance)

    def look_again(self) -> None:
        """Tell what was held back and still holds, and what only time makes true."""
        self._look_for_silence()
        if self.memory.stages.get(AlertKind.REJECTED) is EpisodeStage.PENDING:
            self._arise(Alert(AlertKind.REJECTED, self._account))
        balance = self.memory.current(self._settings.interval, self._now)
        if balance is not None and not self.memory.in_new_unit:
            self._look_at(balance)

    def _begin_anew(self, reading: Reading) -> None:
        """Forget the old unit: amounts of two units don't compare."""
        for kind in _OF_BALANCE:
            self._end(kind)
        self.memory = replace(
            self.memory,
            seen=reading,
            in_new_unit=True,
            days=None,
            risen=Decimal(0),
            drained=None,
        )
        self.decisions.append(
            Decision(None, Disposition.SUPPRESSED, Reason.UNIT_CHANGED)
        )
        if reading.balance.amount <= 0:  # nothing is nothing in any unit
            self._arise(Alert(AlertKind.EMPTY, self._account, reading.balance))

    def _look_at(self, balance: Balance) -> None:
        """End what is over with this balance, and tell what holds."""
        amount = balance.amount
        self._end_what_is_over(amount)
        self._note_drain()
        holding = self._what_holds(balance)
        for kind, alert in holding.items():
            self._arise(alert, covered=self._is_covered(kind, amount))
        if amount <= 0:
            self._cover_days()
        rise = self.memory.stages.get(AlertKind.TOPPED_UP)
        if AlertKind.TOPPED_UP in holding and rise is not EpisodeStage.PENDING:
            self._forget_rise()  # it is an event: the next one is another
        self._remind(holding)

    def _end_what_is_over(self, amount: Decimal) -> None:
        account, days = self._account, self.memory.days
        if amount > 0 and amount >= account.low_below:
            self._end(AlertKind.EMPTY)
        if amount > 0 and amount >= account.low_below * _RE_ARM:
            self._end(AlertKind.LOW)
        far = days is not None and days[0] >= account.warn_days + _RE_ARM_DAYS
        if self._outlook.far or far or not account.warn_days:
            self._end(AlertKind.LOW_DAYS)
        if amount <= 0:
            self._end(AlertKind.TOPPED_UP)
            self._forget_rise()

    def _note_drain(self) -> None:
        """Note when the account was last seen draining, and end what is long over."""
        drained = self.memory.drained
        if self._outlook.drain is not None:
            drained = self._now
        elif drained is not None:
            drained = min(drained, self._now)
            if self._now - drained >= _DRAIN_OVER:
                self._end(AlertKind.DRAIN)
                drained = None
        self.memory = replace(self.memory, drained=drained)

    def _what_holds(self, balance: Balance) -> dict[AlertKind, Alert]:
        """Give what there is to tell of this balance, the gravest first."""
        account, amount, days = self._account, balance.amount, self.memory.days
        risen, drain = self.memory.risen, self._outlook.drain
        draining = self.memory.stages.get(AlertKind.DRAIN)
        soon = amount > 0 and days is not None and days[0] <= account.warn_days
        does_hold = {
            AlertKind.EMPTY: amount <= 0,
            AlertKind.DRAIN: drain is not None or draining is EpisodeStage.PENDING,
            AlertKind.LOW: 0 < account.low_below > amount,
            AlertKind.LOW_DAYS: soon and account.warn_days > 0,
            AlertKind.TOPPED_UP: risen > 0,
        }
        alert = Alert(AlertKind.EMPTY, account, balance)
        return {
            kind: replace(
                alert,
                kind=kind,
                days=days if kind in {AlertKind.LOW, AlertKind.LOW_DAYS} else None,
                drain=drain if kind is AlertKind.DRAIN else None,
                rise=risen if kind is AlertKind.TOPPED_UP else None,
            )
            for kind, does in does_hold.items()
            if does
        }

    def _is_covered(self, kind: AlertKind, amount: Decimal) -> bool:
        """Say whether something graver that was told says this as well."""
        if kind is AlertKind.LOW:
            return amount <= 0 and self._is_told(AlertKind.EMPTY)
        return kind is AlertKind.LOW_DAYS and any(
            one.kind is AlertKind.LOW and one.disposition is Disposition.SENT
            for one in self.decisions
        )

    def _remind(self, holding: dict[AlertKind, Alert]) -> None:
        told = [
            kind
            for kind in _REMINDED
            if kind in holding
            and self._is_told(kind)
            and kind in self._settings.alert_kinds
        ]
        if not told:
            return
        sent_at = self.memory.sent_at
        if sent_at is None or sent_at > self._now:
            self.memory = replace(self.memory, sent_at=self._now)
        elif (
            self._hold is None
            and self._settings.reminder is not None
            and self._now - sent_at >= self._settings.reminder
        ):
            alert = replace(holding[told[0]], again=True)
            self._decide(told[0], Disposition.SENT, Reason.REMINDER, alert)

    def _look_for_silence(self) -> None:
        memory = self.memory
        long = memory.without >= self._settings.unreachable_after
        if memory.unanswered and memory.failures >= _FAILURES and long:
            balance = memory.seen.balance if memory.seen is not None else None
            kind = AlertKind.UNREACHABLE
            self._arise(Alert(kind, self._account, balance, without=memory.without))

    def _arise(self, alert: Alert, *, covered: bool = False) -> None:
        """Note that something holds, and tell it if that was not done."""
        kind, stage = alert.kind, self.memory.stages.get(alert.kind)
        if stage is EpisodeStage.SENT:
            return
        if kind not in self._settings.alert_kinds:
            after, fate, reason = EpisodeStage.OFF, Disposition.SUPPRESSED, Reason.OFF
        elif covered:
            after, fate, reason = (
                EpisodeStage.SENT,
                Disposition.SUPPRESSED,
                Reason.COVERED,
            )
        elif self._hold is not None and (
            kind not in _BREAK_THROUGH or self._hold is Reason.UNDELIVERED
        ):
            after, fate, reason = EpisodeStage.PENDING, Disposition.PENDING, self._hold
        elif stage is EpisodeStage.PENDING:
            after, fate, reason = EpisodeStage.SENT, Disposition.SENT, Reason.AFTERWARDS
        else:
            after, fate, reason = EpisodeStage.SENT, Disposition.SENT, Reason.NEW
        if after is not stage:
            self.memory = self.memory.with_stage(kind, after)
            self._decide(kind, fate, reason, alert)

    def _end(self, kind: AlertKind) -> None:
        """Note that something holds no more: its next time is told anew."""
        if self.memory.stages.get(kind) is EpisodeStage.PENDING:
            self._decide(kind, Disposition.SUPPRESSED, Reason.OVER)
        if kind in self.memory.stages:
            self.memory = self.memory.with_stage(kind, None)

    def _decide(
        self,
        kind: AlertKind,
        fate: Disposition,
        reason: Reason,
        alert: Alert | None = None,
    ) -> None:
        sent = fate is Disposition.SENT
        self.decisions.append(Decision(kind, fate, reason, alert if sent else None))
        if sent and kind in _REMINDED:
            self.memory = replace(self.memory, sent_at=self._now)

    def _is_told(self, kind: AlertKind) -> bool:
        return self.memory.stages.get(kind) is EpisodeStage.SENT

    def _cover_days(self) -> None:
        """Count few days left as told, now that there are none.

        A little that comes back to an empty account is then no news.
        """
        kind = AlertKind.LOW_DAYS
        if self._is_told(AlertKind.EMPTY) and kind in self._settings.alert_kinds:
            self.memory = self.memory.with_stage(kind, EpisodeStage.SENT)

    def _forget_rise(self) -> None:
        memory = self.memory.with_stage(AlertKind.TOPPED_UP, None)
        self.memory = replace(memory, risen=Decimal(0))
