"""The steps that a change leaves to be done."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from trayapp.core.account import Account, Service
from trayapp.core.unfinished import (
    IN_PROGRESS,
    StepKind,
    UnfinishedStep,
    step_of_login,
    steps_of_new_keys,
    steps_of_removals,
)

A, B = Account("a", "A"), Account("b", "B")
MOVED = replace(A, service=Service.CUSTOM, base_url="https://other.example")


def test_a_removed_account_leaves_its_key_and_its_rows() -> None:
    """Both have the account's name."""
    assert set(steps_of_removals([A, B], [B])) == {
        UnfinishedStep(StepKind.REMOVE_KEY, "a", "A"),
        UnfinishedStep(StepKind.REMOVE_HISTORY, "a", "A"),
    }


def test_a_new_key_is_removed_if_its_account_does_not_come(now: datetime) -> None:
    """Not at once, as the account may still be on its way."""
    assert list(steps_of_new_keys([A], [A, B], ["b"], now)) == [
        UnfinishedStep(StepKind.REMOVE_KEY, "b", "B", now)
    ]


@pytest.mark.parametrize(("after", "count"), [(MOVED, 1), (A, 0)])
def test_a_key_for_another_address_becomes_unsure(
    after: Account, count: int, now: datetime
) -> None:
    """A key for the same address is the new one or the old one, and both may be."""
    steps = list(steps_of_new_keys([A], [after], ["a"], now))
    step = UnfinishedStep(StepKind.DROP_UNSURE_KEY, "a", "A", now)
    assert steps == [step] * count


@pytest.mark.parametrize(
    ("delay", "is_due"),
    [
        (timedelta(0), True),
        (timedelta(seconds=1), False),
        (IN_PROGRESS, False),
        (IN_PROGRESS + timedelta(seconds=1), True),
    ],
)
def test_a_step_waits_while_its_change_may_run(
    now: datetime, delay: timedelta, *, is_due: bool
) -> None:
    """Nothing waits longer because the clock was set back."""
    step = UnfinishedStep(StepKind.REMOVE_KEY, "a", "A", now + delay)
    assert step.is_due(now) is is_due


def test_a_step_without_a_time_is_due(now: datetime) -> None:
    """Its change is made."""
    assert step_of_login(on=True).is_due(now)


def test_a_step_of_the_login_says_which_way() -> None:
    """On or off."""
    assert step_of_login(on=True).switches_login_on
    assert not step_of_login(on=False).switches_login_on
