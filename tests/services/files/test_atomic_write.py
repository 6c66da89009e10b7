"""A file is replaced as a whole, or not at all."""

import os
import stat
import sys
from pathlib import Path

import pytest

from trayapp.services.files.atomic_write import said, write_atomically

PREFIX = ".unfinished-"


def test_a_file_and_its_folders_are_made(tmp_path: Path) -> None:
    """For their owner alone, unless another mode is asked for."""
    own, shared = tmp_path / "a" / "own", tmp_path / "a" / "shared"
    write_atomically(own, b"1", prefix=PREFIX)
    write_atomically(shared, b"2", prefix=PREFIX, mode=0o644)
    assert (own.read_bytes(), shared.read_bytes()) == (b"1", b"2")
    if sys.platform != "win32":
        modes = [stat.S_IMODE(one.stat().st_mode) for one in (own, shared)]
        assert modes == [0o600, 0o644]
    assert {one.name for one in own.parent.iterdir()} == {"own", "shared"}


def test_what_fails_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "file"
    write_atomically(path, b"old", prefix=PREFIX)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new", prefix=PREFIX)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"old"]


def test_an_error_is_said_with_the_files_name() -> None:
    """Where there is one."""
    assert said(OSError(28, "Full", "/x")) == "Full: /x"
    assert said(OSError(28, "Full")) == "Full"
    assert said(OSError()) == "OSError"
