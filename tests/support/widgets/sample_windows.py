"""Every window and dialog of the program, each with all that can be in it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from PySide6.QtWidgets import QWidget

from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Remedy
from trayapp.core.errors.status import Status
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import QuietHours, Settings
from trayapp.core.view.account_text import Card, Problem
from trayapp.core.view.history import AccountHistory, history_page
from trayapp.ui.first_run.dialog import FirstRun
from trayapp.ui.history.window import HistoryWindow
from trayapp.ui.settings.account_dialog import AccountDialog, EditedAccount
from trayapp.ui.settings.dialog import SettingsDialog
from trayapp.ui.settings.unsaved_changes import UnsavedChanges
from trayapp.ui.window.about import AboutDialog
from trayapp.ui.window.notification_log import NotificationLogDialog
from trayapp.ui.window.window import Window

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MAIN = Card(
    account_id="m",
    name="Main",
    amount="€350.12",
    balance_status=Status.LOW,
    status=Status.UNREACHABLE,
    status_words="Unreachable",
    age="Just now",
    problem=Problem("No way", "Because.", "Wait.", Remedy.COPY_DETAILS, ""),
    website_url="https://panel.example",
    is_refreshing=False,
)


def main_window() -> Window:
    """Give the window of two accounts, with a message and an error."""
    window = Window(ENGLISH)
    window.show_banner("x", "A fault.", is_fault=True)
    fine = Card(
        "s",
        "Shop",
        "€1",
        Status.OK,
        Status.OK,
        "Fine",
        "",
        None,
        "https://x",
        is_refreshing=False,
    )
    window.show_cards((MAIN, fine))
    window.offer_reveal(on=True)
    return window


def empty_window() -> Window:
    """Give the window of somebody new."""
    return Window(ENGLISH)


def settings(tab: int) -> Callable[[], SettingsDialog]:
    """Give the settings at one of their tabs."""

    def make() -> SettingsDialog:
        chosen = Settings(
            quiet=QuietHours(NOW.time(), NOW.time()), reminder=timedelta(hours=8)
        )
        accounts = (Account("a", "A"), Account("b", "B"))
        dialog = SettingsDialog(accounts, chosen, ENGLISH, new_id=lambda: "x")
        dialog.tabs.setCurrentIndex(tab)
        return dialog

    return make


def account_dialog() -> AccountDialog:
    """Give the dialog with all its fields."""
    account = Account("a", "A", service=Service.CUSTOM)
    return AccountDialog(EditedAccount(account, is_new=True), ENGLISH)


def first_run() -> FirstRun:
    """Give the first of three steps."""
    return FirstRun(ENGLISH, new_id=lambda: "x")


def history() -> HistoryWindow:
    """Give a history with a top-up."""
    readings = [
        Reading(Balance(Decimal(amount), "EUR"), NOW - timedelta(days=9 - day))
        for day, amount in enumerate(("50", "40", "240", "200"))
    ]
    past = AccountHistory(Account("a", "A"), readings, set(), timedelta(days=13))
    view = history_page(past, Forecast(Verdict.NOT_ENOUGH), NOW, ENGLISH)
    return HistoryWindow(view, ENGLISH)


def why() -> NotificationLogDialog:
    """Give the dialog with a reason."""
    dialog = NotificationLogDialog(ENGLISH)
    dialog.show_rows((("10:12", "Main", "Low balance", "Sent"),))
    return dialog


def about() -> AboutDialog:
    """Give the About dialog."""
    return AboutDialog("1", ENGLISH)


def unsaved() -> UnsavedChanges:
    """Give the question about changed accounts."""
    return UnsavedChanges(["Main", "Shop"], ENGLISH)


GALLERY: Final[dict[str, Callable[[], QWidget]]] = {
    "window": main_window,
    "no account": empty_window,
    "accounts": settings(0),
    "notifications": settings(1),
    "appearance": settings(2),
    "general": settings(3),
    "account": account_dialog,
    "first run": first_run,
    "history": history,
    "why": why,
    "about": about,
    "unsaved changes": unsaved,
}
