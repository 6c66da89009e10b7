"""The languages of the program, and the format of numbers in each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_NARROW: Final = "\u202f"
"""The group separator: a narrow space at which no line breaks."""


@dataclass(frozen=True, slots=True)
class Locale:
    """A language: its own name, and its format of numbers."""

    name: str
    decimal_point: str
    group_separator: str
    groups_from: int = 4
    """Digits from which thousands are grouped: 4 in English, 5 in Spanish."""
    symbol_first: bool = False
    """Whether the currency sign is before the amount."""


LOCALES: Final = {
    "en": Locale("English", ".", ",", symbol_first=True),
    "es": Locale("Español", ",", ".", groups_from=5),
    "ca": Locale("Català", ",", "."),
    "pt": Locale("Português", ",", _NARROW, groups_from=5),
    "fr": Locale("Français", ",", _NARROW),
    "de": Locale("Deutsch", ",", "."),
    "it": Locale("Italiano", ",", ".", groups_from=5),
}
"""By their codes, in the order of the settings dialog."""
SOURCE: Final = "en"
"""The language of the sentences in the code."""


def closest_language(wanted: Iterable[str]) -> str:
    """Give the first language of a list that the program has, else English.

    Entries are such as `pt_BR.UTF-8`, `ca@valencia` or `de-AT`; `C` and `POSIX` mean
    English.
    """
    for entry in wanted:
        code = entry.partition(".")[0].partition("@")[0].replace("-", "_")
        language = code.partition("_")[0].lower()
        if language in LOCALES:
            return language
        if language in {"c", "posix"}:
            return SOURCE
    return SOURCE
