"""When to ask an account's balance next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from trayapp.core.errors import Failure, Retry
from trayapp.core.known import Outcome
from trayapp.core.settings import LONGEST_INTERVAL

FIRST_BACK_OFF: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
"""The most that failures or a Retry-After put off, unless the interval is longer."""
KEYRING_LOOK: Final = timedelta(minutes=1)
ONCE_A_DAY: Final = timedelta(hours=24)
_SPREAD: Final = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """When an account is due, and how often in a row it has failed."""

    due: datetime
    """Wall-clock time, aware: suspends and changed clocks need no special case."""
    failures: int = 0
    held: bool = False
    """Whether this wait must outlive a restart: a rejected key, or a gateway that
    asked to be left alone."""


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
        return Plan(outcome.at + _spread(interval, jitter))
    failures = plan.failures + 1
    wait = _wait(failure.kind.retry, failures, interval)
    delay = _spread(wait, jitter)
    if failure.retry_after is not None:
        asked = min(max(failure.retry_after, FIRST_BACK_OFF), LONGEST_WAIT)
        delay = max(delay, asked)
    held = failure.kind.retry is Retry.RARELY or failure.retry_after is not None
    return Plan(outcome.at + delay, failures, held)


def sane(plan: Plan, now: datetime, interval: timedelta) -> Plan:
    """Pull a due time nearer that lies beyond anything ever planned.

    So does a clock that was set back by a year not stop the program for a year.
    """
    furthest = now + max(LONGEST_INTERVAL, interval) * (1 + _SPREAD)
    return plan if plan.due <= furthest else Plan(now, plan.failures, plan.held)


def _wait(retry: Retry, failures: int, interval: timedelta) -> timedelta:
    if retry is Retry.RARELY:
        return ONCE_A_DAY
    if retry is Retry.LOOK:
        return KEYRING_LOOK
    # The shift is bounded: 512 minutes are past the longest wait already.
    doubled = 1 << min(failures - 1, 9)
    if retry is Retry.SOON:
        return min(FIRST_BACK_OFF * doubled, interval)
    return min(interval * doubled, max(LONGEST_WAIT, interval))


def _spread(wait: timedelta, jitter: float) -> timedelta:
    return wait * (1 + _SPREAD * jitter)
