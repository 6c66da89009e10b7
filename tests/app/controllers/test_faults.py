"""What a person is told of the program's own faults, and the report about them."""

import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

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
from wired import NOON, A, B, Scene, outcome, press, wired

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


@pytest.fixture
def scene(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, recent: RecentErrors
) -> Iterator[Scene]:
    """Wire everything, drawn at once, and take it down again."""
    monkeypatch.setattr("trayapp.app.screen.presenter._BURST_MS", 0)
    monkeypatch.setattr(
        "trayapp.app.screen.presenter._TURN_MS", 60_000
    )  # this machine may be busy
    with wired(qtbot, recent) as scene:
        yield scene


def clipboard() -> str:
    """Read it."""
    return QGuiApplication.clipboard().text()


# --- what is told --------------------------------------------------------------------


def test_a_fault_waits_in_the_window(scene: Scene, tally: Tally) -> None:
    """It brings nothing up: the accounts are asked all the same."""
    scene.start(A)
    scene.wiring.faults.show_fault(BUG)
    assert not scene.window.isVisible()
    scene.wiring.show_window()
    assert scene.says(MISTAKE)
    assert scene.says("(ZeroDivisionError)")
    tally.add(FAULTS)


def test_a_fault_that_comes_back_is_told_once(scene: Scene, tally: Tally) -> None:
    """Also beside another: a person who dismissed it has read it."""
    scene.start(A)
    scene.wiring.show_window()
    scene.wiring.faults.show_fault(BUG)
    press(scene.window, "Dismiss")
    scene.wiring.faults.show_fault(Failure(InternalFault, "KeyError"))
    assert scene.says("(KeyError)")
    press(scene.window, "Dismiss")
    for _ in range(3):
        scene.wiring.faults.show_fault(BUG)
    assert not scene.says(MISTAKE)
    tally.add(FAULTS, 5)


def test_telling_that_fails_is_not_tried_for_ever(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """It would come back here as a fault, be told, fail, and so on."""
    tries: list[str] = []

    def broken(topic: str, *_: object, **__: object) -> None:
        tries.append(topic)
        raise KeyError

    scene.start(A)
    monkeypatch.setattr(scene.window, "show_banner", broken)
    for fault in ("ZeroDivisionError", "KeyError"):
        with pytest.raises(KeyError):
            scene.wiring.faults.show_fault(Failure(InternalFault, fault))
    scene.wiring.faults.show_fault(Failure(InternalFault, "KeyError"))
    assert len(tries) == 2
    tally.add(FAULTS, 2)


def test_a_poller_that_stopped_shows_in_the_icon(scene: Scene, tally: Tally) -> None:
    """The last balance stays; why another account failed before is not lost."""
    scene.start(A, B)
    scene.answer(A, FINE)
    scene.answer(B, NoConnection)
    scene.report(RefreshStarted("a"))
    scene.report(PollerFailed(BUG))
    assert scene.tray.views[-1].gauge.status is Status.UNREACHABLE
    scene.wiring.show_window()
    assert scene.says("€350.12")
    assert scene.says("The gateway can't be reached")
    assert not scene.says("Asking the gateway…")
    scene.report(RefreshFinished(outcome(A, FINE)))
    scene.report(RefreshFinished(outcome(B, FINE)))
    assert [view.gauge.status for view in scene.tray.views][-1] is Status.OK
    tally.add(FAULTS)


def test_a_poller_that_stops_again_and_again_brings_the_window(
    scene: Scene, tally: Tally
) -> None:
    """At its third time, and not at each further one."""
    scene.start(A)
    for _ in range(2):
        scene.report(PollerFailed(BUG))
    assert not scene.window.isVisible()
    scene.report(PollerFailed(BUG))
    assert scene.window.isVisible()
    scene.window.close()
    scene.report(PollerFailed(BUG))
    assert not scene.window.isVisible()
    tally.add(FAULTS, 4)


def test_a_poller_that_never_started_brings_the_window(
    scene: Scene, tally: Tally
) -> None:
    """There is nothing else to be seen."""
    scene.wiring.start(quiet=True)
    scene.report(PollerFailed(BUG))
    assert scene.window.isVisible()
    assert scene.says(MISTAKE)
    tally.add(FAULTS)


# --- the report ----------------------------------------------------------------------


def test_the_banner_offers_the_report(scene: Scene) -> None:
    """What was found out is on the clipboard, and that is said."""
    scene.start(A)
    scene.wiring.show_window()
    scene.wiring.faults.show_fault(BUG)
    press(scene.window, "Copy diagnostics")
    assert scene.asked() == [CollectDiagnostics()]
    assert not scene.says(COPIED)
    scene.report(DiagnosticsCollected((("Desktop", "KDE"),)))
    assert scene.says(COPIED)
    lines = clipboard().splitlines()
    assert "Desktop: KDE" in lines
    assert f"Qt: {qVersion()}, PySide6 " in clipboard()
    assert "Platform plugin: offscreen" in lines
    assert any(line.startswith("Tray: ") for line in lines)
    assert "Accounts: 1 (1 smsup, 1 unknown)" in lines


def test_about_offers_the_report(scene: Scene) -> None:
    """Once at a time; it says when it is done."""
    scene.start(A)
    scene.tray.intent.emit(OpenAbout())
    (about,) = scene.window.findChildren(AboutDialog)
    press(about, "Copy diagnostics")
    press(about, "Copy diagnostics")
    assert scene.asked() == [CollectDiagnostics()]
    scene.report(DiagnosticsCollected(()))
    press(about, "Copy diagnostics")
    assert scene.asked() == [CollectDiagnostics()] * 2


def test_a_poller_that_does_not_answer_is_done_without(
    scene: Scene, qtbot: QtBot
) -> None:
    """That is when a report is needed most."""
    scene.start(A)
    scene.wiring.show_window()
    scene.wiring.faults._deadline.setInterval(10)  # noqa: SLF001  # instead of 8 s
    scene.wiring.faults.collect()
    qtbot.waitUntil(lambda: scene.says(COPIED))
    assert "Poller: no answer" in clipboard().splitlines()
    QGuiApplication.clipboard().setText("something else")
    scene.report(DiagnosticsCollected((("Desktop", "KDE"),)))
    assert clipboard() == "something else"


def test_no_key_and_no_name_is_in_the_report(
    scene: Scene, recent: RecentErrors, tally: Tally
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
    scene.start(A)
    scene.report(RefreshFinished(Outcome("a", NOON, Failure(NoConnection, KEY))))
    scene.wiring.faults.collect()
    scene.report(DiagnosticsCollected((("Keyring", f"holds {KEY}"),)))
    assert KEY not in clipboard()
    assert "Main" not in clipboard()
    assert "asking [account 1] for [account 1] with [key] failed" in clipboard()
    assert "(ValueError at test_faults.py:" in clipboard()
    assert "Keyring: holds [key]" in clipboard()
    assert "account 1: no-connection: [key]" in clipboard()
    tally.add(PLACES)
