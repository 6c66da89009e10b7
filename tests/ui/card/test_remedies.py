"""Each remedy of an error has its buttons, and each button its intent."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.errors import BY_ID, Failure, Remedy
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import problem
from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.remedies import REMEDY_BUTTONS, RemedyTarget
from widgets.sample_card import FINE
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

DOWN = problem(Failure(BY_ID["no-connection"], "no route"), ENGLISH)
QUIET = ("Top up…", "History…", "More")


def remedy_buttons(
    qtbot: QtBot, buttons: Buttons, remedy: Remedy, website_url: str
) -> tuple[AccountCard, dict[str, QAbstractButton]]:
    """Return a card whose problem has this remedy, and the remedy's visible buttons."""
    shown = replace(DOWN, remedy=remedy)
    card = AccountCard(replace(FINE, problem=shown, website_url=website_url), ENGLISH)
    qtbot.addWidget(card)
    card.show()
    return card, {
        text: button for text, button in buttons(card).items() if text not in QUIET
    }


def test_every_remedy_has_its_buttons() -> None:
    """A new member of `Remedy` needs a row in `REMEDY_BUTTONS`."""
    assert set(Remedy) - REMEDY_BUTTONS.keys() == set()
    assert [one for one in Remedy if not REMEDY_BUTTONS[one]] == [Remedy.NONE]


@pytest.mark.parametrize("remedy", Remedy)
def test_every_remedy_works_on_a_card(
    qtbot: QtBot, buttons: Buttons, remedy: Remedy
) -> None:
    """Its buttons are visible in their order, and a press emits the button's intent."""
    website_url = "https://panel.example"
    card, shown = remedy_buttons(qtbot, buttons, remedy, website_url)
    expected = REMEDY_BUTTONS[remedy]
    assert list(shown) == [button.label for button in expected]
    intents = collected(card.intent, object)
    for button in expected:
        shown[button.label].click()
    target = RemedyTarget(replace(DOWN, remedy=remedy), card.account_id, website_url)
    assert intents == [button.intent(target) for button in expected]
    assert None not in intents


def test_an_unknown_website_has_no_button(qtbot: QtBot, buttons: Buttons) -> None:
    """The program does not guess an address; the other button stays."""
    _, shown = remedy_buttons(qtbot, buttons, Remedy.OPEN_WEBSITE, "")
    assert list(shown) == ["Check again"]
