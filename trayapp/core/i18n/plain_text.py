"""Makes foreign text safe to show: one line, visible characters, a limited length."""

import re
import unicodedata
from typing import Final

_ELLIPSIS: Final = "…"
# Controls, surrogates, private and unassigned characters. "Cf" has the zero-width and
# bidirectional controls, which can reorder the text on the screen.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by category, but drawn as nothing."""
_BLANKS: Final = re.compile(r"\s+")
# Normalization is quadratic in long runs of combining marks, so cut the text before.
_LONGEST_INPUT: Final = 4_096


def one_line(text: str, limit: int = 200) -> str:
    """Give `text` on one line with nothing invisible, cut to `limit` characters.

    Markup stays, so the text must be shown as plain text.
    """
    spaced = _BLANKS.sub(" ", text[:_LONGEST_INPUT])
    visible = unicodedata.normalize("NFC", "".join(filter(_shows, spaced)))
    # Again, for blanks that had only invisible characters between them.
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
