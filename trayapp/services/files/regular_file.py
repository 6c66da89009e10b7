"""Opens regular files, and refuses a pipe, a device or a folder in their place."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # there is none on Windows


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading; raises `OSError` if it is no regular file.

    Opening a pipe would wait for its writer, and reading a device may never end.
    """
    return open(path, "rb", opener=open_without_waiting)  # the caller's


def open_without_waiting(path: str, flags: int, mode: int = 0o600) -> int:
    """Open a regular file for `open(opener=…)`; a new one is private."""
    handle = os.open(path, flags | _NONBLOCK, mode)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        message = "it is no file"
        raise OSError(errno.EINVAL, message, path)
    return handle
