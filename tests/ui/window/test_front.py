"""Windows are brought to the front; tests/e2e does it on a real Wayland."""

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
    """Show a window, and another one that takes the focus."""
    one, other = QWidget(), QWidget()
    for shown in (one, other):
        qtbot.addWidget(shown)
        with qtbot.waitActive(shown):
            bring_to_front(shown)
    yield one
    other.close()


@pytest.fixture
def seen(window: QWidget) -> list[bool]:
    """Record when the window disappears and appears."""
    changes: list[bool] = []
    window.windowHandle().visibleChanged.connect(changes.append)
    return changes


@pytest.fixture
def wayland(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make Qt report Wayland as its platform."""
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "wayland-egl")


def test_a_covered_window_comes_forward(
    window: QWidget, seen: list[bool], qtbot: QtBot
) -> None:
    """It is not hidden where it can raise itself."""
    bring_to_front(window)
    qtbot.waitUntil(window.isActiveWindow)
    assert seen == []


def test_a_minimized_window_comes_up(window: QWidget) -> None:
    """It is restored."""
    window.showMinimized()
    bring_to_front(window)
    assert not window.isMinimized()
    assert window.isVisible()


@pytest.mark.usefixtures("wayland")
def test_on_wayland_a_covered_window_appears_anew(
    window: QWidget, seen: list[bool], qtbot: QtBot
) -> None:
    """It can't raise itself, so it is hidden and shown; an active one stays."""
    bring_to_front(window)
    qtbot.waitUntil(window.isActiveWindow)
    assert seen == [False, True]
    bring_to_front(window)
    assert seen == [False, True]


@pytest.mark.usefixtures("wayland")
def test_on_wayland_a_window_stays_behind_its_dialog(
    window: QWidget, seen: list[bool], qtbot: QtBot
) -> None:
    """A modal dialog keeps the focus and its parent."""
    dialog = QDialog(window)
    with qtbot.waitActive(dialog):
        dialog.open()
    bring_to_front(window)
    assert seen == []
    assert dialog.isVisible()
    dialog.close()
