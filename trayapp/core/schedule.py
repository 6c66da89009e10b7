"""When to ask an account's balance next."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from trayapp.core.account_state import Outcome
from trayapp.core.errors import Failure, Retry
from trayapp.core.settings import LONGEST_INTERVAL

FIRST_BACK_OFF: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
"""The most that failures or a Retry-After put off, unless the interval is longer."""
LONGEST_OFFLINE: Final = timedelta(minutes=15)
"""The most between two looks whether the network has come, however long it is away."""
KEYRING_INTERVAL: Final = timedelta(minutes=1)
ONCE_A_DAY: Final = timedelta(hours=24)
PAUSE_AFTER_RESPONSE: Final = timedelta(seconds=30)
"""Nothing but a person asks again sooner after an answer."""
NETWORK_DELAY: Final = timedelta(seconds=5)
"""After a resume, until the network can be expected to be there."""
START_SPREAD: Final = timedelta(seconds=10)
"""Over which the first questions of many accounts are spread, and those of a resume."""
_SPREAD: Final = 0.1
_STEP: Final = timedelta(minutes=1)
"""A clock that goes back by less is being kept right, and was not set."""
RESTARTS_AN_HOUR: Final = 5
"""Restarts within an hour: a fault that comes back at once is not asked to for ever."""
_HOUR_S: Final = 3_600.0
_FIRST_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """When an account is due, and how often in a row it has failed."""

    due: datetime
    """Wall-clock time, aware: suspends and changed clocks need no special case."""
    failures: int = 0
    must_persist: bool = False
    """Whether this wait must outlive a restart: a rejected key, or a gateway that
    asked to be left alone."""
    responded_at: datetime | None = field(default=None, compare=False)
    """When the answer came that this follows, if one did since the start."""


def plan_after(
    plan: Plan, outcome: Outcome, interval: timedelta, jitter: float
) -> Plan:
    """Plan the next question after `outcome`.

    `jitter` is a random number from -1 to 1: it moves every wait by up to a tenth, so
    that many computers do not ask at once. A gateway's own wish (Retry-After) is
    followed between a minute and six hours and never shortened by jitter.
    """
    failure = outcome.result
    if not isinstance(failure, Failure):
        return Plan(outcome.at + _spread(interval, jitter), responded_at=outcome.at)
    failures = plan.failures + 1
    wait = _wait(failure.kind.retry, failures, interval)
    delay = _spread(wait, jitter)
    if failure.retry_after is not None:
        asked = min(max(failure.retry_after, FIRST_BACK_OFF), LONGEST_WAIT)
        delay = max(delay, asked)
    held = failure.kind.retry is Retry.DAILY or failure.retry_after is not None
    return Plan(outcome.at + delay, failures, held, outcome.at)


def first_plan(number: int, at_once: int, now: datetime, jitter: float) -> Plan:
    """Plan an account's first question; `number` counts the new accounts from 0.

    The first few are asked at once, as somebody may look; the others one by one over
    some seconds.
    """
    return Plan(now if number < at_once else now + _some(START_SPREAD, jitter))


def after_resume(plan: Plan, now: datetime, jitter: float) -> Plan:
    """Plan anew when the computer woke up, or came online.

    What is overdue, and what failed for whatever ended meanwhile, is asked a few
    seconds from now: not before the network can be there, and not all at the same
    moment. A wait that is held goes on. Hearing of it twice puts nothing off.
    """
    soon = now + NETWORK_DELAY + _some(START_SPREAD, jitter)
    if plan.responded_at is not None and plan.responded_at <= now:
        soon = max(soon, plan.responded_at + PAUSE_AFTER_RESPONSE)
    overdue = plan.due <= now
    failed = plan.failures > 0 and not plan.must_persist
    return replace(plan, due=soon) if overdue or (failed and plan.due > soon) else plan


def after_clock_change(plan: Plan, now: datetime, interval: timedelta) -> Plan:
    """Pull a due time nearer that a clock which was set back put out of reach.

    So does a clock that was a year ahead not stop the program for a year. A wait that
    is held begins anew, and all others are over; what lies beyond anything ever
    planned is due at once.
    """
    if plan.responded_at is not None and plan.responded_at - now > _STEP:
        # A sleep may have moved the due time days away from the answer.
        wait = (
            min(plan.due - plan.responded_at, ONCE_A_DAY)
            if plan.must_persist
            else timedelta(0)
        )
        return replace(plan, due=now + wait, responded_at=now)
    furthest = now + max(LONGEST_INTERVAL, interval) * (1 + _SPREAD)
    return plan if plan.due <= furthest else Plan(now, plan.failures, plan.must_persist)


@dataclass(frozen=True, slots=True)
class RestartBackoff:
    """The restarts of the last hour, by a clock in seconds that only goes on."""

    times: tuple[float, ...] = ()

    def wait(self, now: float) -> float:
        """Give the seconds until the next one: ever longer, and never given up."""
        recent = self._recent(now)
        if len(recent) >= RESTARTS_AN_HOUR:
            return max(recent[-RESTARTS_AN_HOUR] + _HOUR_S - now, _FIRST_S)
        return _FIRST_S * (1 << len(recent))

    def with_restart(self, now: float) -> "RestartBackoff":
        """Note one that happens now."""
        return RestartBackoff((*self._recent(now), now))

    def _recent(self, now: float) -> tuple[float, ...]:
        return tuple(at for at in self.times if now - at < _HOUR_S)


def _wait(retry: Retry, failures: int, interval: timedelta) -> timedelta:
    if retry is Retry.DAILY:
        return ONCE_A_DAY
    if retry is Retry.KEYRING:
        return KEYRING_INTERVAL
    # The shift is bounded: 512 minutes are past the longest wait already.
    doubled = 1 << min(failures - 1, 9)
    if retry is Retry.SOON:
        return min(FIRST_BACK_OFF * doubled, interval, LONGEST_OFFLINE)
    return min(interval * doubled, max(LONGEST_WAIT, interval))


def _spread(wait: timedelta, jitter: float) -> timedelta:
    return wait * (1 + _SPREAD * jitter)


def _some(span: timedelta, jitter: float) -> timedelta:
    """Give a random part of a span."""
    return span * abs(jitter)
