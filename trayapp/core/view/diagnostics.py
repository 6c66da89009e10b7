"""What "Copy diagnostics" gives: facts for whoever mends a fault, and nothing private.

In English whatever the person speaks: it is read by those who write the program.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from trayapp.core.account import GATEWAY
from trayapp.core.account_state import AccountState
from trayapp.core.settings import Settings

Fact = tuple[str, str]
"""What it is about, and how it is."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found out."""

    program: tuple[Fact, ...]
    """What runs where."""
    accounts: tuple[AccountState, ...]
    entries: tuple[str, ...]
    """The last warnings and faults of the log, the oldest first."""
    home: str
    """The person's home folder, which names them."""


def report(found: Findings) -> str:
    """Write it all down; accounts go by their number, the home folder is `~`.

    Names of accounts and sub-accounts, ids and addresses stay where they are.
    """
    hidden = _private_words(found.accounts)
    lines = [f"{about}: {said}" for about, said in found.program]
    lines += [f"Accounts: {_census(found.accounts)}"]
    lines += _failures(found.accounts, hidden)
    lines += [
        "Last warnings and faults:" if found.entries else "No warnings, no faults"
    ]
    lines += [f"  {_hide(entry, hidden)}" for entry in found.entries]
    text = "\n".join(lines) + "\n"
    return text.replace(found.home, "~") if found.home.strip("/\\") else text


def settings_facts(settings: Settings) -> Iterable[Fact]:
    """Say what a person chose for the whole program."""
    yield "Interval", str(settings.interval)
    yield "Told of", ", ".join(sorted(settings.alert_kinds)) or "nothing"
    yield "Unreachable after", str(settings.unreachable_after)
    yield "Quiet hours", "yes" if settings.quiet is not None else "no"
    yield "Reminder", str(settings.reminder) if settings.reminder else "none"


def _census(accounts: tuple[AccountState, ...]) -> str:
    """Count what there is, by kind and by state."""
    kinds = Counter(one.account.service.value for one in accounts)
    kinds += Counter("sub-account" for one in accounts if one.account.sub_account)
    states = Counter(one.status.name.lower() for one in accounts)
    parts = [f"{count} {name}" for name, count in (*kinds.items(), *states.items())]
    return f"{len(accounts)}" + (f" ({', '.join(parts)})" if parts else "")


def _failures(
    accounts: tuple[AccountState, ...], hidden: Mapping[str, str]
) -> Iterable[str]:
    for number, one in enumerate(accounts, 1):
        if one.failure is not None:
            said = _hide(one.failure.detail, hidden)
            yield f"  account {number}: {one.failure.kind.id}: {said or 'no detail'}"


def _private_words(accounts: tuple[AccountState, ...]) -> dict[str, str]:
    """Give what must not be in the report, and what stands in its place."""
    hidden: dict[str, str] = {}
    for number, one in enumerate(accounts, 1):
        account = one.account
        words = [account.id, account.name, account.sub_account]
        if account.base_url != GATEWAY:
            words += [account.base_url, urlsplit(account.base_url).hostname or ""]
        hidden |= {word: f"[account {number}]" for word in words if word.strip()}
    return hidden


def _hide(text: str, hidden: Mapping[str, str]) -> str:
    """Take private words out where they stand for themselves."""
    if not hidden:
        return text
    # The longest first: an address before the host in it.
    words = sorted(hidden, key=len, reverse=True)
    found = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words)
    return re.sub(found, lambda match: hidden[match[0]], text)
