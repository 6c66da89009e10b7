"""Another language is offered with a restart: once, and only if it is another."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QPushButton

from trayapp.app.controllers.language import LanguageController
from trayapp.core.errors import ConfigUnwritable, Failure
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import Settings
from trayapp.services.messages.events import SaveFinished
from trayapp.ui.window.message_boxes import RestartOffer

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def desk(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> LanguageController:
    """Give the desk of a program that speaks English, as its system does."""
    monkeypatch.setattr("os.environ", {"LANG": "en_US.UTF-8"})
    return LanguageController(ENGLISH, qapp)


def saved(code: str) -> SaveFinished:
    """Give what comes of OK with a language."""
    return SaveFinished(settings=Settings(language=code))


def offers() -> list[RestartOffer]:
    """Give the offers on the screen, once those that were closed are gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    top = QApplication.topLevelWidgets()
    return [one for one in top if isinstance(one, RestartOffer) and one.isVisible()]


def press(words: str) -> None:
    """Press a button of the offer."""
    (offer,) = offers()
    (button,) = (
        one
        for one in offer.findChildren(QPushButton)
        if one.text().replace("&", "") == words
    )
    button.click()


def test_another_language_is_offered_with_a_restart(desk: LanguageController) -> None:
    """On a press the program is asked to start anew."""
    spy = QSignalSpy(desk.restart_requested)
    desk.handle_save(saved("es"))
    press("Restart now")
    assert spy.count() == 1
    assert offers() == []


def test_later_is_later(desk: LanguageController) -> None:
    """The same choice is not asked about again, another one is."""
    spy = QSignalSpy(desk.restart_requested)
    desk.handle_save(saved("es"))
    press("Later")
    assert spy.count() == 0
    desk.handle_save(saved("es"))
    assert offers() == []
    desk.handle_save(saved("de"))
    press("Later")
    desk.handle_save(saved("en"))
    assert offers() == []


@pytest.mark.parametrize("code", ["", "en", "xx"])
def test_the_language_that_is_spoken_needs_nothing(
    desk: LanguageController, code: str
) -> None:
    """Whether it is chosen or the system's own, or this one is unknown."""
    desk.handle_save(saved(code))
    assert offers() == []


def test_what_was_not_saved_is_not_offered(desk: LanguageController) -> None:
    """The settings dialog says why."""
    settings = Settings(language="es")
    desk.handle_save(
        SaveFinished(settings=settings, problem=Failure(ConfigUnwritable, ""))
    )
    assert offers() == []
