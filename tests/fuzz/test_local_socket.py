"""Any bytes over the local socket: only three messages have an effect."""

import contextlib
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if sys.platform == "win32":
    pytest.skip("Unix sockets", allow_module_level=True)

from fuzzing.instance_target import CalledInstance

WORDS = st.sampled_from([b"show", b"quit", b"reload", b"\n", b"\r\n", b" ", b"\0"])
PIECES = st.lists(WORDS | st.binary(max_size=20) | st.just(b" " * 30), max_size=8)


@pytest.fixture(scope="module")
def fuzzed_instance(qapp: object) -> Iterator[CalledInstance]:
    """Give a running program and its caller."""
    assert qapp is not None
    with contextlib.closing(CalledInstance()) as target:
        yield target


@settings(max_examples=600)
@given(PIECES)
def test_only_the_three_messages_have_an_effect(
    fuzzed_instance: CalledInstance, pieces: list[bytes]
) -> None:
    """In any pieces; the connection closes, and the next caller is served."""
    fuzzed_instance(b"\xff".join(pieces))


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_leave_the_program_listening(
    fuzzed_instance: CalledInstance, data: bytes
) -> None:
    """Nothing of the caller is kept."""
    fuzzed_instance(data)
