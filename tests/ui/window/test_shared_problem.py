"""A problem that many accounts share is shown once; a single one in its card."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.errors import Remedy
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import Card, Problem
from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.density import MANY
from trayapp.ui.intents import RefreshBalances, UnlockKeyring
from trayapp.ui.window.shared_problem import SharedProblem
from trayapp.ui.window.window import Window
from widgets.sample_card import FINE
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

OFFLINE = Problem("No way there", "No network.", "Connect.", Remedy.RETRY, "")
LOCKED = Problem("Locked", "Keyring.", "Unlock it.", Remedy.UNLOCK, "")
REJECTED = Problem("Rejected", "Wrong key.", "Type it.", Remedy.ENTER_KEY, "")
SUSPENDED = Problem("Suspended", "Unpaid.", "Pay.", Remedy.OPEN_WEBSITE, "")


def cards(failed: int, fine: int, problem: Problem = OFFLINE) -> tuple[Card, ...]:
    """Return so many cards with one problem, and so many without."""
    down = replace(
        FINE, status=Status.UNREACHABLE, status_words="Unreachable", problem=problem
    )
    return tuple(
        replace(one, account_id=str(number), name=f"Account {number}")
        for number, one in enumerate([down] * failed + [FINE] * fine)
    )


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    """Return a shown window."""
    window = Window(ENGLISH)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    return window


def strip(window: Window) -> SharedProblem:
    """Return the view of the shared problem."""
    (found,) = window.findChildren(SharedProblem)
    return found


def seen(window: Window) -> list[AccountCard]:
    """Return the cards, in their order."""
    return window.findChildren(AccountCard)


def test_what_all_fail_with_is_said_once(
    window: Window, words: Words, buttons: Buttons
) -> None:
    """It shows the number of accounts and the remedy; cards show their status."""
    window.show_cards(cards(48, 2))
    assert words(strip(window)) == [
        *("48 of 50 accounts", "No way there", "No network.", "Connect.")
    ]
    assert "Unreachable" in words(seen(window)[0])
    assert not {"No way there", "No network."} & set(words(seen(window)[0]))
    assert "Check again" not in buttons(seen(window)[0])
    assert "No network." in seen(window)[0].accessibleDescription()
    assert "No network." in seen(window)[0].toolTip()
    assert "Details" not in buttons(strip(window))
    intents = collected(window.intent, object)
    buttons(strip(window))["Check again"].click()
    assert intents == [RefreshBalances()]


def test_it_goes_when_it_is_over(window: Window, words: Words) -> None:
    """When few accounts are left, their cards show the problem again."""
    window.show_cards(cards(12, 0))
    assert strip(window).isVisible()
    for one in cards(0, 7):
        window.show_card(one)
    assert not strip(window).isVisible()
    assert "No way there" in words(seen(window)[-1])
    for one in cards(12, 0):
        window.show_card(one)
    assert words(strip(window))[0] == "12 of 12 accounts"
    window.show_cards(())
    assert not strip(window).isVisible()


def test_one_among_many_says_its_title_and_more_when_asked(
    window: Window, words: Words, buttons: Buttons
) -> None:
    """Details of every problem would hide the other accounts."""
    window.show_cards(cards(1, MANY))
    first = seen(window)[0]
    assert not strip(window).isVisible()
    assert "No way there" in words(first)
    assert "No network." not in words(first)
    assert "No network." in first.accessibleDescription()
    buttons(first)["Details"].click()
    assert {"No network.", "Connect."} <= set(words(first))
    buttons(first)["Details"].click()
    assert "No network." not in words(first)


def test_few_accounts_say_all_of_it_themselves(
    window: Window, words: Words, buttons: Buttons
) -> None:
    """Few cards have room for all details."""
    window.show_cards(cards(MANY - 1, 0))
    assert not strip(window).isVisible()
    assert {"No way there", "No network.", "Connect."} <= set(words(seen(window)[0]))
    assert "Details" not in buttons(seen(window)[0])


def test_a_keyring_is_unlocked_once_for_all(window: Window, buttons: Buttons) -> None:
    """The shared problem has the only button."""
    window.show_cards(cards(MANY, 0, LOCKED))
    intents = collected(window.intent, object)
    buttons(strip(window))["Unlock keyring…"].click()
    assert intents == [UnlockKeyring()]


@pytest.mark.parametrize(
    ("problem", "label"), [(REJECTED, "Enter key…"), (SUSPENDED, "Open panel")]
)
def test_what_helps_one_account_is_in_each_card(
    window: Window, buttons: Buttons, problem: Problem, label: str
) -> None:
    """A key and a website belong to one account, so each card keeps its button."""
    window.show_cards(cards(MANY, 0, problem))
    assert not strip(window).isVisible()
    assert label in buttons(seen(window)[0])
