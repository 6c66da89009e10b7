"""Replaces a file atomically: after a crash, the old or the new one is there.

No program can read half a file.
"""

import os
import tempfile
from pathlib import Path
from typing import Final

from trayapp.services.files.paths import make_folder

_PRIVATE: Final = 0o600


def write_atomically(
    path: Path, raw: bytes, *, prefix: str, mode: int = _PRIVATE
) -> None:
    """Write a temporary file beside `path`, and rename it to `path`.

    Makes a missing folder. The temporary file's name is `prefix` and some letters; a
    process that is killed leaves it behind. Raises `OSError`.
    """
    make_folder(path.parent)
    # mkstemp makes a file that only its owner may read (0600).
    handle, name = tempfile.mkstemp(prefix=prefix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        if mode != _PRIVATE:
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


def describe_error(error: OSError) -> str:
    """Return the system's message and the file's name, for the detail of an error."""
    message = error.strerror or type(error).__name__
    return f"{message}: {error.filename}" if error.filename else message
