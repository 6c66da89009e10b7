"""A release: its tag, version and changelog agree."""

import pytest

import trayapp
from build import release

CHANGELOG = """# Changelog

## Unreleased

## 1.2.0 - 2026-11-28

### Added

- Something.

## [1.1.0]

- Older.
"""


def test_it_knows_the_version_of_the_program() -> None:
    """It reads the file: nothing is installed when a release is checked."""
    assert release.version() == trayapp.__version__


@pytest.mark.parametrize(
    ("number", "said"),
    [("1.2.0", "### Added\n\n- Something."), ("1.1.0", "- Older."), ("1.2", "")],
)
def test_the_notes_are_the_changelogs_section(number: str, said: str) -> None:
    """They are of this version only, in each style of title."""
    assert release.notes(CHANGELOG, number) == said


@pytest.mark.parametrize(
    ("tag", "number", "said"),
    [
        ("v1.2.0", "1.2.0", ""),
        ("v1.2.1", "1.2.0", "The tag is v1.2.1, and the program's version 1.2.0"),
        ("1.2.0", "1.2.0", "The tag is 1.2.0, and the program's version 1.2.0"),
        ("v1.3.0", "1.3.0", "CHANGELOG.md says nothing of 1.3.0"),
    ],
)
def test_a_tag_is_released_when_all_agree(tag: str, number: str, said: str) -> None:
    """Otherwise the reason is returned."""
    assert release.problem(tag, CHANGELOG, number) == said
