"""The dialog edits one account, validates it, and tests its key."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from trayapp.core.account import GATEWAY, Account, Service
from trayapp.core.account_draft import ACCOUNT_FIELDS, DraftField
from trayapp.core.changes import KeyTest
from trayapp.core.errors import Remedy
from trayapp.core.i18n.language import ENGLISH, Language, language_for
from trayapp.core.secret import Secret
from trayapp.core.view.account_text import Problem
from trayapp.services.files.catalogs import catalog
from trayapp.ui.intents import StartKeyTest
from trayapp.ui.settings.account_dialog import AccountDialog, EditedAccount
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]
Make = Callable[..., AccountDialog]

KEY = "399d2b438a53ebed3db8a7d52107f846"
NEW = Account("n", "")
MAIN = Account(
    "m", "Main", low_below=Decimal("12.5"), warn_days=9, price=Decimal("0.045")
)
OTHER = Account(
    "o",
    "Other one",
    Service.CUSTOM,
    "https://api.example.com",
    "shop",
    Decimal(0),
    "https://panel.example.com/top-up",
)
DOWN = Problem("No way", "Because.", "Wait.", Remedy.RETRY, "")


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    """Return a function that opens a dialog; `taken` is another account's name."""

    def open_dialog(
        account: Account = MAIN,
        *,
        is_new: bool = False,
        pending: Secret | None = None,
        language: Language = ENGLISH,
    ) -> AccountDialog:
        subject = EditedAccount(
            account, is_new=is_new, taken=("Shop",), pending=pending
        )
        dialog = AccountDialog(subject, language)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.open()
        return dialog

    return open_dialog


def line(dialog: AccountDialog, name: str) -> QLineEdit:
    """Return the field of this name."""
    return next(
        one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == name
    )


def choose(dialog: AccountDialog, service: str) -> None:
    """Choose a service by its name."""
    dialog.findChildren(QComboBox)[0].setCurrentText(service)


def press(dialog: AccountDialog, buttons: Buttons, name: str) -> None:
    """Press a button by its text."""
    buttons(dialog)[name].click()


def test_an_account_comes_back_as_it_was(make: Make, buttons: Buttons) -> None:
    """OK without an edit emits the same account, and no key."""
    for account in (MAIN, OTHER):
        dialog = make(account)
        spy = QSignalSpy(dialog.entered)
        press(dialog, buttons, "OK")
        assert spy.at(0) == [account, None]
        assert dialog.isHidden()


def test_a_new_account_is_typed(make: Make, buttons: Buttons) -> None:
    """A name and a key are enough."""
    dialog = make(NEW, is_new=True)
    spy = QSignalSpy(dialog.entered)
    QTest.keyClicks(line(dialog, "Name"), "Main")
    QTest.keyClicks(line(dialog, "API key"), f" {KEY} ")
    QTest.keyClick(line(dialog, "API key"), Qt.Key.Key_Return)
    account, key = spy.at(0)
    assert account == Account("n", "Main", Service.SMSUP, GATEWAY)
    assert key.reveal() == KEY
    del buttons


def test_amounts_are_typed_as_the_person_writes_them(
    make: Make, buttons: Buttons, spanish: Language
) -> None:
    """Spanish amounts have a decimal comma."""
    dialog = make(language=spanish)
    assert line(dialog, "Warn below").text() == "12,5"
    line(dialog, "Warn below").setText("1.250,75")
    spy = QSignalSpy(dialog.entered)
    press(dialog, buttons, "OK")
    assert spy.at(0)[0].low_below == Decimal("1250.75")


@pytest.mark.case("also 3", "what a person types is read as they write it")
def test_a_typed_amount_is_repeated_beside_its_field(
    make: Make, words: Words, spanish: Language
) -> None:
    """A stored amount is not; a screen reader has the reading in the description."""
    dialog = make(language=spanish)
    assert not [text for text in words(dialog) if text.startswith("=")]
    low = line(dialog, "Warn below")
    for typed, reading in (
        ("1.250", "= 1250,00"),
        ("1,234.5", "= 1234,50"),
        ("12.5", "= 12,50"),
        ("1,234", "= 1,2340"),
        ("25", None),
        ("ten", None),
    ):
        low.setText(typed)
        shown = [text for text in words(dialog) if text.startswith("=")]
        assert shown == ([reading] if reading else [])
        assert low.accessibleDescription().startswith(reading or "In euros")


@pytest.mark.case("also 3", "what a person types is read as they write it")
def test_an_ambiguous_amount_is_refused_beside_its_field(
    make: Make, buttons: Buttons
) -> None:
    """French uses a point for neither thousands nor decimals."""
    french = language_for("fr", catalog("fr"))
    dialog = make(language=french)
    (low,) = (one for one in dialog.findChildren(QLineEdit) if one.text() == "12,5")
    low.setText("1.234")
    spy = QSignalSpy(dialog.entered)
    press(dialog, buttons, "OK")
    assert spy.count() == 0
    assert low.accessibleDescription().startswith("1.234 peut être 1234 ou 1,2340")


def test_a_price_and_the_days_ahead_are_typed(
    make: Make, buttons: Buttons, spanish: Language
) -> None:
    """A price may be empty; days are whole numbers, and 0 disables the warning."""
    dialog = make(language=spanish)
    assert line(dialog, "Price per message").text() == "0,045"
    assert line(dialog, "Warn days ahead").text() == "9"
    line(dialog, "Price per message").setText("")
    line(dialog, "Warn days ahead").setText("0")
    spy = QSignalSpy(dialog.entered)
    press(dialog, buttons, "OK")
    assert (spy.at(0)[0].price, spy.at(0)[0].warn_days) == (None, 0)


@pytest.mark.parametrize("account", [NEW, OTHER])
def test_the_dialog_fits_a_low_screen(make: Make, account: Account) -> None:
    """It fits 600 points with the usual font, whose line is 17 points high."""
    dialog = make(account, is_new=account is NEW)
    assert dialog.sizeHint().height() <= 600 * dialog.fontMetrics().height() / 17


def test_only_another_service_has_an_address(make: Make, buttons: Buttons) -> None:
    """A known service has a fixed address; one typed before is not stored."""
    dialog = make(OTHER)
    assert line(dialog, "Address").isVisible()
    assert line(dialog, "Top-up page").text() == OTHER.panel
    choose(dialog, "SMSPubli")
    assert not line(dialog, "Address").isVisible()
    assert not line(dialog, "Top-up page").isVisible()
    spy = QSignalSpy(dialog.entered)
    press(dialog, buttons, "OK")
    assert spy.at(0)[0].base_url == GATEWAY
    assert spy.at(0)[0].panel == ""


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("Name", "", "Give the account a name."),
        ("Name", "shop", "Another account has this name."),
        ("Name", "x" * 10_000, "Use at most 60 plain characters."),
        ("Name", "a\u202eb", "Use at most 60 plain characters."),
        ("Address", "http://a.example", "Use https://, or the key could be read"),
        ("Top-up page", "javascript:x", "Enter a web address with https://."),
        ("API key", "short", "This is not an API key."),
        ("Sub-account", "a\u200bb", "Use the sub-account's user name as it is."),
        ("Warn below", "ten", "Enter an amount such as 25; 0 for no warning."),
        ("Warn days ahead", "61", "Enter a number of days up to 60; 0 for no"),
        ("Price per message", "-1", "Enter what one message costs, such as 0.05"),
    ],
)
def test_what_is_wrong_is_told_beside_it(
    make: Make, words: Words, buttons: Buttons, name: str, typed: str, said: str
) -> None:
    """The error is accessible, the field has the focus, and OK emits nothing."""
    dialog = make(OTHER)
    spy = QSignalSpy(dialog.entered)
    line(dialog, name).setText(typed)
    press(dialog, buttons, "OK")
    assert spy.count() == 0
    assert dialog.isVisible()
    assert any(text.startswith(said) for text in words(dialog))
    assert line(dialog, name).accessibleDescription().startswith(said)
    assert line(dialog, name).hasFocus()
    line(dialog, name).setText("Better")
    assert not any(text.startswith(said) for text in words(dialog))


def test_the_first_of_several_problems_has_the_focus(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """All errors are shown; a missing key is one of them."""
    dialog = make(NEW, is_new=True)
    line(dialog, "Warn below").setText("")
    press(dialog, buttons, "OK")
    assert "Give the account a name." in words(dialog)
    assert "Enter the account's API key." in words(dialog)
    assert "Enter an amount such as 25; 0 for no warning." in words(dialog)
    assert line(dialog, "Name").hasFocus()


def test_the_key_is_hidden_until_it_is_revealed(make: Make, buttons: Buttons) -> None:
    """The same button masks it again."""
    dialog = make()
    key = line(dialog, "API key")
    assert key.echoMode() is QLineEdit.EchoMode.Password
    press(dialog, buttons, "Reveal")
    assert key.echoMode() is QLineEdit.EchoMode.Normal
    press(dialog, buttons, "Reveal")
    assert key.echoMode() is QLineEdit.EchoMode.Password


def test_a_key_is_pasted_whole(make: Make, buttons: Buttons) -> None:
    """It replaces the text, without line breaks; an empty clipboard changes nothing."""
    dialog = make()
    key = line(dialog, "API key")
    key.setText("half-typed")
    QGuiApplication.clipboard().setText(f"{KEY}\n")
    press(dialog, buttons, "Paste")
    assert key.text() == KEY
    QGuiApplication.clipboard().clear()
    press(dialog, buttons, "Paste")
    assert key.text() == KEY


@pytest.mark.parametrize("button", ["OK", "Cancel"])
def test_a_closed_dialog_holds_no_key(
    make: Make, buttons: Buttons, button: str
) -> None:
    """The field is cleared and masked."""
    dialog = make()
    key = line(dialog, "API key")
    key.setText(KEY)
    press(dialog, buttons, "Reveal")
    press(dialog, buttons, button)
    assert key.text() == ""
    assert key.echoMode() is QLineEdit.EchoMode.Password


def test_a_stored_key_is_said_to_be_there(make: Make) -> None:
    """The field is empty: the key is not read from the keyring."""
    dialog = make()
    key = line(dialog, "API key")
    assert (key.text(), key.placeholderText()) == ("", "Stored; type to replace it")


def test_a_key_that_waits_to_be_stored_is_kept(make: Make, buttons: Buttons) -> None:
    """Another edit before saving keeps the key."""
    pending = Secret(KEY)
    dialog = make(pending=pending)
    assert line(dialog, "API key").placeholderText() == "New key, saved on OK"
    spy = QSignalSpy(dialog.entered)
    press(dialog, buttons, "OK")
    assert spy.at(0)[1] is pending


def test_a_key_test_uses_what_is_typed(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """It needs no name, and its result is shown in the dialog."""
    dialog = make(NEW, is_new=True)
    key_tests = collected(dialog.intent, StartKeyTest)
    line(dialog, "API key").setText(KEY)
    line(dialog, "Sub-account").setText("shop")
    press(dialog, buttons, "Test")
    press(dialog, buttons, "Test")
    assert len(key_tests) == 1
    key_test = key_tests[0].key_test
    assert isinstance(key_test, KeyTest)
    assert key_test.account.sub_account == "shop"
    assert key_test.key is not None
    assert key_test.key.reveal() == KEY
    assert "Asking…" in words(dialog)
    dialog.show_key_test(key_test, "€350.12")
    assert "The gateway answers: €350.12" in words(dialog)


def test_a_key_test_that_failed_says_why(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """It uses the stored key if none is typed."""
    dialog = make()
    key_tests = collected(dialog.intent, StartKeyTest)
    press(dialog, buttons, "Test")
    key_test = key_tests[0].key_test
    assert key_test.key is None
    dialog.show_key_test(key_test, DOWN)
    assert words(dialog)[-3:] == ["No way", "Because.", "Wait."]


def test_nothing_is_asked_with_what_is_wrong(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """The error is shown at the field."""
    dialog = make(NEW, is_new=True)
    key_tests = collected(dialog.intent, StartKeyTest)
    press(dialog, buttons, "Test")
    assert key_tests == []
    assert "Enter the account's API key." in words(dialog)
    assert "Give the account a name." not in words(dialog)


def test_an_answer_to_what_is_no_longer_typed_is_not_shown(
    make: Make, words: Words, buttons: Buttons
) -> None:
    """After an edit or a second test, an older result is ignored."""
    dialog = make()
    key_tests = collected(dialog.intent, StartKeyTest)
    press(dialog, buttons, "Test")
    line(dialog, "Sub-account").setText("shop")
    assert "Asking…" not in words(dialog)
    press(dialog, buttons, "Test")
    dialog.show_key_test(key_tests[0].key_test, "€1.00")
    assert "Asking…" in words(dialog)
    dialog.show_key_test(key_tests[1].key_test, "€2.00")
    assert "The gateway answers: €2.00" in words(dialog)
    choose(dialog, "SMSPubli")
    assert "The gateway answers: €2.00" not in words(dialog)


def test_everything_one_can_touch_has_a_name(make: Make) -> None:
    """A screen reader announces the purpose of each field."""
    dialog = make(OTHER)
    parts = [*dialog.findChildren(QLineEdit), *dialog.findChildren(QComboBox)]
    # The key and the service are no fields of the account.
    assert len(parts) == len(ACCOUNT_FIELDS) + 2 == len(DraftField) + 1
    assert all(part.accessibleName() for part in parts)
    assert line(dialog, "Sub-account").accessibleDescription()


def test_the_dialog_grows_for_what_is_told_later(
    qtbot: QtBot, make: Make, buttons: Buttons
) -> None:
    """There is no scroll bar while the screen has room."""
    dialog = make(NEW, is_new=True)
    before = dialog.height()
    press(dialog, buttons, "OK")
    qtbot.waitUntil(lambda: dialog.height() > before)
