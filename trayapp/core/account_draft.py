"""An account as it is being typed: checked field by field before it becomes one."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, urlsplit

from trayapp.core.account import (
    DEFAULT_WARN_DAYS,
    GATEWAY,
    LONGEST_WARN_DAYS,
    Account,
    Service,
)
from trayapp.core.i18n.language import ENGLISH, Language, mark
from trayapp.core.i18n.plain_text import one_line

_LONGEST_NAME: Final = 60
_LONGEST_SUB_ACCOUNT: Final = 100


class DraftField(StrEnum):
    """The fields that can be wrong; a message stands beside each."""

    NAME = "name"
    BASE_URL = "base_url"
    PANEL = "panel"
    SUB_ACCOUNT = "sub_account"
    LOW_BELOW = "low_below"
    WARN_DAYS = "warn_days"
    PRICE = "price"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """What stands in the fields, whatever it is."""

    id: str
    name: str
    service: Service = Service.SMSUP
    base_url: str = ""
    panel: str = ""
    sub_account: str = ""
    low_below: str = ""
    warn_days: str = str(DEFAULT_WARN_DAYS)
    price: str = ""
    """What one message costs; empty if the person does not say."""

    def problems(
        self, other_names: Iterable[str], language: Language = ENGLISH
    ) -> dict[DraftField, str]:
        """Say what is wrong, field by field, in words that are not translated yet."""
        found: dict[DraftField, str] = {}
        name = one_line(self.name, _LONGEST_NAME)
        if not name:
            found[DraftField.NAME] = mark("Give the account a name.")
        elif name != self.name.strip():
            found[DraftField.NAME] = mark("Use at most 60 plain characters.")
        elif name.casefold() in {other.casefold() for other in other_names}:
            found[DraftField.NAME] = mark("Another account has this name.")
        if self.service is Service.CUSTOM:
            if problem := base_url_problem(self.base_url):
                found[DraftField.BASE_URL] = problem
            if self.panel.strip() and base_url_problem(self.panel):
                found[DraftField.PANEL] = mark("Enter a web address with https://.")
        sub_account = self.sub_account.strip()
        if one_line(sub_account, _LONGEST_SUB_ACCOUNT) != sub_account:
            found[DraftField.SUB_ACCOUNT] = mark(
                "Use the sub-account's user name as it is."
            )
        return found | self._number_problems(language)

    def _number_problems(self, language: Language) -> dict[DraftField, str]:
        found: dict[DraftField, str] = {}
        if language.typed_number(self.low_below) is None:
            found[DraftField.LOW_BELOW] = mark(
                "Enter an amount such as 25; 0 for no warning."
            )
        if _typed_days(self.warn_days) is None:
            found[DraftField.WARN_DAYS] = mark(
                "Enter a number of days up to 60; 0 for no warning."
            )
        if self.price.strip() and not language.typed_number(self.price):
            found[DraftField.PRICE] = mark(
                "Enter what one message costs, such as 0.05, or nothing."
            )
        return found

    def account(self, language: Language = ENGLISH) -> Account:
        """Make the account; only after `problems` found none (else `ValueError`)."""
        low_below = language.typed_number(self.low_below)
        warn_days = _typed_days(self.warn_days)
        if low_below is None or warn_days is None:
            message = "a draft with problems is no account"
            raise ValueError(message)
        custom = self.service is Service.CUSTOM
        return Account(
            id=self.id,
            name=self.name.strip(),
            service=self.service,
            base_url=self.base_url.strip().rstrip("/") if custom else GATEWAY,
            sub_account=self.sub_account.strip(),
            low_below=low_below,
            panel=self.panel.strip() if custom else "",
            warn_days=warn_days,
            price=language.typed_number(self.price) or None,
        )


def with_own_names(
    accounts: Iterable[Account], others: Iterable[Account]
) -> tuple[Account, ...]:
    """Put accounts together; one of the others whose name is taken gets a number."""
    together = list(accounts)
    for one in others:
        names = {named.name.casefold() for named in together}
        name, number = one.name, 1
        while name.casefold() in names:
            number += 1
            name = f"{one.name[: _LONGEST_NAME - 5]} ({number})"
        together.append(replace(one, name=name))
    return tuple(together)


def _typed_days(text: str) -> int | None:
    """Read a whole number of days within bounds."""
    if not re.fullmatch(r"[0-9]{1,2}", text.strip(), re.ASCII):
        return None
    days = int(text)
    return days if days <= LONGEST_WARN_DAYS else None


def base_url_problem(url: str) -> str | None:
    """Say what is wrong with a gateway's address, or None.

    `https://` only; `http://` for loopback hosts and nothing else: the key would cross
    the network in the clear (ARCHITECTURE.md, "What stays put").
    """
    url = url.strip()
    if not url:
        return mark("Enter the service's address, such as https://api.example.com.")
    parts = _split(url)
    if parts is None or not parts.hostname or parts.scheme not in {"http", "https"}:
        return mark("Enter an address that begins with https://.")
    if parts.username is not None or parts.query or parts.fragment:
        return mark("Enter the address alone: no user, question mark or #.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return mark("Use https://, or the key could be read on the way.")
    return None


def _split(url: str) -> SplitResult | None:
    if not re.fullmatch(r"[\x21-\x7e]{1,300}", url, re.ASCII):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def is_loopback(host: str) -> bool:
    """Say whether a host is this computer itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
