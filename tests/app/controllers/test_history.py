"""The history windows' comings and goings, and the text for who pays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.qtbot import QtBot

from harness.event_log import EventLog
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
from widgets.visible import click_button, visible_texts, visible_windows

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


class HistoryControllerHarness:
    """A controller, what it asked for, and what stands on it."""

    def __init__(self) -> None:
        self.controller = HistoryController(Language())
        self.requests = EventLog()
        self.controller.requested.connect(self.requests.record)
        self.intents = EventLog()
        self.controller.intent.connect(self.intents.record)

    @property
    def asked(self) -> list[str]:
        """The accounts whose pages were asked for."""
        return [one.account_id for one in self.requests.of(ReadHistory)]

    def open(self, account_id: str) -> HistoryWindow:
        """Open an account's window, with the page that it asks for."""
        self.controller.open(account_id)
        self.controller.show_page(page(account_id))
        (window,) = (one for one in self.windows() if one.account_id == account_id)
        return window

    def windows(self) -> list[HistoryWindow]:
        """Give the history windows that are to be seen."""
        return visible_windows(HistoryWindow)


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[HistoryControllerHarness]:
    """Give an empty controller, and clear it afterwards."""
    del qtbot
    harness = HistoryControllerHarness()
    yield harness
    for window in QApplication.topLevelWidgets():
        if isinstance(window, HistoryWindow):
            window.deleteLater()
    harness.controller.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# --- windows -------------------------------------------------------------------------


def test_a_window_comes_with_what_it_shows(harness: HistoryControllerHarness) -> None:
    """Until that is read there is none."""
    harness.controller.open("a")
    assert (harness.asked, harness.windows()) == (["a"], [])
    harness.controller.show_page(page("a"))
    (window,) = harness.windows()
    assert window.windowTitle() == "History — Account a"


def test_an_open_window_is_brought_up_again(harness: HistoryControllerHarness) -> None:
    """Nothing is read for that."""
    window = harness.open("a")
    harness.controller.open("a")
    assert (harness.windows(), harness.asked) == ([window], ["a"])


def test_an_impatient_person_gets_one_window(harness: HistoryControllerHarness) -> None:
    """However often they asked before it came."""
    harness.controller.open("a")
    window = harness.open("a")
    harness.controller.show_page(page("a"))
    assert harness.windows() == [window]


def test_each_account_has_a_window_of_its_own(
    harness: HistoryControllerHarness,
) -> None:
    """To be compared."""
    windows = {harness.open("a"), harness.open("b")}
    assert set(harness.windows()) == windows
    assert {one.account_id for one in windows} == {"a", "b"}


def test_what_changed_is_read_for_open_windows_only(
    harness: HistoryControllerHarness,
) -> None:
    """And shown in place."""
    window = harness.open("a")
    harness.controller.refresh("b")
    harness.controller.refresh("a")
    assert harness.asked == ["a", "a"]
    harness.controller.show_page(page("a", "As it is now"))
    assert harness.windows() == [window]
    assert "As it is now" in visible_texts(window)


def test_a_closed_window_is_read_anew(harness: HistoryControllerHarness) -> None:
    """It is another one then, and the others stay."""
    window, other = harness.open("a"), harness.open("b")
    window.close()
    assert harness.windows() == [other]
    harness.controller.refresh("a")
    assert harness.asked == ["a", "b"]
    assert harness.open("a") is not window
    assert harness.asked == ["a", "b", "a"]


def test_a_page_that_comes_after_the_window_was_closed_brings_none(
    harness: HistoryControllerHarness,
) -> None:
    """Nobody asked for it but the window that is gone."""
    window = harness.open("a")
    harness.controller.refresh("a")
    window.close()
    harness.controller.show_page(page("a"))
    assert harness.windows() == []


# --- what a person asks for ----------------------------------------------------------


def test_what_a_person_asks_for_is_passed_on(harness: HistoryControllerHarness) -> None:
    """A correction, a file, and the text for who pays."""
    window = harness.open("a")
    window.findChildren(QListWidget)[0].setCurrentRow(0)
    click_button(window, "Mark as correction")
    window.intent.emit(ExportHistory("a", "json", "/home/ana/main.json"))
    click_button(window, "Copy top-up request")
    assert harness.requests.events == [
        ReadHistory("a"),
        MarkCorrection("a", NOON, on=True),
        ReadHistory("a"),
        WriteExport("a", "json", "/home/ana/main.json"),
    ]
    assert harness.intents.events == [CopyTopUpRequest("a")]


# --- the text for who pays -----------------------------------------------------------


def test_a_request_has_the_balance_and_what_was_foreseen(
    harness: HistoryControllerHarness,
) -> None:
    """Four weeks at € 7.50 a day are € 210, of which € 60 are there."""
    said = Forecast(Verdict.FAR, per_day=Decimal("7.5"))
    assert harness.controller.request_for(
        AccountState(MAIN, READING), said
    ).splitlines() == [
        "Please top up the SMS account Main.",
        "Balance: €60.00",
        "Runs out: More than two years at this pace",
        "Suggested top-up for 4 weeks: €150.00",
        "Panel: https://app.smsup.es",
    ]


def test_a_request_without_a_forecast_suggests_nothing(
    harness: HistoryControllerHarness,
) -> None:
    """It names no website where none is known."""
    account = replace(MAIN, service=Service.CUSTOM)
    assert harness.controller.request_for(
        AccountState(account, READING), None
    ).splitlines() == [
        "Please top up the SMS account Main.",
        "Balance: €60.00",
        "Runs out: Not enough history yet",
    ]


def test_without_a_balance_there_is_no_request(
    harness: HistoryControllerHarness,
) -> None:
    """It would ask for nobody knows how much."""
    assert not harness.controller.request_for(AccountState(MAIN), None)


def test_what_became_of_an_export_is_told_where_it_was_asked_for(
    harness: HistoryControllerHarness,
) -> None:
    """Once; the other windows say nothing, and a closed one leaves it to others."""
    window, other = harness.open("a"), harness.open("b")
    window.intent.emit(ExportHistory("a", "csv", "/home/ana/a.csv"))
    exported = [WriteExport("a", "csv", "/home/ana/a.csv")]
    assert harness.requests.of(WriteExport) == exported
    assert harness.controller.show_export_result("/home/ana/a.csv", "It was written.")
    assert "It was written." in visible_texts(window)
    assert "It was written." not in visible_texts(other)
    assert not harness.controller.show_export_result(
        "/home/ana/a.csv", "It was written."
    )
    window.intent.emit(ExportHistory("a", "csv", "/home/ana/a.csv"))
    window.close()
    assert not harness.controller.show_export_result(
        "/home/ana/a.csv", "It was written."
    )
