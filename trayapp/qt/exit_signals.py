"""The operating system's signals that end a program, as one Qt signal."""

import signal
import socket
from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

_SIGNALS: Final = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
]


class ExitSignals(QObject):
    """Reports Ctrl+C, SIGTERM and SIGHUP at once.

    Python runs signal handlers only while it runs bytecode, and an idle window may run
    none for minutes. So each signal writes a byte to a socket, which Qt watches.

    Signals:
        requested: the program is to end
    """

    requested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)  # noqa: FBT003  # the socket's own signature
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, lambda *_: None)
        self._notifier = QSocketNotifier(
            self._read.fileno(), QSocketNotifier.Type.Read, self
        )
        self._notifier.activated.connect(self._on_readable)

    @Slot()
    def _on_readable(self) -> None:
        self._read.recv(64)
        self.requested.emit()
