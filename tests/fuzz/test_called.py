"""Whatever a caller says over the local socket: three words, and nothing else."""

import contextlib
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if sys.platform == "win32":
    pytest.skip("Unix sockets", allow_module_level=True)

from callers import CalledInstance

WORDS = st.sampled_from([b"show", b"quit", b"reload", b"\n", b"\r\n", b" ", b"\0"])
PIECES = st.lists(WORDS | st.binary(max_size=20) | st.just(b" " * 30), max_size=8)


@pytest.fixture(scope="module")
def called(qapp: object) -> Iterator[CalledInstance]:
    """Give a running program, and who calls it."""
    assert qapp is not None
    with contextlib.closing(CalledInstance()) as target:
        yield target


@settings(max_examples=600)
@given(PIECES)
def test_only_the_three_words_have_an_effect(
    called: CalledInstance, pieces: list[bytes]
) -> None:
    """In any pieces; the caller is let go, and the next one is heard."""
    called(b"\xff".join(pieces))


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_leave_the_program_listening(
    called: CalledInstance, data: bytes
) -> None:
    """Nothing is kept of who said them."""
    called(data)
