"""A card shows its facts, its actions and its remedies."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.errors import Remedy
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import Card, CardDetails, Problem
from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.density import Density
from trayapp.ui.intents import (
    AccountIntent,
    CopyText,
    CopyTopUpRequest,
    OpenHistory,
    ReportPayment,
)
from trayapp.ui.widgets.labels import TextLabel
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

FULL = Card(
    account_id="m",
    name="Main",
    amount="€350.12",
    balance_status=Status.LOW,
    status=Status.LOW,
    status_words="Low: below €400.00",
    age="Just now",
    problem=None,
    website_url="https://panel.example",
    is_refreshing=False,
    details=CardDetails(
        run_out="Thu 14 – Tue 19 Dec at this pace",
        messages="about 7,002 messages",
        pending_payment="Paid on Monday",
    ),
)
NOT_PAID = replace(FULL.details, pending_payment="")
UNKNOWN = replace(
    FULL, amount="—", balance_status=Status.UNKNOWN, status=Status.UNKNOWN
)
DOWN = Problem("No way", "Because.", "Wait.", Remedy.RETRY, "")


@pytest.fixture
def card(qtbot: QtBot) -> AccountCard:
    """Return a shown card with all facts."""
    one = AccountCard(FULL, ENGLISH)
    qtbot.addWidget(one)
    with qtbot.waitActive(one):
        one.show()
    return one


def actions(card: AccountCard) -> dict[str, QAction]:
    """Return the actions of the card's menu, by their texts."""
    (menu,) = card.findChildren(QMenu)
    return {one.text().replace("&", ""): one for one in menu.actions() if one.text()}


def needed(card: AccountCard) -> int:
    """Return the height that a card needs, after its layouts were updated."""
    QCoreApplication.sendPostedEvents()
    return card.heightForWidth(700)


def test_the_run_out_day_comes_after_the_amount(
    card: AccountCard, words: Words
) -> None:
    """Its text is smaller, and it is hidden if it is unknown."""
    assert words(card) == [
        *("Main", "€350.12", "Thu 14 – Tue 19 Dec at this pace"),
        *("about 7,002 messages", "Low: below €400.00", "Just now", "Paid on Monday"),
    ]
    sizes = [one.font().pointSizeF() for one in card.findChildren(TextLabel)]
    assert sorted(sizes, reverse=True)[:2] == sizes[1:3]
    assert sizes[2] > sizes[3]
    assert card.accessibleName() == ", ".join(words(card))
    card.show_card(replace(FULL, details=CardDetails()))
    assert len(words(card)) == 4


@pytest.mark.parametrize("density", Density)
@pytest.mark.parametrize("state", [Status.OK, Status.LOW, Status.UNKNOWN])
def test_a_card_does_not_grow_when_its_forecast_comes(
    card: AccountCard, density: Density, state: Status
) -> None:
    """The forecast is known later; what is below the card must not move."""
    no_forecast = CardDetails(messages=FULL.details.messages)
    before = replace(FULL, balance_status=state, status=state, details=no_forecast)
    card.set_density(density)
    card.show()
    card.show_card(before)
    height = needed(card)
    card.show_card(replace(before, details=NOT_PAID))
    assert needed(card) == height
    note = replace(no_forecast, note="Not enough history yet")
    card.show_card(replace(before, details=note))
    assert needed(card) == height
    assert "Not enough history yet" in card.accessibleName()


@pytest.mark.parametrize("density", Density)
def test_a_forecast_that_is_still_to_come_leaves_no_hole(
    card: AccountCard, density: Density
) -> None:
    """The space for it is below the words."""
    card.set_density(density)
    card.resize(700, 400)
    card.show_card(replace(FULL, details=CardDetails()))
    card.show()
    said = [
        one for one in card.findChildren(TextLabel) if one.isVisible() and one.text()
    ]
    assert len(said) == 4
    for above, below in pairwise(said):
        assert 0 <= below.y() - above.geometry().bottom() < below.height() / 2


@pytest.mark.parametrize(
    ("entry", "intent"),
    [
        ("Copy amount", CopyText("€350.12")),
        ("Copy top-up request", CopyTopUpRequest("m")),
        ("I have paid", ReportPayment("m")),
    ],
)
def test_more_is_in_a_menu(
    card: AccountCard, entry: str, intent: AccountIntent
) -> None:
    """Each action emits its intent, with the account's id."""
    card.show_card(replace(FULL, details=NOT_PAID))
    intents = collected(card.intent, object)
    actions(card)[entry].trigger()
    assert intents == [intent]


def test_history_is_one_press_away(card: AccountCard, buttons: Buttons) -> None:
    """The button emits the account's id."""
    intents = collected(card.intent, object)
    buttons(card)["History…"].click()
    assert intents == [OpenHistory("m")]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_history_is_opened_by_key_on_the_card(card: AccountCard, key: Qt.Key) -> None:
    """The keys work on the card itself, not on its buttons."""
    intents = collected(card.intent, object)
    card.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(card, key)
    assert intents == [OpenHistory("m")]


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_X, Qt.Key.Key_Escape, Qt.Key.Key_F5, Qt.Key.Key_Backspace]
)
def test_no_other_key_on_the_card_opens_the_history(
    card: AccountCard, key: Qt.Key
) -> None:
    """The keys that open it do nothing on a part of the card that has the focus."""
    intents = collected(card.intent, object)
    card.setFocus(Qt.FocusReason.TabFocusReason)
    assert card.hasFocus()
    QTest.keyClick(card, key)
    assert intents == []


def test_keys_on_a_card_without_the_focus_open_nothing(
    card: AccountCard, buttons: Buttons
) -> None:
    """A button passes on the keys that it does not use."""
    intents = collected(card.intent, object)
    buttons(card)["More"].setFocus()
    QTest.keyClick(card, Qt.Key.Key_Return)
    assert intents == []


def test_a_calm_card_says_in_one_line_what_may_be_overlooked(
    card: AccountCard, words: Words
) -> None:
    """A compact card adds the number of messages left to that line."""
    calm = replace(
        FULL,
        balance_status=Status.OK,
        status=Status.OK,
        status_words="Fine",
        details=NOT_PAID,
    )
    card.show_card(calm)
    run_out, messages = NOT_PAID.run_out, NOT_PAID.messages
    assert words(card)[2:] == [run_out, messages, "Fine · Just now"]
    card.set_density(Density.COMPACT)
    assert words(card)[2:] == [run_out, f"{messages} · Fine · Just now"]


def test_a_response_moves_nothing(card: AccountCard) -> None:
    """A card that waits for its first balance has its final height."""
    waiting = replace(UNKNOWN, details=CardDetails(), is_refreshing=True)
    card.show_card(replace(waiting, status_words="Asking the gateway…"))
    before = card.sizeHint().height()
    card.show_card(
        replace(
            waiting,
            amount="€1.00",
            balance_status=Status.OK,
            status=Status.OK,
            is_refreshing=False,
        )
    )
    assert card.sizeHint().height() == before


def test_what_makes_no_sense_is_not_offered(card: AccountCard) -> None:
    """An unknown amount can't be copied, and a payment is reported once."""
    assert not actions(card)["I have paid"].isEnabled()
    assert actions(card)["Copy amount"].isEnabled()
    card.show_card(replace(UNKNOWN, details=NOT_PAID))
    assert actions(card)["I have paid"].isEnabled()
    assert not actions(card)["Copy amount"].isEnabled()


def test_the_amount_is_copied_by_key_anywhere_in_the_card(
    card: AccountCard, buttons: Buttons
) -> None:
    """Ctrl+C works on the card and on its buttons; an unknown amount isn't copied."""
    intents = collected(card.intent, object)
    for part in (card, buttons(card)["History…"], buttons(card)["More"]):
        part.setFocus()
        QTest.keyClick(part, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert intents == [CopyText("€350.12")] * 3
    card.setFocus()
    card.show_card(UNKNOWN)
    QTest.keyClick(card, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(card, Qt.Key.Key_X)
    assert len(intents) == 3


def test_an_error_that_comes_later_is_in_the_order_of_the_tab_key(
    card: AccountCard, buttons: Buttons
) -> None:
    """Its buttons follow those of the card, and disappear with the error."""
    card.show_card(replace(FULL, status=Status.UNREACHABLE, problem=DOWN))
    buttons(card)["More"].setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(buttons(card)["More"], Qt.Key.Key_Tab)
    assert card.focusWidget().accessibleName() == "Check again (Main)"
    card.show_card(FULL)
    assert "Check again" not in buttons(card)
