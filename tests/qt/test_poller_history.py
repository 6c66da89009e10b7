"""What the poller's thread says of the past and of what is to come."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from event_log import EventLog
from trayapp.core.chart.plot import ChartData
from trayapp.core.errors import ExportUnwritable, Failure
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.view.history import HistoryView
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend
from trayapp.services.messages.events import (
    Emit,
    ExportFinished,
    ForecastMade,
    HistoryRead,
)
from trayapp.services.messages.requests import ReadHistory, Request, WriteExport

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FAR = Forecast(Verdict.FAR, per_day=Decimal("7.5"))
PAGE = HistoryView(
    "a", "A", ChartData((), Decimal(10), (), None, NOON, "EUR"), "", "", (), ()
)
FAILURE = Failure(ExportUnwritable, "No space left on device")
PATIENCE_S = 10.0


class Recorder(Backend):
    """A backend that notes what it is asked for, and answers something."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.done: list[Request] = []
        self.fault: Exception | None = None

    async def run(self) -> None:
        """Report a forecast, and wait for the end."""
        self.emit(ForecastMade("a", FAR))
        await asyncio.Event().wait()

    async def handle(self, request: Request) -> None:
        """Note it, and answer: a table is written, another file fails."""
        self.done.append(request)
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        match request:
            case ReadHistory():
                self.emit(HistoryRead(PAGE))
            case WriteExport(_, form, path):
                self.emit(ExportFinished(path, None if form == "csv" else FAILURE))


class Scene:
    """A poller, whoever hears it, and its backend once there is one."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.backends: list[Recorder] = []
        self.poller = Poller(self._make)
        self.events = EventLog()
        self.poller.event_emitted.connect(self.events.record)

    def _make(self, emit: Emit) -> Backend:
        self.backends.append(Recorder(emit))
        return self.backends[-1]

    def wait(self, condition: Callable[[], bool]) -> None:
        """Run the GUI thread until something is so."""
        self._qtbot.waitUntil(condition, timeout=int(PATIENCE_S * 1000))


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    """Give a poller that was not started, and end it whatever happens."""
    scene = Scene(qtbot)
    yield scene
    assert scene.poller.stop()


def test_pages_and_files_are_made_on_the_thread_and_told_here(scene: Scene) -> None:
    """In the order of the requests, with all that was asked for."""
    scene.poller.post(ReadHistory("a"))
    scene.poller.post(WriteExport("a", "csv", "/home/ana/a.csv"))
    scene.poller.post(WriteExport("a", "json", "/home/ana/a.json"))
    scene.poller.start()
    scene.wait(lambda: len(scene.events.events) == 4)
    assert scene.events.events == [
        ForecastMade("a", FAR),
        HistoryRead(PAGE),
        ExportFinished("/home/ana/a.csv", None),
        ExportFinished("/home/ana/a.json", FAILURE),
    ]
    assert scene.events.threads == {threading.get_ident()}
    (backend,) = scene.backends
    assert backend.done == [
        ReadHistory("a"),
        WriteExport("a", "csv", "/home/ana/a.csv"),
        WriteExport("a", "json", "/home/ana/a.json"),
    ]


def test_a_page_that_cannot_be_made_ends_nothing_else(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """The next request is carried out, and the log says what happened."""
    scene.poller.start()
    scene.wait(lambda: bool(scene.events.events))
    scene.backends[0].fault = ZeroDivisionError()
    scene.poller.post(ReadHistory("a"))
    scene.poller.post(ReadHistory("a"))
    scene.wait(lambda: HistoryRead(PAGE) in scene.events.events)
    assert [one.message for one in caplog.records] == ["a request failed"]
