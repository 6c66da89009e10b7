"""The question whether the program starts at login, over to the thread and back."""

import asyncio

from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from trayapp.core.autostart.login import LoginEntryState
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend
from trayapp.services.reports import Listener


class Recorder(Backend):
    """A backend that knows of start at login alone."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener

    async def run(self) -> None:
        """Wait for the end."""
        await asyncio.Event().wait()

    def look_at_login(self) -> None:
        """Answer."""
        self.listener.login_seen(LoginEntryState.SWITCHED_OFF)


class Ears(QObject):
    """Keeps what it hears, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[LoginEntryState, QThread]] = []

    @Slot(object)
    def hear(self, login: LoginEntryState) -> None:
        """Keep it."""
        self.heard.append((login, QThread.currentThread()))


def test_the_answer_comes_where_it_was_asked_for(qtbot: QtBot) -> None:
    """Files are looked at on the other thread, and the window does not wait."""
    poller, ears = Poller(Recorder), Ears()
    poller.login_seen.connect(ears.hear)
    poller.look_at_login()
    poller.start()
    qtbot.waitUntil(lambda: bool(ears.heard))
    assert poller.stop()
    assert ears.heard == [(LoginEntryState.SWITCHED_OFF, QThread.currentThread())]
