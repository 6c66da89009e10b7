"""Sends a message to the running program over its local socket."""

import contextlib
import socket
import sys
from enum import StrEnum
from pathlib import Path
from typing import Final

from trayapp.core.errors import ProgramHangs
from trayapp.services.files.paths import Paths
from trayapp.services.files.regular_file import open_regular

_TIMEOUT_S: Final = 10.0
"""Long enough for a program that is starting on a computer that is starting."""
_MAX_BYTES: Final = 64


class InstanceMessage(StrEnum):
    """The messages that the running program accepts; it executes none of their text."""

    SHOW = "show"
    QUIT = "quit"
    RELOAD = "reload"

    @classmethod
    def read(cls, line: bytes) -> "InstanceMessage | None":
        """Return the message of a line, or None for anything else."""
        text = line[:_MAX_BYTES].decode("ascii", "replace").strip()
        return cls(text) if text in set(cls) else None


def send_message(paths: Paths, message: InstanceMessage) -> bool:
    """Send a message to the running program; False if none listens.

    It returns when the program closes the connection, which for `QUIT` is when it has
    ended. Raises `ProgramHangs` if it does not within ten seconds; it still receives
    the message when it recovers.
    """
    line = f"{message.value}\n".encode()
    if sys.platform == "win32":
        return _send_to_pipe(paths.socket, line)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_TIMEOUT_S)
            connection.connect(paths.socket)
            connection.sendall(line)
            while connection.recv(_MAX_BYTES):
                pass
    except (TimeoutError, BlockingIOError):  # the latter if the listen queue is full
        raise hang_error(paths) from None
    except OSError:
        return False
    return True


def hang_error(paths: Paths) -> ProgramHangs:
    """Make the error for a program that hangs, with its process id if that is known."""
    pid = b""
    with contextlib.suppress(OSError), open_regular(paths.lock) as lock:
        pid = lock.read(_MAX_BYTES).partition(b"\n")[0]
    return ProgramHangs(detail=f"process {int(pid)}" if pid.isdigit() else "")


def _send_to_pipe(name: str, line: bytes) -> bool:
    try:
        with Path(name).open("r+b", buffering=0) as pipe:
            pipe.write(line)
            pipe.read(_MAX_BYTES)
    except OSError:
        return False
    return True
