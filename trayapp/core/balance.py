"""A balance: an amount and its unit, parsed exactly or rejected."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from trayapp.core.errors import UnexpectedReply
from trayapp.core.i18n.plain_text import one_line

# Plain digits only. Decimal() also accepts underscores, blanks, full-width and Arabic
# digits, NaN and exponents; int() of a large exponent blocks for minutes.
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,8})?", re.ASCII)
# A number of JSON. 400 decimals are enough to write out every float.
_NUMBER: Final = re.compile(
    r"-?[0-9]{1,40}(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,3})?", re.ASCII
)
_WRITTEN_OUT: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,400})?", re.ASCII)
_SMALLEST: Final = Decimal("0.00000001")
_LONGEST_UNIT: Final = 16


class JsonNumber(str):
    """A number's digits as they stand in the JSON, not rounded."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """How much credit there is."""

    amount: Decimal
    """With every digit that the gateway sent, trailing zeros included.

    More than 8 decimals come of binary rounding and are rounded (CONTRACT.md)."""
    unit: str
    """EUR, USD, GBP, CREDITS, SMS, …: an open list (CONTRACT.md, "Get balance")."""
    unrounded: str = ""
    """All digits, if the gateway sent more than 8 decimals; else empty."""

    @property
    def digits(self) -> str:
        """The gateway's digits: a decimal point, no grouping, no exponent."""
        return self.unrounded or format(self.amount, "f")

    @classmethod
    def from_digits(cls, digits: str, unit: str) -> "Balance | None":
        """Make a balance of what `digits` gave; None for other text."""
        amount = exact_amount(digits)
        if amount is not None:
            return cls(amount, unit)
        if not _WRITTEN_OUT.fullmatch(digits):
            return None
        rounded = Decimal(digits).quantize(_SMALLEST) + Decimal(0)  # "-0" becomes "0"
        return cls(rounded, unit, digits)


@dataclass(frozen=True, slots=True)
class Reading:
    """A balance and the time at which the gateway reported it."""

    balance: Balance
    at: datetime
    """Aware, in UTC."""


def read_balance(amount: object, unit: object) -> Balance:
    """Make a balance of a reply's `balance` and `currency`.

    `amount` may be a string or a `JsonNumber` (the gateway sends a string; see the
    contract, "Seen elsewhere"). Only a `JsonNumber` may have an exponent or more than 8
    decimals. Raises `UnexpectedReply` for anything that is not plain digits, or a unit
    that is not one short word.
    """
    digits = _read_digits(amount)
    balance = Balance.from_digits(digits, _read_unit(unit))
    if balance is None:
        raise UnexpectedReply(detail=f"the balance reads {one_line(digits, 40)!r}")
    return balance


def exact_amount(digits: str) -> Decimal | None:
    """Parse plain digits with an optional sign and decimals; None for other text."""
    if not _AMOUNT.fullmatch(digits):
        return None
    # Adding zero turns "-0" into "0" and keeps every decimal (at most 23 digits).
    return Decimal(digits) + Decimal(0)


def _read_digits(raw: object) -> str:
    """Return a balance's digits, those of a number without an exponent."""
    if not isinstance(raw, str):
        raise UnexpectedReply(detail=f"the balance is a {type(raw).__name__}")
    if isinstance(raw, JsonNumber):
        return format(Decimal(raw), "f") if _NUMBER.fullmatch(raw) else str(raw)
    if exact_amount(raw) is None:
        raise UnexpectedReply(detail=f"the balance reads {one_line(raw, 40)!r}")
    return raw


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
    """Accept letters and currency signs; a digit would look like part of the amount."""
    category = unicodedata.category(character)
    return category[0] == "L" or category == "Sc"


def _fits_a_unit(character: str) -> bool:
    """Accept letters, digits, currency signs and `_-.`; no blanks, no markup.

    Right-to-left characters are rejected: they would reorder the amounts beside them on
    the screen.
    """
    known = unicodedata.category(character)[0] == "N" or character in "_-."
    backwards = unicodedata.bidirectional(character) in {"R", "AL", "AN"}
    return (known or _begins_a_unit(character)) and not backwards
