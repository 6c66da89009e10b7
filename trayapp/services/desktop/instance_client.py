"""Says a word to the running program, over its local socket."""

import contextlib
import socket
import sys
from enum import StrEnum
from pathlib import Path
from typing import Final

from trayapp.core.errors import ProgramHangs
from trayapp.services.files.paths import Paths

_PATIENCE_S: Final = 10.0
"""A program that is just starting, on a computer that is just starting, needs some."""
_LONGEST_WORD: Final = 64


class InstanceMessage(StrEnum):
    """All that the running program understands; nothing in it is executed."""

    SHOW = "show"
    QUIT = "quit"
    RELOAD = "reload"

    @classmethod
    def read(cls, line: bytes) -> "InstanceMessage | None":
        """Give the word that came, or None for anything else."""
        text = line[:_LONGEST_WORD].decode("ascii", "replace").strip()
        return cls(text) if text in set(cls) else None


def send_message(places: Paths, word: InstanceMessage) -> bool:
    """Say a word to the running program; False if none listens.

    After `QUIT` it returns when the program has closed its end, as it does when it
    goes. One that runs and does not react is a `ProgramHangs`; it still hears the word
    when it comes to itself.
    """
    line = f"{word.value}\n".encode()
    if sys.platform == "win32":
        return _ring_pipe(places.socket, line)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line_out:
            line_out.settimeout(_PATIENCE_S)
            line_out.connect(places.socket)
            line_out.sendall(line)
            while line_out.recv(_LONGEST_WORD):
                pass
    except (TimeoutError, BlockingIOError):  # the latter when too many wait already
        raise hangs(places) from None
    except OSError:
        return False
    return True


def hangs(places: Paths) -> ProgramHangs:
    """Make the error that the running program does not react, with its number."""
    number = b""
    with contextlib.suppress(OSError):
        number = places.lock.read_bytes()[:_LONGEST_WORD].partition(b"\n")[0]
    return ProgramHangs(detail=f"process {int(number)}" if number.isdigit() else "")


def _ring_pipe(name: str, line: bytes) -> bool:
    try:
        with Path(name).open("r+b", buffering=0) as pipe:
            pipe.write(line)
            pipe.read(_LONGEST_WORD)
    except OSError:
        return False
    return True
