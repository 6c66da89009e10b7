"""A key that can't leak by accident."""

import copy
import dataclasses
import functools
import io
import json
import logging
import marshal
import pickle
import pprint
import reprlib
import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing
from string import Template
from typing import Any

import pytest

from trayapp.core.errors import KeyUnusable
from trayapp.core.secret import Secret

KEY = "made-up-key-0123456789"


def test_only_reveal_shows_a_key() -> None:
    """Printing, formatting and every repr give the mask."""
    secret = Secret.parse(f"  {KEY}\n")
    shown = f"{secret} {secret!r} {secret!s} {secret:>20} {[secret]} {(secret,)}"
    assert KEY not in shown
    assert secret.reveal() == KEY


@dataclasses.dataclass(frozen=True)
class Holder:
    """A value of the program that has a key in it."""

    key: Secret


def stored_in_sqlite(key: Secret) -> object:
    """Give a key to SQLite as a parameter."""
    with closing(sqlite3.connect(":memory:")) as database:
        return database.execute("select ?", [key])


SHOWN: dict[str, Callable[[Secret], object]] = {
    "str": str,
    "repr": repr,
    "ascii": ascii,
    "f-string": lambda key: f"{key} {key!r} {key!s} {key!a} {key:>99} {key=}",
    "format": lambda key: "{} {0!r}".replace("{}", "{0}").format(key),
    "format with a width": lambda key: format(key, "x^40"),
    "percent": lambda key: "%s %r %a" % (key, key, key),  # noqa: UP031  # it is the test
    "template": lambda key: Template("$key").substitute(key=key),
    "list": lambda key: str([key, (key,), {"key": key}]),
    "dataclass": lambda key: repr(Holder(key)),
    "vars of a holder": lambda key: repr(vars(Holder(key))),
    "pprint": pprint.pformat,
    "reprlib": reprlib.repr,
    "dir": dir,
    "JSON with str for the unknown": lambda key: json.dumps([key], default=str),
    "partial": lambda key: repr(functools.partial(print, key)),
    "exception": lambda key: "".join(traceback.format_exception(ValueError(key))),
    "log": lambda key: logging.LogRecord(
        "", 10, "", 1, "%s", (key,), None
    ).getMessage(),
    "locals of a traceback": lambda key: traceback_with_locals(key),  # noqa: PLW0108  # it comes below
}
REFUSED: dict[str, Callable[[Any], object]] = {
    "pickle": pickle.dumps,
    "pickle 0": lambda key: pickle.dumps(key, 0),
    "pickle in a holder": lambda key: pickle.dumps(Holder(key)),
    "marshal": marshal.dumps,
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "deep copy of a holder": lambda key: copy.deepcopy(Holder(key)),
    "as a dict": lambda key: dataclasses.asdict(Holder(key)),
    "state": lambda key: key.__getstate__(),
    "hash": hash,
    "set": lambda key: {key},
    "dict": lambda key: {key: 1},
    "cache": functools.cache(str),
    "JSON": json.dumps,
    "JSON of vars": lambda key: json.dumps(key, default=vars),
    "vars": vars,
    "equal": lambda key: key == key,  # noqa: PLR0124  # it is the test
    "unequal": lambda key: key != "x",
    "equal holders": lambda key: Holder(key) == Holder(Secret(KEY)),
    "in a list": lambda key: "x" in (key, key),
    "less": lambda key: sorted([key, key]),
    "sum": lambda key: "key: " + key,
    "join": lambda key: "".join(key for _ in "ab"),
    "length": len,
    "loop": list,
    "bytes": bytes,
    "number": "%d".__mod__,
    "database": stored_in_sqlite,
}


def traceback_with_locals(key: Secret) -> str:
    """Format an exception with all variables of its frames."""
    try:
        assert int(f"{key}")
    except ValueError as error:
        return "".join(
            traceback.TracebackException.from_exception(
                error, capture_locals=True
            ).format()
        )
    raise AssertionError


@pytest.mark.parametrize("way", SHOWN.values(), ids=SHOWN)
def test_no_conversion_to_text_shows_a_key(way: Callable[[Secret], object]) -> None:
    """All give the mask, or no part of the key."""
    assert KEY not in str(way(Secret(KEY)))


@pytest.mark.parametrize("way", REFUSED.values(), ids=REFUSED)
def test_copying_or_encoding_a_key_raises(
    way: Callable[[Secret], object],
) -> None:
    """The exception does not contain the key."""
    with pytest.raises((TypeError, ValueError, sqlite3.Error)) as refused:
        way(Secret(KEY))
    assert KEY not in f"{refused.value} {refused.value!r} {refused.value.args}"


def test_keys_are_compared_with_same_as_only() -> None:
    """`==` raises, so that no container compares keys."""
    with pytest.raises(TypeError):
        _ = Secret(KEY) == Secret(KEY)
    assert Secret(KEY).same_as(Secret(KEY))
    assert not Secret(KEY).same_as(Secret(KEY + "x"))


@pytest.mark.parametrize(
    "typed", ["", "short", "with blank inside", "añb-cde-fgh", "x" * 257]
)
def test_an_unusable_key_is_rejected_without_repeating_it(typed: str) -> None:
    """The error describes a key and does not repeat the typed text."""
    with pytest.raises(KeyUnusable) as refused:
        Secret.parse(typed)
    assert not typed or typed not in f"{refused.value!r} {refused.value}"


def test_a_key_is_found_in_a_text_and_removed() -> None:
    """Foreign text is searched before it is shown."""
    key = Secret(KEY)
    said = f"you sent {KEY} to us"
    assert key.is_in(said)
    assert key.removed_from(said) == "you sent [key] to us"
    assert not key.is_in("you sent something else")


@pytest.mark.case("11", "a key file of another program's making")
@pytest.mark.parametrize("end", ["", "\n", "\r\n", "  \r\n", "\u00a0\n"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_a_line_of_a_file_is_a_key(mark: bytes, encoding: str, end: str) -> None:
    """PowerShell writes these encodings; `readline` cuts the last one of a line end."""
    raw = io.BytesIO(mark + f"{KEY}{end}".encode(encoding))
    assert Secret.parse_bytes(raw.readline()).reveal() == KEY


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"\xff\xfe\0", b"k\xe9y-k\xe9y-key"])
def test_a_line_that_is_no_key_is_refused(raw: bytes) -> None:
    """The error does not repeat it."""
    with pytest.raises(KeyUnusable):
        Secret.parse_bytes(raw)


@pytest.mark.parametrize("around", ["\ufeff", "\u200b", " \u2003", "\ufeff\u00a0"])
def test_invisible_signs_around_a_pasted_key_are_removed(around: str) -> None:
    """Websites and editors put them there."""
    assert Secret.parse(f"{around}{KEY}{around[::-1]}").reveal() == KEY
