"""A window of many accounts: search, totals and speed."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import Card, CardDetails
from trayapp.ui.card.card import AccountCard
from trayapp.ui.card.density import MANY
from trayapp.ui.intents import CopyText, OpenNotificationLog
from trayapp.ui.window.window import Window
from widgets.sample_card import FINE
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

ONE = replace(
    FINE,
    account_id="0",
    name="Account 0",
    details=CardDetails(
        run_out="Thu 14 – Tue 19 Dec at this pace",
        messages="about 7,002 messages",
    ),
)
GENEROUS = 6
"""Times the aim: other programs run on a tester's computer too."""


def cards(number: int) -> tuple[Card, ...]:
    """Return so many cards."""
    return tuple(
        replace(ONE, account_id=str(one), name=f"Account {one}")
        for one in range(number)
    )


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    """Return a shown window with twelve accounts."""
    window = Window(ENGLISH)
    qtbot.addWidget(window)
    window.show_cards(cards(12))
    with qtbot.waitActive(window):
        window.show()
    return window


def line(window: Window) -> QLineEdit:
    """Return the search field."""
    return window.findChildren(QLineEdit)[0]


def names(window: Window) -> list[str]:
    """Return the names of the visible accounts."""
    return [one.name for one in window.findChildren(AccountCard) if not one.isHidden()]


def test_few_accounts_need_no_search(window: Window) -> None:
    """The search text is removed when few accounts are left."""
    line(window).setText("11")
    window.show_cards(cards(MANY - 1))
    assert not line(window).isVisible()
    assert len(names(window)) == MANY - 1
    window.show_cards(cards(MANY))
    assert line(window).isVisible()


def test_accounts_are_found_by_any_part_of_their_name(
    window: Window, words: Words
) -> None:
    """The case doesn't matter, and the number of matches is shown."""
    line(window).setText("1 ACC")
    assert names(window) == ["Account 1", "Account 10", "Account 11"]
    assert "3 of 12 accounts" in words(window)
    line(window).setText("no such")
    assert names(window) == []
    assert "No account's name has that in it." in words(window)
    line(window).clear()
    assert len(names(window)) == 12
    assert not any("of 12" in text for text in words(window))


def test_what_comes_later_is_filtered_too(window: Window) -> None:
    """A new or renamed account is shown only if it matches."""
    line(window).setText("Shop")
    window.show_cards((*cards(12), replace(ONE, account_id="s", name="Shop")))
    assert names(window) == ["Shop"]
    window.show_cards((replace(ONE, name="Shop 2"), *cards(12)[1:]))
    assert names(window) == ["Shop 2"]


def test_the_search_is_all_keys(window: Window) -> None:
    """Ctrl+F focuses the search; Escape clears it, then closes the window."""
    window.findChildren(AccountCard)[0].setFocus()
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert line(window).hasFocus()
    QTest.keyClicks(line(window), "11")
    assert names(window) == ["Account 11"]
    QTest.keyClick(line(window), Qt.Key.Key_Escape)
    assert (line(window).text(), window.isVisible()) == ("", True)
    QTest.keyClick(line(window), Qt.Key.Key_Escape)
    assert window.isHidden()


def test_the_foot_says_what_all_come_to(window: Window, words: Words) -> None:
    """The line is hidden without totals."""
    window.show_totals("€412.40 + 3,100 CREDITS")
    assert "Together: €412.40 + 3,100 CREDITS" in words(window)
    window.show_totals("")
    assert not any(text.startswith("Together") for text in words(window))


def test_what_was_copied_is_said_for_a_moment(
    qtbot: QtBot, window: Window, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the footer shows the current totals again."""
    monkeypatch.setattr("trayapp.ui.window.footer._CONFIRMED_MS", 50)
    window.show_totals("€1.00 + 2 SMS")
    copies = collected(window.intent, CopyText)
    window.findChildren(AccountCard)[0].intent.emit(CopyText("€350.12"))
    assert copies == [CopyText("€350.12")]
    assert "Copied to the clipboard" in words(window)
    window.show_totals("€3.00 + 2 SMS")
    assert "Together: €3.00 + 2 SMS" not in words(window)
    qtbot.waitUntil(lambda: "Together: €3.00 + 2 SMS" in words(window), timeout=6_000)


def test_why_is_asked_in_the_foot(window: Window, buttons: Buttons) -> None:
    """The button is hidden without accounts."""
    intents = collected(window.intent, object)
    buttons(window)["Why?"].click()
    assert intents == [OpenNotificationLog()]
    window.show_cards(())
    assert "Why?" not in buttons(window)


def test_two_hundred_accounts_are_quick(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    """Aims: all new 1.5 s, none changed 20 ms, one changed 25 ms (printed)."""
    window = Window(ENGLISH)
    qtbot.addWidget(window)
    window.show()
    many = cards(200)
    changed = (replace(ONE, amount="€1.00", age="Just now"), *many[1:])
    for what, shown, aim in (
        ("all new", many, 1.5),
        ("none changed", many, 0.020),
        ("one changed", changed, 0.025),
    ):
        started = time.perf_counter()
        window.show_cards(shown)
        taken = time.perf_counter() - started
        qtbot.wait(1)
        with capsys.disabled():
            told = f"\n200 accounts, {what}: {taken * 1000:.1f} ms"
            print(told, end="")  # noqa: T201  # a measurement is there to be read
        assert taken < GENEROUS * aim
