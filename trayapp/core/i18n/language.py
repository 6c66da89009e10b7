"""How one person reads: translated sentences, and the shape of numbers and times."""

import gettext
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Final

from trayapp.core.i18n.locales import LOCALES, SOURCE

_SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£"}
_MONEY_DECIMALS: Final = 2
_NO_BREAK: Final = "\u00a0"
_HIDDEN: Final = "•••"
_FALLBACK: Final = gettext.NullTranslations()


def mark(message: str) -> str:
    """Mark a sentence for translation where it stands; it is translated when shown."""
    return message


@dataclass(frozen=True, slots=True)
class Language:
    """What `core.text` and the widgets need to speak to one person."""

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
    """Whether the currency sign stands before the amount."""
    zone: tzinfo | None = UTC
    """Where the person is: times are shown in it. None is the system's own zone."""
    hides_amounts: bool = False
    """Whether what an account holds is for nobody else to read."""

    def money(self, amount: Decimal, unit: str) -> str:
        """Write an amount with its unit: `€350.12`, `350,12 €`, `1225 CREDITS`.

        Decimals are never rounded away; zeros that say nothing are left out, but
        money keeps two decimals. Three dots where amounts are hidden.
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
        """Say phrases one after the other, each of which may have commas."""
        # Translators: two phrases after each other; {rest} may be more such phrases.
        shape = self.gettext("{phrase}; {rest}")
        said = list(phrases)
        whole = said.pop() if said else ""
        for phrase in reversed(said):
            whole = shape.format(phrase=phrase, rest=whole)
        return whole

    def number(self, amount: Decimal, *, decimals: int = 0) -> str:
        """Write an amount with at least `decimals` decimals and none lost."""
        whole, _, fraction = format(abs(amount), "f").partition(".")
        fraction = fraction.rstrip("0").ljust(decimals, "0")
        if len(whole) >= self.groups_from:
            whole = re.sub(
                r"(?<=\d)(?=(\d{3})+$)", lambda _: self.group_separator, whole
            )
        sign = "-" if amount < 0 else ""
        return sign + whole + (self.decimal_point + fraction if fraction else "")

    def typed_number(self, text: str) -> Decimal | None:
        """Read an amount of zero or more as this person would type it.

        A lone point or comma that can't be a thousands' mark is taken as the decimal
        sign whatever the language, since number pads have but one. None if the text
        is no such amount; at most 15 digits and 8 decimals.
        """
        compact = re.sub(r"[\s'’]", "", text)
        group, point = re.escape(self.group_separator), re.escape(self.decimal_point)
        grouped = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+(?:{point}[0-9]{{1,8}})?"
        if self.group_separator.strip() and re.fullmatch(grouped, compact, re.ASCII):
            compact = compact.replace(self.group_separator, "")
        plain = compact.replace(self.decimal_point, ".").replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,8})?", plain, re.ASCII):
            return None
        return Decimal(plain)


ENGLISH: Final = Language()


def language_for(code: str, sentences: gettext.NullTranslations) -> Language:
    """Give one of `LOCALES` with its usual numbers, in the system's own zone."""
    usual = LOCALES[code]
    return Language(
        code=code,
        gettext=sentences.gettext,
        ngettext=sentences.ngettext,
        decimal_point=usual.decimal_point,
        group_separator=usual.group_separator,
        groups_from=usual.groups_from,
        symbol_first=usual.symbol_first,
        zone=None,
    )
