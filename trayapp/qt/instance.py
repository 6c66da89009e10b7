"""One running program for each profile; a second start says a word to the first."""

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from trayapp.qt.profile_lock import ProfileLock
from trayapp.services.desktop.instance_client import InstanceMessage
from trayapp.services.files.paths import Paths, private_folder

_LONGEST_LINE: Final = 64


class Instance(QObject):
    """Holds the profile's lock, and listens for the words of other starts.

    The lock decides who runs: it is released by the system when a process dies,
    however it does. Only who holds it may clear away a dead one's socket.

    Signals:
        called (str): another start said a `InstanceMessage`
    """

    called = Signal(str)

    def __init__(
        self,
        places: Paths,
        lock: ProfileLock | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Take the lock of `places`, if somebody has made it, and maybe holds it."""
        super().__init__(parent)
        self.trouble = ""
        """Why there may be two programs at once, or none that can be called."""
        self._places = places
        self._lock = lock or ProfileLock(places.lock)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        self._callers: set[QLocalSocket] = set()
        self._heard: set[QLocalSocket] = set()

    def claim(self) -> bool:
        """Become the running program of this profile; False if one runs.

        Where there can be no lock, in a folder that can't be written, whoever starts
        runs: better two programs than none.
        """
        try:
            private_folder(self._places.runtime)
            if not self._lock.take():
                return False
        except OSError as error:
            self.trouble = f"nothing keeps a second program from running: {error}"
            return True
        QLocalServer.removeServer(self._places.socket)
        if not self._server.listen(self._places.socket):
            self.trouble = f"no other start can call: {self._server.errorString()}"
        return True

    def release(self) -> None:
        """Give up the lock and the socket."""
        self._server.close()
        self._lock.give_back()

    @Slot()
    def _answer(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            self._callers.add(caller)
            caller.readyRead.connect(self._read)
            caller.disconnected.connect(self._forget)
            if caller.canReadLine():
                self._hear(caller)

    @Slot()
    def _read(self) -> None:
        for caller in self._callers - self._heard:
            if caller.canReadLine() or caller.bytesAvailable() > _LONGEST_LINE:
                self._hear(caller)

    def _hear(self, caller: QLocalSocket) -> None:
        """Take a caller's one word; whatever comes after it has no effect."""
        self._heard.add(caller)
        line = bytes(caller.readLine(_LONGEST_LINE).data())
        # The beginning of a long line is no word, even if it reads like one.
        word = InstanceMessage.read(line) if line.endswith(b"\n") else None
        if word is None:
            caller.abort()
            return
        # Who says "quit" waits until we close our end, which our own end does.
        if word is not InstanceMessage.QUIT:
            caller.disconnectFromServer()
        self.called.emit(word.value)

    @Slot()
    def _forget(self) -> None:
        for caller in tuple(self._callers):
            if caller.state() is QLocalSocket.LocalSocketState.UnconnectedState:
                self._callers.discard(caller)
                self._heard.discard(caller)
                caller.deleteLater()
