"""Reads a number as a person types it, and refuses one that has two readings."""

import re
from decimal import Decimal
from typing import Final

_SPACES: Final = " \u00a0\u2007\u2009\u202f"
_APOSTROPHES: Final = "'\u2019\u02bc"
_UNIT: Final = r"(?:[$€£¥¢₣₤₧₩₹₺₽]|euros?|eur|usd|gbp|credits?|sms)"
"""Signs and words beside an amount. Any other word may multiply it: "25 mil"."""
_AMOUNT: Final = re.compile(
    rf"(?:(?P<before>{_UNIT})[{_SPACES}]*)?(?P<digits>[0-9.,{_SPACES}{_APOSTROPHES}]*?)"
    rf"(?:[{_SPACES}]*(?P<after>{_UNIT}))?",
    re.IGNORECASE,
)
_GROUPED: Final = re.compile(
    rf"(?P<whole>[1-9][0-9]{{0,2}}(?P<group>[.,{_SPACES}{_APOSTROPHES}])[0-9]{{3}}"
    r"(?:(?P=group)[0-9]{3})*)(?:(?!(?P=group))[.,](?P<decimals>[0-9]{1,8}))?"
)
"""Thousands in groups: a number never begins with a group of zeros."""
_PLAIN: Final = re.compile(
    r"(?P<whole>[0-9]*)(?:(?P<point>[.,])(?P<decimals>[0-9]{1,8}))?"
)
_MOST_DIGITS: Final = 15


class UnreadableNumberError(ValueError):
    """A typed text is no number of zero or more."""


class AmbiguousNumberError(UnreadableNumberError):
    """A typed text has two readings: "1.234" is 1234 or 1.234."""

    def __init__(self, whole: Decimal, fraction: Decimal) -> None:
        super().__init__(f"{whole} or {fraction}")
        self.whole = whole
        """The number if the sign groups thousands."""
        self.fraction = fraction
        """The number if the sign is the decimal sign."""


def read_number(
    text: str, *, decimal_point: str = "", group_separator: str = ""
) -> Decimal:
    """Parse a number of zero or more, with the signs of any of the languages.

    Point, comma, apostrophe and space may group thousands; a point or a comma may be
    the decimal sign. A currency sign may stand on one side. The arguments are the
    signs of the person's own language. They decide only where a text has two readings;
    without them such a text is refused.

    The number has at most 15 digits and 8 decimals, all of them ASCII. Raises
    `AmbiguousNumberError`, or `UnreadableNumberError` for other text.
    """
    amount = _AMOUNT.fullmatch(text.strip().removeprefix("+").strip())
    if amount is None or (amount["before"] and amount["after"]):
        raise UnreadableNumberError(text)
    digits = amount["digits"]
    grouped, plain = _GROUPED.fullmatch(digits), _PLAIN.fullmatch(digits)
    if grouped is None:
        return _number(plain, text)
    if plain is None:
        return _number(grouped, text)
    sign = grouped["group"]
    if sign == group_separator:
        return _number(grouped, text)
    if sign == decimal_point:
        return _number(plain, text)
    raise AmbiguousNumberError(_number(grouped, text), _number(plain, text))


def _number(match: re.Match[str] | None, text: str) -> Decimal:
    if match is None:
        raise UnreadableNumberError(text)
    whole = re.sub(r"[^0-9]", "", match["whole"])
    decimals = match["decimals"] or ""
    if not whole + decimals or len(whole) > _MOST_DIGITS:
        raise UnreadableNumberError(text)
    return Decimal(f"{whole or '0'}.{decimals}" if decimals else whole)
