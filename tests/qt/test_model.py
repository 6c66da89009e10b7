"""The model keeps each account's state in order, and reports changes."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from trayapp.core.account import Account
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure, NoConnection
from trayapp.qt.model import AccountsModel

A, B = Account("a", "A"), Account("b", "B")


class ModelHarness:
    """A model and the changes that it reported."""

    def __init__(self) -> None:
        self.model = AccountsModel()
        self.changes: list[tuple[AccountState, ...]] = []
        self.model.changed.connect(self.changes.append)


@pytest.fixture
def harness() -> ModelHarness:
    """Make a model of two accounts that has reported no change."""
    harness = ModelHarness()
    harness.model.set_accounts([A, B])
    harness.changes.clear()
    return harness


@pytest.fixture
def nine(now: datetime) -> Outcome:
    """Make an outcome with a balance of the first account."""
    return Outcome("a", now, Reading(Balance(Decimal(9), "EUR"), now))


def test_stored_states_are_loaded(now: datetime) -> None:
    """They keep the person's order."""
    harness = ModelHarness()
    stored = (
        AccountState(B),
        AccountState(A, Reading(Balance(Decimal(1), "EUR"), now)),
    )
    harness.model.load(stored)
    assert harness.model.states == stored
    assert harness.changes == [stored]


def test_an_account_is_found_by_its_id(harness: ModelHarness) -> None:
    """A removed one is not found."""
    assert harness.model.account("b") is B
    assert harness.model.account("gone") is None


def test_an_outcome_is_applied_and_reported(
    harness: ModelHarness, nine: Outcome
) -> None:
    """It changes only its own account."""
    harness.model.apply(nine)
    first, second = harness.model.states
    assert first.reading == nine.result
    assert second == AccountState(B)
    assert harness.changes == [harness.model.states]


def test_a_failure_erases_no_balance(
    harness: ModelHarness, nine: Outcome, now: datetime
) -> None:
    """The state has both."""
    harness.model.apply(nine)
    harness.model.apply(Outcome("a", now, Failure(NoConnection)))
    known = harness.model.states[0]
    assert (known.reading, known.failure) == (nine.result, Failure(NoConnection))


def test_an_account_is_asked_until_its_outcome(
    harness: ModelHarness, nine: Outcome
) -> None:
    """The other account is not."""
    harness.model.mark_refreshing("a")
    assert [state.is_refreshing for state in harness.model.states] == [True, False]
    harness.model.apply(nine)
    assert [state.is_refreshing for state in harness.model.states] == [False, False]


def test_an_unchanged_state_is_not_reported(
    harness: ModelHarness, nine: Outcome
) -> None:
    """The tray needs no repaint."""
    harness.model.mark_refreshing("a")
    harness.model.mark_refreshing("a")
    assert len(harness.changes) == 1
    harness.model.apply(nine)
    harness.model.apply(nine)
    harness.model.set_accounts([A, B])
    assert len(harness.changes) == 2


def test_an_outcome_of_a_removed_account_changes_nothing(
    harness: ModelHarness, nine: Outcome
) -> None:
    """The account does not come back."""
    harness.model.set_accounts([B])
    harness.changes.clear()
    harness.model.mark_refreshing("a")
    harness.model.apply(nine)
    assert harness.model.states == (AccountState(B),)
    assert harness.changes == []


def test_changed_settings_keep_the_balance(
    harness: ModelHarness, nine: Outcome
) -> None:
    """Another name or threshold does not change the request."""
    harness.model.apply(nine)
    renamed = replace(A, name="Renamed", low_below=Decimal(99))
    harness.model.set_accounts([renamed, B])
    known = harness.model.states[0]
    assert (known.account, known.reading) == (renamed, nine.result)


def test_a_changed_request_drops_the_balance(
    harness: ModelHarness, nine: Outcome
) -> None:
    """The balance is of another sub-account."""
    harness.model.apply(nine)
    moved = replace(A, sub_account="shop")
    harness.model.set_accounts([moved, B])
    assert harness.model.states[0] == AccountState(moved)


def test_loading_again_keeps_newer_states(
    harness: ModelHarness, nine: Outcome, now: datetime
) -> None:
    """The command line added an account; the model's other states are newer."""
    harness.model.apply(nine)
    old = Reading(Balance(Decimal(50), "EUR"), now - timedelta(days=1))
    new = Account("c", "C")
    harness.model.load([AccountState(B), AccountState(new, old), AccountState(A, old)])
    assert [state.account for state in harness.model.states] == [B, new, A]
    assert [state.reading for state in harness.model.states] == [None, old, nine.result]


def test_the_order_is_the_persons(harness: ModelHarness) -> None:
    """A changed order is reported."""
    harness.model.set_accounts([B, A])
    assert harness.changes == [(AccountState(B), AccountState(A))]


def test_a_balance_belongs_to_an_endpoint(harness: ModelHarness, nine: Outcome) -> None:
    """With another address the account never had one."""
    harness.model.apply(nine)
    assert harness.model.has_balance(A)
    assert harness.model.has_balance(replace(A, name="Other"))
    assert not harness.model.has_balance(replace(A, sub_account="other"))
    assert not harness.model.has_balance(B)
    assert not harness.model.has_balance(Account("c", "C"))
