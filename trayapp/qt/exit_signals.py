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

    SIGINT and SIGHUP stay ignored if they were ignored at the start. `nohup` asks for
    that, and shells do for a background job.

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
        for number in filter(_is_wanted, _SIGNALS):
            signal.signal(number, lambda *_: None)
        self._notifier = QSocketNotifier(
            self._read.fileno(), QSocketNotifier.Type.Read, self
        )
        self._notifier.activated.connect(self._on_readable)

    @Slot()
    def _on_readable(self) -> None:
        self._read.recv(64)
        self.requested.emit()


def _is_wanted(number: signal.Signals) -> bool:
    """Return whether a signal is to end the program; SIGTERM always is.

    At a logout the session sends SIGTERM first and kills afterwards.
    """
    is_ignored = signal.getsignal(number) is signal.SIG_IGN
    return number is signal.SIGTERM or not is_ignored
