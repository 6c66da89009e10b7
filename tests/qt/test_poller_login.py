"""The question whether the program starts at login, over to the thread and back."""

import asyncio
import threading

from pytestqt.qtbot import QtBot

from event_log import EventLog
from trayapp.core.autostart.login import LoginEntryState
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend
from trayapp.services.messages.events import Emit, LoginEntryRead
from trayapp.services.messages.requests import ReadLoginEntry, Request


class Recorder(Backend):
    """A backend that knows of start at login alone."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit

    async def run(self) -> None:
        """Wait for the end."""
        await asyncio.Event().wait()

    async def handle(self, request: Request) -> None:
        """Answer."""
        assert request == ReadLoginEntry()
        self.emit(LoginEntryRead(LoginEntryState.SWITCHED_OFF))


def test_the_answer_comes_where_it_was_asked_for(qtbot: QtBot) -> None:
    """Files are looked at on the other thread, and the window does not wait."""
    poller, events = Poller(Recorder), EventLog()
    poller.event_emitted.connect(events.record)
    poller.post(ReadLoginEntry())
    poller.start()
    qtbot.waitUntil(lambda: bool(events.events))
    assert poller.stop()
    assert events.events == [LoginEntryRead(LoginEntryState.SWITCHED_OFF)]
    assert events.threads == {threading.get_ident()}
