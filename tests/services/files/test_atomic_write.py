"""A file is replaced as a whole or stays as it is."""

import os
import stat
import sys
from pathlib import Path

import pytest

from trayapp.services.files.atomic_write import describe_error, write_atomically

PREFIX = ".unfinished-"


def test_a_file_and_its_folders_are_made(tmp_path: Path) -> None:
    """Only their owner may read them, unless `mode` says otherwise."""
    own, shared = tmp_path / "a" / "own", tmp_path / "a" / "shared"
    write_atomically(own, b"1", prefix=PREFIX)
    write_atomically(shared, b"2", prefix=PREFIX, mode=0o644)
    assert (own.read_bytes(), shared.read_bytes()) == (b"1", b"2")
    if sys.platform != "win32":
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (own, shared)]
        assert modes == [0o600, 0o644]
    assert {path.name for path in own.parent.iterdir()} == {"own", "shared"}


def test_a_failed_write_leaves_only_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full here."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "file"
    write_atomically(path, b"old", prefix=PREFIX)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new", prefix=PREFIX)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_the_description_of_an_error_names_the_file() -> None:
    """An error without a file has only the message."""
    assert describe_error(OSError(28, "Full", "/x")) == "Full: /x"
    assert describe_error(OSError(28, "Full")) == "Full"
    assert describe_error(OSError()) == "OSError"
