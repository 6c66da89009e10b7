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


class ModelScene:
    """A model and the changes that it reported."""

    def __init__(self) -> None:
        self.model = AccountsModel()
        self.changes: list[tuple[AccountState, ...]] = []
        self.model.changed.connect(self.changes.append)


@pytest.fixture
def scene() -> ModelScene:
    """Make a model of two accounts that has reported no change."""
    scene = ModelScene()
    scene.model.set_accounts([A, B])
    scene.changes.clear()
    return scene


@pytest.fixture
def nine(now: datetime) -> Outcome:
    """Make an outcome with a balance of the first account."""
    return Outcome("a", now, Reading(Balance(Decimal(9), "EUR"), now))


def test_stored_states_are_loaded(now: datetime) -> None:
    """They keep the person's order."""
    scene = ModelScene()
    stored = (
        AccountState(B),
        AccountState(A, Reading(Balance(Decimal(1), "EUR"), now)),
    )
    scene.model.load(stored)
    assert scene.model.states == stored
    assert scene.changes == [stored]


def test_an_account_is_found_by_its_id(scene: ModelScene) -> None:
    """A removed one is not found."""
    assert scene.model.account("b") is B
    assert scene.model.account("gone") is None


def test_an_outcome_is_applied_and_reported(scene: ModelScene, nine: Outcome) -> None:
    """It changes only its own account."""
    scene.model.apply(nine)
    first, second = scene.model.states
    assert first.reading == nine.result
    assert second == AccountState(B)
    assert scene.changes == [scene.model.states]


def test_a_failure_erases_no_balance(
    scene: ModelScene, nine: Outcome, now: datetime
) -> None:
    """The state has both."""
    scene.model.apply(nine)
    scene.model.apply(Outcome("a", now, Failure(NoConnection)))
    known = scene.model.states[0]
    assert (known.reading, known.failure) == (nine.result, Failure(NoConnection))


def test_an_account_is_asked_until_its_outcome(
    scene: ModelScene, nine: Outcome
) -> None:
    """The other account is not."""
    scene.model.mark_asking("a")
    assert [state.asking for state in scene.model.states] == [True, False]
    scene.model.apply(nine)
    assert [state.asking for state in scene.model.states] == [False, False]


def test_an_unchanged_state_is_not_reported(scene: ModelScene, nine: Outcome) -> None:
    """The tray needs no repaint."""
    scene.model.mark_asking("a")
    scene.model.mark_asking("a")
    assert len(scene.changes) == 1
    scene.model.apply(nine)
    scene.model.apply(nine)
    scene.model.set_accounts([A, B])
    assert len(scene.changes) == 2


def test_an_outcome_of_a_removed_account_changes_nothing(
    scene: ModelScene, nine: Outcome
) -> None:
    """The account does not come back."""
    scene.model.set_accounts([B])
    scene.changes.clear()
    scene.model.mark_asking("a")
    scene.model.apply(nine)
    assert scene.model.states == (AccountState(B),)
    assert scene.changes == []


def test_changed_settings_keep_the_balance(scene: ModelScene, nine: Outcome) -> None:
    """Another name or threshold does not change the request."""
    scene.model.apply(nine)
    renamed = replace(A, name="Renamed", low_below=Decimal(99))
    scene.model.set_accounts([renamed, B])
    known = scene.model.states[0]
    assert (known.account, known.reading) == (renamed, nine.result)


def test_a_changed_request_drops_the_balance(scene: ModelScene, nine: Outcome) -> None:
    """The balance is of another sub-account."""
    scene.model.apply(nine)
    moved = replace(A, sub_account="shop")
    scene.model.set_accounts([moved, B])
    assert scene.model.states[0] == AccountState(moved)


def test_loading_again_keeps_newer_states(
    scene: ModelScene, nine: Outcome, now: datetime
) -> None:
    """The command line added an account; the model's other states are newer."""
    scene.model.apply(nine)
    old = Reading(Balance(Decimal(50), "EUR"), now - timedelta(days=1))
    new = Account("c", "C")
    scene.model.load([AccountState(B), AccountState(new, old), AccountState(A, old)])
    assert [state.account for state in scene.model.states] == [B, new, A]
    assert [state.reading for state in scene.model.states] == [None, old, nine.result]


def test_the_order_is_the_persons(scene: ModelScene) -> None:
    """A changed order is reported."""
    scene.model.set_accounts([B, A])
    assert scene.changes == [(AccountState(B), AccountState(A))]
