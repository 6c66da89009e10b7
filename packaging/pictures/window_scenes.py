"""Every state of every window: how the program is brought into it, as by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from trayapp.core.account import Service
from trayapp.core.errors import (
    BY_ID,
    LoginUnchanged,
    NotificationsUnseen,
    ProgramHangs,
    RunsElsewhere,
    StorageProblem,
)
from trayapp.core.view.names import service_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pictures.sheet_session import SheetSession
    from trayapp.core.account import Account

_ACCOUNTS: Final = 4
_NOT_ON_CARDS: Final = (
    *(StorageProblem, NotificationsUnseen, LoginUnchanged, ProgramHangs, RunsElsewhere),
)
_IDS: Final = [
    name for name, kind in BY_ID.items() if not issubclass(kind, _NOT_ON_CARDS)
]
ON_CARDS: Final = [
    _IDS[first : first + _ACCOUNTS] for first in range(0, len(_IDS), _ACCOUNTS)
]
"""Every error that an account can be in, four at a time."""
DISK_FULL: Final = ("config-unwritable", "history-full")
_MONTHS: Final = 24 * 60
_WEEKS: Final = 24 * 14
_CROWD: Final = 50
_TABS: Final = ("accounts", "notifications", "appearance", "general")


def first_run(session: SheetSession) -> None:
    """Show the three steps, each as it comes and with what can be wrong in it."""
    session.write_accounts(())
    session.start_hidden()
    session.raise_window()
    session.take("no account")
    session.press("&Add an account…")
    session.wait_for("Welcome to Balance Tray")
    session.take("1: service")
    session.press_choice(service_name(Service.CUSTOM, session.look.language))
    session.take("1: another")
    session.press("Ne&xt")
    session.take("1: no address")
    session.type("&Address:", session.gateway.url)
    session.press("Ne&xt")
    session.take("2: key")
    session.press("Ne&xt")
    session.take("2: no key")
    session.gateway.set_balance("made-up-key-first", "350.1200", "EUR")
    session.type("API &key:", "made-up-key-first")
    session.gateway.hang(on=True)
    session.press("T&est")
    session.says("Asking…")
    session.take("2: is tested")
    session.gateway.hang(on=False)
    session.says("The gateway answers: {balance}")
    session.take("2: tested, good")
    session.type("API &key:", "made-up-key-nobody")
    session.press("T&est")
    session.says("Go on an&yway")
    session.take("2: tested, rejected")
    session.type("API &key:", "made-up-key-first")
    session.press("Ne&xt")
    session.says("&Finish")
    session.take("3: limits")
    session.type("&Warn below:", "many")
    session.type("Warn &days ahead:", "900")
    session.press("&Finish")
    session.take("3: no numbers")
    session.type("&Warn below:", "20")
    session.type("Warn &days ahead:", "5")
    session.inject(faults=DISK_FULL)
    session.press("&Finish")
    session.says(BY_ID["config-unwritable"].title)
    session.take("3: not saved")
    session.press("&Later")
    session.wait_for("Balance Tray")
    session.take("begun")
    session.quit()


def one_account(session: SheetSession) -> None:
    """Show the window of one account: fine, asked, stale, low, empty, and unknown."""
    shop = session.account(1, "Shop", 50)
    past = session.gateway.past_balances("demo-main", _MONTHS)
    session.write_accounts([shop])
    session.gateway.hang(on=True)
    session.set_balance(shop, "350.1200", "EUR")
    session.open(1)
    session.take("loading")
    session.gateway.hang(on=False)
    session.says("History…")
    session.take("nothing known but now")
    session.quit()
    session.write_accounts([shop])
    session.record_past(shop.id, past, ago=timedelta(days=3))
    session.gateway.hang(on=True)
    session.open(1)
    session.take("three days old, is asked")
    session.gateway.hang(on=False)
    session.take("fine")
    session.press("More", "button menu")
    session.take("menu")
    session.keys("Escape")
    for amount, name in (("32.5000", "low"), ("0.0000", "empty")):
        session.set_balance(shop, amount, "EUR")
        session.refresh(1)
        session.take(name)
    session.inject(errors={shop.id: "no-connection"})
    session.keys("F5")
    session.says(BY_ID["no-connection"].title)
    session.take("unreachable")
    session.quit()


def some_accounts(session: SheetSession) -> None:
    """Show the window of four: snoozed, with hidden amounts, with a message."""
    accounts = four(session)
    session.write_accounts(accounts, notify=True)
    session.record_past(
        accounts[0].id, session.gateway.past_balances("demo-main", _MONTHS)
    )
    session.record_past(
        accounts[1].id, session.gateway.past_balances("demo-sub", _WEEKS)
    )
    session.inject(errors={accounts[3].id: "unauthorized"})
    session.open(3)
    session.says(BY_ID["unauthorized"].title)
    session.take("four accounts")
    session.hover_icon()
    session.take_part("tooltip", session.corner(420, 180))
    session.point(600, 700)
    session.press("&Why?")
    session.wait_for("Why was I told, or not?")
    session.take("why")
    session.keys("Escape")
    session.wait_for("Balance Tray")
    session.screen.program("xfce4-notifyd").find(
        "push button", session.look.says("Snooze 8 h")
    ).press()
    session.says("Snoozed until {time}")
    session.take("snoozed")
    session.inject(faults=DISK_FULL)
    session.refresh(3)
    session.says(BY_ID["history-full"].title)
    session.take("a fault of its own")
    session.quit()
    session.write_accounts(accounts, discreet=True)
    session.record_past(
        accounts[0].id, session.gateway.past_balances("demo-main", _MONTHS)
    )
    session.open(4)
    session.take("discreet")
    session.hover_icon()
    session.take_part("discreet tooltip", session.corner(420, 180))
    session.point(600, 700)
    session.press("Show a&mounts")
    session.take("discreet, shown")
    session.quit()


def crowd(session: SheetSession) -> None:
    """Show the window of fifty accounts, and a search in it."""
    accounts = [
        session.account(number, f"{_TOWNS[number % len(_TOWNS)]} {number + 1}", 50)
        for number in range(_CROWD)
    ]
    session.write_accounts(accounts)
    for number, one in enumerate(accounts):
        amount, unit = number * 37 % 997, ("EUR", "CREDITS", "SMS")[number % 3]
        session.set_balance(one, f"{amount}.{0 if number % 3 else number:02}00", unit)
    session.inject(errors={one.id: "unauthorized" for one in accounts[::9]})
    session.open(44)
    session.says(BY_ID["unauthorized"].title)
    session.take("fifty accounts")
    session.keys("ctrl+f", "p", "o", "r")
    session.take("looked for")
    session.keys("x")
    session.take("not found")
    session.keys("Escape")
    session.resize(1200, 720)
    session.take("wide")
    session.quit()


def errors(session: SheetSession) -> None:
    """Show every error that a card can tell, of four accounts at a time."""
    accounts = four(session)
    session.write_accounts(accounts)
    session.open(4)
    session.resize(640, 1200)
    for kinds in ON_CARDS:
        session.inject(
            errors=dict(zip((one.id for one in accounts), kinds, strict=False))
        )
        session.keys("F5")
        for kind in kinds:
            session.says(BY_ID[kind].title)
        session.take(", ".join(kinds))
    session.quit()


def dialogs(session: SheetSession) -> None:
    """Show the history, the settings, the account's dialog, and About."""
    accounts = four(session)
    session.write_accounts(accounts)
    session.record_past(
        accounts[0].id, session.gateway.past_balances("demo-main", _MONTHS)
    )
    session.open(4)
    session.press("History…")
    session.wait_for("History — {name}")
    session.take("history")
    session.keys("Escape")
    session.wait_for("Balance Tray")
    session.press("&Settings…")
    session.wait_for("Settings")
    for tab in _TABS:
        session.take(f"settings: {tab}")
        session.keys("ctrl+Tab")
    session.press("&Edit…")
    session.wait_for("Edit account")
    session.take("edit account")
    session.type("&Name:", accounts[1].name)
    session.type("&Address:", "not an address")
    session.type("&Warn below:", "many")
    session.keys("Return")
    session.take("edit account, wrong")
    session.keys("Escape")
    session.wait_for("Settings")
    session.press("&Add an account…")
    session.wait_for("Add an account")
    session.take("add account")
    session.type("API &key:", "made-up-key-nobody")
    session.press("T&est")
    session.says(BY_ID["no-connection"].title)
    session.take("add account, tested")
    session.keys("Escape")
    session.wait_for("Settings")
    session.inject(faults=DISK_FULL)
    session.press("OK")
    session.says(BY_ID["config-unwritable"].title)
    session.take("settings not saved")
    session.keys("Escape")
    session.wait_for("Balance Tray")
    session.keys("F1")
    session.wait_for("About Balance Tray")
    session.take("about")
    session.keys("Escape")
    session.quit()


def four(session: SheetSession) -> Sequence[Account]:
    """Give four accounts: fine, low, empty and one more."""
    shop = replace(
        session.account(1, "Shop — sign-in codes", 50), price=Decimal("0.04")
    )
    accounts = [
        shop,
        session.account(2, "Support — reminders", 100),
        session.account(3, "Newsletter", 20),
        session.account(4, "Old shop", 10),
    ]
    for one, amount, unit in zip(
        accounts,
        ("350.1200", "42.0000", "0.0000", "12.3000"),
        ("EUR", "CREDITS", "EUR", "EUR"),
        strict=True,
    ):
        session.set_balance(one, amount, unit)
    return accounts


_TOWNS: Final = (
    "Porto",
    "Lugo",
    "Cádiz",
    "Brussels",
    "Köln",
    "Trieste",
    "Nice",
    "Vigo",
)
SCENES: Final[Mapping[str, Callable[[SheetSession], None]]] = {
    "first-run": first_run,
    "one-account": one_account,
    "some-accounts": some_accounts,
    "crowd": crowd,
    "errors": errors,
    "dialogs": dialogs,
}
"""Each comes on a sheet of its own."""
