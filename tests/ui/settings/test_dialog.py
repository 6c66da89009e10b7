"""The settings dialog saves everything on OK, or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account, Service
from trayapp.core.alerts.kinds import KINDS
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.changes import Changes
from trayapp.core.errors import Remedy
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import (
    AlertKind,
    IconStyle,
    QuietHours,
    Settings,
    SettingsTab,
)
from trayapp.core.view.account_text import Problem
from trayapp.ui.intents import SaveSettings, StartKeyTest
from trayapp.ui.settings.account_dialog import AccountDialog
from trayapp.ui.settings.account_list import AccountList
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.settings.settings_page import SettingsPage
from trayapp.ui.settings.unsaved_changes import UnsavedChanges
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]
Make = Callable[..., SettingsDialog]

KEY = "399d2b438a53ebed3db8a7d52107f846"
MAIN = Account("m", "Main")
SHOP = Account("s", "<b>R&D", Service.SMSPUBLI, low_below=Decimal(25))
FULL = Problem("Disk full", "Because.", "Free some.", Remedy.NONE, "")


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    """Return a function that opens the dialog."""

    def open_dialog(
        *accounts: Account,
        settings: Settings | None = None,
        edit: str | None = None,
    ) -> SettingsDialog:
        dialog = SettingsDialog(
            accounts,
            settings or Settings(),
            ENGLISH,
            new_id=lambda: "new",
            edit=edit,
        )
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.open()
        return dialog

    return open_dialog


def account_dialog(dialog: SettingsDialog) -> AccountDialog:
    """Return the open account dialog."""
    return next(one for one in dialog.findChildren(AccountDialog) if not one.isHidden())


def question(dialog: SettingsDialog) -> UnsavedChanges:
    """Return the question that Cancel asks."""
    boxes = dialog.findChildren(UnsavedChanges)
    return next(box for box in boxes if box.isVisible())


def page(dialog: SettingsDialog, tab: SettingsTab) -> SettingsPage:
    """Return the page of a tab."""
    pages = dialog.findChildren(SettingsPage)
    return next(one for one in pages if one.tab is tab)


def type_in(dialog: QDialog, name: str, text: str) -> None:
    """Replace the text of the field of this name."""
    for line in dialog.findChildren(QLineEdit):
        if line.accessibleName() == name:
            line.setText(text)


def listed(dialog: SettingsDialog) -> list[str]:
    """Return the texts of the list of accounts."""
    accounts = dialog.findChildren(AccountList)[0]
    return [accounts.item(row).text() for row in range(accounts.count())]


def changes(saves: list[SaveSettings]) -> Changes:
    """Return the changes that OK emitted."""
    (intent,) = saves
    return intent.changes


def test_accounts_are_listed_with_how_they_are_watched(make: Make) -> None:
    """Names are no markup."""
    assert listed(make(MAIN, SHOP)) == [
        "Main\nSMSup, warns below 10",
        "<b>R&D\nSMSPubli, warns below 25",
    ]


def test_ok_hands_over_everything(make: Make, buttons: Buttons) -> None:
    """Values without an edit stay the same."""
    settings = Settings(
        interval=timedelta(minutes=42),
        alert_kinds=frozenset({AlertKind.DRAIN}),
        unreachable_after=timedelta(hours=5),
        quiet=QuietHours(time(23, 30), time(6, 15)),
        reminder=timedelta(hours=7),
        icon=IconStyle.NUMBER,
        language="ca",
        discreet=True,
    )
    dialog = make(MAIN, SHOP, settings=settings)
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["OK"].click()
    assert changes(saves) == Changes((MAIN, SHOP), settings)


@pytest.mark.parametrize("is_on", [True, False])
def test_start_at_login_is_handed_over_where_it_was_chosen(
    make: Make,
    buttons: Buttons,
    is_on: bool,  # noqa: FBT001  # pytest passes it by name
) -> None:
    """The box shows the desktop's state; a click is a choice."""
    dialog = make(MAIN)
    dialog.show_login(LoginEntryState.ON if is_on else LoginEntryState.OFF)
    (box,) = page(dialog, SettingsTab.GENERAL).findChildren(QCheckBox)
    assert box.isChecked() is is_on
    box.click()
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["OK"].click()
    assert changes(saves).at_login is not is_on


def test_preferences_are_chosen(make: Make, buttons: Buttons) -> None:
    """An unusual interval is added to the list."""
    unusual = Settings(interval=timedelta(minutes=42))
    dialog = make(settings=unusual)
    interval = page(dialog, SettingsTab.GENERAL).findChildren(QComboBox)[0]
    texts = [interval.itemText(row) for row in range(interval.count())]
    assert texts == [
        *("5 minutes", "10 minutes", "15 minutes", "30 minutes", "42 minutes"),
        *("1 hour", "2 hours", "6 hours", "12 hours", "24 hours"),
    ]
    assert interval.currentText() == "42 minutes"
    interval.setCurrentText("2 hours")
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["OK"].click()
    assert changes(saves).settings == Settings(timedelta(hours=2))


@pytest.mark.parametrize(("before", "shown"), [("", 0), ("de", 6), ("xx", 0)])
def test_a_language_is_chosen_by_its_own_name(
    make: Make, buttons: Buttons, before: str, shown: int
) -> None:
    """People find their own language in any other; an unknown code selects none."""
    dialog = make(settings=Settings(language=before))
    box = page(dialog, SettingsTab.GENERAL).findChildren(QComboBox)[1]
    assert [box.itemText(row) for row in range(box.count())] == [
        *("The system's own", "English", "Español", "Català"),
        *("Português", "Français", "Deutsch", "Italiano"),
    ]
    assert box.currentIndex() == shown
    box.setCurrentText("Português")
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["OK"].click()
    assert changes(saves).settings == Settings(language="pt")


def test_how_it_looks_is_chosen(make: Make, buttons: Buttons) -> None:
    """Each icon style has a picture beside its name."""
    dialog = make(MAIN)
    appearance = page(dialog, SettingsTab.APPEARANCE)
    (styles,) = appearance.findChildren(QComboBox)
    pictures = {styles.itemIcon(row).cacheKey() for row in range(styles.count())}
    assert len(pictures) == len(IconStyle)
    styles.setCurrentText("Light, for a dark panel")
    (discreet,) = appearance.findChildren(QCheckBox)
    discreet.click()
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["OK"].click()
    assert changes(saves).settings == Settings(icon=IconStyle.LIGHT, discreet=True)


def test_an_account_is_added(make: Make, buttons: Buttons) -> None:
    """Its key is emitted with it, on OK only."""
    dialog = make(MAIN)
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["Add an account…"].click()
    added = account_dialog(dialog)
    type_in(added, "Name", "Second")
    type_in(added, "API key", KEY)
    buttons(added)["OK"].click()
    assert saves == []
    assert listed(dialog)[1] == "Second\nSMSup, warns below 10, new key"
    buttons(dialog)["OK"].click()
    told = changes(saves)
    assert told.accounts == (MAIN, Account("new", "Second"))
    assert {one: key.reveal() for one, key in told.keys.items()} == {"new": KEY}


def test_an_account_that_is_not_stored_yet_is_edited_again(
    make: Make, buttons: Buttons
) -> None:
    """Its key is not required again."""
    dialog = make()
    buttons(dialog)["Add an account…"].click()
    type_in(account_dialog(dialog), "Name", "Second")
    type_in(account_dialog(dialog), "API key", KEY)
    buttons(account_dialog(dialog))["OK"].click()
    buttons(dialog)["Edit…"].click()
    type_in(account_dialog(dialog), "Name", "Third")
    buttons(account_dialog(dialog))["OK"].click()
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["OK"].click()
    assert changes(saves).accounts == (Account("new", "Third"),)
    assert set(changes(saves).keys) == {"new"}


def test_two_accounts_never_have_one_name(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """An edited account may keep its own name."""
    dialog = make(MAIN, SHOP)
    buttons(dialog)["Edit…"].click()
    edited = account_dialog(dialog)
    type_in(edited, "Name", SHOP.name)
    buttons(edited)["OK"].click()
    assert "Another account has this name." in words(edited)
    type_in(edited, "Name", MAIN.name)
    buttons(edited)["OK"].click()
    assert edited.isHidden()


def test_an_account_is_removed_on_ok_alone(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """The dialog says what OK removes; Cancel asks, and Discard removes nothing."""
    dialog = make(MAIN, SHOP)
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["Remove"].click()
    assert len(listed(dialog)) == 1
    assert any(text.startswith("OK removes 1 account") for text in words(dialog))
    buttons(dialog)["Cancel"].click()
    buttons(question(dialog))["Discard"].click()
    assert saves == []
    assert dialog.isHidden()


@pytest.mark.case("also 2", "a removal takes more along than it says")
def test_the_history_that_a_removal_takes_along_is_named(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """A person may still need it for the accountant."""
    dialog = make(MAIN, SHOP)
    buttons(dialog)["Remove"].click()
    assert any("its whole history" in text for text in words(dialog))
    buttons(dialog)["Remove"].click()
    assert any("their whole history" in text for text in words(dialog))


@pytest.mark.case("also 1", "Cancel drops what was confirmed before")
@pytest.mark.parametrize("how", ["new", "key", "name"])
def test_cancel_does_not_drop_a_confirmed_account(
    make: Make, words: Words, buttons: Buttons, how: str
) -> None:
    """It asks; to go on editing loses nothing, and Save saves."""
    dialog = make(MAIN)
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["Add an account…" if how == "new" else "Edit…"].click()
    if how != "key":
        type_in(account_dialog(dialog), "Name", "Typed")
    if how != "name":
        type_in(account_dialog(dialog), "API key", KEY)
    buttons(account_dialog(dialog))["OK"].click()
    buttons(dialog)["Cancel"].click()
    assert dialog.isVisible()
    name = "Main" if how == "key" else "Typed"
    assert any(f"Changed: {name}." in text for text in words(question(dialog)))
    buttons(question(dialog))["Go on editing"].click()
    assert dialog.isVisible()
    dialog.close()
    assert dialog.isVisible()
    buttons(question(dialog))["Save"].click()
    saved = changes(saves)
    assert name in {account.name for account in saved.accounts}
    assert len(saved.keys) == (how != "name")


def test_cancel_without_a_changed_account_asks_nothing(
    make: Make, buttons: Buttons
) -> None:
    """An account that was only looked at is none."""
    dialog = make(MAIN)
    buttons(dialog)["Edit…"].click()
    buttons(account_dialog(dialog))["OK"].click()
    buttons(dialog)["Cancel"].click()
    assert dialog.isHidden()


def test_a_removed_account_takes_its_new_key_along(
    make: Make, buttons: Buttons
) -> None:
    """Its new key is not stored; without accounts the buttons are disabled."""
    dialog = make(MAIN)
    buttons(dialog)["Edit…"].click()
    type_in(account_dialog(dialog), "API key", KEY)
    buttons(account_dialog(dialog))["OK"].click()
    buttons(dialog)["Remove"].click()
    assert not buttons(dialog)["Edit…"].isEnabled()
    assert not buttons(dialog)["Remove"].isEnabled()
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["OK"].click()
    assert changes(saves) == Changes((), Settings())


def test_the_list_knows_the_keyboard(make: Make) -> None:
    """Enter edits, Delete removes, and Enter does not press OK as well."""
    dialog = make(MAIN, SHOP)
    saves = collected(dialog.intent, SaveSettings)
    accounts = dialog.findChildren(AccountList)[0]
    accounts.setFocus()
    QTest.keyClick(accounts, Qt.Key.Key_Down)
    QTest.keyClick(accounts, Qt.Key.Key_Return)
    edited = account_dialog(dialog)
    name = next(
        one for one in edited.findChildren(QLineEdit) if one.accessibleName() == "Name"
    )
    assert name.text() == SHOP.name
    edited.reject()
    QTest.keyClick(accounts, Qt.Key.Key_Delete)
    assert listed(dialog) == ["Main\nSMSup, warns below 10"]
    assert saves == []


def test_without_accounts_enter_adds_one(make: Make) -> None:
    """The button to add an account is the default."""
    dialog = make()
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Return)
    added = account_dialog(dialog)
    type_in(added, "Name", "Main")
    type_in(added, "API key", KEY)
    added.accept()
    assert dialog.focusWidget() is dialog.ok
    saves = collected(dialog.intent, SaveSettings)
    QTest.keyPress(dialog.ok, Qt.Key.Key_Return)
    assert len(changes(saves).accounts) == 1


def test_saving_is_waited_for(make: Make, words: Words, buttons: Buttons) -> None:
    """The dialog is disabled meanwhile, and closes when everything is stored."""
    dialog = make(MAIN)
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["OK"].click()
    dialog.accept()
    assert len(saves) == 1
    assert not dialog.isEnabled()
    assert "Saving…" in words(dialog)
    dialog.saved()
    assert dialog.isHidden()
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_what_could_not_be_saved_is_still_there(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """The problem is shown in the dialog, and OK tries again."""
    dialog = make(MAIN, SHOP)
    buttons(dialog)["Remove"].click()
    saves = collected(dialog.intent, SaveSettings)
    buttons(dialog)["OK"].click()
    dialog.save_failed(FULL)
    assert dialog.isEnabled()
    assert {"Disk full", "Because.", "Free some."} <= set(words(dialog))
    assert "Saving…" not in words(dialog)
    buttons(dialog)["OK"].click()
    assert "Disk full" not in words(dialog)
    assert saves[0] == saves[1]


def test_a_dialog_closed_while_saving_comes_back_if_that_fails(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """Closing never blocks a logout, and the entries are kept."""
    dialog = make(MAIN)
    finished = QSignalSpy(dialog.finished)
    buttons(dialog)["OK"].click()
    assert dialog.close()
    assert dialog.isHidden()
    assert finished.count() == 0
    dialog.save_failed(FULL)
    assert dialog.isVisible()
    assert "Disk full" in words(dialog)


def test_a_new_key_is_one_dialog_and_one_ok(
    qtbot: QtBot, make: Make, buttons: Buttons
) -> None:
    """For one account the key has the focus, and the account dialog's OK saves."""
    dialog = make(MAIN, SHOP, edit="s")
    qtbot.waitUntil(lambda: bool(dialog.findChildren(AccountDialog)))
    edited = account_dialog(dialog)
    focused = edited.focusWidget()
    assert focused.accessibleName() == "API key"
    type_in(edited, "API key", KEY)
    saves = collected(dialog.intent, SaveSettings)
    buttons(edited)["OK"].click()
    assert changes(saves).accounts == (MAIN, SHOP)
    assert set(changes(saves).keys) == {"s"}


def test_a_new_key_that_is_not_given_closes_both(
    qtbot: QtBot, make: Make, buttons: Buttons
) -> None:
    """Cancel changes nothing."""
    dialog = make(MAIN, edit="m")
    qtbot.waitUntil(lambda: bool(dialog.findChildren(AccountDialog)))
    saves = collected(dialog.intent, SaveSettings)
    buttons(account_dialog(dialog))["Cancel"].click()
    assert dialog.isHidden()
    assert saves == []


def test_an_open_dialog_jumps_to_a_key(make: Make, buttons: Buttons) -> None:
    """It changes the tab, stays open afterwards, and saves nothing yet."""
    dialog = make(MAIN, SHOP)
    dialog.tabs.setCurrentIndex(1)
    saves = collected(dialog.intent, SaveSettings)
    dialog.edit_account("s")
    edited = account_dialog(dialog)
    assert dialog.tabs.currentIndex() == 0
    assert (edited.account_id, edited.focusWidget().accessibleName()) == (
        "s",
        "API key",
    )
    buttons(edited)["Cancel"].click()
    assert dialog.isVisible()
    assert saves == []


def test_a_jump_never_closes_what_is_being_typed(make: Make) -> None:
    """An open account dialog stays; while saving, none is opened."""
    dialog = make(MAIN, SHOP)
    dialog.edit_account("m")
    type_in(account_dialog(dialog), "Name", "Half-typed")
    dialog.edit_account("s")
    assert account_dialog(dialog).account_id == "m"
    account_dialog(dialog).accept()
    dialog.accept()
    dialog.edit_account("s")
    assert not any(one.isVisible() for one in dialog.findChildren(AccountDialog))


def test_an_account_that_is_gone_is_not_edited(qtbot: QtBot, make: Make) -> None:
    """The settings open as usual."""
    dialog = make(MAIN, edit="gone")
    qtbot.wait(0)
    assert dialog.isVisible()
    assert not dialog.findChildren(AccountDialog)


def test_the_result_of_a_key_test_is_shown_where_it_was_started(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """Only the account dialog that asked shows the result."""
    dialog = make(MAIN, SHOP)
    key_tests = collected(dialog.intent, StartKeyTest)
    buttons(dialog)["Edit…"].click()
    buttons(account_dialog(dialog))["Test"].click()
    first = key_tests[0].key_test
    buttons(account_dialog(dialog))["Cancel"].click()
    dialog.show_key_test(first, "€1.00")
    buttons(dialog)["Edit…"].click()
    again = account_dialog(dialog)
    buttons(again)["Test"].click()
    dialog.show_key_test(first, "€1.00")
    assert "Asking…" in words(again)
    dialog.show_key_test(key_tests[1].key_test, "€2.00")
    assert "The gateway answers: €2.00" in words(again)


def test_a_long_name_is_cut(make: Make) -> None:
    """A name of any length leaves the list readable."""
    assert listed(make(replace(MAIN, name="x" * 10_000)))[0].count("x") == 59


def test_everything_one_can_touch_has_a_name(make: Make) -> None:
    """A screen reader announces the purpose of each widget."""
    dialog = make(MAIN)
    names = {
        part.accessibleName()
        for kind in (AccountList, QComboBox, QCheckBox)
        for part in dialog.findChildren(kind)
    }
    assert names == {
        "Accounts",
        "Ask the gateway every",
        "Hide amounts until I ask for them",
        "Language",
        "Start Balance Tray when I log in",
        "Tray icon",
        *(record.option_label.replace("&", "") for record in KINDS.values()),
        "Unreachable for longer than",
        "Quiet hours from",
        "Remind me while the balance is low, every",
        "Time between two reminders",
    }
