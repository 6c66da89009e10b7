"""A person's language: translated sentences, and formats of numbers and times."""

import gettext
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Final

from trayapp.core.i18n.locales import LOCALES, SOURCE
from trayapp.core.i18n.typed_numbers import UnreadableNumberError, read_number

_SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£"}
_MONEY_DECIMALS: Final = 2
_GROUP: Final = 3
_THOUSAND: Final = 1000
_NO_BREAK: Final = "\u00a0"
_HIDDEN: Final = "•••"
_FALLBACK: Final = gettext.NullTranslations()


def mark(message: str) -> str:
    """Mark a sentence for translation; it is translated when it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Language:
    """The translations and formats of one person."""

    code: str = SOURCE
    gettext: Callable[[str], str] = field(default=_FALLBACK.gettext, repr=False)
    ngettext: Callable[[str, str, int], str] = field(
        default=_FALLBACK.ngettext, repr=False
    )
    decimal_point: str = "."
    group_separator: str = ","
    groups_from: int = 4
    """Digits from which thousands are grouped: 4 in English, 5 in Spanish."""
    symbol_first: bool = True
    """Whether the currency sign is before the amount."""
    zone: tzinfo | None = UTC
    """The zone in which times are shown. None is the system's zone."""
    decides_readings: bool = True
    """Whether a typed "1.234" is read as this language writes it. On a command line it
    may come from a program, which writes as in English, so there it has two readings.
    """
    hides_amounts: bool = False
    """Whether amounts are replaced by dots, as others may look at the screen."""

    def money(self, amount: Decimal, unit: str) -> str:
        """Write an amount with its unit: `€350.12`, or `350,12 €` in Spanish.

        No decimal is rounded. Trailing zeros are left out, but money keeps two
        decimals. Where amounts are hidden, it gives three dots.
        """
        if self.hides_amounts:
            return _HIDDEN
        symbol = _SYMBOLS.get(unit)
        if symbol is None:
            return f"{self.number(amount)}{_NO_BREAK}{unit}"
        sign = "-" if amount < 0 else ""
        digits = self.number(abs(amount), decimals=_MONEY_DECIMALS)
        if self.symbol_first:
            return f"{sign}{symbol}{digits}"
        return f"{sign}{digits}{_NO_BREAK}{symbol}"

    def join_phrases(self, phrases: Iterable[str]) -> str:
        """Join phrases by semicolons, as a phrase may have commas."""
        # Translators: two phrases after each other; {rest} may be more such phrases.
        shape = self.gettext("{phrase}; {rest}")
        remaining = list(phrases)
        joined = remaining.pop() if remaining else ""
        for phrase in reversed(remaining):
            joined = shape.format(phrase=phrase, rest=joined)
        return joined

    def number(self, amount: Decimal, *, decimals: int = 0) -> str:
        """Write an amount with all its decimals, and at least `decimals` of them."""
        whole, _, fraction = format(abs(amount), "f").partition(".")
        fraction = fraction.rstrip("0").ljust(decimals, "0")
        if len(whole) >= self.groups_from:
            whole = re.sub(
                r"(?<=\d)(?=(\d{3})+$)", lambda _: self.group_separator, whole
            )
        sign = "-" if amount < 0 else ""
        return sign + whole + (self.decimal_point + fraction if fraction else "")

    def typed_number(self, text: str) -> Decimal | None:
        """Parse a typed amount of zero or more; None for other or ambiguous text."""
        try:
            return self.read_number(text)
        except UnreadableNumberError:
            return None

    def read_number(self, text: str) -> Decimal:
        """Parse a typed amount of zero or more.

        Raises `AmbiguousNumberError` for two readings, or `UnreadableNumberError`.
        """
        if not self.decides_readings:
            return read_number(text)
        return read_number(
            text,
            decimal_point=self.decimal_point,
            group_separator=self.group_separator,
        )

    def plain_number(self, amount: Decimal) -> str:
        """Write an amount that can be typed in any language: no groups, no thirds.

        Three decimals would look like thousands, so they get a fourth.
        """
        return replace(self, group_separator="").number(
            amount, decimals=_decimals_of(amount, least=0)
        )

    def understood_number(self, amount: Decimal) -> str:
        """Write a typed amount so that its reading is visible.

        It is such as `25`, `1,234.00` or `1.2340`.
        """
        is_short = amount < _THOUSAND and amount == amount.to_integral_value()
        least = 0 if is_short else _MONEY_DECIMALS
        return self.number(amount, decimals=_decimals_of(amount, least=least))


def _decimals_of(amount: Decimal, *, least: int) -> int:
    """Give the decimals that tell an amount from one with groups of thousands."""
    _, _, decimals = format(amount, "f").partition(".")
    is_like_a_group = len(decimals.rstrip("0")) == _GROUP
    return _GROUP + 1 if is_like_a_group else least


ENGLISH: Final = Language()


def language_for(code: str, sentences: gettext.NullTranslations) -> Language:
    """Make the language of one of `LOCALES`, in the system's zone."""
    locale = LOCALES[code]
    return Language(
        code=code,
        gettext=sentences.gettext,
        ngettext=sentences.ngettext,
        decimal_point=locale.decimal_point,
        group_separator=locale.group_separator,
        groups_from=locale.groups_from,
        symbol_first=locale.symbol_first,
        zone=None,
    )
