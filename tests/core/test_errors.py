"""Every failure that a person can meet."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest

from trayapp.core import errors
from trayapp.core.errors import BY_ID, BalanceTrayError, Unauthorized

FAMILIES = [
    import_module(one.name)
    for one in iter_modules(errors.__path__, "trayapp.core.errors.")
]
CLASSES = {
    one
    for family in FAMILIES
    for one in vars(family).values()
    if isinstance(one, type) and one.__module__ == family.__name__
}
ERRORS = {one for one in CLASSES if issubclass(one, BalanceTrayError)}
BRANCH = re.compile(r"^([ │]*[├└]── )(\w+)", re.MULTILINE)


def drawn() -> Iterator[tuple[str, str]]:
    """Give each class of the docstring's tree, and the one that it hangs on."""
    above = ["BalanceTrayError"]
    for stem, name in BRANCH.findall(errors.__doc__ or ""):
        depth = len(stem) // 4 - 1
        above[depth:] = [name]
        yield name, above[depth - 1]


@pytest.mark.parametrize("kind", BY_ID.values(), ids=lambda kind: kind.id)
def test_every_error_says_what_why_and_what_to_do(kind: type[BalanceTrayError]) -> None:
    """Title, reason and advice are all there, as sentences."""
    assert kind.title
    assert kind.reason.endswith(".")
    assert kind.advice.endswith(".")


def test_every_error_has_its_own_id() -> None:
    """The ids that scripts see are told apart: none hides another."""
    named = {one for one in ERRORS - {BalanceTrayError} if "id" in vars(one)}
    assert set(BY_ID.values()) == named


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """Each class stands in the drawing below the one that it is a kind of."""
    tree = {(one.__name__, one.__bases__[0].__name__) for one in ERRORS}
    assert set(drawn()) == tree - {("BalanceTrayError", "Exception")}


def test_whoever_imports_needs_not_know_the_families_file() -> None:
    """The package gives every class of its files."""
    assert set(errors.__all__) == {one.__name__ for one in CLASSES} | {"BY_ID"}


def test_a_rejected_key_names_both_published_causes() -> None:
    """The key may be wrong, or this computer's address blocked (CONTRACT.md)."""
    assert "key" in Unauthorized.reason
    assert "IP address" in Unauthorized.reason
    assert "enter the new one" in Unauthorized.advice
    assert "allow this computer's IP address" in Unauthorized.advice


def test_a_detail_from_outside_is_made_safe_to_show() -> None:
    """Control characters and endless text do not get into an error."""
    error = errors.Refused(detail="a\x00b\u202ec\n" + "x" * 10_000)
    assert error.detail.startswith("abc x")
    assert len(error.detail) <= 300


def test_an_error_becomes_a_value_without_its_traceback() -> None:
    """The value keeps what is shown and drops what the frames hold."""
    failure = errors.GatewayDown(detail="HTTP 503").as_failure()
    assert failure == errors.Failure(errors.GatewayDown, "HTTP 503", None)
