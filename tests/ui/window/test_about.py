"""The about dialog: version, transferred data and licences."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.i18n.language import ENGLISH
from trayapp.ui.intents import CopyDiagnostics
from trayapp.ui.window.about import AboutDialog
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_it_says_what_a_person_may_want_to_know(
    qtbot: QtBot,
    words: Callable[[QWidget], list[str]],
    buttons: Callable[[QWidget], dict[str, QAbstractButton]],
) -> None:
    """It shows version, destinations and licences, and closes."""
    dialog = AboutDialog("1.2.3", ENGLISH)
    qtbot.addWidget(dialog)
    text = "\n".join(words(dialog))
    for part in ("Version 1.2.3", "no telemetry", "MIT", "LGPL", "keyring"):
        assert part in text
    dialog.show()
    buttons(dialog)["Close"].click()
    assert dialog.isHidden()


def test_it_offers_a_report_once_at_a_time(
    qtbot: QtBot,
    words: Callable[[QWidget], list[str]],
    buttons: Callable[[QWidget], dict[str, QAbstractButton]],
) -> None:
    """The button is disabled until the confirmation, which fits the dialog."""
    dialog = AboutDialog("1.2.3", ENGLISH)
    qtbot.addWidget(dialog)
    dialog.show()
    button, height = buttons(dialog)["Copy diagnostics"], dialog.height()
    intents = collected(dialog.intent, object)
    button.click()
    assert intents == [CopyDiagnostics()]
    assert not button.isEnabled()
    dialog.confirm("Copied. " * 20)
    assert button.isEnabled()
    assert "Copied." in "\n".join(words(dialog))
    assert dialog.height() >= dialog.heightForWidth(dialog.width()) > height
