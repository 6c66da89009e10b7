"""Ctrl+C copies an amount, wherever in the window the focus is."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.ui.card.card import AccountCard
from trayapp.ui.intents import CopyText
from trayapp.ui.widgets.labels import TextLabel
from trayapp.ui.window.footer import Footer
from trayapp.ui.window.window import Window
from widgets.sample_card import FINE
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

SHOP = replace(
    FINE,
    account_id="s",
    name="Shop",
    amount="•••",
    amount_to_copy="€350.12",
)
LOW = replace(
    SHOP, account_id="l", name="Café", balance_status=Status.LOW, amount_to_copy="€4.50"
)
NEW = replace(
    SHOP, account_id="n", name="New", balance_status=Status.UNKNOWN, amount_to_copy="—"
)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    """Return a shown window with one account."""
    window = Window(ENGLISH)
    qtbot.addWidget(window)
    window.show_cards((SHOP,))
    with qtbot.waitActive(window):
        window.show()
    return window


def copied_from(part: QWidget, window: Window) -> list[str]:
    """Press Ctrl+C in a widget, and return the copied texts."""
    copies = collected(window.intent, CopyText)
    part.setFocus()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    return [intent.text for intent in copies]


def confirmed(window: Window) -> str:
    """Return the text in the window's footer."""
    (footer,) = window.findChildren(Footer)
    return footer.findChildren(TextLabel)[0].text()


def test_one_account_is_copied_from_anywhere(window: Window) -> None:
    """The card, its buttons and the footer's buttons copy the amount."""
    (card,) = window.findChildren(AccountCard)
    everywhere = [card, *window.findChildren(QPushButton)]
    tried = [one for one in everywhere if one.isVisible()]
    assert len(tried) > 5
    for one in tried:
        assert copied_from(one, window) == ["€350.12"], one
    assert confirmed(window) == "Copied to the clipboard"


def test_of_several_it_is_the_one_that_has_the_focus(window: Window) -> None:
    """The status of the other accounts doesn't matter."""
    window.show_cards((SHOP, LOW))
    first, second = window.findChildren(AccountCard)
    assert copied_from(first, window) == ["€350.12"]
    assert copied_from(second, window) == ["€4.50"]


def test_without_that_it_is_the_one_that_needs_a_look(window: Window) -> None:
    """The window names the account, and not the amount, which may be hidden."""
    window.show_cards((NEW, SHOP, LOW))
    (footer,) = window.findChildren(Footer)
    assert copied_from(footer.focus_chain[0], window) == ["€4.50"]
    assert confirmed(window) == "Copied the amount of Café"


def test_only_what_is_looked_for_is_copied(window: Window) -> None:
    """A search limits the candidates to its matches."""
    others = (replace(LOW, account_id=str(one), name=str(one)) for one in range(8))
    window.show_cards((SHOP, *others))
    (search,) = window.findChildren(QLineEdit)
    search.setText("shop")
    (footer,) = window.findChildren(Footer)
    assert copied_from(footer.focus_chain[0], window) == ["€350.12"]


def test_a_text_that_is_typed_is_copied_as_everywhere(window: Window) -> None:
    """The search field handles the key itself."""
    window.show_cards(tuple(replace(SHOP, account_id=str(one)) for one in range(9)))
    (search,) = window.findChildren(QLineEdit)
    search.setText("shop")
    search.selectAll()
    assert copied_from(search, window) == []
    assert QGuiApplication.clipboard().text() == "shop"


def test_where_nothing_is_known_nothing_is_copied(window: Window) -> None:
    """The window says so, and the clipboard keeps its content."""
    window.show_cards((NEW,))
    (footer,) = window.findChildren(Footer)
    assert copied_from(footer.focus_chain[0], window) == []
    assert confirmed(window) == "There is no amount to copy yet."


def test_a_window_without_accounts_has_nothing_to_say(window: Window) -> None:
    """The key does nothing."""
    window.show_cards(())
    (begin,) = (one for one in window.findChildren(QPushButton) if "Add" in one.text())
    assert copied_from(begin, window) == []
    assert confirmed(window) == ""
