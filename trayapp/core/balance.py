"""An amount and its unit, read from the wire exactly or not at all."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from trayapp.core.errors import UnexpectedReply
from trayapp.core.i18n.plain_text import one_line

# Plain digits only. Decimal() itself would take exponents (int() of one can hold the
# interpreter for minutes), underscores, blanks, full-width and Arabic digits and NaN.
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,8})?", re.ASCII)
_LONGEST_UNIT: Final = 16


class JsonNumber(str):
    """A number's own digits as they stood in the JSON, before any rounding."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """How much credit there is."""

    amount: Decimal
    """Every digit that the gateway sent, trailing zeros too."""
    unit: str
    """EUR, USD, GBP, CREDITS, SMS, …: an open list (CONTRACT.md, "Get balance")."""

    @property
    def digits(self) -> str:
        """The amount as the gateway wrote it: a point, no grouping, no exponent."""
        return format(self.amount, "f")


@dataclass(frozen=True, slots=True)
class Reading:
    """A balance and when the gateway said so."""

    balance: Balance
    at: datetime
    """Aware, in UTC."""


def read_balance(amount: object, unit: object) -> Balance:
    """Make a balance of a reply's `balance` and `currency`.

    `amount` may be a string or a `JsonNumber` (the gateway sends a string; see the
    contract, "Seen elsewhere"). Raises `UnexpectedReply` for anything that is not
    plain digits, or a unit that is not one short word.
    """
    return Balance(_read_amount(amount), _read_unit(unit))


def exact_amount(digits: str) -> Decimal | None:
    """Read plain digits with an optional sign and decimals; None if they aren't."""
    if not _AMOUNT.fullmatch(digits):
        return None
    # Adding zero turns "-0" into "0" and keeps every decimal (23 digits at most).
    return Decimal(digits) + Decimal(0)


def _read_amount(raw: object) -> Decimal:
    if not isinstance(raw, str):
        raise UnexpectedReply(detail=f"the balance is a {type(raw).__name__}")
    amount = exact_amount(raw)
    if amount is None:
        raise UnexpectedReply(detail=f"the balance reads {one_line(raw, 40)!r}")
    return amount


def _read_unit(raw: object) -> str:
    if not isinstance(raw, str) or isinstance(raw, JsonNumber):
        raise UnexpectedReply(detail=f"the currency is a {type(raw).__name__}")
    unit = raw.strip()
    if (
        not 1 <= len(unit) <= _LONGEST_UNIT
        or not all(map(_fits_a_unit, unit))
        or not _begins_a_unit(unit[0])
        or unit != one_line(unit)
    ):
        raise UnexpectedReply(detail=f"the currency reads {one_line(raw, 40)!r}")
    return unit


def _begins_a_unit(character: str) -> bool:
    """Letters and currency signs: a digit would look like more of the amount."""
    category = unicodedata.category(character)
    return category[0] == "L" or category == "Sc"


def _fits_a_unit(character: str) -> bool:
    """Letters, digits, currency signs and a few joiners; no blanks, no markup.

    Nor what is written from right to left: it would turn the order of the amounts
    beside it on the screen.
    """
    known = unicodedata.category(character)[0] == "N" or character in "_-."
    backwards = unicodedata.bidirectional(character) in {"R", "AL", "AN"}
    return (known or _begins_a_unit(character)) and not backwards
