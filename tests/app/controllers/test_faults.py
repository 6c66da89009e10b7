"""What a person is told of the program's own faults, and the report about them."""

import logging
from decimal import Decimal

import pytest
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from harness.wired_program import NOON, A, B, WiredProgram, outcome
from tally import FAULTS, PLACES, Tally
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Balance
from trayapp.core.errors import Failure, InternalFault, NoConnection
from trayapp.core.errors.status import Status
from trayapp.core.secret import Secret
from trayapp.services.log.log_file import Redactor
from trayapp.services.log.recent import RecentErrors
from trayapp.services.messages.events import (
    DiagnosticsCollected,
    PollerFailed,
    RefreshFinished,
    RefreshStarted,
)
from trayapp.services.messages.requests import CollectDiagnostics
from trayapp.ui.intents import OpenAbout
from trayapp.ui.window.about import AboutDialog
from widgets.visible import click_button

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
KEY = "made-up-key-0123456789"
BUG = Failure(InternalFault, "ZeroDivisionError")
FINE = Balance(Decimal("350.1200"), "EUR")
MISTAKE = "Balance Tray made a mistake."
COPIED = "Copied to the clipboard. It holds no key"


@pytest.fixture
def recent() -> RecentErrors:
    """Give a memory of the log that knows a key."""
    redactor = Redactor()
    redactor.add_key(Secret(KEY))
    return RecentErrors(redactor)


def clipboard() -> str:
    """Read it."""
    return QGuiApplication.clipboard().text()


# --- what is told --------------------------------------------------------------------


def test_a_fault_waits_in_the_window(program: WiredProgram, tally: Tally) -> None:
    """It brings nothing up: the accounts are asked all the same."""
    program.start(A)
    program.wiring.faults.show_fault(BUG)
    assert not program.window.isVisible()
    program.wiring.show_window()
    assert program.says(MISTAKE)
    assert program.says("(ZeroDivisionError)")
    tally.add(FAULTS)


def test_a_fault_that_comes_back_is_told_once(
    program: WiredProgram, tally: Tally
) -> None:
    """Also beside another: a person who dismissed it has read it."""
    program.start(A)
    program.wiring.show_window()
    program.wiring.faults.show_fault(BUG)
    click_button(program.window, "Dismiss")
    program.wiring.faults.show_fault(Failure(InternalFault, "KeyError"))
    assert program.says("(KeyError)")
    click_button(program.window, "Dismiss")
    for _ in range(3):
        program.wiring.faults.show_fault(BUG)
    assert not program.says(MISTAKE)
    tally.add(FAULTS, 5)


def test_telling_that_fails_is_not_tried_for_ever(
    program: WiredProgram, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """It would come back here as a fault, be told, fail, and so on."""
    tries: list[str] = []

    def broken(topic: str, *_: object, **__: object) -> None:
        tries.append(topic)
        raise KeyError

    program.start(A)
    monkeypatch.setattr(program.window, "show_banner", broken)
    for fault in ("ZeroDivisionError", "KeyError"):
        with pytest.raises(KeyError):
            program.wiring.faults.show_fault(Failure(InternalFault, fault))
    program.wiring.faults.show_fault(Failure(InternalFault, "KeyError"))
    assert len(tries) == 2
    tally.add(FAULTS, 2)


def test_a_poller_that_stopped_shows_in_the_icon(
    program: WiredProgram, tally: Tally
) -> None:
    """The last balance stays; why another account failed before is not lost."""
    program.start(A, B)
    program.answer(A, FINE)
    program.answer(B, NoConnection)
    program.report(RefreshStarted("a"))
    program.report(PollerFailed(BUG))
    assert program.tray.views[-1].gauge.status is Status.UNREACHABLE
    program.wiring.show_window()
    assert program.says("€350.12")
    assert program.says("The gateway can't be reached")
    assert not program.says("Asking the gateway…")
    program.report(RefreshFinished(outcome(A, FINE)))
    program.report(RefreshFinished(outcome(B, FINE)))
    assert [view.gauge.status for view in program.tray.views][-1] is Status.OK
    tally.add(FAULTS)


def test_a_poller_that_stops_again_and_again_brings_the_window(
    program: WiredProgram, tally: Tally
) -> None:
    """At its third time, and not at each further one."""
    program.start(A)
    for _ in range(2):
        program.report(PollerFailed(BUG))
    assert not program.window.isVisible()
    program.report(PollerFailed(BUG))
    assert program.window.isVisible()
    program.window.close()
    program.report(PollerFailed(BUG))
    assert not program.window.isVisible()
    tally.add(FAULTS, 4)


def test_a_poller_that_never_started_brings_the_window(
    program: WiredProgram, tally: Tally
) -> None:
    """There is nothing else to be seen."""
    program.wiring.start(quiet=True)
    program.report(PollerFailed(BUG))
    assert program.window.isVisible()
    assert program.says(MISTAKE)
    tally.add(FAULTS)


# --- the report ----------------------------------------------------------------------


def test_the_banner_offers_the_report(program: WiredProgram) -> None:
    """What was found out is on the clipboard, and that is said."""
    program.start(A)
    program.wiring.show_window()
    program.wiring.faults.show_fault(BUG)
    click_button(program.window, "Copy diagnostics")
    assert program.asked() == [CollectDiagnostics()]
    assert not program.says(COPIED)
    program.report(DiagnosticsCollected((("Desktop", "KDE"),)))
    assert program.says(COPIED)
    lines = clipboard().splitlines()
    assert "Desktop: KDE" in lines
    assert f"Qt: {qVersion()}, PySide6 " in clipboard()
    assert "Platform plugin: offscreen" in lines
    assert any(line.startswith("Tray: ") for line in lines)
    assert "Accounts: 1 (1 smsup, 1 unknown)" in lines


def test_about_offers_the_report(program: WiredProgram) -> None:
    """Once at a time; it says when it is done."""
    program.start(A)
    program.tray.intent.emit(OpenAbout())
    (about,) = program.window.findChildren(AboutDialog)
    click_button(about, "Copy diagnostics")
    click_button(about, "Copy diagnostics")
    assert program.asked() == [CollectDiagnostics()]
    program.report(DiagnosticsCollected(()))
    click_button(about, "Copy diagnostics")
    assert program.asked() == [CollectDiagnostics()] * 2


def test_a_poller_that_does_not_answer_is_done_without(
    program: WiredProgram, qtbot: QtBot
) -> None:
    """That is when a report is needed most."""
    program.start(A)
    program.wiring.show_window()
    program.wiring.faults._deadline.setInterval(10)  # noqa: SLF001  # instead of 8 s
    program.wiring.faults.collect()
    qtbot.waitUntil(lambda: program.says(COPIED))
    assert "Poller: no answer" in clipboard().splitlines()
    QGuiApplication.clipboard().setText("something else")
    program.report(DiagnosticsCollected((("Desktop", "KDE"),)))
    assert clipboard() == "something else"


def test_no_key_and_no_name_is_in_the_report(
    program: WiredProgram, recent: RecentErrors, tally: Tally
) -> None:
    """Wherever a fault may have put them: log, details, facts."""
    log = logging.getLogger("trayapp.planted")
    log.addHandler(recent)
    log.propagate = False
    try:
        int(KEY)
    except ValueError:
        log.exception("asking %s for Main with %s failed", A.id, KEY)
    log.removeHandler(recent)
    log.propagate = True
    program.start(A)
    program.report(RefreshFinished(Outcome("a", NOON, Failure(NoConnection, KEY))))
    program.wiring.faults.collect()
    program.report(DiagnosticsCollected((("Keyring", f"holds {KEY}"),)))
    assert KEY not in clipboard()
    assert "Main" not in clipboard()
    assert "asking [account 1] for [account 1] with [key] failed" in clipboard()
    assert "(ValueError at test_faults.py:" in clipboard()
    assert "Keyring: holds [key]" in clipboard()
    assert "account 1: no-connection: [key]" in clipboard()
    tally.add(PLACES)
