"""The changes and key tests of the settings dialog, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trayapp.core.account import Account
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Base:
    """What a dialog showed when it was opened."""

    accounts: tuple[Account, ...] = ()
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """A place that a dialog and another program changed in different ways."""

    account: str
    """The account's name; empty for a setting of the whole program."""
    field: str
    """The field's name in the settings file, or "removed"."""
    value: str = ""
    """The other program's value, which the person was told of."""

    def __str__(self) -> str:
        return f"{self.account}: {self.field}" if self.account else self.field


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that OK applies, all of it or nothing."""

    accounts: tuple[Account, ...]
    """All accounts in their new order. A missing account is removed with its key."""
    settings: Settings
    keys: Mapping[str, Secret] = field(default_factory=dict)
    """The new keys by account id; the other keys stay."""
    at_login: bool | None = None
    """Whether the program starts at login; None for no change."""
    base: Base = field(default_factory=Base)
    """An account that is not in it and not in `accounts` was added elsewhere, and
    stays."""
    accepted: frozenset[Conflict] = frozenset()
    """The conflicts in which the person, who was told, keeps the dialog's value."""


@dataclass(frozen=True, slots=True)
class KeyTest:
    """A balance request that a dialog makes before anything is stored."""

    account: Account
    key: Secret | None
    """None for the key in the keyring."""
