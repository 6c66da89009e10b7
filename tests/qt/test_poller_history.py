"""What the poller's thread says of the past and of what is to come."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from harness.poller import PollerHarness, RecordingBackend
from trayapp.core.chart.plot import ChartData
from trayapp.core.errors import ExportUnwritable, Failure
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.view.history import HistoryView
from trayapp.services.messages.events import (
    Event,
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


class HistoryBackend(RecordingBackend):
    """A backend that has one page, and can write tables alone."""

    first_events = (ForecastMade("a", FAR),)

    def responses(self, request: Request) -> tuple[Event, ...]:
        """Return the page, or how the export ended."""
        match request:
            case ReadHistory():
                return (HistoryRead(PAGE),)
            case WriteExport(_, form, path):
                return (ExportFinished(path, None if form == "csv" else FAILURE),)
            case _:
                return ()


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[PollerHarness[HistoryBackend]]:
    """Return a poller that is not started, and stop it after the test."""
    harness = PollerHarness(qtbot, HistoryBackend)
    yield harness
    assert harness.poller.stop()


def test_pages_and_files_are_made_on_the_thread_and_told_here(
    harness: PollerHarness[HistoryBackend],
) -> None:
    """In the order of the requests, with all that was asked for."""
    harness.poller.post(ReadHistory("a"))
    harness.poller.post(WriteExport("a", "csv", "/home/ana/a.csv"))
    harness.poller.post(WriteExport("a", "json", "/home/ana/a.json"))
    harness.poller.start()
    harness.wait(lambda: len(harness.events.events) == 4)
    assert harness.events.events == [
        ForecastMade("a", FAR),
        HistoryRead(PAGE),
        ExportFinished("/home/ana/a.csv", None),
        ExportFinished("/home/ana/a.json", FAILURE),
    ]
    assert harness.events.threads == {threading.get_ident()}
    (backend,) = harness.backends
    assert backend.requests == [
        ReadHistory("a"),
        WriteExport("a", "csv", "/home/ana/a.csv"),
        WriteExport("a", "json", "/home/ana/a.json"),
    ]


def test_a_page_that_cannot_be_made_ends_nothing_else(
    harness: PollerHarness[HistoryBackend], caplog: pytest.LogCaptureFixture
) -> None:
    """The next request is carried out, and the log says what happened."""
    harness.poller.start()
    harness.wait(lambda: bool(harness.events.events))
    harness.backend.fault = ZeroDivisionError()
    harness.poller.post(ReadHistory("a"))
    harness.poller.post(ReadHistory("a"))
    harness.wait(lambda: HistoryRead(PAGE) in harness.events.events)
    assert [one.message for one in caplog.records] == ["a request failed"]
