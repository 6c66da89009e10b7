"""The window's place is kept, and a file that says nonsense is none."""

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
    """Give where the file would be; its folder is not there yet."""
    return tmp_path / "data" / "window.json"


def test_a_place_is_kept(path: Path) -> None:
    """The last one counts, and nothing else lies around."""
    file = WindowFile(path)
    assert file.load() is None
    file.save((1, 2, 3, 4))
    file.save(PLACE)
    assert WindowFile(path).load() == PLACE
    assert list(path.parent.iterdir()) == [path]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "said",
    [
        *("", "{", "null", "[1, 2, 3]", '[1, 2, "3", 4]', "[1.5, 2, 3, 4]"),
        *("[1, 2, 0, 4]", "[1, 2, 3, -4]", "[1, 2, 3, 1e9]", f"[{10**9}, 2, 3, 4]"),
        *("[" * 900, " " * 2000 + "[1, 2, 3, 4]", "[1, 2, 3, NaN]", '{"left": 1}'),
    ],
)
def test_nonsense_is_no_place(path: Path, said: str) -> None:
    """Nor an error: the window then stands where a new one would."""
    path.parent.mkdir()
    path.write_text(said)
    assert WindowFile(path).load() is None


@given(st.binary(max_size=60))
def test_any_bytes_are_a_place_or_none(
    tmp_path_factory: pytest.TempPathFactory, said: bytes
) -> None:
    """With a width and a height."""
    path = tmp_path_factory.getbasetemp() / "any-window.json"
    path.write_bytes(said)
    found = WindowFile(path).load()
    assert found is None or min(found[2:]) > 0


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_not_waited_for(path: Path, kind: str) -> None:
    """The window comes up all the same; there are no such pipes on Windows."""
    path.parent.mkdir()
    if kind == "folder" or sys.platform == "win32":
        path.mkdir()
    else:
        os.mkfifo(path)
    assert WindowFile(path).load() is None


def test_a_place_that_cannot_be_kept_is_no_error(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    blocked = tmp_path / "data"
    blocked.write_text("")
    WindowFile(blocked / "window.json").save(PLACE)
    assert blocked.read_text() == ""
