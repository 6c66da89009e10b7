"""Does this outcome deserve a notification? Once per episode, re-armed on recovery."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from trayapp.core.account import Account
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure, Unauthorized
from trayapp.core.settings import Settings

_RE_ARM: Final = Decimal("1.05")
"""An episode of low balance ends 5 % above the threshold, so that an amount that
hovers around it is told once."""


class AlertKind(StrEnum):
    """What a person is told of."""

    LOW = "low"
    EMPTY = "empty"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell a person, once."""

    kind: AlertKind
    account: Account
    balance: Balance | None = None
    """What is left, for `LOW` and `EMPTY`."""


@dataclass(frozen=True, slots=True)
class Episodes:
    """What a person has been told of an account and that still holds."""

    low: bool = False
    empty: bool = False
    rejected: bool = False


def decide(
    told: Episodes, account: Account, result: Reading | Failure, settings: Settings
) -> tuple[Episodes, Alert | None]:
    """Give what has been told after `result`, and what is to be told now.

    A failed reading leaves the balance's episodes as they are: what is unknown is
    neither low nor recovered. A balance that falls from fine to nothing is told as
    empty alone, and one that hovers around nothing is told once. What a person
    turned off is not counted as told, so that it is told when turned on again.
    """
    if not isinstance(result, Failure):
        told = replace(told, rejected=False)
        return _of_balance(told, account, result.balance, settings)
    news = result.kind is Unauthorized and not told.rejected
    if not news or not settings.notify_rejected:
        return told, None
    return replace(told, rejected=True), Alert(AlertKind.REJECTED, account)


def _of_balance(
    told: Episodes, account: Account, balance: Balance, settings: Settings
) -> tuple[Episodes, Alert | None]:
    low, empty = balance.amount < account.low_below, balance.amount <= 0
    if not low and not empty and balance.amount >= account.low_below * _RE_ARM:
        return Episodes(), None
    if not settings.notify_low:
        return told, None
    if empty:
        after = replace(told, low=True, empty=True)
        return after, None if told.empty else Alert(AlertKind.EMPTY, account, balance)
    if low:
        after = replace(told, low=True)
        return after, None if told.low else Alert(AlertKind.LOW, account, balance)
    return replace(told, empty=False), None
