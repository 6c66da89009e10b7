"""The errors that a person can meet."""

import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules

import pytest

from trayapp.core import errors
from trayapp.core.errors import (
    BY_ERROR_ID,
    BY_ID,
    BalanceTrayError,
    GatewayError,
    Unauthorized,
)

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


def classes_in_the_tree() -> Iterator[tuple[str, str]]:
    """Give each class in the docstring's tree with its parent."""
    above = ["BalanceTrayError"]
    for stem, name in BRANCH.findall(errors.__doc__ or ""):
        depth = len(stem) // 4 - 1
        above[depth:] = [name]
        yield name, above[depth - 1]


@pytest.mark.parametrize("kind", BY_ID.values(), ids=lambda kind: kind.id)
def test_every_error_has_title_reason_and_advice(kind: type[BalanceTrayError]) -> None:
    """All three are whole sentences."""
    assert kind.title
    assert kind.reason.endswith(".")
    assert kind.advice.endswith(".")
    assert not kind.terminal_advice or kind.terminal_advice.endswith(".")


@pytest.mark.case("9", "waiting without a word")
@pytest.mark.parametrize("kind", BY_ID.values(), ids=lambda kind: kind.id)
def test_no_advice_in_a_terminal_names_a_button(kind: type[BalanceTrayError]) -> None:
    """Those of the window are named by their verbs."""
    advice = kind.terminal_advice or kind.advice
    assert not re.search(r"\b(Choose Unlock|click|button|behind other windows)", advice)


def test_every_error_has_its_own_id() -> None:
    """No two errors share an id that scripts see."""
    named = {one for one in ERRORS - {BalanceTrayError} if "id" in vars(one)}
    assert set(BY_ID.values()) == named


def test_an_error_id_of_the_gateway_means_one_class() -> None:
    """A subclass does not repeat the ids of its parent class."""
    named = Counter(
        error_id
        for kind in ERRORS
        if issubclass(kind, GatewayError)
        for error_id in vars(kind).get("error_ids", ())
    )
    assert named == Counter(BY_ERROR_ID.keys())


@pytest.mark.parametrize("error_id", BY_ERROR_ID)
def test_the_contract_has_a_row_for_every_error_id(error_id: str) -> None:
    """CONTRACT.md says what each id means and what a person is told."""
    contract = files("trayapp.services.gateway") / "CONTRACT.md"
    row = rf"^\| \w+ \| `{error_id}` \| .+ \| .+ \|$"
    assert re.search(row, contract.read_text("utf-8"), re.MULTILINE), contract


def test_the_docstring_draws_the_real_class_tree() -> None:
    """Each class stands below its parent class."""
    tree = {(one.__name__, one.__bases__[0].__name__) for one in ERRORS}
    assert set(classes_in_the_tree()) == tree - {("BalanceTrayError", "Exception")}


def test_the_package_exports_every_error() -> None:
    """An importer needs no name of a module in the package."""
    tables = {"BY_ERROR_ID", "BY_ID"}
    assert set(errors.__all__) == {one.__name__ for one in CLASSES} | tables


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
    """The value keeps the shown text and drops the frames."""
    failure = errors.GatewayDown(detail="HTTP 503").as_failure()
    assert failure == errors.Failure(errors.GatewayDown, "HTTP 503", None)
