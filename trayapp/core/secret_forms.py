"""A key in all the ways that it may stand in a text, and how to take it out."""

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
"""How often a text may be encoded over and over before nobody looks further."""
_ESCAPE: Final = re.compile(r"(?<!\\)\\++(?:x|u00|U000000)([0-9A-Fa-f]{2})")
_GLUE: Final = re.compile(r"[\\\s\x00:]")
_TO_BASE64: Final = str.maketrans("-_", "+/", "\\\r\n ")


class SecretForms:
    """One key: as it is, and as URLs, JSON, HTML, Python, base64 and hex write it."""

    __slots__ = ("_base64", "_folded", "_forms", "_hex", "text")

    def __init__(self, key: str) -> None:
        self.text = key
        raw = key.encode()
        self._folded = _GLUE.sub("", key).lower()
        self._hex = raw.hex()
        escaped = json.dumps(key)[1:-1]
        encoded = {raw, escaped.encode(), key.encode("utf-16-le")}
        self._base64 = frozenset(core for one in encoded for core in _cores(one))
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
        """Say whether the key is in a text, be it in disguise."""
        return (
            self._folded in folded.plain
            or self._hex in folded.plain
            or any(core in folded.base64 for core in self._base64)
        )

    def masked(self, text: str) -> str:
        """Put the mask in the place of every usual form."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


class FoldedText:
    """A text with its encodings undone, to be searched for keys."""

    __slots__ = ("base64", "plain")

    def __init__(self, text: str) -> None:
        steps = [text]
        for _ in range(_DEEPEST):
            known = len(steps)
            for decoded in (_unquoted, _unescaped, html.unescape):
                if (plain := decoded(steps[-1])) != steps[-1]:
                    steps.append(plain)
            if len(steps) == known:
                break
        # All of them are searched: what one decoding brings to light, another takes
        # apart, as it does with a key that stands behind a "%".
        self.base64 = "\n".join(step.translate(_TO_BASE64) for step in steps)
        self.plain = "\n".join(_GLUE.sub("", step).lower() for step in steps)


def _unquoted(text: str) -> str:
    return unquote(text, errors="replace")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def remove_keys(text: str, keys: Iterable[SecretForms]) -> str:
    """Give a text without these keys.

    A form of a key that is none of the usual ones can't be cut out: then nothing is
    left of the text.
    """
    folded = FoldedText(text)
    found = [key for key in keys if key.is_in(folded)]
    if not found:
        return text
    for key in found:
        text = key.masked(text)
    folded = FoldedText(text)
    return WITHHELD if any(key.is_in(folded) for key in found) else text


def _cores(raw: bytes) -> Iterable[str]:
    """Give what base64 makes of these bytes wherever they lie in a longer text.

    Each of its signs holds six bits. Those at either end hold bits of the neighbours
    too and are left out, so a sign more may stay of a key that is masked.
    """
    for before in range(3):
        signs = base64.b64encode(bytes(before) + raw + bytes(2)).decode()
        yield signs[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
