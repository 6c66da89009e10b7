"""Sends any bytes to a running program over its local socket, for fuzzing."""

import contextlib
import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtNetwork import QLocalSocket

from harness.event_log import EventLog
from trayapp.qt.instance import Instance
from trayapp.services.desktop.instance_client import InstanceMessage
from trayapp.services.files.paths import Paths

_TIMEOUT_S: Final = 10.0
_MAX_LINE: Final = 63
"""With its line end; Qt reads one byte less than the given size."""
_DONE: Final = set(InstanceMessage) - {InstanceMessage.DISPLAY}
_SEPARATOR: Final = b"\xff"
"""Splits the data into pieces; no message has this byte."""


class CalledInstance:
    """Only the messages that ask for something have an effect, in any pieces.

    The data are sent over a real socket, split at each byte 0xFF. For any data the
    connection is closed, nothing of it is kept, and the next caller is served.
    """

    def __init__(self) -> None:
        self._application = QCoreApplication.instance() or QCoreApplication([])
        self._folder = Path(tempfile.mkdtemp(prefix="bt-"))
        self._paths = Paths(*[self._folder] * 4)
        self._instance = Instance(self._paths)
        self._calls = EventLog()
        self._instance.message_received.connect(self._calls.record)
        assert self._instance.claim()

    def __call__(self, data: bytes) -> None:
        """Send the data and disconnect; then call again with a valid message."""
        pieces = data.split(_SEPARATOR)
        assert self._send(*pieces) == _expected(b"".join(pieces))
        assert self._send(b"show\n") == ["show"]
        assert self._instance.findChildren(QLocalSocket) == []

    def close(self) -> None:
        """Release the instance and remove its folder."""
        self._instance.release()
        shutil.rmtree(self._folder)

    def _send(self, *pieces: bytes) -> list[str]:
        """Send pieces over one connection; return the received messages."""
        self._calls.clear()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
            caller.connect(self._paths.socket)
            with contextlib.suppress(ConnectionError):  # it may be closed already
                for piece in pieces:
                    caller.sendall(piece)
                    self._application.processEvents()
                caller.shutdown(socket.SHUT_WR)
            caller.setblocking(False)  # noqa: FBT003  # the socket's own signature
            deadline = time.monotonic() + _TIMEOUT_S
            while not _is_closed(caller):
                assert time.monotonic() < deadline, "the connection stays open"
                self._application.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return self._calls.of(str)


def _expected(data: bytes) -> list[str]:
    """Return the message in the first line, if it is one."""
    line, end, _ = data.partition(b"\n")
    text = line.decode("ascii", "replace").strip()
    return [text] if end and len(line + end) <= _MAX_LINE and text in _DONE else []


def _is_closed(caller: socket.socket) -> bool:
    try:
        return caller.recv(_MAX_LINE) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
