"""What a diagnostics report contains, and what it leaves out."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure, NoConnection, Unauthorized
from trayapp.core.settings import AlertKind, Settings
from trayapp.core.view.diagnostics import Findings, report, settings_facts

PROGRAM = (
    ("Balance Tray", "1.2.3"),
    ("Settings", "/home/ana/.config/balance-tray/config.toml"),
)
ENTRY = "2026-11-23 12:00:00,000 ERROR trayapp.x: asking for account a1b2 failed"
FOUND = Findings(PROGRAM, (), (), "/home/ana")


def test_the_settings_are_among_the_facts() -> None:
    """Those that affect requests and alerts."""
    kinds = frozenset({AlertKind.LOW_DAYS, AlertKind.EMPTY, AlertKind.LOW})
    assert list(settings_facts(Settings(alert_kinds=kinds))) == [
        ("Interval", "0:15:00"),
        ("Told of", "empty, low, low-days"),
        ("Unreachable after", "6:00:00"),
        ("Quiet hours", "no"),
        ("Reminder", "none"),
    ]


def test_each_fact_has_a_line() -> None:
    """Versions and platform."""
    assert report(FOUND).splitlines() == [
        "Balance Tray: 1.2.3",
        "Settings: ~/.config/balance-tray/config.toml",
        "Accounts: 0",
        "No warnings, no faults",
    ]


def test_accounts_are_counted_by_kind_and_status(now: datetime) -> None:
    """No account is named."""
    reading = Reading(Balance(Decimal(50), "EUR"), now)
    accounts = (
        AccountState(Account("a", "Main"), reading),
        AccountState(Account("b", "Shop", sub_account="shop"), reading),
        AccountState(Account("c", "Own", Service.CUSTOM, "https://c.example")),
    )
    said = report(replace(FOUND, accounts=accounts))
    expected = "Accounts: 3 (2 smsup, 1 custom, 1 sub-account, 2 ok, 1 unknown)"
    assert expected in said.splitlines()


def test_failures_are_listed_by_account_number() -> None:
    """With the error's id and detail."""
    accounts = (
        AccountState(Account("a", "Main")),
        AccountState(
            Account("b", "Shop"), failure=Failure(Unauthorized, "HTTP 401: no")
        ),
        AccountState(Account("c", "Third"), failure=Failure(NoConnection)),
    )
    lines = report(replace(FOUND, accounts=accounts)).splitlines()
    assert "  account 2: unauthorized: HTTP 401: no" in lines
    assert "  account 3: no-connection: no detail" in lines


def test_the_report_names_no_account() -> None:
    """Neither in failures nor in log entries."""
    account = Account(
        "a1b2", "Ana's shop", Service.CUSTOM, "https://sms.ana.example", "ana-sub"
    )
    detail = "user ana-sub of Ana's shop at https://sms.ana.example is unknown"
    known = AccountState(account, failure=Failure(NoConnection, detail))
    entries = (ENTRY, "sms.ana.example did not answer", "12a1b23 is no id")
    said = report(replace(FOUND, accounts=(known,), entries=entries))
    for private in ("Ana", "ana-sub", "sms.ana", " a1b2 "):
        assert private not in said.replace("12a1b23", "")
    assert "user [account 1] of [account 1] at [account 1] is unknown" in said
    assert "asking for account [account 1] failed" in said
    assert "12a1b23 is no id" in said


def test_the_home_folder_is_a_tilde_everywhere() -> None:
    """Its name is often the person's."""
    entries = ("can't write /home/ana/x: No space left on device",)
    said = report(replace(FOUND, entries=entries))
    assert "/home/ana" not in said
    assert "can't write ~/x: No space left" in said


def test_a_home_folder_at_the_root_is_not_replaced() -> None:
    """Otherwise every slash would be a tilde."""
    said = report(replace(FOUND, home="/"))
    assert "/home/ana/.config" in said
