"""Only regular files are opened, and opening never waits."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from trayapp.services.files.regular_file import open_regular, open_without_waiting


def test_a_file_is_read(tmp_path: Path) -> None:
    """As bytes."""
    (tmp_path / "x").write_bytes(b"content")
    with open_regular(tmp_path / "x") as file:
        assert file.read() == b"content"


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    """It is not made."""
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "x")


@pytest.mark.skipif(sys.platform == "win32", reason="special files of Unix")
@pytest.mark.parametrize(
    "make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")]
)
def test_nothing_else_is_opened(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A pipe would wait for its writer, and the device never ends."""
    make(tmp_path / "x")
    with pytest.raises(OSError, match="it is no file"):
        open_regular(tmp_path / "x")


@pytest.mark.skipif(sys.platform == "win32", reason="it has no modes")
def test_a_new_file_is_private(tmp_path: Path) -> None:
    """Whatever the umask is."""
    before = os.umask(0)
    try:
        with open(tmp_path / "x", "a", opener=open_without_waiting) as file:
            file.write("content")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600
