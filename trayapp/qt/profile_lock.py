"""The lock that decides which start of a profile is the one that runs."""

import contextlib
import os
import sys
from pathlib import Path

from PySide6.QtCore import QLockFile


class ProfileLock:
    """Held by one process, and given back by the system when that one dies.

    Not `QLockFile` where the kernel can lock a file: it believes what stands in one,
    and an empty file, or the number of a dead process that another one has got since,
    would keep every later start out for good.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_held = False
        self._handle: int | None = None
        self._on_windows = QLockFile(str(path)) if sys.platform == "win32" else None

    def take(self) -> bool:
        """Take it, or keep it; False if another process has it.

        `OSError` if there can be none.
        """
        if self._is_held:
            return True
        if self._on_windows is not None:
            # Held for as long as the program runs: never stale by its age alone.
            self._on_windows.setStaleLockTime(0)
            self._is_held = self._on_windows.tryLock(0)
            return self._is_held
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            if isinstance(error, BlockingIOError):
                return False
            raise
        self._handle, self._is_held = handle, True
        with contextlib.suppress(OSError):  # a full disk: then nobody reads who it was
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
        return True

    def give_back(self) -> None:
        """Let another process have it; the file stays, for one may wait at it."""
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
