"""When an account's next request is due, and when a failed backend is restarted."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from trayapp.core.account_state import Outcome
from trayapp.core.errors import Failure, Retry
from trayapp.core.settings import LONGEST_INTERVAL

FIRST_BACK_OFF: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
"""The longest wait after failures or by Retry-After, unless the interval is longer."""
LONGEST_OFFLINE: Final = timedelta(minutes=15)
"""The longest wait between two attempts while the network is down."""
KEYRING_INTERVAL: Final = timedelta(minutes=1)
"""Between two checks whether the keyring is unlocked."""
ONCE_A_DAY: Final = timedelta(hours=24)
RETRIES_A_DAY: Final = 3
"""How often a start or another network may end the wait of a rejected key early."""
RETRIES_OF_HOST: Final = 2
"""How many such requests a host gets in half an hour. Other gateways block an address
for 30 minutes after 5 rejected keys (CONTRACT.md)."""
_HALF_AN_HOUR: Final = timedelta(minutes=30)
PAUSE_AFTER_RESPONSE: Final = timedelta(seconds=30)
"""The shortest pause after a response; only a person's request may come sooner."""
NETWORK_DELAY: Final = timedelta(seconds=5)
"""How long the network takes to come up after a resume."""
START_SPREAD: Final = timedelta(seconds=10)
"""The requests of many accounts are spread over this, at start and after a resume."""
_JITTER: Final = 0.1
"""The share of a wait by which jitter changes it."""
_STEP: Final = timedelta(minutes=1)
"""A clock that goes back by less was adjusted by time synchronization, not set."""
RESTARTS_AN_HOUR: Final = 5
"""The limit for a fault that returns at once."""
_HOUR_S: Final = 3_600.0
_FIRST_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """When an account's request is due, and how many have failed in a row."""

    due: datetime
    """Wall-clock time, aware, so that a suspend needs no special case."""
    failures: int = 0
    must_persist: bool = False
    """Whether the wait outlives a restart: after a rejected key or a Retry-After."""
    responded_at: datetime | None = field(default=None, compare=False)
    """When the last response came; None if there was none since the start."""

    def may_be_released(self, now: datetime) -> bool:
        """Say whether a wait that must persist may end early: not after a response."""
        at = self.responded_at
        return self.must_persist and (
            at is None or abs(now - at) > PAUSE_AFTER_RESPONSE
        )


def plan_after(
    plan: Plan, outcome: Outcome, interval: timedelta, jitter: float
) -> Plan:
    """Plan the next request after `outcome`.

    `jitter` is a random number from -1 to 1. It changes every wait by up to a tenth, so
    that many computers do not send at the same time. Retry-After is followed exactly
    between a minute and six hours, and neither jitter nor doubling changes it.
    """
    failure = outcome.result
    if not isinstance(failure, Failure):
        return Plan(
            outcome.at + _with_jitter(interval, jitter), responded_at=outcome.at
        )
    failures = plan.failures + 1
    wait = _wait(failure.kind.retry, failures, interval)
    delay = _with_jitter(wait, jitter)
    if failure.retry_after is not None:
        delay = min(max(failure.retry_after, FIRST_BACK_OFF), LONGEST_WAIT)
    must_persist = failure.kind.retry is Retry.DAILY or failure.retry_after is not None
    return Plan(outcome.at + delay, failures, must_persist, outcome.at)


def first_plan(number: int, at_once: int, now: datetime, jitter: float) -> Plan:
    """Plan an account's first request; `number` counts the new accounts from 0.

    The first `at_once` accounts are due now, as a person may be waiting. The others
    are spread over some seconds.
    """
    return Plan(now if number < at_once else now + _random_part(START_SPREAD, jitter))


def after_resume(plan: Plan, now: datetime, jitter: float) -> Plan:
    """Bring a plan forward after the computer woke up or came online.

    An overdue or failed account is due in a few seconds: the network needs them, and
    the requests are spread. A wait that must persist continues. A second event does
    not postpone a request.
    """
    soon = now + NETWORK_DELAY + _random_part(START_SPREAD, jitter)
    if plan.responded_at is not None and plan.responded_at <= now:
        soon = max(soon, plan.responded_at + PAUSE_AFTER_RESPONSE)
    overdue = plan.due <= now
    failed = plan.failures > 0 and not plan.must_persist
    return replace(plan, due=soon) if overdue or (failed and plan.due > soon) else plan


def after_clock_change(plan: Plan, now: datetime, interval: timedelta) -> Plan:
    """Correct a due time that lies too far ahead after the clock was set back.

    Without this, a clock that was a year ahead would stop the requests for a year. A
    wait that must persist starts again; any other wait ends. A due time beyond every
    possible plan is due now.
    """
    if plan.responded_at is not None and plan.responded_at - now > _STEP:
        # A suspend may have moved the due time days away from the response.
        wait = (
            min(plan.due - plan.responded_at, ONCE_A_DAY)
            if plan.must_persist
            else timedelta(0)
        )
        return replace(plan, due=now + wait, responded_at=now)
    furthest = now + max(LONGEST_INTERVAL, interval) * (1 + _JITTER)
    return plan if plan.due <= furthest else Plan(now, plan.failures, plan.must_persist)


def may_retry_rejected(
    retries: Iterable[datetime], of_host: Iterable[datetime], now: datetime
) -> bool:
    """Say whether a rejected key may be sent before its day is over.

    `retries` are the account's earlier requests of this kind, and `of_host` those of
    all accounts of its host.
    """
    today = sum(abs(now - at) < ONCE_A_DAY for at in retries)
    lately = sum(abs(now - at) < _HALF_AN_HOUR for at in of_host)
    return today < RETRIES_A_DAY and lately < RETRIES_OF_HOST


def spread(wait: timedelta, jitter: float) -> timedelta:
    """Shorten the first wait of one of many accounts by up to two thirds.

    Thus the requests that a start or a person sent together come apart.
    """
    return wait * (1 - abs(jitter) * 2 / 3)


@dataclass(frozen=True, slots=True)
class RestartBackoff:
    """The restarts of the last hour, in seconds of a monotonic clock."""

    times: tuple[float, ...] = ()

    def wait(self, now: float) -> float:
        """Give the seconds until the next restart; they double to a limit."""
        recent = self._recent(now)
        if len(recent) >= RESTARTS_AN_HOUR:
            return max(recent[-RESTARTS_AN_HOUR] + _HOUR_S - now, _FIRST_S)
        return _FIRST_S * (1 << len(recent))

    def with_restart(self, now: float) -> "RestartBackoff":
        """Add a restart that happens now."""
        return RestartBackoff((*self._recent(now), now))

    def _recent(self, now: float) -> tuple[float, ...]:
        return tuple(at for at in self.times if now - at < _HOUR_S)


def _wait(retry: Retry, failures: int, interval: timedelta) -> timedelta:
    # The shift is bounded: 512 minutes are past the longest wait already.
    doubled = 1 << min(failures - 1, 9)
    match retry:
        case Retry.DAILY:
            return ONCE_A_DAY
        case Retry.KEYRING:
            return KEYRING_INTERVAL
        case Retry.SOON:
            return min(FIRST_BACK_OFF * doubled, interval, LONGEST_OFFLINE)
        case Retry.LATER:
            return min(interval * doubled, max(LONGEST_WAIT, interval))
        case _:
            assert_never(retry)


def _with_jitter(wait: timedelta, jitter: float) -> timedelta:
    return wait * (1 + _JITTER * jitter)


def _random_part(span: timedelta, jitter: float) -> timedelta:
    """Give a random part of a span, from `jitter`."""
    return span * abs(jitter)
