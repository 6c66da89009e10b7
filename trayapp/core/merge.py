"""Merges a dialog's changes with what changed in the settings file meanwhile."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeVar

from trayapp.core.account import Account
from trayapp.core.account_draft import with_own_names
from trayapp.core.changes import Changes, Conflict
from trayapp.core.settings import SETTINGS, Settings

_GONE: Final = "removed"
_Fields = TypeVar("_Fields", Account, Settings)


@dataclass(frozen=True, slots=True)
class Merged:
    """The accounts and settings to store, and where both sides changed the same."""

    accounts: tuple[Account, ...]
    settings: Settings
    conflicts: frozenset[Conflict]
    """Here the dialog's value is in `accounts` and `settings`."""


def merge(
    changes: Changes, stored: Iterable[Account], stored_settings: Settings
) -> Merged:
    """Merge field by field: what only one side changed is taken from that side.

    What was removed on one side stays removed, unless the other side changed it.
    An account that was added meanwhile comes last.
    """
    conflicts: set[Conflict] = set()
    theirs = {account.id: account for account in stored}
    accounts = _ordered(_accounts(changes, theirs, conflicts), changes, theirs)
    mine = {account.id for account in changes.accounts}
    base = {account.id for account in changes.base.accounts}
    added = (theirs[one] for one in theirs if one not in mine | base)
    settings, changed_by_both = _merged(
        changes.base.settings, changes.settings, stored_settings
    )
    conflicts.update(
        Conflict("", SETTINGS[name].key, value) for name, value in changed_by_both
    )
    return Merged(with_own_names(accounts, added), settings, frozenset(conflicts))


def _accounts(
    changes: Changes, theirs: dict[str, Account], conflicts: set[Conflict]
) -> Iterator[Account]:
    """Yield the dialog's accounts, and those that it removed but others changed."""
    base = {account.id: account for account in changes.base.accounts}
    for account in changes.accounts:
        old, other = base.get(account.id), theirs.get(account.id)
        if old is None:
            yield account
        elif other is not None:
            merged, changed_by_both = _merged(old, account, other)
            conflicts.update(
                Conflict(account.name, name, value) for name, value in changed_by_both
            )
            yield merged
        elif account != old or account.id in changes.keys:
            conflicts.add(Conflict(account.name, _GONE))
            yield account
    kept = {account.id for account in changes.accounts}
    for account_id, old in base.items():
        other = theirs.get(account_id)
        if account_id not in kept and other is not None and other != old:
            conflicts.add(Conflict(other.name, _GONE, repr(other)))


def _merged(
    base: _Fields, mine: _Fields, theirs: _Fields
) -> tuple[_Fields, list[tuple[str, str]]]:
    """Merge field by field; also return the fields that both changed, and `theirs`."""
    taken: dict[str, Any] = {}
    changed_by_both: list[tuple[str, str]] = []
    for field in fields(base):
        old, own, other = (getattr(one, field.name) for one in (base, mine, theirs))
        if own == old:
            taken[field.name] = other
        elif other not in (old, own):
            changed_by_both.append((field.name, repr(other)))
    return replace(mine, **taken), changed_by_both


def _ordered(
    accounts: Iterable[Account], changes: Changes, theirs: dict[str, Account]
) -> list[Account]:
    """Return them in the file's order if the dialog did not change the order."""
    merged = list(accounts)
    known = {account.id for account in changes.base.accounts}
    before = [account.id for account in changes.base.accounts]
    now = [account.id for account in changes.accounts if account.id in known]
    if now != [one for one in before if one in set(now)]:
        return merged
    places = {account_id: place for place, account_id in enumerate(theirs)}
    return sorted(merged, key=lambda account: places.get(account.id, len(places)))
