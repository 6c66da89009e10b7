"""Sends a message to the running program over its local socket."""

import contextlib
import socket
import sys
from enum import StrEnum
from pathlib import Path
from typing import Final

from trayapp.core.errors import ProgramHangs
from trayapp.services.desktop.display import Display
from trayapp.services.files.paths import Paths
from trayapp.services.files.regular_file import open_regular

_TIMEOUT_S: Final = 10.0
"""Long enough for a program that is starting on a computer that is starting."""
_MAX_BYTES: Final = 64
_MAX_REPLY: Final = 4_096


class InstanceMessage(StrEnum):
    """The messages that the running program accepts; it executes none of their text."""

    SHOW = "show"
    QUIT = "quit"
    RELOAD = "reload"
    DISPLAY = "display"
    """It replies with its `Display`. Older programs close the connection."""

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
    return _exchange(paths, message) is not None


def ask_display(paths: Paths) -> Display | None:
    """Ask the running program for its display; None if none listens.

    Raises `ProgramHangs` if it does not reply within ten seconds. It then shows its
    window when it recovers, as that is what this question leads to.
    """
    try:
        reply = _exchange(paths, InstanceMessage.DISPLAY)
    except ProgramHangs:
        _leave(paths, InstanceMessage.SHOW)
        raise
    return None if reply is None else Display.read(reply)


def _leave(paths: Paths, message: InstanceMessage) -> None:
    """Leave a message for a program that hangs."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
    ):
        connection.setblocking(False)  # noqa: FBT003  # the socket's own signature
        connection.connect(paths.socket)
        connection.sendall(f"{message.value}\n".encode())


def _exchange(paths: Paths, message: InstanceMessage) -> bytes | None:
    """Send a message and return the reply; None if no program listens."""
    line = f"{message.value}\n".encode()
    if sys.platform == "win32":
        return _exchange_over_pipe(paths.socket, line)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_TIMEOUT_S)
            connection.connect(paths.socket)
            connection.sendall(line)
            reply = b""
            while len(reply) < _MAX_REPLY and (part := connection.recv(_MAX_REPLY)):
                reply += part
    except (TimeoutError, BlockingIOError):  # the latter if the listen queue is full
        raise hang_error(paths) from None
    except OSError:
        return None
    return reply


def hang_error(paths: Paths) -> ProgramHangs:
    """Make the error for a program that hangs, with its process id if that is known."""
    pid = b""
    with contextlib.suppress(OSError), open_regular(paths.lock) as lock:
        pid = lock.read(_MAX_BYTES).partition(b"\n")[0]
    return ProgramHangs(detail=f"process {int(pid)}" if pid.isdigit() else "")


def _exchange_over_pipe(name: str, line: bytes) -> bytes | None:
    try:
        with Path(name).open("r+b", buffering=0) as pipe:
            pipe.write(line)
            return pipe.read(_MAX_REPLY)
    except OSError:
        return None
