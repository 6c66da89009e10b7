"""The security policy: each of its claims names a test that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
POLICY = (ROOT / ".github/SECURITY.md").read_text(encoding="utf-8")


def test_every_test_that_it_names_is_there() -> None:
    """Each claim names a test that exists."""
    named = set(re.findall(r"`(tests/[^`]+)`", POLICY))
    assert len(named) > 10
    assert {name for name in named if not (ROOT / name).is_file()} == set()


def test_it_names_no_address_that_nobody_reads() -> None:
    """A hole is reported on the repository itself, and privately."""
    assert "private security advisory" in POLICY
    assert re.findall(r"https?://\w|\S+@\S+", POLICY) == []
