"""A key that does not get out by accident."""

import copy
import pickle

import pytest

from trayapp.core.errors import KeyUnusable
from trayapp.core.secret import Secret

KEY = "made-up-key-0123456789"


def test_a_key_shows_itself_to_reveal_alone() -> None:
    """Printing, formatting and every repr give the mask."""
    secret = Secret.parse(f"  {KEY}\n")
    shown = f"{secret} {secret!r} {secret!s} {secret:>20} {[secret]} {(secret,)}"
    assert KEY not in shown
    assert secret.reveal() == KEY


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy, hash])
def test_a_key_is_not_pickled_copied_or_hashed(leak: object) -> None:
    """Whatever would duplicate a key raises."""
    with pytest.raises(TypeError):
        leak(Secret(KEY))  # type: ignore[operator]  # each is a function of one thing


def test_keys_are_compared_with_same_as_only() -> None:
    """`==` raises, so that no container compares keys in passing."""
    with pytest.raises(TypeError):
        _ = Secret(KEY) == Secret(KEY)
    assert Secret(KEY).same_as(Secret(KEY))
    assert not Secret(KEY).same_as(Secret(KEY + "x"))


@pytest.mark.parametrize(
    "typed", ["", "short", "with blank inside", "añb-cde-fgh", "x" * 257]
)
def test_what_cannot_be_a_key_is_refused_without_repeating_it(typed: str) -> None:
    """The error says what a key is, not what was typed."""
    with pytest.raises(KeyUnusable) as refused:
        Secret.parse(typed)
    assert not typed or typed not in f"{refused.value!r} {refused.value}"
