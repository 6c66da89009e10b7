"""One running program for each profile; further starts send messages to it."""

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from trayapp.qt.profile_lock import ProfileLock
from trayapp.services.desktop.display import UNKNOWN_DISPLAY, Display
from trayapp.services.desktop.instance_client import InstanceMessage
from trayapp.services.files.paths import Paths, private_folder

_MAX_LINE: Final = 64


class Instance(QObject):
    """Holds the profile's lock, and receives the messages of other starts.

    The lock decides which process runs. The system releases it whenever a process
    dies. Only its holder may remove the socket of a dead process.

    Signals:
        message_received (str): another start sent an `InstanceMessage` that asks for
            something to be done
    """

    message_received = Signal(str)

    def __init__(
        self,
        paths: Paths,
        lock: ProfileLock | None = None,
        display: Display = UNKNOWN_DISPLAY,
        parent: QObject | None = None,
    ) -> None:
        """Use `lock` for the profile, or a new one; it may be acquired already.

        Other starts are told `display`.
        """
        super().__init__(parent)
        self.problem = ""
        """Why two programs may run at once, or why no start can send a message."""
        self._paths, self._display = paths, display
        self._lock = lock or ProfileLock(paths.lock)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        self._callers: set[QLocalSocket] = set()
        self._served: set[QLocalSocket] = set()

    def claim(self) -> bool:
        """Become the running program of this profile; False if another one runs.

        If the lock can't be made, as in a read-only folder, it returns True: two
        running programs are better than none.
        """
        try:
            private_folder(self._paths.runtime)
            if not self._lock.acquire():
                return False
        except OSError as error:
            self.problem = f"nothing keeps a second program from running: {error}"
            return True
        QLocalServer.removeServer(self._paths.socket)
        if not self._server.listen(self._paths.socket):
            self.problem = f"no other start can call: {self._server.errorString()}"
        return True

    def release(self) -> None:
        """Close the socket and release the lock."""
        self._server.close()
        self._lock.release()

    @Slot()
    def _accept(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            self._callers.add(caller)
            caller.readyRead.connect(self._read)
            caller.disconnected.connect(self._discard)
            if caller.canReadLine():
                self._receive(caller)

    @Slot()
    def _read(self) -> None:
        for caller in self._callers - self._served:
            if caller.canReadLine() or caller.bytesAvailable() > _MAX_LINE:
                self._receive(caller)

    def _receive(self, caller: QLocalSocket) -> None:
        """Read a caller's first line; further lines have no effect."""
        self._served.add(caller)
        line = bytes(caller.readLine(_MAX_LINE).data())
        # The start of a long line is no message, even if it reads like one.
        message = InstanceMessage.read(line) if line.endswith(b"\n") else None
        if message is None:
            caller.abort()
            return
        if message is InstanceMessage.DISPLAY:
            caller.write(self._display.line())
            caller.disconnectFromServer()  # it sends the reply first
            return
        # The sender of "quit" waits until this process ends and so closes the socket.
        if message is not InstanceMessage.QUIT:
            caller.disconnectFromServer()
        self.message_received.emit(message.value)

    @Slot()
    def _discard(self) -> None:
        for caller in tuple(self._callers):
            if caller.state() is QLocalSocket.LocalSocketState.UnconnectedState:
                self._callers.discard(caller)
                self._served.discard(caller)
                caller.deleteLater()
