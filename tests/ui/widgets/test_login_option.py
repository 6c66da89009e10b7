"""The option to start at login shows the desktop's state, then a person's choice."""

import pytest
from pytestqt.qtbot import QtBot

from trayapp.core.autostart.login import LoginEntryState, login_advice
from trayapp.core.i18n.language import ENGLISH
from trayapp.ui.widgets.labels import TextLabel
from trayapp.ui.widgets.login_option import LoginOption


@pytest.fixture
def option(qtbot: QtBot) -> LoginOption:
    """Return the option before the state is known."""
    option = LoginOption(ENGLISH)
    qtbot.addWidget(option)
    return option


def advice(option: LoginOption) -> str:
    """Return the help text, which is also the accessible description."""
    (said,) = option.findChildren(TextLabel)
    assert option.box.accessibleDescription() == said.text()
    return said.text()


def test_it_rests_until_the_desktop_is_known(option: LoginOption) -> None:
    """It is disabled before, as any state may be wrong."""
    assert not option.box.isEnabled()
    assert option.chosen() is None


@pytest.mark.parametrize("login", LoginEntryState)
def test_it_shows_what_the_desktop_has(
    option: LoginOption, login: LoginEntryState
) -> None:
    """It shows the help text of the state too."""
    option.show_login(login)
    box = option.box
    assert (box.isChecked(), box.isEnabled()) == (login.is_on, login.can_change)
    assert advice(option) == login_advice(login, ENGLISH)
    assert option.chosen() is None


def test_each_state_that_is_not_usual_has_its_own_words() -> None:
    """The help text explains why the option is disabled."""
    said = {login: login_advice(login, ENGLISH) for login in LoginEntryState}
    assert said.pop(LoginEntryState.ON) == said[LoginEntryState.OFF]
    assert len(set(said.values())) == len(said)


def test_a_click_chooses_and_another_leaves_it(option: LoginOption) -> None:
    """A second click restores the state, which needs no saving."""
    option.show_login(LoginEntryState.SWITCHED_OFF)
    option.box.click()
    assert option.chosen() is True
    option.box.click()
    assert option.chosen() is None


def test_a_choice_outlives_another_look(option: LoginOption) -> None:
    """A continued first run requests the state again."""
    option.show_login(LoginEntryState.OFF)
    option.box.click()
    option.show_login(LoginEntryState.OFF)
    assert option.chosen() is True
    option.show_login(LoginEntryState.ON)
    assert (option.on, option.chosen()) == (True, None)
