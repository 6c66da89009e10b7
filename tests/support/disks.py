"""A disk of a megabyte: to be filled, freed, and made read-only."""

from __future__ import annotations

import errno
import functools
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MOUNT: Final = "/usr/bin/mount"
_UMOUNT: Final = "/usr/bin/umount"
_UNSHARE: Final = "/usr/bin/unshare"
_BLOCK: Final = b"\x00" * 4_096


class Disk:
    """A file system of its own, in memory.

    Only root may mount one, which everybody can be in a namespace of their own: there
    the test is run once more (`on_a_disk`).
    """

    def __init__(self, path: Path, test: str, project: Path) -> None:
        self.path, self._test, self._project = path, test, project
        self.is_mounted = os.geteuid() == 0

    def __enter__(self) -> Self:
        self.path.mkdir()
        if self.is_mounted:
            options = ("-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs")
            subprocess.run([_MOUNT, *options, self.path], check=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_mounted:
            subprocess.run([_UMOUNT, self.path], check=True)

    def fill(self) -> None:
        """Leave no byte free."""
        with (self.path / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(_BLOCK)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self) -> None:
        """Make room again."""
        (self.path / "ballast").unlink()

    def set_writable(self, *, is_writable: bool) -> None:
        """Let it be written to, or only read."""
        way = "rw" if is_writable else "ro"
        subprocess.run([_MOUNT, "-o", f"remount,bind,{way}", self.path], check=True)

    def run_test_as_root(self) -> None:
        """Run the test where mounting is allowed."""
        again = self.path.with_name("again")
        options = ("-o", f"cache_dir={again}-cache", f"--basetemp={again}")
        command = [sys.executable, "-m", "pytest", *options, self._test]
        done = subprocess.run(
            [_UNSHARE, "--map-root-user", "--mount", *command],
            cwd=self._project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def on_a_disk(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test with its fixture `disk` mounted, whoever runs it."""

    @functools.wraps(test)
    def run(disk: Disk, **fixtures: object) -> None:
        if disk.is_mounted:
            test(disk=disk, **fixtures)
        else:
            disk.run_test_as_root()

    return run
