"""Makes text from outside safe to show: one line, visible characters, bounded."""

import re
import unicodedata
from typing import Final

_ELLIPSIS: Final = "…"
# Controls, surrogates, private and unassigned characters; "Cf" holds the zero-width
# and bidirectional controls with which a server could reorder what a person reads.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their category, and drawn as nothing."""
_BLANKS: Final = re.compile(r"\s+")
# Normalising is quadratic in long runs of combining marks: cut before, not only after.
_LONGEST_INPUT: Final = 4_096


def one_line(text: str, limit: int = 200) -> str:
    """Give `text` on one line with nothing invisible, cut to `limit` characters.

    Markup is left as it is: whoever shows it does so as plain text.
    """
    spaced = _BLANKS.sub(" ", text[:_LONGEST_INPUT])
    visible = unicodedata.normalize("NFC", "".join(filter(_shows, spaced)))
    # Again, for the blanks that only something invisible held apart.
    return shorten(_BLANKS.sub(" ", visible).strip(), limit)


def _shows(character: str) -> bool:
    return (
        unicodedata.category(character) not in _INVISIBLE and character not in _FILLERS
    )


def shorten(text: str, limit: int) -> str:
    """Cut `text` to `limit` characters, the last an ellipsis if any were lost."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + _ELLIPSIS


def shorten_utf16(text: str, limit: int) -> str:
    """Cut `text` to `limit` UTF-16 units, never through a surrogate pair.

    Windows counts its tray tooltips so and cuts at 127 by itself, sometimes in the
    middle of a character (qtbase's qwindowssystemtrayicon.cpp).
    """
    if utf16_length(text) <= limit:
        return text
    kept = ""
    room = limit - utf16_length(_ELLIPSIS)
    for character in text:
        room -= utf16_length(character)
        if room < 0:
            break
        kept += character
    return kept.rstrip() + _ELLIPSIS


def utf16_length(text: str) -> int:
    """Count the UTF-16 units of `text`."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
