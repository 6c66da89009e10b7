"""Any response gives the balance as sent, or one of our errors."""

import contextlib
import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fuzzing.targets import KEY, ReplyTarget
from tally import REPLIES, TALLY

SIGNS = st.characters(codec=None)
WORDS = st.text(SIGNS, max_size=80) | st.sampled_from(
    ["ok", "error", "UNAUTHORIZED", "MISSING_PARAMS", "EUR", "SMS", KEY, f"x{KEY}y"]
)
NUMBERS = st.one_of(
    st.decimals(-(10**15), 10**15, places=4).map(str),
    st.text("0123456789", min_size=1, max_size=25),
    st.text("0123456789-+.,eE_ NaInfity\u0663\uff13", max_size=25),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | NUMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner),
    max_leaves=6,
)
RESULTS = st.fixed_dictionaries(
    {"balance": NUMBERS | ANYTHING, "currency": WORDS | ANYTHING}
)
REPLY = st.fixed_dictionaries(
    {"status": st.sampled_from(["ok", "error"]) | ANYTHING},
    optional={
        "result": RESULTS | ANYTHING,
        "error_id": WORDS | ANYTHING,
        "error_msg": WORDS | ANYTHING,
    },
)
BODIES = st.one_of(
    REPLY.map(json.dumps),
    REPLY.map(lambda reply: json.dumps(reply, ensure_ascii=False)),
)
STATUSES = st.sampled_from([200, 400, 401, 403, 407, 429, 500, 503, 511, 302]) | (
    st.integers(200, 999)
)
RETRY = st.one_of(
    st.integers(-(10**25), 10**25).map(str),
    st.text(SIGNS, max_size=40),
    st.datetimes().map(lambda moment: f"{moment:%a, %d %b %Y %H:%M:%S} GMT"),
    st.text("MonTueJan0123456789:,+- GMT", max_size=40),
)
TYPES = st.sampled_from(["application/json", "text/html", KEY]) | WORDS
CODINGS = st.sampled_from(["", "", "", "identity", "gzip", "br", KEY]) | WORDS


@pytest.fixture(scope="module")
def client(pytestconfig: pytest.Config) -> Iterator[ReplyTarget]:
    """Give a client whose transport sends the given response."""
    with contextlib.closing(ReplyTarget()) as target:
        yield target
        pytestconfig.stash[TALLY].add(REPLIES, target.tried)


def head(*fields: object) -> bytes:
    """Write a response's head as the target reads it."""
    line = "|".join(map(str, fields)).replace("\n", " ")
    return line.encode("utf-8", "replace") + b"\n"


@settings(max_examples=500)
@given(st.binary(max_size=400))
@example(b"200\n" + b"[" * 200_000)
@example(b'200\n{"status": "ok", "result": {"balance": ' + b"9" * 5_000 + b"}}")
def test_any_bytes_give_a_balance_or_our_error(
    client: ReplyTarget, data: bytes
) -> None:
    """No other exception is raised."""
    client(data)


@settings(max_examples=500)
@given(STATUSES, TYPES, BODIES)
def test_a_documented_shape_is_read_exactly_or_rejected(
    client: ReplyTarget, status: int, kind: str, body: str
) -> None:
    """With any values in its fields."""
    client(head(status, kind) + body.encode("utf-8", "replace"))


@settings(max_examples=500)
@given(NUMBERS, st.sampled_from([str, json.dumps]), WORDS)
def test_any_digits_are_read_as_sent(
    client: ReplyTarget, amount: str, written: Callable[[str], str], unit: str
) -> None:
    """As a text or as a number, in any unit."""
    result = f'{{"balance": {written(amount)}, "currency": {json.dumps(unit)}}}'
    body = f'{{"status": "ok", "result": {result}}}'
    client(head(200, "application/json") + body.encode("utf-8", "replace"))


@settings(max_examples=500)
@given(st.sampled_from([429, 500, 503]), RETRY, CODINGS)
def test_any_retry_after_gives_a_next_request(
    client: ReplyTarget, status: int, retry: str, coding: str
) -> None:
    """It is not immediate, and within two days."""
    client(head(status, "text/plain", retry, coding))


@settings(max_examples=500)
@given(BODIES, st.data())
def test_a_changed_or_cut_response_gives_a_balance_or_our_error(
    client: ReplyTarget, body: str, data: st.DataObject
) -> None:
    """One byte differs, or the end is missing."""
    raw = bytearray(body.encode("utf-8", "replace"))
    where = data.draw(st.integers(0, len(raw) - 1))
    raw[where : where + 1] = data.draw(st.binary(max_size=2))
    client(head(200) + bytes(raw[: data.draw(st.integers(where, len(raw)))]))
