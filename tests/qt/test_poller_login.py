"""The question whether the program starts at login, over to the thread and back."""

import threading

from pytestqt.qtbot import QtBot

from harness.poller import PollerHarness, RecordingBackend
from trayapp.core.autostart.login import LoginEntryState
from trayapp.services.messages.events import Event, LoginEntryRead
from trayapp.services.messages.requests import ReadLoginEntry, Request


class LoginBackend(RecordingBackend):
    """A backend that knows the login entry alone."""

    def responses(self, request: Request) -> tuple[Event, ...]:
        """Return the state of the login entry."""
        assert request == ReadLoginEntry()
        return (LoginEntryRead(LoginEntryState.SWITCHED_OFF),)


def test_the_answer_comes_where_it_was_asked_for(qtbot: QtBot) -> None:
    """Files are looked at on the other thread, and the window does not wait."""
    harness = PollerHarness(qtbot, LoginBackend)
    harness.poller.post(ReadLoginEntry())
    with harness.running():
        harness.wait(lambda: bool(harness.events.events))
    assert harness.events.events == [LoginEntryRead(LoginEntryState.SWITCHED_OFF)]
    assert harness.events.threads == {threading.get_ident()}
