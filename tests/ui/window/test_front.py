"""Windows that are brought to the front; real ones on Wayland are in tests/e2e."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from trayapp.ui.window.front import bring_to_front

# Without a screen, Qt has nothing to raise a window over.
pytestmark = pytest.mark.qt_log_ignore("does not support raise")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    """Show a window, and another that takes the keyboard from it."""
    one, other = QWidget(), QWidget()
    for shown in (one, other):
        qtbot.addWidget(shown)
        with qtbot.waitActive(shown):
            bring_to_front(shown)
    yield one
    other.close()


@pytest.fixture
def seen(window: QWidget) -> list[bool]:
    """Note each time that the window goes away, and that it appears."""
    changes: list[bool] = []
    window.windowHandle().visibleChanged.connect(changes.append)
    return changes


@pytest.fixture
def wayland(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the window believe that it is on Wayland."""
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "wayland-egl")


def test_a_covered_window_comes_forward(
    window: QWidget, seen: list[bool], qtbot: QtBot
) -> None:
    """Where windows may do that, it does not even flicker."""
    bring_to_front(window)
    qtbot.waitUntil(window.isActiveWindow)
    assert seen == []


def test_a_minimized_window_comes_up(window: QWidget) -> None:
    """A person who asks for it wants to see it."""
    window.showMinimized()
    bring_to_front(window)
    assert not window.isMinimized()
    assert window.isVisible()


@pytest.mark.usefixtures("wayland")
def test_on_wayland_a_covered_window_appears_anew(
    window: QWidget, seen: list[bool], qtbot: QtBot
) -> None:
    """It may not come forward there; once it is in front, it stays as it is."""
    bring_to_front(window)
    qtbot.waitUntil(window.isActiveWindow)
    assert seen == [False, True]
    bring_to_front(window)
    assert seen == [False, True]


@pytest.mark.usefixtures("wayland")
def test_on_wayland_a_window_stays_behind_its_dialog(
    window: QWidget, seen: list[bool], qtbot: QtBot
) -> None:
    """What a person is filling in keeps the keyboard, and a window to belong to."""
    dialog = QDialog(window)
    with qtbot.waitActive(dialog):
        dialog.open()
    bring_to_front(window)
    assert seen == []
    assert dialog.isVisible()
    dialog.close()
