"""The one holder of what is known: told apart, in order, and heard when it changes."""

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


class Scene:
    """A model and all that it said."""

    def __init__(self) -> None:
        self.model = AccountsModel()
        self.said: list[tuple[AccountState, ...]] = []
        self.model.changed.connect(self.said.append)


@pytest.fixture
def scene() -> Scene:
    """Give a model of two accounts that said nothing yet."""
    scene = Scene()
    scene.model.set_accounts([A, B])
    scene.said.clear()
    return scene


@pytest.fixture
def nine(now: datetime) -> Outcome:
    """Give a balance of the first account."""
    return Outcome("a", now, Reading(Balance(Decimal(9), "EUR"), now))


def test_what_was_stored_is_known_from_the_start(now: datetime) -> None:
    """In the person's order."""
    scene = Scene()
    stored = (
        AccountState(B),
        AccountState(A, Reading(Balance(Decimal(1), "EUR"), now)),
    )
    scene.model.load(stored)
    assert scene.model.known == stored
    assert scene.said == [stored]


def test_an_account_is_found_by_its_id(scene: Scene) -> None:
    """And one that is gone is not."""
    assert scene.model.account("b") is B
    assert scene.model.account("gone") is None


def test_an_outcome_is_known_and_said(scene: Scene, nine: Outcome) -> None:
    """Of its own account alone."""
    scene.model.apply(nine)
    first, second = scene.model.known
    assert first.reading == nine.result
    assert second == AccountState(B)
    assert scene.said == [scene.model.known]


def test_a_failure_erases_no_balance(
    scene: Scene, nine: Outcome, now: datetime
) -> None:
    """Both are known after it."""
    scene.model.apply(nine)
    scene.model.apply(Outcome("a", now, Failure(NoConnection)))
    known = scene.model.known[0]
    assert (known.reading, known.failure) == (nine.result, Failure(NoConnection))


def test_being_asked_ends_with_the_outcome(scene: Scene, nine: Outcome) -> None:
    """Between the two it is said."""
    scene.model.mark_asking("a")
    assert [one.asking for one in scene.model.known] == [True, False]
    scene.model.apply(nine)
    assert [one.asking for one in scene.model.known] == [False, False]


def test_what_changes_nothing_is_not_said(scene: Scene, nine: Outcome) -> None:
    """The tray is not repainted for it."""
    scene.model.mark_asking("a")
    scene.model.mark_asking("a")
    assert len(scene.said) == 1
    scene.model.apply(nine)
    scene.model.apply(nine)
    scene.model.set_accounts([A, B])
    assert len(scene.said) == 2


def test_words_of_an_account_that_is_gone_change_nothing(
    scene: Scene, nine: Outcome
) -> None:
    """A removed account does not come back with its last answer."""
    scene.model.set_accounts([B])
    scene.said.clear()
    scene.model.mark_asking("a")
    scene.model.apply(nine)
    assert scene.model.known == (AccountState(B),)
    assert scene.said == []


def test_changed_settings_keep_what_is_known(scene: Scene, nine: Outcome) -> None:
    """Another name or threshold asks nothing new."""
    scene.model.apply(nine)
    renamed = replace(A, name="Renamed", low_below=Decimal(99))
    scene.model.set_accounts([renamed, B])
    known = scene.model.known[0]
    assert (known.account, known.reading) == (renamed, nine.result)


def test_another_question_begins_anew(scene: Scene, nine: Outcome) -> None:
    """The balance of another address is not this one's."""
    scene.model.apply(nine)
    moved = replace(A, sub_account="shop")
    scene.model.set_accounts([moved, B])
    assert scene.model.known[0] == AccountState(moved)


def test_loading_again_keeps_what_is_newer_here(
    scene: Scene, nine: Outcome, now: datetime
) -> None:
    """The command line added an account; the others know more than the disk."""
    scene.model.apply(nine)
    old = Reading(Balance(Decimal(50), "EUR"), now - timedelta(days=1))
    new = Account("c", "C")
    scene.model.load([AccountState(B), AccountState(new, old), AccountState(A, old)])
    assert [one.account for one in scene.model.known] == [B, new, A]
    assert [one.reading for one in scene.model.known] == [None, old, nine.result]


def test_the_order_is_the_persons(scene: Scene) -> None:
    """A new one is said too."""
    scene.model.set_accounts([B, A])
    assert scene.said == [(AccountState(B), AccountState(A))]
