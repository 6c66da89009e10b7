"""The text of "Copy diagnostics": facts for a bug report, and nothing private.

It is in English, as the program's developers read it.
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
"""The subject and its value."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The facts that a report is made of."""

    program: tuple[Fact, ...]
    """Versions and platform."""
    accounts: tuple[AccountState, ...]
    entries: tuple[str, ...]
    """The log's last warnings and errors, the oldest first."""
    home: str
    """The home folder, whose name identifies the person."""


def report(findings: Findings) -> str:
    """Write the report; an account is a number, the home folder is `~`.

    Names and ids of accounts, sub-accounts and addresses do not appear in it.
    """
    hidden = _private_words(findings.accounts)
    lines = [f"{subject}: {value}" for subject, value in findings.program]
    lines += [f"Accounts: {_census(findings.accounts)}"]
    lines += _failures(findings.accounts, hidden)
    lines += [
        "Last warnings and faults:" if findings.entries else "No warnings, no faults"
    ]
    lines += [f"  {_hide(entry, hidden)}" for entry in findings.entries]
    text = "\n".join(lines) + "\n"
    return text.replace(findings.home, "~") if findings.home.strip("/\\") else text


def settings_facts(settings: Settings) -> Iterable[Fact]:
    """Give the settings of the whole program."""
    yield "Interval", str(settings.interval)
    yield "Told of", ", ".join(sorted(settings.alert_kinds)) or "nothing"
    yield "Unreachable after", str(settings.unreachable_after)
    yield "Quiet hours", "yes" if settings.quiet is not None else "no"
    yield "Reminder", str(settings.reminder) if settings.reminder else "none"


def _census(accounts: tuple[AccountState, ...]) -> str:
    """Count the accounts by kind and by status."""
    kinds = Counter(state.account.service.value for state in accounts)
    kinds += Counter("sub-account" for state in accounts if state.account.sub_account)
    statuses = Counter(state.status.name.lower() for state in accounts)
    parts = [f"{count} {name}" for name, count in (*kinds.items(), *statuses.items())]
    return f"{len(accounts)}" + (f" ({', '.join(parts)})" if parts else "")


def _failures(
    accounts: tuple[AccountState, ...], hidden: Mapping[str, str]
) -> Iterable[str]:
    for number, state in enumerate(accounts, 1):
        if state.failure is not None:
            detail = _hide(state.failure.detail, hidden) or "no detail"
            yield f"  account {number}: {state.failure.kind.id}: {detail}"


def _private_words(accounts: tuple[AccountState, ...]) -> dict[str, str]:
    """Map each word that must not be in the report to its replacement."""
    hidden: dict[str, str] = {}
    for number, state in enumerate(accounts, 1):
        account = state.account
        words = [account.id, account.name, account.sub_account]
        if account.base_url != GATEWAY:
            words += [account.base_url, urlsplit(account.base_url).hostname or ""]
        hidden |= {word: f"[account {number}]" for word in words if word.strip()}
    return hidden


def _hide(text: str, hidden: Mapping[str, str]) -> str:
    """Replace private words where they stand as whole words."""
    if not hidden:
        return text
    # The longest first, so that an address is replaced before the host in it.
    words = sorted(hidden, key=len, reverse=True)
    pattern = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words)
    return re.sub(pattern, lambda match: hidden[match[0]], text)
