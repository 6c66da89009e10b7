"""The list of accounts is put in order by dragging or by keys."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from collected import collected
from trayapp.core.account import Account
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import Settings
from trayapp.ui.intents import SaveSettings
from trayapp.ui.settings.account_list import AccountList
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.widgets.buttons import PushButton

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

THREE = tuple(Account(one, one.upper()) for one in "abc")
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def dialog(qtbot: QtBot) -> SettingsDialog:
    """Give the settings of three accounts, on the screen."""
    one = SettingsDialog(THREE, Settings(), ENGLISH, new_id=lambda: "new")
    qtbot.addWidget(one)
    with qtbot.waitActive(one):
        one.open()
    return one


def order(dialog: SettingsDialog) -> str:
    """Give the order that OK hands over."""
    saves = collected(dialog.intent, SaveSettings)
    dialog.accept()
    return "".join(account.id for account in saves[0].changes.accounts)


def accounts(dialog: SettingsDialog) -> AccountList:
    """Give the list."""
    return dialog.findChildren(AccountList)[0]


def test_the_keyboard_starts_in_the_list(dialog: SettingsDialog) -> None:
    """Not in the tabs."""
    assert accounts(dialog).hasFocus()


def test_keys_move_an_account(dialog: SettingsDialog) -> None:
    """As far as the list goes; the account stays the current one."""
    one = accounts(dialog)
    one.setCurrentRow(0)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(one, key, ALT)
    assert one.current_id() == "a"
    assert order(dialog) == "bca"


def test_dragging_moves_an_account(dialog: SettingsDialog) -> None:
    """The list moves its row; the order follows."""
    one = accounts(dialog)
    assert one.dragDropMode() is AccountList.DragDropMode.InternalMove
    flags = [one.item(row).flags() for row in range(one.count())]
    assert not any(flag & Qt.ItemFlag.ItemIsDropEnabled for flag in flags)
    assert one.model().moveRow(QModelIndex(), 2, QModelIndex(), 0)
    assert order(dialog) == "cab"


def test_an_order_survives_what_comes_after(
    dialog: SettingsDialog, buttons: Buttons
) -> None:
    """Removing another account keeps it."""
    one = accounts(dialog)
    one.setCurrentRow(2)
    QTest.keyClick(one, Qt.Key.Key_Up, ALT)
    one.select("a")
    buttons(dialog)["Remove"].click()
    assert order(dialog) == "cb"


def test_how_to_move_is_said_where_there_is_something_to_move(
    qtbot: QtBot, dialog: SettingsDialog, words: Words
) -> None:
    """One account has no order."""
    assert any("Alt+Up" in text for text in words(dialog))
    alone = SettingsDialog(THREE[:1], Settings(), ENGLISH, new_id=lambda: "new")
    qtbot.addWidget(alone)
    assert not any("Alt+Up" in text for text in words(alone))


def test_the_list_says_what_can_be_done_to_whoever_listens(
    dialog: SettingsDialog, words: Words
) -> None:
    """The same as to whoever looks."""
    said = accounts(dialog).accessibleDescription()
    assert said in words(dialog)
    assert "Enter opens it" in said
    assert "Alt+Up" in said


def test_without_accounts_the_keyboard_starts_with_adding_one(
    qtbot: QtBot, buttons: Buttons
) -> None:
    """It stands out, and Enter presses it; there is nothing else to do."""
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
