"""The history windows' comings and goings, and the text for who pays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.qtbot import QtBot

from event_log import EventLog
from on_screen import on_screen
from trayapp.app.controllers.history import HistoryController
from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState
from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.plot import ChartData
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import Language
from trayapp.core.view.history import HistoryView, MovementRow
from trayapp.services.messages.requests import MarkCorrection, ReadHistory, WriteExport
from trayapp.ui.history.window import HistoryWindow
from trayapp.ui.intents import CopyTopUpRequest, ExportHistory
from wired import press, words

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
READING = Reading(Balance(Decimal("60.0000"), "EUR"), NOON)
MAIN = Account("a", "Main")
RISE = MovementRow(NOON, "+€50.00", is_correction=False, can_toggle=True)


def page(account_id: str, forecast_words: str = "As it was") -> HistoryView:
    """Make a page with one reading and one rise."""
    chart = ChartData((READING,), Decimal(10), (), None, NOON, "EUR")
    return HistoryView(
        account_id, f"Account {account_id}", chart, forecast_words, "", (), (RISE,)
    )


class Scene:
    """A desk, what it asked for, and what stands on it."""

    def __init__(self) -> None:
        self.desk = HistoryController(Language())
        self.requests = EventLog()
        self.desk.requested.connect(self.requests.record)
        self.intents = EventLog()
        self.desk.intent.connect(self.intents.record)

    @property
    def asked(self) -> list[str]:
        """The accounts whose pages were asked for."""
        return [one.account_id for one in self.requests.of(ReadHistory)]

    def open(self, account_id: str) -> HistoryWindow:
        """Open an account's window, with the page that it asks for."""
        self.desk.open(account_id)
        self.desk.show_page(page(account_id))
        (window,) = (one for one in self.windows() if one.account_id == account_id)
        return window

    def windows(self) -> list[HistoryWindow]:
        """Give the history windows that are to be seen."""
        return on_screen(HistoryWindow)


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    """Give an empty desk, and clear it afterwards."""
    del qtbot
    scene = Scene()
    yield scene
    for window in QApplication.topLevelWidgets():
        if isinstance(window, HistoryWindow):
            window.deleteLater()
    scene.desk.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# --- windows -------------------------------------------------------------------------


def test_a_window_comes_with_what_it_shows(scene: Scene) -> None:
    """Until that is read there is none."""
    scene.desk.open("a")
    assert (scene.asked, scene.windows()) == (["a"], [])
    scene.desk.show_page(page("a"))
    (window,) = scene.windows()
    assert window.windowTitle() == "History — Account a"


def test_an_open_window_is_brought_up_again(scene: Scene) -> None:
    """Nothing is read for that."""
    window = scene.open("a")
    scene.desk.open("a")
    assert (scene.windows(), scene.asked) == ([window], ["a"])


def test_an_impatient_person_gets_one_window(scene: Scene) -> None:
    """However often they asked before it came."""
    scene.desk.open("a")
    window = scene.open("a")
    scene.desk.show_page(page("a"))
    assert scene.windows() == [window]


def test_each_account_has_a_window_of_its_own(scene: Scene) -> None:
    """To be compared."""
    windows = {scene.open("a"), scene.open("b")}
    assert set(scene.windows()) == windows
    assert {one.account_id for one in windows} == {"a", "b"}


def test_what_changed_is_read_for_open_windows_only(scene: Scene) -> None:
    """And shown in place."""
    window = scene.open("a")
    scene.desk.refresh("b")
    scene.desk.refresh("a")
    assert scene.asked == ["a", "a"]
    scene.desk.show_page(page("a", "As it is now"))
    assert scene.windows() == [window]
    assert "As it is now" in words(window)


def test_a_closed_window_is_read_anew(scene: Scene) -> None:
    """It is another one then, and the others stay."""
    window, other = scene.open("a"), scene.open("b")
    window.close()
    assert scene.windows() == [other]
    scene.desk.refresh("a")
    assert scene.asked == ["a", "b"]
    assert scene.open("a") is not window
    assert scene.asked == ["a", "b", "a"]


def test_a_page_that_comes_after_the_window_was_closed_brings_none(
    scene: Scene,
) -> None:
    """Nobody asked for it but the window that is gone."""
    window = scene.open("a")
    scene.desk.refresh("a")
    window.close()
    scene.desk.show_page(page("a"))
    assert scene.windows() == []


# --- what a person asks for ----------------------------------------------------------


def test_what_a_person_asks_for_is_passed_on(scene: Scene) -> None:
    """A correction, a file, and the text for who pays."""
    window = scene.open("a")
    window.findChildren(QListWidget)[0].setCurrentRow(0)
    press(window, "Mark as correction")
    window.intent.emit(ExportHistory("a", "json", "/home/ana/main.json"))
    press(window, "Copy top-up request")
    assert scene.requests.events == [
        ReadHistory("a"),
        MarkCorrection("a", NOON, on=True),
        ReadHistory("a"),
        WriteExport("a", "json", "/home/ana/main.json"),
    ]
    assert scene.intents.events == [CopyTopUpRequest("a")]


# --- the text for who pays -----------------------------------------------------------


def test_a_request_has_the_balance_and_what_was_foreseen(scene: Scene) -> None:
    """Four weeks at € 7.50 a day are € 210, of which € 60 are there."""
    said = Forecast(Verdict.FAR, per_day=Decimal("7.5"))
    assert scene.desk.request_for(AccountState(MAIN, READING), said).splitlines() == [
        "Please top up the SMS account Main.",
        "Balance: €60.00",
        "Runs out: More than two years at this pace",
        "Suggested top-up for 4 weeks: €150.00",
        "Panel: https://app.smsup.es",
    ]


def test_a_request_without_a_forecast_suggests_nothing(scene: Scene) -> None:
    """Nor does it name a panel that isn't known."""
    account = replace(MAIN, service=Service.CUSTOM)
    assert scene.desk.request_for(
        AccountState(account, READING), None
    ).splitlines() == [
        "Please top up the SMS account Main.",
        "Balance: €60.00",
        "Runs out: Not enough history yet",
    ]


def test_without_a_balance_there_is_no_request(scene: Scene) -> None:
    """It would ask for nobody knows how much."""
    assert not scene.desk.request_for(AccountState(MAIN), None)


def test_what_became_of_an_export_is_told_where_it_was_asked_for(scene: Scene) -> None:
    """Once; the other windows say nothing, and a closed one leaves it to others."""
    window, other = scene.open("a"), scene.open("b")
    window.intent.emit(ExportHistory("a", "csv", "/home/ana/a.csv"))
    exported = [WriteExport("a", "csv", "/home/ana/a.csv")]
    assert scene.requests.of(WriteExport) == exported
    assert scene.desk.show_export_result("/home/ana/a.csv", "It was written.")
    assert "It was written." in words(window)
    assert "It was written." not in words(other)
    assert not scene.desk.show_export_result("/home/ana/a.csv", "It was written.")
    window.intent.emit(ExportHistory("a", "csv", "/home/ana/a.csv"))
    window.close()
    assert not scene.desk.show_export_result("/home/ana/a.csv", "It was written.")
