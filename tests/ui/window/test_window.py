"""The window shows each account as a card, and emits what a person asks for."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.errors import Remedy
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import Card, CardDetails, Problem
from trayapp.ui.card.card import AccountCard
from trayapp.ui.intents import (
    CopyText,
    EnterKey,
    Intent,
    OpenFirstRun,
    OpenSettings,
    OpenTopUpPage,
    OpenWebsite,
    Quit,
    RefreshBalances,
    UnlockKeyring,
)
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.colours import READABLE, contrast
from trayapp.ui.widgets.labels import TextLabel
from trayapp.ui.window.window import Window
from widgets.sample_card import FINE
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

SHOP = replace(FINE, account_id="s", name="Shop", amount="1,225 CREDITS")
REJECTED = Problem("Rejected", "Because.", "Do this.", Remedy.ENTER_KEY, "401")
QUIET = ("Top up…", "History…", "More")
HOSTILE = '<img src=x> & "\u202ecod.exe'


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    """Return a shown window with two accounts."""
    window = Window(ENGLISH)
    qtbot.addWidget(window)
    window.show_cards((FINE, SHOP))
    window.show()
    return window


def card(window: Window, name: str) -> AccountCard:
    """Return the card of the account with this name."""
    return next(
        one
        for one in window.findChildren(AccountCard)
        if one.accessibleName().startswith(f"{name},")
    )


def failed(remedy: Remedy, state: Status = Status.UNREACHABLE) -> Card:
    """Return a card whose last request failed."""
    return replace(FINE, status=state, problem=replace(REJECTED, remedy=remedy))


def test_a_card_tells_name_amount_state_and_age(window: Window, words: Words) -> None:
    """The order is fixed, and a fine account has nothing else."""
    assert words(card(window, "Main")) == ["Main", "€350.12", "Fine · 3 minutes ago"]


def test_the_amount_is_the_largest_text(window: Window) -> None:
    """A very long amount has a smaller font."""
    main = card(window, "Main")
    _, amount, state = (label.font().pointSizeF() for label in texts(main))
    assert amount > 2 * state
    main.show_card(replace(FINE, amount="123,456,789,012,345.12345678 CREDITS"))
    assert texts(main)[1].font().pointSizeF() < 1.5 * state


def texts(widget: QWidget) -> list[TextLabel]:
    """Return the visible labels with text of a widget."""
    labels = widget.findChildren(TextLabel)
    return [one for one in labels if one.isVisibleTo(widget) and one.text()]


def test_a_failure_keeps_the_last_amount_and_says_how_old_it_is(
    window: Window, words: Words
) -> None:
    """The amount is muted, and never 0."""
    main = card(window, "Main")
    fresh = texts(main)[1].palette().windowText().color()
    main.show_card(replace(failed(Remedy.RETRY), age="2 hours ago"))
    assert words(main)[1] == "€350.12"
    assert "Last known balance · 2 hours ago" in words(main)
    assert texts(main)[1].palette().windowText().color() != fresh


def test_an_age_stands_out_once_it_matters(window: Window) -> None:
    """It is bold and below the amount, which is muted."""
    main = card(window, "Main")
    details = CardDetails(run_out="Runs out")
    late = replace(failed(Remedy.RETRY), age="2 hours ago", details=details)
    main.show_card(late)
    window.resize(window.size())
    QApplication.processEvents()
    by_height = sorted(texts(main), key=lambda one: one.mapTo(main, QPoint()).y())
    age = by_height[2]
    assert age.text() == "Last known balance · 2 hours ago"
    assert age.font().bold()
    main.show_card(replace(FINE, details=details))
    QApplication.processEvents()
    assert not age.font().bold()
    assert age.y() > by_height[3].y()


def test_an_unknown_amount_has_no_age(window: Window, words: Words) -> None:
    """Without a balance there is no "last known balance"."""
    main = card(window, "Main")
    unknown = replace(
        FINE, amount="—", balance_status=Status.UNKNOWN, age="No balance yet"
    )
    main.show_card(replace(unknown, status=Status.LOCKED, problem=REJECTED))
    assert "No balance yet" in words(main)


def test_asking_is_said_quietly(window: Window, words: Words) -> None:
    """One word is added, and nothing moves."""
    main = card(window, "Main")
    before = main.sizeHint()
    main.show_card(replace(FINE, is_refreshing=True))
    assert words(main)[-1] == "Fine · 3 minutes ago · asking…"
    assert main.sizeHint() == before


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (FINE, []),
        (failed(Remedy.NONE), []),
        (failed(Remedy.RETRY), ["Check again"]),
        (failed(Remedy.COPY_DETAILS), ["Check again", "Copy details"]),
        (failed(Remedy.UNLOCK, Status.LOCKED), ["Unlock keyring…"]),
        (failed(Remedy.ENTER_KEY, Status.NO_KEY), ["Enter key…"]),
        (
            failed(Remedy.REPLACE_KEY, Status.UNAUTHORIZED),
            ["Enter new key…", "Check again"],
        ),
        (failed(Remedy.OPEN_WEBSITE), ["Open panel", "Check again"]),
    ],
)
def test_an_error_has_the_button_that_helps(
    window: Window, words: Words, buttons: Buttons, shown: Card, expected: list[str]
) -> None:
    """It shows title, reason and advice; a rejected key can be tried again."""
    main = card(window, "Main")
    main.show_card(shown)
    assert [text for text in buttons(main) if text not in QUIET] == expected
    told = ["Rejected", "Because.", "Do this."]
    assert [one for one in words(main) if one in told] == (
        told if shown.problem else []
    )


@pytest.mark.parametrize(
    ("shown", "button", "intent"),
    [
        (FINE, "Top up…", OpenTopUpPage("m")),
        (failed(Remedy.RETRY), "Check again", RefreshBalances(("m",))),
        (failed(Remedy.ENTER_KEY), "Enter key…", EnterKey("m")),
        (failed(Remedy.REPLACE_KEY), "Enter new key…", EnterKey("m")),
        (failed(Remedy.OPEN_WEBSITE), "Open panel", OpenWebsite(FINE.website_url)),
        (failed(Remedy.UNLOCK), "Unlock keyring…", UnlockKeyring()),
        (failed(Remedy.COPY_DETAILS), "Copy details", CopyText("Rejected\n401")),
    ],
)
def test_a_cards_buttons_say_what_is_asked_for(
    window: Window,
    buttons: Buttons,
    shown: Card,
    button: str,
    intent: Intent,
) -> None:
    """The window forwards the intent with the account's id."""
    window.show_cards((shown, SHOP))
    intents = collected(window.intent, object)
    buttons(card(window, "Main"))[button].click()
    assert intents == [intent]


def test_copying_is_confirmed_until_something_changes(
    window: Window, buttons: Buttons
) -> None:
    """The clipboard itself shows no change."""
    main = card(window, "Main")
    main.show_card(failed(Remedy.COPY_DETAILS))
    buttons(main)["Copy details"].click()
    assert "Copied" in buttons(main)
    main.show_card(replace(failed(Remedy.COPY_DETAILS), age="4 minutes ago"))
    assert "Copy details" in buttons(main)


@pytest.mark.parametrize(
    ("level", "stands_out"),
    [(Status.OK, False), (Status.LOW, True), (Status.EMPTY, True)],
)
def test_topping_up_stands_out_when_it_is_needed(
    window: Window, buttons: Buttons, level: Status, *, stands_out: bool
) -> None:
    """The accent colour is the desktop's, and the text is readable."""
    main = card(window, "Main")
    main.show_card(replace(FINE, balance_status=level))
    button = buttons(main)["Top up…"]
    assert isinstance(button, PushButton)
    assert button.is_emphasized is stands_out
    colours = button.palette()
    assert contrast(colours.button().color(), colours.buttonText().color()) >= READABLE


def test_without_a_website_there_is_nothing_to_top_up(
    window: Window, buttons: Buttons
) -> None:
    """The program does not guess an address."""
    main = card(window, "Main")
    main.show_card(replace(FINE, website_url=""))
    assert "Top up…" not in buttons(main)


def test_cards_are_changed_in_place(qtbot: QtBot, window: Window) -> None:
    """The widgets stay, so focus and scroll position stay too."""
    main, shop = card(window, "Main"), card(window, "Shop")
    window.show_cards((SHOP, replace(FINE, amount="€1.00")))
    assert card(window, "Main") is main
    assert card(window, "Shop") is shop
    qtbot.waitUntil(lambda: shop.y() < main.y())


def test_a_removed_account_is_gone(window: Window) -> None:
    """A new account appears at its place."""
    window.show_cards((SHOP, replace(FINE, account_id="n", name="New")))
    shown = [one for one in window.findChildren(AccountCard) if not one.isHidden()]
    assert {one.account_id for one in shown} == {"s", "n"}


def test_without_accounts_the_window_invites_to_add_one(
    window: Window, words: Words, buttons: Buttons
) -> None:
    """The empty page has one sentence and one button."""
    window.show_cards(())
    assert "No account yet" in words(window)
    intents = collected(window.intent, object)
    buttons(window)["Add an account…"].click()
    assert intents == [OpenFirstRun()]
    assert "Refresh" not in buttons(window)


@pytest.mark.parametrize(
    ("key", "modifier", "intent"),
    [
        (Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier, RefreshBalances()),
        (Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier, RefreshBalances()),
        (Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier, OpenSettings()),
        (Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier, Quit()),
    ],
)
def test_shortcuts(
    qtbot: QtBot,
    window: Window,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    intent: Intent,
) -> None:
    """The shortcuts emit the intents of the buttons."""
    with qtbot.waitActive(window):
        window.activateWindow()
    intents = collected(window.intent, object)
    QTest.keyClick(window, key, modifier)
    assert intents == [intent]


def test_escape_closes_the_window_and_nothing_more(
    qtbot: QtBot, window: Window
) -> None:
    """The same window can be shown again."""
    with qtbot.waitActive(window):
        window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.isHidden()
    window.show()
    assert not window.isHidden()


def test_messages_about_the_program_can_be_dismissed(
    window: Window, words: Words, buttons: Buttons
) -> None:
    """Each topic has a banner; a dismissed one returns with another text."""
    window.show_banner("tray", "No tray.")
    window.show_banner("file", "File kept aside.")
    assert {"No tray.", "File kept aside."} <= set(words(window))
    buttons(window)["Dismiss"].click()
    window.show_banner("file", "File kept aside.")
    assert "File kept aside." not in words(window)
    window.show_banner("file", "Another file.")
    window.show_banner("tray", None)
    assert "Another file." in words(window)
    assert "No tray." not in words(window)


def test_hostile_names_are_shown_as_they_are(window: Window, words: Words) -> None:
    """A name is no markup, keeps its direction, and is shortened."""
    main = card(window, "Main")
    main.show_card(replace(FINE, name=HOSTILE))
    assert words(main)[0] == '<img src=x> & "cod.exe'
    main.show_card(replace(FINE, name="W" * 10_000))
    assert len(words(main)[0]) == 60
    assert main.minimumSizeHint().width() < window.width()
    formats = {label.textFormat() for label in window.findChildren(TextLabel)}
    assert formats == {Qt.TextFormat.PlainText}


def test_a_card_is_one_group_to_a_screen_reader(window: Window) -> None:
    """It has name, amount, status and age; each button names the account."""
    main = card(window, "Main")
    main.show_card(failed(Remedy.RETRY))
    assert main.accessibleName() == (
        "Main, €350.12, Fine, Last known balance, 3 minutes ago"
    )
    assert main.accessibleDescription() == "Rejected Because. Do this."
    names = [button.accessibleName() for button in main.findChildren(PushButton)]
    assert all(name.endswith(" (Main)") for name in names)
    assert main.focusPolicy() is Qt.FocusPolicy.TabFocus


def test_the_tab_key_follows_what_one_sees(qtbot: QtBot, window: Window) -> None:
    """The focus moves from card to card in the current order."""
    window.show_cards((SHOP, FINE))
    with qtbot.waitActive(window):
        window.activateWindow()
    card(window, "Shop").setFocus(Qt.FocusReason.TabFocusReason)
    passed = []
    for _ in range(11):
        passed.append(window.focusWidget().accessibleName() or "button")
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert passed == [
        card(window, "Shop").accessibleName(),
        *("History… (Shop)", "Top up… (Shop)", "More (Shop)"),
        card(window, "Main").accessibleName(),
        *("History… (Main)", "Top up… (Main)", "More (Main)"),
        *("button", "button", "button"),
    ]


@pytest.mark.parametrize("is_dark", [False, True])
def test_all_text_can_be_read(window: Window, dark: QPalette, *, is_dark: bool) -> None:
    """Every label has a contrast of 4.5:1 on light and dark desktops."""
    if is_dark:
        window.setPalette(dark)
    window.show_banner("tray", "No tray.")
    window.show_cards((failed(Remedy.COPY_DETAILS, Status.REFUSED), SHOP))
    palette = window.palette()
    for label in texts(window):
        in_card = any(isinstance(one, AccountCard) for one in ancestors(label))
        ground = (palette.base() if in_card else palette.window()).color()
        assert contrast(label.palette().windowText().color(), ground) >= READABLE


def ancestors(widget: QWidget) -> list[QWidget]:
    """Return the parents of a widget, from the inside out."""
    around = widget.parentWidget()
    return [around, *ancestors(around)] if around is not None else []
