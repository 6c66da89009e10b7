"""Nothing is cut off in the states of a window, in every language."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton, QWidget

from trayapp.core import errors
from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure
from trayapp.core.i18n.language import Language
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings
from trayapp.core.view.account_text import card, problem, totals
from trayapp.ui.first_run.dialog import FirstRun
from trayapp.ui.intents import StartKeyTest
from trayapp.ui.settings.account_dialog import AccountDialog, EditedAccount
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.window.about import AboutDialog
from trayapp.ui.window.window import Window
from widgets.localized_screen import Place
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = "12345678"
LEFT = Balance(Decimal("350.12"), "EUR")


def known(number: int, amount: str | None = None) -> AccountState:
    """Return an account whose name has no words, with a balance."""
    account = Account(f"a{number}", f"№ {number}", low_below=Decimal(20))
    if amount is None:
        return AccountState(account, is_refreshing=True)
    return AccountState(account, Reading(Balance(Decimal(amount), "EUR"), NOW))


def window_of(accounts: Sequence[AccountState], language: Language) -> Window:
    """Return the window of some accounts in its first size."""
    window = Window(language)
    window.show_cards(tuple(card(one, NOW, language) for one in accounts))
    window.show_totals(totals(tuple(accounts), language))
    return window


def lines(top: QWidget) -> list[QLineEdit]:
    """Return the fields of a dialog."""
    return [one for one in top.findChildren(QLineEdit) if one.isVisible()]


def press_default(top: QWidget) -> None:
    """Press the default button."""
    (button,) = (one for one in top.findChildren(QPushButton) if one.isDefault())
    button.click()


@pytest.mark.parametrize("amount", [None, "350.12", "12", "0"])
def test_one_account_has_the_window_to_itself(place: Place, amount: str | None) -> None:
    """The large card fits while loading, and then fine, low and empty."""
    window = window_of([known(1, amount)], place.language)
    place.looks_well(place.shown(window))
    window.show_card(
        card(
            replace(known(1, amount), failure=Failure(errors.NoConnection, "")),
            NOW + timedelta(days=3),
            place.language,
        )
    )
    place.looks_well(window)
    window.resize(window.minimumSize())
    place.looks_well(window)


def test_hidden_amounts_fit(place: Place) -> None:
    """The window fits with the button that reveals amounts."""
    hiding = replace(place.language, hides_amounts=True)
    window = window_of([known(n, f"{7 * n}") for n in range(4)], hiding)
    window.offer_reveal(on=True)
    place.looks_well(place.shown(window))
    window.resize(window.minimumSize())
    place.looks_well(window)


def test_a_crowd_fits(place: Place) -> None:
    """Many accounts fit at first, maximized, searched, and without a match."""
    window = window_of([known(n, f"{7 * n}") for n in range(50)], place.language)
    place.looks_well(place.shown(window))
    window.resize(window.screen().availableSize())
    place.looks_well(window)
    (search,) = lines(window)
    for typed in ("№ 4", "x"):
        search.setText(typed)
        place.looks_well(window)


def test_a_first_run_that_was_left_fits(place: Place) -> None:
    """The empty page offers to continue it."""
    window = place.shown(Window(place.language))
    assert isinstance(window, Window)
    window.offer_to_continue()
    place.looks_well(window)


def test_a_first_run_that_goes_well_fits(place: Place) -> None:
    """The key is tested, accepted and stored; or saving fails."""
    wizard = FirstRun(place.language, new_id=lambda: "x")
    key_tests = collected(wizard.intent, StartKeyTest)
    place.shown(wizard)
    wizard.findChildren(QRadioButton)[-1].setChecked(True)
    address, _ = lines(wizard)
    address.setText("https://127.0.0.1")
    press_default(wizard)
    key, name = lines(wizard)
    key.setText(KEY)
    name.setText("№ 1")
    (test,) = (
        one
        for one in wizard.findChildren(QPushButton)
        if one.isVisible() and one.text() == place.language.gettext("T&est")
    )
    test.click()
    place.looks_well(wizard)
    wizard.show_key_test(key_tests[0].key_test, LEFT)
    place.looks_well(wizard)
    press_default(wizard)
    place.looks_well(wizard)
    press_default(wizard)
    place.looks_well(wizard)
    wizard.save_failed(problem(Failure(errors.ConfigUnwritable), place.language))
    place.looks_well(wizard)


@pytest.mark.parametrize("is_good", [True, False])
def test_an_account_that_is_tried_fits(place: Place, *, is_good: bool) -> None:
    """The test of a stored key succeeds or fails."""
    language = place.language
    account = replace(known(1).account, service=Service.SMSUP)
    dialog = AccountDialog(
        EditedAccount(account, is_new=False, pending=Secret(KEY)), language
    )
    key_tests = collected(dialog.intent, StartKeyTest)
    place.looks_well(place.shown(dialog))
    (test,) = (
        one
        for one in dialog.findChildren(QPushButton)
        if one.text() == language.gettext("T&est")
    )
    test.click()
    place.looks_well(dialog)
    failed = problem(Failure(errors.Unauthorized), language, is_first=True)
    answer = language.money(LEFT.amount, LEFT.unit) if is_good else failed
    dialog.show_key_test(key_tests[0].key_test, answer)
    place.looks_well(dialog)


@pytest.mark.parametrize(
    "kind", [errors.ConfigUnwritable, errors.KeyringLocked, errors.KeyringAbsent]
)
def test_settings_that_are_not_stored_fit(
    place: Place, kind: type[errors.BalanceTrayError]
) -> None:
    """The problem fits below each page; a failed test notification fits too."""
    dialog = SettingsDialog(
        (known(1).account,), Settings(), place.language, new_id=lambda: "x"
    )
    place.shown(dialog)
    dialog.accept()
    place.looks_well(dialog)
    dialog.save_failed(problem(Failure(kind), place.language))
    dialog.show_unseen(problem(Failure(errors.NotificationsUnseen), place.language))
    for tab in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(tab)
        place.looks_well(dialog)


def test_copied_diagnostics_fit(place: Place) -> None:
    """The confirmation fits the about dialog."""
    dialog = AboutDialog("1.2.3", place.language)
    place.shown(dialog)
    dialog.confirm(place.language.gettext("Copied to the clipboard"))
    place.looks_well(dialog)
