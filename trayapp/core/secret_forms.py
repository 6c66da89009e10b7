"""Keys and parts of keys in a text, plain or encoded, and how to remove them.

Half of a key says too much. So a part counts that is as long as the shortest key,
forwards or backwards and in any case.
"""

import base64
import binascii
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

MASK: Final = "[key]"
WITHHELD: Final = "[left out: it held a key in disguise]"
_DEEPEST: Final = 4
"""How many nested encodings are undone."""
_ESCAPE: Final = re.compile(r"(?<!\\)\\++(?:x|u00|U000000)([0-9A-Fa-f]{2})")
_ENCODED: Final = re.compile(rb"%[0-9A-Fa-f]{2}|\\[xuU]|&#?\w+;")
_GLUE: Final = re.compile(r"[\\\s\x00:]")
_GLUE_BYTES: Final = b"\\ \t\n\r\f\v\x00:"
_SHORTEST_PART: Final = 8
"""The length of the shortest key (`Secret.parse`)."""
_WINDOW: Final = 6
_STRIDE: Final = 3
"""A part of 8 characters holds a whole window that begins at a multiple of 3."""
_FEW_WINDOWS: Final = 100
"""Up to so many, it is faster to search the text for each."""
_MOST_PLACES: Final = 8
"""Keys may begin alike; of a window in more keys than this, the first ones count."""
_HEX: Final = re.compile(r"[0-9a-fA-F]{16,}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{11,}")
_URL_SAFE: Final = str.maketrans("-_", "+/")
_ASCII_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
"""Unlike `str.lower` it keeps the length, so that places stay right."""
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


@dataclass(frozen=True, slots=True)
class _Line:
    """A key, forwards or backwards, as a text is compared with it."""

    text: str
    key: SecretForms


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a text has a part of a key."""

    begin: int
    end: int
    key: SecretForms


class KeyIndex:
    """An index of keys. One thread may add keys while others search."""

    def __init__(self, keys: Iterable[SecretForms] = ()) -> None:
        self._windows: dict[str, tuple[tuple[_Line, int], ...]] = {}
        self._short: tuple[SecretForms, ...] = ()
        self._texts: set[str] = set()
        for key in keys:
            self.add(key)

    def add(self, key: SecretForms) -> None:
        """Find this key from now on."""
        if key.text in self._texts:
            return
        self._texts.add(key.text)
        folded = _fold(key.text)
        if len(folded) < _SHORTEST_PART:
            self._short = (*self._short, key)
            return
        for text in (folded, folded[::-1]):
            line = _Line(text, key)
            for offset in range(0, len(text) - _WINDOW + 1, _STRIDE):
                window = text[offset : offset + _WINDOW]
                places = self._windows.get(window, ())
                if len(places) < _MOST_PLACES:
                    self._windows[window] = (*places, (line, offset))

    def remove_from(self, text: str) -> str:
        """Return the text without keys and their parts.

        An unusual form can't be cut out; then the whole text is withheld.
        """
        present = self._present(text) if self._texts else None
        if not present:
            return text
        # The longest first, as one key may be a part of another.
        for key in sorted(present, key=lambda key: -len(key.text)):
            text = key.masked(text)
        text = self._without_parts(text)
        for runs in (_HEX, _BASE64):
            text = runs.sub(self._without_encoded, text)
        return WITHHELD if self._present(text) else text

    def _present(self, text: str) -> set[SecretForms]:
        """Return the keys of which the text has a part, encoded or not."""
        folded = FoldedText(text)
        views = (folded.plain, _unfolded(b"\n".join(_decoded(folded))))
        present = {part.key for view in views for part in self._parts(view)}
        return present | {key for key in self._short if key.is_in(folded)}

    def _parts(self, view: str) -> Iterator[_Part]:
        """Find parts of keys in a folded text, from left to right."""
        windows, end = self._windows, 0
        if len(windows) <= _FEW_WINDOWS and not any(map(view.__contains__, windows)):
            return
        for begin in [
            place
            for place in range(len(view) - _WINDOW + 1)
            if view[place : place + _WINDOW] in windows
        ]:
            if begin < end:
                continue
            for line, offset in windows[view[begin : begin + _WINDOW]]:
                part = _extended(view, begin, line, offset)
                if part.end - part.begin >= _SHORTEST_PART:
                    end = part.end
                    yield part
                    break

    def _without_parts(self, text: str) -> str:
        """Replace the parts that stand in the text by the mask."""
        places = [place for place, sign in enumerate(text) if not _GLUE.match(sign)]
        view = "".join(text[place] for place in places).translate(_ASCII_LOWER)
        pieces, after = [], 0
        for part in self._parts(view):
            begin, end = places[part.begin], places[part.end - 1] + 1
            pieces += [text[after : max(begin, after)], MASK]
            after = end
        return "".join([*pieces, text[after:]])

    def _without_encoded(self, run: re.Match[str]) -> str:
        """Replace a run of hex or base64 by the mask if it has a part of a key."""
        decoded = _unfolded(b"\n".join(_decodings(run[0])))
        return MASK if any(self._parts(decoded)) else run[0]


def remove_keys(text: str, keys: Iterable[SecretForms]) -> str:
    """Give the text without these keys and their parts (`KeyIndex.remove_from`)."""
    return KeyIndex(keys).remove_from(text)


def _fold(key: str) -> str:
    return _GLUE.sub("", key).lower()


def _unfolded(raw: bytes) -> str:
    """Fold decoded bytes, with their own encodings undone if they have any."""
    if _ENCODED.search(raw):
        return FoldedText(raw.decode("latin-1")).plain
    return raw.translate(None, delete=_GLUE_BYTES).lower().decode("latin-1")


def _extended(view: str, begin: int, line: _Line, offset: int) -> _Part:
    """Extend a window that both have as far as they agree."""
    key, end, after = line.text, begin + _WINDOW, offset + _WINDOW
    while begin > 0 and offset > 0 and view[begin - 1] == key[offset - 1]:
        begin, offset = begin - 1, offset - 1
    while end < len(view) and after < len(key) and view[end] == key[after]:
        end, after = end + 1, after + 1
    return _Part(begin, end, line.key)


def _decoded(folded: FoldedText) -> Iterator[bytes]:
    """Decode all runs of hex and base64 in a text."""
    for run in _HEX.finditer(folded.plain):
        yield from _hex_decodings(run[0])
    for run in _BASE64.finditer(folded.base64):
        yield from _base64_decodings(run[0])


def _decodings(run: str) -> Iterator[bytes]:
    yield from _base64_decodings(run)
    if _HEX.fullmatch(run):
        yield from _hex_decodings(run)


def _hex_decodings(run: str) -> Iterator[bytes]:
    """Decode from both nibbles, forwards and backwards."""
    for digits in (run, run[::-1]):
        for begin in range(2):
            length = (len(digits) - begin) // 2 * 2
            yield bytes.fromhex(digits[begin : begin + length])


def _base64_decodings(run: str) -> Iterator[bytes]:
    """Decode from each of the four places at which a group may begin."""
    run = run.translate(_URL_SAFE)
    for begin in range(4):
        length = len(run) - begin
        length -= length % 4 == 1
        signs = run[begin : begin + length] + "=" * (-length % 4)
        yield binascii.a2b_base64(signs)


def _unquoted(text: str) -> str:
    return unquote(text, errors="replace")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _cores(raw: bytes) -> Iterable[str]:
    """Give the base64 of these bytes for each of the three offsets in a longer text.

    Each base64 character holds six bits. The first and the last also hold bits of the
    neighbours, so they are left out and may remain of a masked key.
    """
    for before in range(3):
        signs = base64.b64encode(bytes(before) + raw + bytes(2)).decode()
        yield signs[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
