"""Nothing is cut off if words are 40 % longer or run from right to left."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle

import pytest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QRadioButton,
    QSystemTrayIcon,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trayapp.core import errors
from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState
from trayapp.core.alerts.decision import Alert, Disposition, Reason
from trayapp.core.alerts.log import LogEntry, why_rows
from trayapp.core.alerts.pending_payment import PendingPayment, pending_payment_text
from trayapp.core.alerts.wording import notification_about, sample_notification
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import BalanceTrayError, Failure
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.forecast.words import card_words, messages_sentence
from trayapp.core.i18n.language import Language
from trayapp.core.settings import AlertKind, QuietHours, Settings
from trayapp.core.view.account_text import (
    Card,
    CardDetails,
    card,
    problem,
    snoozed_until,
    totals,
)
from trayapp.core.view.history import AccountHistory, history_page
from trayapp.core.view.tray import tray_view
from trayapp.ui.first_run.dialog import FirstRun
from trayapp.ui.history.window import HistoryWindow
from trayapp.ui.intents import StartKeyTest
from trayapp.ui.settings.account_dialog import AccountDialog, EditedAccount
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.tray.tray import Tray
from trayapp.ui.window.about import AboutDialog
from trayapp.ui.window.notification_log import NotificationLogDialog
from trayapp.ui.window.window import Window
from widgets.layout import faults
from widgets.localized_screen import Place, english, untranslated
from widgets.pseudo_language import pseudo_language
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SOON = Forecast(Verdict.RANGE, date(2026, 12, 14), date(2026, 12, 19), Decimal(3))
KINDS = [kind for _, kind in sorted(errors.BY_ID.items())]


def account(number: int, **values: object) -> Account:
    """Return an account whose name has no words."""
    made = Account(f"a{number}", f"№ {number}", low_below=Decimal(20))
    return replace(made, **values)  # type: ignore[arg-type]  # fields of an account


def known(
    number: int, amount: str | None, kind: type[BalanceTrayError] | None
) -> AccountState:
    """Return the state of an account with this reading and this failure."""
    reading = None
    if amount is not None:
        reading = Reading(Balance(Decimal(amount), "EUR"), NOW - 2 * DAY)
    failure = None if kind is None else Failure(kind, "")
    one = AccountState(account(number), reading, failure)
    return replace(one, is_refreshing=number % 3 == 0)


def all_known() -> list[AccountState]:
    """Return accounts in every state: each error, some without a balance."""
    amounts = ("350.12", "7.5", "0", None)
    kinds = (*(None for _ in amounts), *KINDS)
    told = enumerate(zip(kinds, cycle(amounts), strict=False))
    return [known(number, amount, kind) for number, (kind, amount) in told]


def said(one: AccountState, language: Language) -> Card:
    """Return a card with all facts."""
    loud, quiet = card_words(SOON, NOW.date(), language)
    return card(
        one,
        NOW,
        language,
        CardDetails(
            run_out=loud,
            note=quiet,
            messages=messages_sentence(8752, language),
            pending_payment=pending_payment_text(
                PendingPayment(one.account.id, NOW - DAY), NOW, language
            ),
        ),
    )


def test_what_is_wrong_is_seen(qtbot: QtBot) -> None:
    """The check reports a text that is cut off."""
    window = QWidget()
    qtbot.addWidget(window)
    button, label, other = (
        QPushButton("Quite long", window),
        QLabel(window),
        QLabel("A", window),
    )
    label.setText("words that wrap into several lines")
    label.setWordWrap(True)
    window.show()
    button.setGeometry(0, 0, 20, 30)
    label.setGeometry(50, 0, 60, 15)
    other.setGeometry(55, 0, 500, 20)
    window.resize(300, 100)
    assert faults(window) == [
        "cut off: QPushButton 'Quite long' in 20 x 30",
        "cut off: QLabel 'words that wrap into several lines' in 60 x 15",
        "sticks out: QLabel 'A'",
        "overlap: QLabel 'words that wrap into several lines' and QLabel 'A'",
    ]
    assert untranslated(window) == {"Quite long", "words that wrap into several lines"}


def test_every_card_fits(place: Place) -> None:
    """Each status and each error fits a new window and the smallest one."""
    language = place.language
    accounts = all_known()
    window = Window(language)
    window.show_cards(tuple(said(one, language) for one in accounts))
    window.show_totals(totals(tuple(accounts), language))
    window.show_banner("a", snoozed_until(NOW + 2 * DAY, NOW, language))
    window.show_banner(
        "b", problem(Failure(errors.HistoryFull), language).advice, is_fault=True
    )
    place.shown(window)
    place.looks_well(window)
    window.resize(window.minimumSize())
    place.looks_well(window)


def test_a_window_without_accounts_fits(place: Place) -> None:
    """The empty page fits."""
    window = place.shown(Window(place.language))
    place.looks_well(window)
    window.resize(window.minimumSize())
    place.looks_well(window)


def test_the_settings_fit(place: Place) -> None:
    """Each page fits with all choices."""
    settings = Settings(
        quiet=QuietHours(NOW.time(), NOW.time()), reminder=timedelta(hours=7)
    )
    custom = account(2, service=Service.CUSTOM, base_url="https://127.0.0.1")
    dialog = SettingsDialog(
        (account(1), custom), settings, place.language, new_id=lambda: "x"
    )
    place.shown(dialog)
    for tab in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(tab)
        place.looks_well(dialog)


def test_the_first_run_fits(place: Place) -> None:
    """Each step fits with its errors and a failed test."""
    language = place.language
    wizard = FirstRun(language, new_id=lambda: "x")
    key_tests = collected(wizard.intent, StartKeyTest)
    place.shown(wizard)
    place.looks_well(wizard)
    other = wizard.findChildren(QRadioButton)[-1]
    other.setChecked(True)
    (next_,) = (one for one in wizard.findChildren(QPushButton) if one.isDefault())
    next_.click()
    place.looks_well(wizard)
    fill(wizard, ("https://127.0.0.1", ""))
    for typed in (("?", ""), ("12345678", "№ 1")):
        next_.click()
        fill(wizard, typed)
        place.looks_well(wizard)
    next_.click()
    wizard.show_key_test(
        key_tests[0].key_test,
        problem(Failure(errors.Unauthorized), language, is_first=True),
    )
    place.looks_well(wizard)
    next_.click()
    fill(wizard, ("?", "?"))
    next_.click()
    place.looks_well(wizard)


def fill(wizard: FirstRun, texts: tuple[str, str]) -> None:
    """Type into the two fields of a step."""
    lines = [one for one in wizard.findChildren(QLineEdit) if one.isVisible()]
    for line, text in zip(lines, texts, strict=True):
        line.setText(text)


@pytest.mark.parametrize("service", Service)
def test_an_account_that_is_typed_wrongly_fits(place: Place, service: Service) -> None:
    """Every field fits with its error and a failed test."""
    language = place.language
    dialog = AccountDialog(
        EditedAccount(account(1, name="", service=service), is_new=True), language
    )
    place.shown(dialog)
    place.looks_well(dialog)
    for line in dialog.findChildren(QLineEdit):
        line.setText("?")
    dialog.accept()
    place.looks_well(dialog)


def test_a_history_fits(place: Place) -> None:
    """Top-ups, a correction, months and a forecast fit."""
    amounts = ("50", "40.5", "240.5", "230", "200.1234", "190")
    readings = [
        Reading(Balance(Decimal(amount), "EUR"), NOW - 12 * DAY * (6 - number))
        for number, amount in enumerate(amounts)
    ]
    past = AccountHistory(account(1), readings, {readings[2].at}, timedelta(days=13))
    view = history_page(past, SOON, NOW, place.language)
    window = HistoryWindow(view, place.language)
    window.show_export_result(
        place.language.gettext("Exported to {path}.").format(path="1")
    )
    place.shown(window)
    place.looks_well(window)


def test_every_decision_fits(place: Place) -> None:
    """Each reason of the notification log fits."""
    dialog = NotificationLogDialog(place.language)
    place.looks_well(place.shown(dialog))
    entries = [
        LogEntry(NOW - DAY, "a1", "№ 1", kind, fate, reason)
        for kind in (*AlertKind, None)
        for fate in Disposition
        for reason in Reason
    ]
    dialog.show_rows(why_rows(entries, NOW, place.language))
    place.looks_well(dialog)


def test_tray_and_notifications_are_translated() -> None:
    """Every text of menu, tooltip and notifications is translated."""
    language = pseudo_language()
    tray, accounts = Tray(language), tuple(all_known())
    view = tray_view(
        accounts, NOW, language, snoozed=snoozed_until(NOW + 2 * DAY, NOW, language)
    )
    tray.render(view)
    icon = tray.findChild(QSystemTrayIcon)
    assert isinstance(icon, QSystemTrayIcon)
    texts = [view.tooltip, tray_view((), NOW, language).tooltip, *menu_texts(icon)]
    left = Balance(Decimal("4.5"), "EUR")
    custom = replace(account(1), panel="https://127.0.0.1", service=Service.CUSTOM)
    alerts = [
        Alert(
            kind,
            custom,
            left,
            days=(0, 3),
            again=again,
            time_without_response=DAY,
            rise=Decimal(9),
            unseen_since=NOW if again else None,
        )
        for kind in AlertKind
        for again in (False, True)
    ]
    several = [replace(one, account=account(2)) for one in alerts]
    notices = [notification_about(one, language) for one in alerts]
    notices += [
        notification_about([*alerts, *several], language),
        sample_notification(language),
    ]
    for one in notices:
        texts += [one.title, one.body, *(label for _, label in one.buttons)]
    assert english(texts) == set()


def menu_texts(icon: QSystemTrayIcon) -> Iterator[str]:
    """Return the texts of a menu and its submenus."""
    menus = [icon.contextMenu(), *icon.contextMenu().findChildren(QMenu)]
    for menu in menus:
        yield from (action.text() for action in menu.actions())


def test_what_the_program_says_of_itself_fits(place: Place) -> None:
    """The about dialog fits."""
    place.looks_well(place.shown(AboutDialog("1.2.3", place.language)))
