"""The lock that decides which process of a profile runs."""

import contextlib
import os
import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile

_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
"""A symbolic link in its place could lead to a file of the person's, which the process
id would replace."""


class ProfileLock:
    """A lock that one process holds, and that the system releases when it dies.

    Where the kernel can lock a file, it does not use `QLockFile`, which trusts the
    file's content. An empty file would then block all later starts for good. So would
    the id of a dead process that a new process has got.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_held = False
        self._handle: int | None = None
        self._on_windows = QLockFile(str(path)) if sys.platform == "win32" else None

    def acquire(self) -> bool:
        """Acquire the lock or keep it; False if another process holds it.

        Raises `OSError` if the file can't be locked.
        """
        if self._is_held:
            return True
        if self._on_windows is not None:
            # A program may hold it for years, so its age does not make it stale.
            self._on_windows.setStaleLockTime(0)
            self._is_held = self._on_windows.tryLock(0)
            return self._is_held
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | _NOFOLLOW
        handle = os.open(self._path, flags, 0o600)
        try:
            os.fchmod(handle, 0o600)  # a copy or a restore may have loosened it
            _lock(handle)
        except OSError as error:
            os.close(handle)
            if isinstance(error, BlockingIOError):
                return False
            raise
        self._handle, self._is_held = handle, True
        with contextlib.suppress(
            OSError
        ):  # a full disk: the file has no process id then
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
        return True

    def release(self) -> None:
        """Release the lock; the file stays, as another process may have opened it."""
        if self._on_windows is not None:
            self._on_windows.unlock()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        self._is_held = False


def _lock(handle: int) -> None:
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415  # there is none on Windows

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
