"""The encoded forms of a key in a text, and how to remove them."""

import base64
import html
import json
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

MASK: Final = "[key]"
WITHHELD: Final = "[left out: it held a key in disguise]"
_DEEPEST: Final = 4
"""How many nested encodings are undone."""
_ESCAPE: Final = re.compile(r"(?<!\\)\\++(?:x|u00|U000000)([0-9A-Fa-f]{2})")
_GLUE: Final = re.compile(r"[\\\s\x00:]")
_TO_BASE64: Final = str.maketrans("-_", "+/", "\\\r\n ")


class SecretForms:
    """One key: plain, and as URLs, JSON, HTML, Python, base64 and hex write it."""

    __slots__ = ("_base64", "_folded", "_forms", "_hex", "text")

    def __init__(self, key: str) -> None:
        self.text = key
        raw = key.encode()
        self._folded = _GLUE.sub("", key).lower()
        self._hex = raw.hex()
        escaped = json.dumps(key)[1:-1]
        encoded = {raw, escaped.encode(), key.encode("utf-16-le")}
        self._base64 = frozenset(core for text in encoded for core in _cores(text))
        percent = "".join(f"%{byte:02X}" for byte in raw)
        self._forms = sorted(
            {
                *(key, escaped, repr(key)[1:-1], html.escape(key)),
                *(quote(key), quote(key, safe=""), percent),
                *(quote(key, safe="").replace("%2F", "%2f"), percent.lower()),
                *(self._hex, self._hex.upper()),
                *self._base64,
                *(core.translate(str.maketrans("+/", "-_")) for core in self._base64),
            },
            key=len,
            reverse=True,
        )

    def is_in(self, folded: "FoldedText") -> bool:
        """Whether a text contains the key, encoded or not."""
        return (
            self._folded in folded.plain
            or self._hex in folded.plain
            or any(core in folded.base64 for core in self._base64)
        )

    def masked(self, text: str) -> str:
        """Replace every usual form of the key by the mask."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


class FoldedText:
    """A text with its encodings undone, to search it for keys."""

    __slots__ = ("base64", "plain")

    def __init__(self, text: str) -> None:
        steps = [text]
        for _ in range(_DEEPEST):
            count = len(steps)
            for decoded in (_unquoted, _unescaped, html.unescape):
                if (plain := decoded(steps[-1])) != steps[-1]:
                    steps.append(plain)
            if len(steps) == count:
                break
        # Every step is searched, as a decoding can destroy a key that an earlier step
        # shows, such as a key behind a "%".
        self.base64 = "\n".join(step.translate(_TO_BASE64) for step in steps)
        self.plain = "\n".join(_GLUE.sub("", step).lower() for step in steps)


def _unquoted(text: str) -> str:
    return unquote(text, errors="replace")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def remove_keys(text: str, keys: Iterable[SecretForms]) -> str:
    """Give the text without these keys.

    An unusual form of a key can't be cut out; then the whole text is withheld.
    """
    folded = FoldedText(text)
    present = [key for key in keys if key.is_in(folded)]
    if not present:
        return text
    for key in present:
        text = key.masked(text)
    folded = FoldedText(text)
    return WITHHELD if any(key.is_in(folded) for key in present) else text


def _cores(raw: bytes) -> Iterable[str]:
    """Give the base64 of these bytes for each of the three offsets in a longer text.

    Each base64 character holds six bits. The first and the last also hold bits of the
    neighbours, so they are left out and may remain of a masked key.
    """
    for before in range(3):
        signs = base64.b64encode(bytes(before) + raw + bytes(2)).decode()
        yield signs[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
