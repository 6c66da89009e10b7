"""The changes and key tests of the settings dialog, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trayapp.core.account import Account
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings


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


@dataclass(frozen=True, slots=True)
class KeyTest:
    """A balance request that a dialog makes before anything is stored."""

    account: Account
    key: Secret | None
    """None for the key in the keyring."""
