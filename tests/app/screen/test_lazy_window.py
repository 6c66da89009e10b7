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
from wired import words


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[LazyWindow]:
    """Give one whose window nobody has asked for."""
    del qtbot
    stage = LazyWindow(lambda: Window(Language()))
    yield stage
    if stage.present is not None:
        stage.present.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_nobody_makes_the_window_by_speaking_to_it(stage: LazyWindow) -> None:
    """What it has to say waits."""
    stage.show_banner("snoozed", "Snoozed until Monday, 09:00")
    assert stage.present is None
    assert not stage.is_visible


def test_what_was_said_before_stands_in_it(stage: LazyWindow) -> None:
    """But for what was taken back meanwhile."""
    stage.show_banner("snoozed", "Snoozed until Monday, 09:00")
    stage.show_banner("history", "The disk is full.")
    stage.show_banner("history", None)
    stage.show_banner("fault", "Balance Tray made a mistake.", is_fault=True)
    stage.window.show()
    said = "\n".join(words(stage.window))
    assert "Snoozed until Monday" in said
    assert "made a mistake" in said
    assert "Copy diagnostics" in [
        one.text() for one in stage.window.findChildren(QPushButton)
    ]
    assert "The disk is full" not in said


def test_what_is_said_later_stands_in_it_too(stage: LazyWindow) -> None:
    """And goes when it is taken back."""
    window = stage.window
    stage.show_banner("history", "The disk is full.")
    assert "The disk is full." in words(window)
    stage.show_banner("history", None)
    assert "The disk is full." not in words(window)


def test_there_is_one_window_and_it_is_told_of_once(stage: LazyWindow) -> None:
    """Whoever connects to it does so before it is shown."""
    made = QSignalSpy(stage.made)
    window = stage.window
    assert stage.window is window is stage.present
    assert made.count() == 1
    assert not window.isVisible()
    window.show()
    assert stage.is_visible
    window.hide()
