"""The pinned packages: the same versions and files for everybody."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "packaging" / "requirements"
FILES = sorted(FOLDER.glob("*.txt"))
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ; .*)? \\$")


def pins(file: Path) -> dict[str, str]:
    """Read the pinned version of each package in a requirement file."""
    found = [PIN.match(line) for line in file.read_text().splitlines()]
    return {match[1]: match[2] for match in found if match}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_package_is_pinned_with_hashes(file: Path) -> None:
    """Each requirement has an exact version and a hash."""
    lines = file.read_text().splitlines()
    starts = [n for n, line in enumerate(lines) if re.match(r"[^\s#]", line)]

    assert starts
    assert [n for n in starts if not PIN.match(lines[n])] == []
    assert [n for n in starts if "--hash=sha256:" not in lines[n + 1]] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_file_names_a_place_to_download_from(file: Path) -> None:
    """The machine's own settings name the index."""
    assert re.findall(r"https?:|--\S*index\S*|file:|@", file.read_text()) == []


def test_the_files_agree_on_what_they_share() -> None:
    """Two files never pin one package at two versions."""
    run, dev, build = (pins(FOLDER / f"{name}.txt") for name in ("run", "dev", "build"))

    for one, other in ((run, dev), (run, build), (dev, build)):
        shared = one.keys() & other.keys()
        assert {name: one[name] for name in shared} == {
            name: other[name] for name in shared
        }


def test_qt_is_older_than_the_release_that_aborts() -> None:
    """PySide6 6.12.0 aborts on Python 3.11 after some hundreds of signals."""
    assert pins(FOLDER / "run.txt")["pyside6-essentials"].startswith("6.11.")
