"""Which wait outlives a restart."""

from datetime import datetime
from decimal import Decimal

from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure, NoConnection, Unauthorized
from trayapp.core.schedule import Plan
from trayapp.services.history.changes import StoredWait


def test_a_held_plan_is_a_wait(now: datetime) -> None:
    """With the reason for it."""
    plan, failure = Plan(now, 1, must_persist=True), Failure(Unauthorized)
    assert StoredWait.of(plan, failure) == StoredWait(plan, failure)


def test_any_other_plan_is_none(now: datetime) -> None:
    """A lost connection is tried again at the next start; a balance ends a wait."""
    reading = Reading(Balance(Decimal(9), "EUR"), now)
    assert StoredWait.of(Plan(now, 1), Failure(NoConnection)) == StoredWait()
    assert StoredWait.of(Plan(now), reading) == StoredWait()
