"""Never invisible: a tray that is late, restarted or not there."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from collected import collected
from trayapp.app.screen.tray_fallback import TrayFallback
from trayapp.core.i18n.language import Language
from trayapp.ui.intents import OpenWindow, Quit
from trayapp.ui.window.window import Window
from wired import NO_TRAY, NotedTray, lazily, words


class Scene:
    """A tray on a desktop as the test wants it, and a window that can take over."""

    def __init__(self) -> None:
        self.tray, self.window = NotedTray(), Window(Language())
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
        return text in "\n".join(words(self.window))


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    """Give a tray and a window before the start."""
    scene = Scene()
    qtbot.addWidget(scene.window)
    yield scene
    scene.tray_fallback.stop()
    scene.window.hide()
    scene.tray.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a panel no time to come up."""
    monkeypatch.setattr("trayapp.app.screen.tray_fallback._TRAY_GRACE_MS", 0)


@pytest.mark.usefixtures("no_grace")
def test_without_a_tray_the_window_takes_its_place(scene: Scene, qtbot: QtBot) -> None:
    """It says why; closing it then ends the program."""
    scene.start(hosted=False)
    qtbot.waitUntil(scene.window.isVisible)
    assert scene.says(NO_TRAY)
    scene.close()
    assert len(scene.quits) == 1


@pytest.mark.usefixtures("no_grace")
def test_minimizing_the_window_without_a_tray_keeps_the_program(
    scene: Scene, qtbot: QtBot
) -> None:
    """It goes on warning."""
    scene.start(hosted=False)
    qtbot.waitUntil(scene.window.isVisible)
    scene.window.showMinimized()
    scene.tray_fallback.window_closed()
    assert scene.quits == []


def test_a_panel_has_time_to_come_up(scene: Scene) -> None:
    """At login it may start after the program."""
    scene.start(hosted=False)
    QCoreApplication.processEvents()
    assert scene.tray.calls == ["show"]
    assert not scene.window.isVisible()


@pytest.mark.usefixtures("no_grace")
def test_at_login_no_window_opens_while_the_desktop_comes_up(scene: Scene) -> None:
    """There a panel has more time than any other start gives it."""
    scene.start(hosted=False, quiet=True)
    QCoreApplication.processEvents()
    assert not scene.window.isVisible()


def test_at_login_too_the_window_takes_the_place_of_a_tray_that_never_comes(
    scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is never invisible for good."""
    monkeypatch.setattr("trayapp.app.screen.tray_fallback._LOGIN_GRACE_MS", 0)
    scene.start(hosted=False, quiet=True)
    qtbot.waitUntil(scene.window.isVisible)
    assert scene.says(NO_TRAY)


def test_closing_the_window_before_that_time_is_over_ends_nothing(
    scene: Scene,
) -> None:
    """Nobody knows yet that there is no tray."""
    scene.start(hosted=False)
    scene.window.show()
    scene.close()
    assert scene.quits == []


@pytest.mark.usefixtures("no_grace")
def test_a_panel_that_came_in_time_is_as_good_as_one_that_was_there(
    scene: Scene,
) -> None:
    """Qt itself finds it; nothing is made anew."""
    scene.start(hosted=False)
    scene.tray.host = True
    QCoreApplication.processEvents()
    scene.tray_fallback.host_appeared()
    assert scene.tray.calls == ["show"]
    assert not scene.window.isVisible()


@pytest.mark.usefixtures("no_grace")
def test_with_a_tray_closing_the_window_hides_it(scene: Scene) -> None:
    """And nothing more."""
    scene.start(hosted=True)
    QCoreApplication.processEvents()
    scene.window.show()
    assert not scene.says(NO_TRAY)
    scene.close()
    assert scene.quits == []


@pytest.mark.usefixtures("no_grace")
def test_a_host_that_appears_gets_a_new_icon(scene: Scene, qtbot: QtBot) -> None:
    """The old one can't show up any more; the window is a window again."""
    scene.start(hosted=False)
    qtbot.waitUntil(scene.window.isVisible)
    scene.tray.host = True
    scene.tray_fallback.host_appeared()
    assert scene.tray.calls == ["show", "recreate"]
    assert not scene.says(NO_TRAY)
    scene.close()
    assert scene.quits == []


def test_a_host_that_was_there_needs_no_new_icon(scene: Scene) -> None:
    """Qt finds a panel that starts again by itself."""
    scene.start(hosted=True)
    scene.tray_fallback.host_appeared()
    assert scene.tray.calls == ["show"]


@pytest.mark.usefixtures("no_grace")
def test_a_host_that_vanishes_for_good_leaves_the_window(
    scene: Scene, qtbot: QtBot
) -> None:
    """One that comes back later gets a new icon."""
    scene.start(hosted=True)
    QCoreApplication.processEvents()
    scene.tray.host = False
    scene.tray_fallback.host_vanished()
    qtbot.waitUntil(scene.window.isVisible)
    assert scene.says(NO_TRAY)
    scene.tray.host = True
    scene.tray_fallback.host_appeared()
    assert not scene.says(NO_TRAY)
    scene.close()
    assert scene.quits == []


def test_a_host_that_is_back_soon_calls_no_window(scene: Scene) -> None:
    """A panel that restarts is gone for a moment only."""
    scene.start(hosted=True)
    scene.tray_fallback.host_vanished()
    QCoreApplication.processEvents()
    assert not scene.window.isVisible()


@pytest.mark.usefixtures("no_grace")
def test_a_tray_that_shows_nothing_is_none(scene: Scene, qtbot: QtBot) -> None:
    """Until somebody shows what is registered there."""
    hostless = [True]
    scene.tray_fallback.lacks_host = lambda: hostless[0]
    scene.start(hosted=True)
    qtbot.waitUntil(scene.window.isVisible)
    assert scene.says(NO_TRAY)
    hostless[0] = False
    scene.tray_fallback.host_appeared()
    assert not scene.says(NO_TRAY)


@pytest.mark.usefixtures("no_grace")
def test_a_name_without_a_host_changes_nothing(scene: Scene, qtbot: QtBot) -> None:
    """A watcher alone shows no icons."""
    scene.start(hosted=False)
    qtbot.waitUntil(scene.window.isVisible)
    scene.tray_fallback.host_appeared()
    assert scene.says(NO_TRAY)
    scene.close()
    assert len(scene.quits) == 1


@pytest.mark.usefixtures("no_grace")
def test_after_the_end_nothing_comes_up_any_more(scene: Scene, qtbot: QtBot) -> None:
    """However late the look at the tray is."""
    scene.start(hosted=False)
    scene.tray_fallback.stop()
    with qtbot.assertNotEmitted(scene.tray_fallback.intent, wait=50):
        pass
    assert not scene.window.isVisible()
