"""The window is made once, when somebody needs it, and says what it has to."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from trayapp.app.screen.lazy_window import LazyWindow
from trayapp.core.i18n.language import Language
from trayapp.ui.window.window import Window
from widgets.visible import visible_texts


@pytest.fixture
def lazy_window(qtbot: QtBot) -> Iterator[LazyWindow]:
    """Give one whose window nobody has asked for."""
    del qtbot
    lazy_window = LazyWindow(lambda: Window(Language()))
    yield lazy_window
    if lazy_window.present is not None:
        lazy_window.present.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_nobody_makes_the_window_by_speaking_to_it(lazy_window: LazyWindow) -> None:
    """What it has to say waits."""
    lazy_window.show_banner("snoozed", "Snoozed until Monday, 09:00")
    assert lazy_window.present is None
    assert not lazy_window.is_visible


def test_what_was_said_before_stands_in_it(lazy_window: LazyWindow) -> None:
    """But for what was taken back meanwhile."""
    lazy_window.show_banner("snoozed", "Snoozed until Monday, 09:00")
    lazy_window.show_banner("history", "The disk is full.")
    lazy_window.show_banner("history", None)
    lazy_window.show_banner("fault", "Balance Tray made a mistake.", is_fault=True)
    lazy_window.window.show()
    said = "\n".join(visible_texts(lazy_window.window))
    assert "Snoozed until Monday" in said
    assert "made a mistake" in said
    assert "Copy diagnostics" in [
        one.text() for one in lazy_window.window.findChildren(QPushButton)
    ]
    assert "The disk is full" not in said


def test_what_is_said_later_stands_in_it_too(lazy_window: LazyWindow) -> None:
    """And goes when it is taken back."""
    window = lazy_window.window
    lazy_window.show_banner("history", "The disk is full.")
    assert "The disk is full." in visible_texts(window)
    lazy_window.show_banner("history", None)
    assert "The disk is full." not in visible_texts(window)


def test_there_is_one_window_and_it_is_told_of_once(lazy_window: LazyWindow) -> None:
    """Whoever connects to it does so before it is shown."""
    made = QSignalSpy(lazy_window.made)
    window = lazy_window.window
    assert lazy_window.window is window is lazy_window.present
    assert made.count() == 1
    assert not window.isVisible()
    window.show()
    assert lazy_window.is_visible
    window.hide()
