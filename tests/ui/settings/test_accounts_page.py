"""Accounts are sorted by dragging and by keys."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import Settings
from trayapp.ui.intents import SaveSettings
from trayapp.ui.settings.account_list import AccountList
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.widgets.buttons import PushButton
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

THREE = tuple(Account(one, one.upper()) for one in "abc")
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def dialog(qtbot: QtBot) -> SettingsDialog:
    """Return the shown settings of three accounts."""
    one = SettingsDialog(THREE, Settings(), ENGLISH, new_id=lambda: "new")
    qtbot.addWidget(one)
    with qtbot.waitActive(one):
        one.open()
    return one


def order(dialog: SettingsDialog) -> str:
    """Return the order of the ids that OK saves."""
    saves = collected(dialog.intent, SaveSettings)
    dialog.accept()
    return "".join(account.id for account in saves[0].changes.accounts)


def accounts(dialog: SettingsDialog) -> AccountList:
    """Return the list."""
    return dialog.findChildren(AccountList)[0]


def test_the_keyboard_starts_in_the_list(dialog: SettingsDialog) -> None:
    """The tabs don't have the focus."""
    assert accounts(dialog).hasFocus()


def test_keys_move_an_account(dialog: SettingsDialog) -> None:
    """It moves up to the ends of the list, and stays the current one."""
    one = accounts(dialog)
    one.setCurrentRow(0)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(one, key, ALT)
    assert one.current_id() == "a"
    assert order(dialog) == "bca"


def test_dragging_moves_an_account(dialog: SettingsDialog) -> None:
    """A moved row changes the order."""
    one = accounts(dialog)
    assert one.dragDropMode() is AccountList.DragDropMode.InternalMove
    flags = [one.item(row).flags() for row in range(one.count())]
    assert not any(flag & Qt.ItemFlag.ItemIsDropEnabled for flag in flags)
    assert one.model().moveRow(QModelIndex(), 2, QModelIndex(), 0)
    assert order(dialog) == "cab"


def test_an_order_survives_what_comes_after(
    dialog: SettingsDialog, buttons: Buttons
) -> None:
    """Removing an account keeps the order of the others."""
    one = accounts(dialog)
    one.setCurrentRow(2)
    QTest.keyClick(one, Qt.Key.Key_Up, ALT)
    one.select("a")
    buttons(dialog)["Remove"].click()
    assert order(dialog) == "cb"


def test_how_to_move_is_said_where_there_is_something_to_move(
    qtbot: QtBot, dialog: SettingsDialog, words: Words
) -> None:
    """One account can't be moved."""
    assert any("Alt+Up" in text for text in words(dialog))
    alone = SettingsDialog(THREE[:1], Settings(), ENGLISH, new_id=lambda: "new")
    qtbot.addWidget(alone)
    assert not any("Alt+Up" in text for text in words(alone))


def test_the_list_says_what_can_be_done_to_whoever_listens(
    dialog: SettingsDialog, words: Words
) -> None:
    """The accessible description equals the visible help."""
    said = accounts(dialog).accessibleDescription()
    assert said in words(dialog)
    assert "Enter opens it" in said
    assert "Alt+Up" in said


def test_without_accounts_the_keyboard_starts_with_adding_one(
    qtbot: QtBot, buttons: Buttons
) -> None:
    """The button is emphasized, and Enter presses it."""
    first = SettingsDialog((), Settings(), ENGLISH, new_id=lambda: "n")
    qtbot.addWidget(first)
    with qtbot.waitActive(first):
        first.open()
    add = buttons(first)["Add an account…"]
    assert isinstance(add, PushButton)
    assert (first.focusWidget(), add.is_emphasized, add.isDefault()) == (
        add,
        True,
        True,
    )
