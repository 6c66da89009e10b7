"""A key is found in every encoding, and other text is not."""

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.secret_forms import (
    WITHHELD,
    FoldedText,
    KeyIndex,
    SecretForms,
    remove_keys,
)

KEY = 'made-up/key+0123"4567\\89?&=<'
KEYS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=64
)
WRITTEN: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "of a path": quote,
    "of a form": quote_plus,
    "of a URL": lambda key: quote(key, safe=""),
    "each sign of a URL": lambda key: "".join(f"%{ord(one):02X}" for one in key),
    "each in lower case": lambda key: "".join(f"%{ord(one):02x}" for one in key),
    "a URL in a URL": lambda key: quote(quote(key, safe="")),
    "JSON": json.dumps,
    "JSON in JSON": lambda key: json.dumps(json.dumps([key])),
    "JSON as ASCII": lambda key: "".join(f"\\u{ord(one):04x}" for one in key),
    "Python": repr,
    "Python's bytes": lambda key: repr(key.encode()),
    "Python's escapes": lambda key: "".join(f"\\x{ord(one):02x}" for one in key),
    "HTML": html.escape,
    "HTML by numbers": lambda key: "".join(f"&#{ord(one)};" for one in key),
    "two bytes each": lambda key: repr(key.encode("utf-16-le")),
    "hex": lambda key: key.encode().hex(),
    "HEX": lambda key: key.encode().hex().upper(),
    "hex with colons": lambda key: key.encode().hex(":"),
    "base64 in a URL": lambda key: quote(base64.b64encode(key.encode()), safe=""),
    "base64 in lines": lambda key: base64.encodebytes(
        b"x" * 50 + key.encode()
    ).decode(),
    "base64 of two bytes each": lambda key: base64.b64encode(
        key.encode("utf-16-le")
    ).decode(),
    "base64 of JSON": lambda key: base64.b64encode(
        json.dumps({"api_key": key}).encode()
    ).decode(),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_key_is_removed_in_every_encoding(
    written: Callable[[str], str],
) -> None:
    """The rest of the text stays, unless the key can't be cut out."""
    said = f"before {written(KEY)} after"
    told = remove_keys(said, [SecretForms(KEY)])
    assert told == WITHHELD or (told.startswith("before ") and told.endswith(" after"))
    assert not SecretForms(KEY).is_in(FoldedText(told))


@pytest.mark.parametrize("name", ["plain", "of a URL", "JSON", "hex", "HTML"])
def test_with_a_usual_encoding_the_rest_of_the_text_stays(name: str) -> None:
    """The rest may be needed to find a fault."""
    told = remove_keys(f"before {WRITTEN[name](KEY)} after", [SecretForms(KEY)])
    assert told.replace('"', "") == "before [key] after"


@given(KEYS, st.binary(max_size=8), st.binary(max_size=8), st.booleans())
def test_a_key_is_found_at_any_offset_in_base64(
    key: str,
    before: bytes,
    after: bytes,
    urlsafe: bool,  # noqa: FBT001  # hypothesis
) -> None:
    """For example in a header with a user's name."""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    said = encode(before + key.encode() + after).decode()
    told = remove_keys(f"Basic {said}", [SecretForms(key)])
    assert told.startswith("Basic ")
    assert "[key]" in told
    left = set(told.removeprefix("Basic ").split("[key]"))
    assert all(len(one) <= (len(before) + len(after)) * 4 / 3 + 4 for one in left)


@given(KEYS, st.text(max_size=200))
def test_a_redacted_text_never_contains_the_key(key: str, around: str) -> None:
    """Text without the key stays unchanged."""
    spellings = SecretForms(key)
    for said in (around, around + key, key + around, around + key + around):
        told = remove_keys(said, [spellings])
        assert not spellings.is_in(FoldedText(told))
        assert told == said or spellings.is_in(FoldedText(said))


@pytest.mark.parametrize("before", ["%", "%25", "\\x", "\\u00", "&#", "&#x", "%&#"])
def test_a_key_behind_the_beginning_of_an_escape_is_found(before: str) -> None:
    """Undoing the escape would destroy the key's first digits."""
    key = "399d2b438a53ebed3db8a7d52107f846"
    assert key not in remove_keys(f"{before}{key};", [SecretForms(key)])


def test_a_key_inside_another_key_leaves_neither() -> None:
    """The longer key is removed first."""
    keys = [SecretForms("made-up-key-and-more"), SecretForms("made-up-key")]
    assert remove_keys("made-up-key-and-more, made-up-key", keys) == "[key], [key]"


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["%25", "\\", "&amp;", "%", "\\x5c", "a", "\x00"])
def test_a_text_of_escapes_is_searched_quickly(piece: str) -> None:
    """A server may send it to block the program."""
    assert KEY not in remove_keys(piece * 100_000, [SecretForms(KEY)])


# --- parts of keys --------------------------------------------------------------------

PARTS = "a part of a key, or a key in disguise, stays in the log"
REAL = "399d2b438a53ebed3db8a7d52107f846"
CUT: dict[str, Callable[[str], str]] = {
    "whole": str,
    "its end": lambda key: key[-19:],
    "its beginning": lambda key: key[:19],
    "its middle": lambda key: key[7:21],
    "an odd part": lambda key: key[5:13],
    "backwards": lambda key: key[::-1],
    "a part backwards": lambda key: key[::-1][3:17],
}


@pytest.mark.case("attack 11", PARTS)
@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("cut", CUT)
def test_a_part_of_a_key_is_removed_in_every_encoding(cut: str, name: str) -> None:
    """Forwards and backwards, and in any case; the rest of the text stays if it can."""
    part = CUT[cut](REAL)
    said = f"The key {WRITTEN[name](part)} is wrong."
    for text in (said, said.upper()) if "base64" not in name else (said,):
        told = remove_keys(text, [SecretForms(REAL)])
        assert told == WITHHELD or told.lower().startswith("the key ")
        assert not has_part(told, REAL)


@pytest.mark.case("attack 11", PARTS)
@pytest.mark.parametrize("cut", CUT)
@pytest.mark.parametrize("name", ["plain", "hex", "base64 of JSON", "upper case"])
def test_the_rest_of_a_text_with_a_part_of_a_key_stays(cut: str, name: str) -> None:
    """The rest may be needed to find a fault."""
    said = f"before={WRITTEN[name](CUT[cut](REAL))}=after"
    told = remove_keys(said, [SecretForms(REAL)])
    assert told.startswith("before=")
    assert told.endswith("=after")
    assert "[key]" in told


def has_part(text: str, key: str, length: int = 8) -> bool:
    """Look for a part of a key by brute force, in the plainest encodings."""
    views = [text.lower(), FoldedText(text).plain]
    for run in re.findall(r"[0-9a-fA-F]{16,}", text):
        views += [bytes.fromhex(run[: len(run) // 2 * 2]).decode("latin-1").lower()]
    for run in re.findall(r"[A-Za-z0-9+/_-]{12,}", text):
        signs = run[: len(run) // 4 * 4]
        views += [base64.urlsafe_b64decode(signs).decode("latin-1").lower()]
    lines = (key.lower(), key.lower()[::-1])
    parts = {
        line[place : place + length]
        for line in lines
        for place in range(len(key) - length + 1)
    }
    return any(part in view for part in parts for view in views)


RANDOM_KEYS = st.text("0123456789abcdefghijKLMNOP", min_size=8, max_size=64)


@pytest.mark.case("attack 11", PARTS)
@given(
    RANDOM_KEYS,
    st.data(),
    st.sampled_from(sorted(WRITTEN)),
    st.booleans(),
    st.text(max_size=40),
)
def test_any_part_of_any_key_is_removed(
    key: str,
    data: st.DataObject,
    name: str,
    backwards: bool,  # noqa: FBT001  # hypothesis
    around: str,
) -> None:
    """From eight characters on, wherever it begins and ends."""
    begin = data.draw(st.integers(0, len(key) - 8))
    end = data.draw(st.integers(begin + 8, len(key)))
    part = key[begin:end][::-1] if backwards else key[begin:end]
    told = remove_keys(f"{around} {WRITTEN[name](part)} {around}", [SecretForms(key)])
    assert not has_part(told, key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The key is wrong.",
        "399d2b4 is seven characters of it",
        "3 9 9 d 2 b 4",
        "0123456789abcdef0123456789abcdef",
        "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "%33%39%39%64%32%62%34",
    ],
)
def test_other_text_stays(text: str) -> None:
    """Seven characters are no key, and may stand in a log by chance."""
    assert remove_keys(text, [SecretForms(REAL)]) == text


def test_keys_that_begin_alike_are_all_found() -> None:
    """A provider may begin its keys with its name."""
    keys = [f"provider-live-{number:04}-{number * 7919:08}" for number in range(40)]
    index = KeyIndex(map(SecretForms, keys))
    for key in keys:
        assert not has_part(index.remove_from(f"{key} {key[-9:]} {key[:12]}"), key)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("count", [1, 30, 1_000])
@pytest.mark.parametrize(
    "piece",
    ["x", "%33", "\\u0033", REAL[:7], REAL[:8], "Zm9v", "0123456789abcdef", "&#51;"],
)
def test_a_long_text_is_searched_quickly(count: int, piece: str) -> None:
    """A response may be made to be slow, and there may be a thousand accounts."""
    keys = (SecretForms(f"{number:032x}"[::-1]) for number in range(count - 1))
    index = KeyIndex([SecretForms(REAL), *keys])
    text = (piece * 65_536)[:65_536]
    assert not has_part(index.remove_from(text), REAL)
