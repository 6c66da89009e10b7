"""Never invisible: a tray that is late, restarted or not there."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from harness.wired_program import NO_TRAY, RecordingTray, lazily
from trayapp.app.screen.tray_fallback import TrayFallback
from trayapp.core.i18n.language import Language
from trayapp.ui.intents import OpenWindow, Quit
from trayapp.ui.window.window import Window
from widgets.signals import collected
from widgets.visible import visible_texts


class TrayFallbackHarness:
    """A tray on a desktop as the test wants it, and a window that can take over."""

    def __init__(self) -> None:
        self.tray, self.window = RecordingTray(), Window(Language())
        self.tray_fallback = TrayFallback(self.tray, lazily(self.window), Language())
        self.quits = collected(self.tray_fallback.intent, Quit)
        self.tray_fallback.intent.connect(self._on_intent)

    def _on_intent(self, intent: object) -> None:
        if intent == OpenWindow():
            self.window.show()

    def start(self, *, hosted: bool, quiet: bool = False) -> None:
        """Start on a desktop that shows icons, or doesn't."""
        self.tray.host = hosted
        self.tray_fallback.start(quiet=quiet)

    def close(self) -> None:
        """Close the window, which is the last one."""
        self.window.close()
        self.tray_fallback.window_closed()

    def says(self, text: str) -> bool:
        """Say whether something stands in the window."""
        return text in "\n".join(visible_texts(self.window))


@pytest.fixture
def harness(qtbot: QtBot) -> Iterator[TrayFallbackHarness]:
    """Give a tray and a window before the start."""
    harness = TrayFallbackHarness()
    qtbot.addWidget(harness.window)
    yield harness
    harness.tray_fallback.stop()
    harness.window.hide()
    harness.tray.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the taskbar no time to start."""
    monkeypatch.setattr("trayapp.app.screen.tray_fallback._TRAY_GRACE_MS", 0)


@pytest.mark.usefixtures("no_grace")
def test_without_a_tray_the_window_takes_its_place(
    harness: TrayFallbackHarness, qtbot: QtBot
) -> None:
    """It says why; closing it then ends the program."""
    harness.start(hosted=False)
    qtbot.waitUntil(harness.window.isVisible)
    assert harness.says(NO_TRAY)
    harness.close()
    assert len(harness.quits) == 1


@pytest.mark.usefixtures("no_grace")
def test_minimizing_the_window_without_a_tray_keeps_the_program(
    harness: TrayFallbackHarness, qtbot: QtBot
) -> None:
    """It goes on warning."""
    harness.start(hosted=False)
    qtbot.waitUntil(harness.window.isVisible)
    harness.window.showMinimized()
    harness.tray_fallback.window_closed()
    assert harness.quits == []


def test_a_taskbar_has_time_to_start(harness: TrayFallbackHarness) -> None:
    """At login it may start after the program."""
    harness.start(hosted=False)
    QCoreApplication.processEvents()
    assert harness.tray.calls == ["show"]
    assert not harness.window.isVisible()


@pytest.mark.usefixtures("no_grace")
def test_at_login_no_window_opens_while_the_desktop_comes_up(
    harness: TrayFallbackHarness,
) -> None:
    """At login the taskbar has more time than at any other start."""
    harness.start(hosted=False, quiet=True)
    QCoreApplication.processEvents()
    assert not harness.window.isVisible()


def test_at_login_too_the_window_takes_the_place_of_a_tray_that_never_comes(
    harness: TrayFallbackHarness, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is never invisible for good."""
    monkeypatch.setattr("trayapp.app.screen.tray_fallback._LOGIN_GRACE_MS", 0)
    harness.start(hosted=False, quiet=True)
    qtbot.waitUntil(harness.window.isVisible)
    assert harness.says(NO_TRAY)


def test_closing_the_window_before_that_time_is_over_ends_nothing(
    harness: TrayFallbackHarness,
) -> None:
    """Nobody knows yet that there is no tray."""
    harness.start(hosted=False)
    harness.window.show()
    harness.close()
    assert harness.quits == []


@pytest.mark.usefixtures("no_grace")
def test_a_taskbar_that_starts_in_time_needs_nothing(
    harness: TrayFallbackHarness,
) -> None:
    """Qt itself finds it; the icon is not made again."""
    harness.start(hosted=False)
    harness.tray.host = True
    QCoreApplication.processEvents()
    harness.tray_fallback.host_appeared()
    assert harness.tray.calls == ["show"]
    assert not harness.window.isVisible()


@pytest.mark.usefixtures("no_grace")
def test_with_a_tray_closing_the_window_hides_it(harness: TrayFallbackHarness) -> None:
    """And nothing more."""
    harness.start(hosted=True)
    QCoreApplication.processEvents()
    harness.window.show()
    assert not harness.says(NO_TRAY)
    harness.close()
    assert harness.quits == []


@pytest.mark.usefixtures("no_grace")
def test_a_host_that_appears_gets_a_new_icon(
    harness: TrayFallbackHarness, qtbot: QtBot
) -> None:
    """The old one can't show up any more; the window is a window again."""
    harness.start(hosted=False)
    qtbot.waitUntil(harness.window.isVisible)
    harness.tray.host = True
    harness.tray_fallback.host_appeared()
    assert harness.tray.calls == ["show", "recreate"]
    assert not harness.says(NO_TRAY)
    harness.close()
    assert harness.quits == []


def test_a_host_that_was_there_needs_no_new_icon(harness: TrayFallbackHarness) -> None:
    """Qt itself finds a taskbar that starts again."""
    harness.start(hosted=True)
    harness.tray_fallback.host_appeared()
    assert harness.tray.calls == ["show"]


def test_an_icon_that_is_older_than_its_host_is_made_again(
    harness: TrayFallbackHarness,
) -> None:
    """At login the taskbar may appear between the icon and the check for a host."""
    harness.tray_fallback.has_registered_icon = lambda: False
    harness.start(hosted=True)
    harness.tray_fallback.host_appeared()
    assert harness.tray.calls == ["show", "recreate"]


@pytest.mark.usefixtures("no_grace")
def test_a_host_that_vanishes_for_good_leaves_the_window(
    harness: TrayFallbackHarness, qtbot: QtBot
) -> None:
    """One that comes back later gets a new icon."""
    harness.start(hosted=True)
    QCoreApplication.processEvents()
    harness.tray.host = False
    harness.tray_fallback.host_vanished()
    qtbot.waitUntil(harness.window.isVisible)
    assert harness.says(NO_TRAY)
    harness.tray.host = True
    harness.tray_fallback.host_appeared()
    assert not harness.says(NO_TRAY)
    harness.close()
    assert harness.quits == []


def test_a_host_that_is_back_soon_calls_no_window(harness: TrayFallbackHarness) -> None:
    """A taskbar that restarts is away for a moment only."""
    harness.start(hosted=True)
    harness.tray_fallback.host_vanished()
    QCoreApplication.processEvents()
    assert not harness.window.isVisible()


@pytest.mark.usefixtures("no_grace")
def test_a_tray_that_shows_nothing_is_none(
    harness: TrayFallbackHarness, qtbot: QtBot
) -> None:
    """Until somebody shows what is registered there."""
    hostless = [True]
    harness.tray_fallback.lacks_host = lambda: hostless[0]
    harness.start(hosted=True)
    qtbot.waitUntil(harness.window.isVisible)
    assert harness.says(NO_TRAY)
    hostless[0] = False
    harness.tray_fallback.host_appeared()
    assert not harness.says(NO_TRAY)


@pytest.mark.usefixtures("no_grace")
def test_a_name_without_a_host_changes_nothing(
    harness: TrayFallbackHarness, qtbot: QtBot
) -> None:
    """A watcher alone shows no icons."""
    harness.start(hosted=False)
    qtbot.waitUntil(harness.window.isVisible)
    harness.tray_fallback.host_appeared()
    assert harness.says(NO_TRAY)
    harness.close()
    assert len(harness.quits) == 1


@pytest.mark.usefixtures("no_grace")
def test_after_the_end_nothing_comes_up_any_more(
    harness: TrayFallbackHarness, qtbot: QtBot
) -> None:
    """However late the look at the tray is."""
    harness.start(hosted=False)
    harness.tray_fallback.stop()
    with qtbot.assertNotEmitted(harness.tray_fallback.intent, wait=50):
        pass
    assert not harness.window.isVisible()
