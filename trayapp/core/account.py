"""What an account is: what a person chose, without its key."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

GATEWAY: Final = "https://api.gateway360.com"
"""The base of all brands (CONTRACT.md, "Seen elsewhere")."""
DEFAULT_LOW: Final = Decimal(10)
DEFAULT_WARN_DAYS: Final = 5
"""A bank transfer takes two working days, and a week-end may lie between."""
LONGEST_WARN_DAYS: Final = 60


class Service(StrEnum):
    """The brand an account was bought from; `CUSTOM` names its own address."""

    SMSUP = "smsup"
    SMSPUBLI = "smspubli"
    CUSTOM = "custom"


_WEBSITES: Final = {
    Service.SMSUP: "https://app.smsup.es",
    Service.SMSPUBLI: "https://panel.smspubli.com",
    Service.CUSTOM: "",
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account at the gateway, as the settings file holds it: without its key."""

    id: str
    """Made once and never shown; the key's user name in the keyring."""
    name: str
    service: Service = Service.SMSUP
    base_url: str = GATEWAY
    sub_account: str = ""
    """The sub-account's `user_name`, sent with the parent's key; empty for none."""
    low_below: Decimal = DEFAULT_LOW
    """The balance is low below this amount; 0 warns only of an empty account."""
    panel: str = ""
    """The top-up page of a `CUSTOM` account; the brands have their own. The name is the
    key in the settings file."""
    warn_days: int = DEFAULT_WARN_DAYS
    """Warn so many days before the balance may run out, up to 60; 0 for no warning."""
    price: Decimal | None = None
    """The price of one message as the person typed it, more than 0; None for no price.

    The gateway's own reply about prices is not documented."""

    @property
    def website_url(self) -> str:
        """The web page on which a person tops up; empty if it is not known."""
        return _WEBSITES[self.service] or self.panel

    def has_same_endpoint(self, other: "Account") -> bool:
        """Return whether both send the same request to the same gateway."""
        return (self.base_url, self.sub_account) == (other.base_url, other.sub_account)
