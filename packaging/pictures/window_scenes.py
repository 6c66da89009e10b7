"""Every state of every window: how the program is brought into it, as by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from trayapp.core.account import Service
from trayapp.core.errors import BY_ID
from trayapp.core.view.names import service_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pictures.photographer import Photographer
    from trayapp.core.account import Account

ON_CARDS: Final = (
    ("unauthorized", "refused", "bad-request", "no-connection"),
    ("timed-out", "certificate", "proxy", "gateway-down"),
    ("unexpected-reply", "keyring-absent", "keyring-locked", "keyring-denied"),
    ("keyring-slow", "keyring-failed", "key-missing", "key-unusable"),
)
"""Every error that an account can be in, four at a time."""
_MONTHS: Final = 24 * 60
_WEEKS: Final = 24 * 14
_CROWD: Final = 50
_TABS: Final = ("accounts", "notifications", "appearance", "general")


def first_run(on: Photographer) -> None:
    """Show the three steps, each as it comes and with what can be wrong in it."""
    on.have(())
    on.start("--minimized")
    on.raise_window()
    on.take("no account")
    on.press("&Add an account…")
    on.wait_for("Welcome to Balance Tray")
    on.take("1: service")
    on.press_choice(service_name(Service.CUSTOM, on.look.language))
    on.take("1: another")
    on.press("Ne&xt")
    on.take("1: no address")
    on.type("&Address:", on.gateway.url)
    on.press("Ne&xt")
    on.take("2: key")
    on.press("Ne&xt")
    on.take("2: no key")
    on.gateway.set_balance("made-up-key-first", "350.1200", "EUR")
    on.type("API &key:", "made-up-key-first")
    on.hold_answers(on=True)
    on.press("T&est")
    on.says("Asking…")
    on.take("2: is tested")
    on.hold_answers(on=False)
    on.says("The gateway answers: {balance}")
    on.take("2: tested, good")
    on.type("API &key:", "made-up-key-nobody")
    on.press("T&est")
    on.says("Go on an&yway")
    on.take("2: tested, rejected")
    on.type("API &key:", "made-up-key-first")
    on.press("Ne&xt")
    on.says("&Finish")
    on.take("3: limits")
    on.type("&Warn below:", "many")
    on.type("Warn &days ahead:", "900")
    on.press("&Finish")
    on.take("3: no numbers")
    on.type("&Warn below:", "20")
    on.type("Warn &days ahead:", "5")
    on.pose(full=True)
    on.press("&Finish")
    on.says(BY_ID["config-unwritable"].title)
    on.take("3: not saved")
    on.press("&Later")
    on.wait_for("Balance Tray")
    on.take("begun")
    on.end()


def one_account(on: Photographer) -> None:
    """Show the window of one account: fine, asked, stale, low, empty, and unknown."""
    shop = on.account(1, "Shop", 50)
    past = on.gateway.past("demo-main", _MONTHS)
    on.have([shop])
    on.hold_answers(on=True)
    on.set_balance(shop, "350.1200", "EUR")
    on.open(1)
    on.take("loading")
    on.hold_answers(on=False)
    on.says("History…")
    on.take("nothing known but now")
    on.end()
    on.have([shop])
    on.remember(shop, past, ago=timedelta(days=3))
    on.hold_answers(on=True)
    on.open(1)
    on.take("three days old, is asked")
    on.hold_answers(on=False)
    on.take("fine")
    on.press("More", "button menu")
    on.take("menu")
    on.keys("Escape")
    for amount, name in (("32.5000", "low"), ("0.0000", "empty")):
        on.set_balance(shop, amount, "EUR")
        on.refresh(1)
        on.take(name)
    on.pose(fails={shop.id: "no-connection"})
    on.keys("F5")
    on.says(BY_ID["no-connection"].title)
    on.take("unreachable")
    on.end()


def some_accounts(on: Photographer) -> None:
    """Show the window of four: snoozed, with hidden amounts, with a message."""
    accounts = four(on)
    on.have(accounts, loud=True)
    on.remember(accounts[0], on.gateway.past("demo-main", _MONTHS))
    on.remember(accounts[1], on.gateway.past("demo-sub", _WEEKS))
    on.pose(fails={accounts[3].id: "unauthorized"})
    on.open(3)
    on.says(BY_ID["unauthorized"].title)
    on.take("four accounts")
    on.hover_icon()
    on.take_part("tooltip", on.corner(420, 180))
    on.point(600, 700)
    on.press("&Why?")
    on.wait_for("Why was I told, or not?")
    on.take("why")
    on.keys("Escape")
    on.wait_for("Balance Tray")
    on.screen.program("xfce4-notifyd").find(
        "push button", on.look.says("Snooze 8 h")
    ).press()
    on.says("Snoozed until {time}")
    on.take("snoozed")
    on.pose(full=True)
    on.refresh(3)
    on.says(BY_ID["history-full"].title)
    on.take("a fault of its own")
    on.end()
    on.have(accounts, discreet=True)
    on.remember(accounts[0], on.gateway.past("demo-main", _MONTHS))
    on.open(4)
    on.take("discreet")
    on.hover_icon()
    on.take_part("discreet tooltip", on.corner(420, 180))
    on.point(600, 700)
    on.press("Show a&mounts")
    on.take("discreet, shown")
    on.end()


def crowd(on: Photographer) -> None:
    """Show the window of fifty, and what is looked for in it."""
    accounts = [
        on.account(number, f"{_TOWNS[number % len(_TOWNS)]} {number + 1}", 50)
        for number in range(_CROWD)
    ]
    on.have(accounts)
    for number, one in enumerate(accounts):
        amount, unit = number * 37 % 997, ("EUR", "CREDITS", "SMS")[number % 3]
        on.set_balance(one, f"{amount}.{0 if number % 3 else number:02}00", unit)
    on.pose(fails={one.id: "unauthorized" for one in accounts[::9]})
    on.open(44)
    on.says(BY_ID["unauthorized"].title)
    on.take("fifty accounts")
    on.keys("ctrl+f", "p", "o", "r")
    on.take("looked for")
    on.keys("x")
    on.take("not found")
    on.keys("Escape")
    on.size(1200, 720)
    on.take("wide")
    on.end()


def errors(on: Photographer) -> None:
    """Show every error that a card can tell, of four accounts at a time."""
    accounts = four(on)
    on.have(accounts)
    on.open(4)
    on.size(640, 1200)
    for kinds in ON_CARDS:
        on.pose(fails=dict(zip((one.id for one in accounts), kinds, strict=True)))
        on.keys("F5")
        for kind in kinds:
            on.says(BY_ID[kind].title)
        on.take(", ".join(kinds))
    on.end()


def dialogs(on: Photographer) -> None:
    """Show the history, the settings, the account's dialog, and About."""
    accounts = four(on)
    on.have(accounts)
    on.remember(accounts[0], on.gateway.past("demo-main", _MONTHS))
    on.open(4)
    on.press("History…")
    on.wait_for("History — {name}")
    on.take("history")
    on.keys("Escape")
    on.wait_for("Balance Tray")
    on.press("&Settings…")
    on.wait_for("Settings")
    for tab in _TABS:
        on.take(f"settings: {tab}")
        on.keys("ctrl+Tab")
    on.press("&Edit…")
    on.wait_for("Edit account")
    on.take("edit account")
    on.type("&Name:", accounts[1].name)
    on.type("&Address:", "not an address")
    on.type("&Warn below:", "many")
    on.keys("Return")
    on.take("edit account, wrong")
    on.keys("Escape")
    on.wait_for("Settings")
    on.press("&Add an account…")
    on.wait_for("Add an account")
    on.take("add account")
    on.type("API &key:", "made-up-key-nobody")
    on.press("T&est")
    on.says(BY_ID["no-connection"].title)
    on.take("add account, tested")
    on.keys("Escape")
    on.wait_for("Settings")
    on.pose(full=True)
    on.press("OK")
    on.says(BY_ID["config-unwritable"].title)
    on.take("settings not saved")
    on.keys("Escape")
    on.wait_for("Balance Tray")
    on.keys("F1")
    on.wait_for("About Balance Tray")
    on.take("about")
    on.keys("Escape")
    on.end()


def four(on: Photographer) -> Sequence[Account]:
    """Give four accounts: fine, low, empty and one more."""
    shop = replace(on.account(1, "Shop — sign-in codes", 50), price=Decimal("0.04"))
    accounts = [
        shop,
        on.account(2, "Support — reminders", 100),
        on.account(3, "Newsletter", 20),
        on.account(4, "Old shop", 10),
    ]
    for one, amount, unit in zip(
        accounts,
        ("350.1200", "42.0000", "0.0000", "12.3000"),
        ("EUR", "CREDITS", "EUR", "EUR"),
        strict=True,
    ):
        on.set_balance(one, amount, unit)
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
SCENES: Final[Mapping[str, Callable[[Photographer], None]]] = {
    "first-run": first_run,
    "one-account": one_account,
    "some-accounts": some_accounts,
    "crowd": crowd,
    "errors": errors,
    "dialogs": dialogs,
}
"""Each comes on a sheet of its own."""
