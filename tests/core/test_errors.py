"""Every failure that a person can meet."""

import ast
import re
from pathlib import Path

import pytest

from trayapp.core import errors
from trayapp.core.errors import BalanceTrayError, Unauthorized

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, BalanceTrayError)
    and "id" in vars(kind)
]


@pytest.mark.parametrize("kind", KINDS[1:], ids=lambda kind: kind.id)
def test_every_error_says_what_why_and_what_to_do(kind: type[BalanceTrayError]) -> None:
    """Title, reason and advice are all there, as sentences."""
    assert kind.title
    assert kind.reason.endswith(".")
    assert kind.advice.endswith(".")


def test_every_error_has_its_own_id() -> None:
    """The ids that scripts see are told apart."""
    ids = [kind.id for kind in KINDS]
    assert len(ids) == len(set(ids))


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """Each class stands in the drawing, and nothing else does."""
    drawn = set(re.findall(r"─ (\w+)", errors.__doc__ or ""))
    tree = ast.parse(Path(errors.__file__).read_text())
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    helpers = {"Retry", "Remedy", "Failure", "BalanceTrayError"}
    assert classes - helpers == drawn


def test_a_rejected_key_names_both_published_causes() -> None:
    """The key may be wrong, or this computer's address blocked (contract.md)."""
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
