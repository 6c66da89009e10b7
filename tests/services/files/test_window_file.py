"""The window's place is kept, and an invalid file is ignored."""

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.services.files.window_file import WindowFile

PLACE = (10, -20, 400, 300)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a path in a folder that does not exist yet."""
    return tmp_path / "data" / "window.json"


def test_a_place_is_kept(path: Path) -> None:
    """The last one counts, and no other file is left."""
    file = WindowFile(path)
    assert file.load() is None
    file.save((1, 2, 3, 4))
    file.save(PLACE)
    assert WindowFile(path).load() == PLACE
    assert list(path.parent.iterdir()) == [path]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "null", "[1, 2, 3]", '[1, 2, "3", 4]', "[1.5, 2, 3, 4]"),
        *("[1, 2, 0, 4]", "[1, 2, 3, -4]", "[1, 2, 3, 1e9]", f"[{10**9}, 2, 3, 4]"),
        *("[" * 900, " " * 2000 + "[1, 2, 3, 4]", "[1, 2, 3, NaN]", '{"left": 1}'),
    ],
)
def test_an_invalid_file_has_no_place(path: Path, content: str) -> None:
    """It is no error: the window opens where a new one does."""
    path.parent.mkdir()
    path.write_text(content)
    assert WindowFile(path).load() is None


@given(st.binary(max_size=60))
def test_any_bytes_are_a_place_or_none(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """A place has a width and a height."""
    path = tmp_path_factory.getbasetemp() / "any-window.json"
    path.write_bytes(content)
    place = WindowFile(path).load()
    assert place is None or min(place[2:]) > 0


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_an_irregular_file_is_ignored_without_waiting(path: Path, kind: str) -> None:
    """The window must open; Windows has no such pipes."""
    path.parent.mkdir()
    if kind == "folder" or sys.platform == "win32":
        path.mkdir()
    else:
        os.mkfifo(path)
    assert WindowFile(path).load() is None


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """A file has the name of the folder here."""
    blocked = tmp_path / "data"
    blocked.write_text("")
    WindowFile(blocked / "window.json").save(PLACE)
    assert blocked.read_text() == ""
