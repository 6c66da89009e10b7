"""Whoever calls the running program over its local socket, and says anything at all."""

import contextlib
import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtNetwork import QLocalSocket

from event_log import EventLog
from trayapp.qt.instance import Instance
from trayapp.services.desktop.instance_client import InstanceMessage
from trayapp.services.files.paths import Paths

_PATIENCE_S: Final = 10.0
_LONGEST_LINE: Final = 63
"""With its end; Qt reads one byte less than it is asked for."""
_CUT: Final = b"\xff"
"""Where the data are cut into pieces: it is in no word."""


class Called:
    """Three words have an effect and nothing else has, in whatever pieces it comes.

    The data are what a caller says over a real socket, cut at each byte 0xFF. Whatever
    it is, the caller is let go, nothing is kept of it, and the next one is heard.
    """

    def __init__(self) -> None:
        self._application = QCoreApplication.instance() or QCoreApplication([])
        self._folder = Path(tempfile.mkdtemp(prefix="bt-"))
        self._places = Paths(*[self._folder] * 4)
        self._instance = Instance(self._places)
        self._calls = EventLog()
        self._instance.called.connect(self._calls.record)
        assert self._instance.claim()

    def __call__(self, data: bytes) -> None:
        """Call, say it all, hang up; then call again with a good word."""
        pieces = data.split(_CUT)
        assert self._says(*pieces) == _understood(b"".join(pieces))
        assert self._says(b"show\n") == ["show"]
        assert self._instance.findChildren(QLocalSocket) == []

    def close(self) -> None:
        """End the program that was called."""
        self._instance.release()
        shutil.rmtree(self._folder)

    def _says(self, *pieces: bytes) -> list[str]:
        """Give what the program heard of a caller who says these pieces."""
        self._calls.clear()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
            caller.connect(self._places.socket)
            with contextlib.suppress(ConnectionError):  # it may have been cut already
                for piece in pieces:
                    caller.sendall(piece)
                    self._application.processEvents()
                caller.shutdown(socket.SHUT_WR)
            caller.setblocking(False)  # noqa: FBT003  # the socket's own signature
            deadline = time.monotonic() + _PATIENCE_S
            while not _is_let_go(caller):
                assert time.monotonic() < deadline, "the caller is not let go"
                self._application.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return self._calls.of(str)


def _understood(said: bytes) -> list[str]:
    """Give the one word that a caller's first line is, if it is one."""
    line, end, _ = said.partition(b"\n")
    text = line.decode("ascii", "replace").strip()
    return (
        [text]
        if end and len(line + end) <= _LONGEST_LINE and text in set(InstanceMessage)
        else []
    )


def _is_let_go(caller: socket.socket) -> bool:
    try:
        return caller.recv(_LONGEST_LINE) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
