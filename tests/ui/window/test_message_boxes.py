"""The message box of a start that fails."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from trayapp.core.errors import ProgramHangs
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import problem
from trayapp.ui.window.message_boxes import show_start_error
from widgets.visible import visible_windows

SAID = problem(ProgramHangs(detail="process 4711").as_failure(), Language())


def test_it_says_what_why_and_what_to_do_until_it_is_read(qtbot: QtBot) -> None:
    """It contains the number of the process to end."""
    assert qtbot is not None
    read: list[str] = []

    def look() -> None:
        (box,) = visible_windows(QMessageBox)
        read.extend((box.text(), box.informativeText()))
        box.accept()

    QTimer.singleShot(0, look)
    show_start_error(SAID)
    title, rest = read
    assert title == "Balance Tray runs already, and does not answer"
    assert "Wait a minute and try again" in rest
    assert rest.endswith("(process 4711)")


def test_it_does_not_wait_for_ever(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At login a person may be away."""
    assert qtbot is not None
    monkeypatch.setattr("trayapp.ui.window.message_boxes._READ_MS", 1)
    show_start_error(SAID)


@pytest.mark.parametrize("pressed", [True, False])
def test_it_offers_what_helps(qtbot: QtBot, pressed: bool) -> None:  # noqa: FBT001  # a parameter
    """Closing the box is no consent."""
    assert qtbot is not None

    def press() -> None:
        (box,) = visible_windows(QMessageBox)
        buttons = {button.text(): button for button in box.buttons()}
        buttons["&Move it here" if pressed else "Close"].click()

    QTimer.singleShot(0, press)
    assert show_start_error(SAID, "&Move it here") is pressed
