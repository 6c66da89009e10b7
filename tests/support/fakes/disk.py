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
_MOUNTS_ARE_OWN: Final = "BALANCE_TRAY_MOUNTS_ARE_OWN"
"""Set where the mounts of a test end with its process."""
_UMOUNT: Final = "/usr/bin/umount"
_UNSHARE: Final = "/usr/bin/unshare"
_BLOCK: Final = b"\x00" * 4_096


class Disk:
    """A file system of its own, in memory.

    Each test with one runs in a second pytest, in a mount namespace of its own
    (`on_a_disk`). Any user is root there and may mount. The kernel removes the mount
    with the namespace, whether the test passes, fails or is killed.
    """

    def __init__(self, path: Path, test: str, project: Path) -> None:
        self.path, self._test, self._project = path, test, project
        self.is_mounted = _MOUNTS_ARE_OWN in os.environ

    def __enter__(self) -> Self:
        self.path.mkdir()
        if self.is_mounted:
            options = ("-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs")
            subprocess.run([_MOUNT, *options, self.path], check=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_mounted:
            # Lazily: a failed test may still hold a file open.
            subprocess.run([_UMOUNT, "--lazy", self.path], check=True)

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

    def run_test_in_namespace(self) -> None:
        """Run the test where it may mount, and where the mount ends with it."""
        again = self.path.with_name("again")
        options = ("-o", f"cache_dir={again}-cache", f"--basetemp={again}")
        command = [sys.executable, "-m", "pytest", *options, self._test]
        become_root = () if os.geteuid() == 0 else ("--map-root-user",)
        done = subprocess.run(
            [_UNSHARE, *become_root, "--mount", "--kill-child", *command],
            cwd=self._project,
            env={**os.environ, _MOUNTS_ARE_OWN: "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def on_a_disk(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test with its fixture `disk` mounted, for any user."""

    @functools.wraps(test)
    def run(disk: Disk, **fixtures: object) -> None:
        if disk.is_mounted:
            test(disk=disk, **fixtures)
        else:
            disk.run_test_in_namespace()

    return run
