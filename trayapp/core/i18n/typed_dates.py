"""Reads a date as a person types it, and refuses one that has two readings."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Final

from trayapp.core.i18n.dates import MONTHS, WEEKDAYS, wall_clock_moment
from trayapp.core.i18n.language import ENGLISH, Language
from trayapp.core.i18n.locales import SOURCE

_JOINING_WORDS: Final = {"de", "del", "d", "of", "the"}
_YEAR_DIGITS: Final = 4
_MONTHS_OF_A_YEAR: Final = 12


class UnreadableDateError(ValueError):
    """A typed text is no date."""


class AmbiguousDateError(UnreadableDateError):
    """A typed text has two readings: "03/04/2026" is in March or in April."""

    def __init__(self, day_first: date, month_first: date) -> None:
        super().__init__(f"{day_first} or {month_first}")
        self.day_first = day_first
        self.month_first = month_first


def read_moment(text: str, language: Language) -> datetime:
    """Parse a moment in ISO 8601, or a date as `read_date` does; give it in UTC.

    A date is its midnight, and a time without an offset a local time, in the
    language's zone. Raises `AmbiguousDateError`, or `UnreadableDateError` for other
    text.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return wall_clock_moment(moment.date(), moment.time(), language.zone)
        return moment.astimezone(UTC)
    except OverflowError:
        raise UnreadableDateError(text) from None
    except ValueError:
        day = read_date(text, language)
    try:
        return wall_clock_moment(day, time.min, language.zone)
    except (OverflowError, ValueError):
        raise UnreadableDateError(text) from None


def read_date(text: str, language: Language) -> date:
    """Parse a date: ISO 8601, in numbers, or with the name of its month.

    With slashes or dashes, the day is first, but in English either may be. With points
    the day is always first. Names are the language's or English. Years have 4 digits.
    Raises `AmbiguousDateError`, or `UnreadableDateError` for other text.
    """
    words = text.strip()
    if match := re.fullmatch(
        r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})", words, re.ASCII
    ):
        return _date(text, match[1], match[3], match[4])
    if match := re.fullmatch(
        r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})", words, re.ASCII
    ):
        first, sign, second, year = match.groups()
        if sign == "." or language.code != SOURCE:
            return _date(text, year, second, first)
        return _either_order(text, first, second, year)
    return _named(text, language)


def _either_order(text: str, first: str, second: str, year: str) -> date:
    if int(second) > _MONTHS_OF_A_YEAR:
        return _date(text, year, first, second)
    day_first = _date(text, year, second, first)
    if int(first) > _MONTHS_OF_A_YEAR or first == second:
        return day_first
    month_first = _date(text, year, first, second)
    if day_first == month_first:
        return day_first
    raise AmbiguousDateError(day_first, month_first)


def _named(text: str, language: Language) -> date:
    """Parse a date with a month's name, as the program writes it, or in full."""
    if not re.fullmatch(r"[^\W_]+(?:[\s.,'\u2019-]+[^\W_]+)*\.?", text.strip()):
        raise UnreadableDateError(text)
    parts = [
        part
        for part in re.findall(r"[^\W\d_]+|[0-9]+", _bare(text))
        if part not in _JOINING_WORDS
    ]
    weekday = None
    if len(parts) == 4:  # noqa: PLR2004  # weekday, day, month and year
        weekday = _place(parts.pop(0), WEEKDAYS, language)
        if weekday is None:
            raise UnreadableDateError(text)
    numbers = [part for part in parts if part.isdigit()]
    months = [
        place for part in parts if (place := _place(part, MONTHS, language)) is not None
    ]
    if len(parts) != 3 or len(numbers) != 2 or len(months) != 1:  # noqa: PLR2004  # day, month and year
        raise UnreadableDateError(text)
    day, year = sorted(numbers, key=len)
    if len(year) != _YEAR_DIGITS or len(day) == _YEAR_DIGITS:
        raise UnreadableDateError(text)
    named = _date(text, year, str(months[0] + 1), day)
    if weekday is not None and named.weekday() != weekday:
        raise UnreadableDateError(text)
    return named


def _place(word: str, names: Sequence[str], language: Language) -> int | None:
    """Give the place of the one name that a word begins with, or None."""
    for speech in (language, ENGLISH):
        short = [_bare(speech.gettext(name)).rstrip(".") for name in names]
        if word in short:
            return short.index(word)
        begun = [place for place, name in enumerate(short) if word.startswith(name)]
        if len(begun) == 1:
            return begun[0]
    return None


def _bare(text: str) -> str:
    """Write a text in small letters without accents."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _date(text: str, year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise UnreadableDateError(text) from None
