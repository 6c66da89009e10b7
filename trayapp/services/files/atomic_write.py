"""Replaces a file as a whole, safe against power loss: the old or the new one is there.

Nobody ever reads half a file.
"""

import os
import tempfile
from pathlib import Path
from typing import Final

from trayapp.services.files.paths import private_folder

OWN: Final = 0o600


def write_atomically(path: Path, raw: bytes, *, prefix: str, mode: int = OWN) -> None:
    """Write a file beside `path` and put it in its place; `OSError` if it can't be.

    A folder that is missing is made. Beside it stands `prefix` and some letters, which
    somebody who is killed meanwhile leaves behind.
    """
    private_folder(path.parent)
    # mkstemp makes the file for its owner alone (0600).
    handle, name = tempfile.mkstemp(prefix=prefix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        if mode != OWN:
            Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def said(error: OSError) -> str:
    """Give the system's words and the file's name, for the detail of an error."""
    words = error.strerror or type(error).__name__
    return f"{words}: {error.filename}" if error.filename else words
