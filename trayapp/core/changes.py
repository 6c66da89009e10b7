"""What a person asks for in the settings dialog, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trayapp.core.account import Account
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that OK applies, at once or not at all."""

    accounts: tuple[Account, ...]
    """All accounts as they shall be, in their order; one that is missing is removed
    together with its key."""
    settings: Settings
    keys: Mapping[str, Secret] = field(default_factory=dict)
    """The keys that were entered, by account id; the others stay as they are."""
    at_login: bool | None = None
    """Whether the program is to start at login; None leaves that as it is."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A question to the gateway from the dialog, before anything is stored."""

    account: Account
    key: Secret | None
    """None asks with the key that is in the keyring."""
