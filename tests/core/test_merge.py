"""A dialog's changes and what changed meanwhile are merged field by field."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from trayapp.core.account import Account
from trayapp.core.changes import Base, Changes, Conflict
from trayapp.core.merge import Merged, merge
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings

A, B, C = Account("a", "A"), Account("b", "B"), Account("c", "C")
BASE = Base((A, B))
HOURLY = Settings(interval=timedelta(hours=1))
DAILY = Settings(interval=timedelta(hours=24))
LOW = Decimal(99)
KIND = "an open dialog overwrites what changed meanwhile"


def merged(
    mine: tuple[Account, ...],
    theirs: tuple[Account, ...],
    settings: tuple[Settings, Settings] = (Settings(), Settings()),
    keys: dict[str, Secret] | None = None,
) -> Merged:
    """Merge a dialog that was opened with `BASE`."""
    changes = Changes(mine, settings[0], keys or {}, base=BASE)
    return merge(changes, theirs, settings[1])


def of(*accounts: Account, settings: Settings | None = None) -> Merged:
    """Return what a merge without a conflict gives."""
    return Merged(accounts, settings or Settings(), frozenset())


@pytest.mark.case("attack 5", KIND)
def test_what_was_removed_meanwhile_stays_removed() -> None:
    """Its key is gone, too."""
    assert merged((A, B), (B,)) == of(B)


@pytest.mark.case("attack 5", KIND)
def test_each_side_keeps_its_own_fields() -> None:
    """The dialog changed a name, and an editor a limit."""
    mine, theirs = replace(A, name="Mine"), replace(A, low_below=LOW)
    assert merged((mine, B), (theirs, B)) == of(replace(mine, low_below=LOW), B)


@pytest.mark.case("attack 5", KIND)
def test_settings_are_merged_the_same_way() -> None:
    """The dialog hides amounts, and an editor set the interval."""
    discreet = Settings(discreet=True)
    result = merged((A, B), (A, B), (discreet, HOURLY))
    assert result == of(A, B, settings=replace(HOURLY, discreet=True))


@pytest.mark.case("attack 5", KIND)
def test_the_same_field_on_both_sides_is_a_conflict() -> None:
    """The dialog's value is in the result, for a person who wants it."""
    mine, theirs = replace(A, name="Mine"), replace(A, name="Theirs")
    result = merged((mine, B), (theirs, B), (HOURLY, DAILY))
    assert (result.accounts, result.settings) == ((mine, B), HOURLY)
    assert {str(conflict) for conflict in result.conflicts} == {
        "Mine: name",
        "interval_minutes",
    }
    assert {conflict.value for conflict in result.conflicts} == {
        "'Theirs'",
        repr(DAILY.interval),
    }


def test_the_same_change_on_both_sides_is_none() -> None:
    """Both agree."""
    both = replace(A, name="Both")
    assert merged((both, B), (both, B), (HOURLY, HOURLY)) == of(
        both, B, settings=HOURLY
    )


@pytest.mark.case("attack 5", KIND)
@pytest.mark.parametrize("with_key", [False, True])
def test_an_account_that_was_edited_here_and_removed_there_is_a_conflict(
    *, with_key: bool
) -> None:
    """Nothing that a person typed is lost."""
    mine = A if with_key else replace(A, name="Mine")
    keys = {"a": Secret("made-up-key")} if with_key else {}
    result = merged((mine, B), (B,), keys=keys)
    assert set(result.accounts) == {mine, B}
    assert result.conflicts == {Conflict(mine.name, "removed")}


def test_an_account_that_was_removed_here_and_edited_there_is_a_conflict() -> None:
    """It is gone in the result, for a person who wants that."""
    theirs = replace(A, low_below=LOW)
    result = merged((B,), (theirs, B))
    assert result.accounts == (B,)
    assert [str(conflict) for conflict in result.conflicts] == ["A: removed"]


def test_an_account_that_was_removed_here_is_removed() -> None:
    """Nobody changed it."""
    assert merged((B,), (A, B)) == of(B)


def test_what_was_added_on_both_sides_is_kept() -> None:
    """A name that both have gets a number."""
    new = Account("d", "C")
    assert merged((A, B, new), (A, B, C)) == of(A, B, new, replace(C, name="C (2)"))


@pytest.mark.parametrize(
    ("mine", "theirs", "ids"),
    [
        ((A, B), (B, A), "ba"),
        ((B, A), (A, B), "ba"),
        ((B, A), (C, A, B), "bac"),
        ((A, B), (C, B, A), "bac"),
    ],
)
def test_the_order_is_that_of_the_side_that_changed_it(
    mine: tuple[Account, ...], theirs: tuple[Account, ...], ids: str
) -> None:
    """The dialog's order comes first."""
    assert [account.id for account in merged(mine, theirs).accounts] == list(ids)
