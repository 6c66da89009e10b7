"""What a screen reader says of the program is what a person would say.

Read over AT-SPI from the running program, one line a thing. The module `desktop.reader`
prints it so: run that and listen when you change what is seen.
"""

import re
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from desktop.atspi import Accessible, ScreenReader
from desktop.reader import SpokenLine, lines
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Ours, Program
from sessions.session_bus import Icon
from tooling.processes import wait_until
from trayapp.core.balance import Balance, Reading
from trayapp.services.history.store import HistoryStore

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

USED = {
    "button menu",
    "check box",
    "combo box",
    "list",
    "page tab",
    "push button",
    "radio button",
    "spin box",
    "table",
    "text",
}
"""What one can do something with."""
DAY = timedelta(days=1)


@pytest.fixture
def command() -> list[str]:
    """Start the program from the checkout alone: the bundle says the same."""
    return [sys.executable, "-m", "trayapp"]


@pytest.fixture
def profile(program: Program, gateway: ScriptedGateway) -> Program:
    """Run the program with an account that is fine, one that is low, a rejected key."""
    for name, key, amount, unit, low in (
        ("Shop", "made-up-key-shop", "350.1200", "EUR", "50"),
        ("Support", "made-up-key-support", "42.0000", "CREDITS", "100"),
        ("Old shop", "made-up-key-old", "12.3000", "EUR", "10"),
    ):
        gateway.set_balance(key, amount, unit)
        program.add_account(name, gateway.url, key, "--low", low)
    program.run("check")
    remember(program)
    gateway.revoke("made-up-key-old")
    program.start()
    return program


def remember(program: Program) -> None:
    """Give the first account a past: spending, and a top-up."""
    config = (program.desktop.home / ".config/balance-tray/config.toml").read_text()
    found = re.search(r'^id = "(\w+)"', config, re.MULTILINE)
    assert found
    now = datetime.now(UTC)
    past = (
        Reading(Balance(Decimal(amount), "EUR"), now - days * DAY)
        for days, amount in ((9, "90"), (8, "80"), (7, "480"), (3, "400"), (1, "360"))
    )
    place = program.desktop.home / ".local/share/balance-tray/history.sqlite3"
    with HistoryStore(place) as history:
        history.record_past(found[1], past)


def window_of(screen: ScreenReader, title: str) -> Accessible:
    """Wait for one of the program's windows."""
    found: list[Accessible] = []

    def is_there() -> bool:
        found[:] = [
            one
            for one in screen.program("alance").children()
            if title in one.name and one.has("showing")
        ]
        return bool(found)

    wait_until(is_there, f"the window {title!r}", 10)
    return found[0]


def sounds_right(window: Accessible) -> list[SpokenLine]:
    """Read a window, and hold it against what would sound wrong in any."""
    heard = list(lines(window))
    text = "\n".join(map(str, heard))
    for line in heard:
        focusable = "focusable" in line.states and line.role not in {"cell", "filler"}
        assert line.words or not focusable, f"{line.role} has no name in:\n{text}"
        if line.role in USED:
            assert re.search(r"\w{2}", line.words), f"{line} says nothing in:\n{text}"
        if line.role == "combo box":  # its name is what is chosen in it
            assert line.label or line.description, f"{line}: of what?"
        assert "\u200b" not in str(line), repr(str(line))
        assert "&" not in line.name, str(line)
    used = Counter((one.role, one.words) for one in heard if one.role in USED)
    assert [one for one, often in used.items() if often > 1] == [], text
    return heard


def said(heard: list[SpokenLine]) -> list[str]:
    """Give the lines as they are heard, without how deep they are."""
    return [str(line).strip() for line in heard]


def test_the_window_is_heard(
    profile: Program, screen: ScreenReader, icon: Icon, gateway: ScriptedGateway
) -> None:
    """One card after the other: name, amount, state, age; then its buttons."""
    icon.says("Shop")
    icon.activate()
    ours = Ours(screen)
    ours.says("The gateway rejects the API key")
    window = window_of(screen, "Balance Tray")
    heard = sounds_right(window)
    assert heard[0].role == "frame"
    cards = [one for one in heard if one.role == "panel" and one.words]
    assert [one.words.split(", ")[:2] for one in cards] == [
        ["Shop", "€350.12"],
        ["Support", "42\xa0CREDITS"],
        ["Old shop", "€12.30"],
    ]
    assert "Fine" in cards[0].words
    assert "Low: below 100" in cards[1].words
    assert "Key rejected" in cards[2].words
    for part in ("rejects the API key", "was revoked", "enter the new one"):
        assert part in cards[2].description
    buttons = [one.words for one in heard if "button" in one.role]
    assert {f"More ({name})" for name in ("Shop", "Support", "Old shop")} < {*buttons}
    assert any(one.startswith("Why?, push button. Which") for one in said(heard))
    assert sum("focused" in one.states for one in heard) == 1
    menu_is_used_by_keys(profile, screen, ours)
    gateway.set_balance("made-up-key-shop", "4.5000", "EUR")
    refresh = partial(profile.desktop.run, ["xdotool", "key", "F5"])
    screen.announces("Shop: Low: below €50.00", refresh)


def menu_is_used_by_keys(profile: Program, screen: ScreenReader, ours: Ours) -> None:
    """Open a card's menu, hear its entries, choose one, and hear that it is done."""
    ours.find("button menu", "More (Shop)").focus()
    keys = ["xdotool", "key"]
    item = screen.focused_by(
        lambda: profile.desktop.run([*keys, "space", "Down"]), "menu item"
    )
    assert item.name.startswith("Copy amount")
    profile.desktop.run([*keys, "Return"])
    ours.says("Copied to the clipboard")


def test_the_history_is_heard_value_by_value(
    profile: Program, screen: ScreenReader, icon: Icon
) -> None:
    """The chart by arrow keys, the tables with the names of their columns."""
    icon.says("Shop")
    icon.activate()
    Ours(screen).press("push button", "History… (Shop)")
    window = window_of(screen, "History — Shop")
    curve = window.find("slider", "Balance, 30 days")
    wait_until(lambda: curve.has("focused"), "the chart with the focus", 10)
    heard = sounds_right(window)
    (chart,) = (one for one in heard if "Balance, 30 days" in one.words)
    assert (chart.role, chart.value) == ("slider", "6 of 6")
    assert "focused" in chart.states
    assert re.match(
        r"From €90\.00 on .* to €350\.12 now; topped up once; lowest €80\.00 on ",
        chart.description,
    )
    assert "30 days, radio button, checked" in said(heard)
    assert "7 days, radio button, not checked" in said(heard)
    columns = [one.name for one in heard if one.role == "column header"]
    assert columns[:4] == ["Month", "Opening", "Topped up", "Spent"]
    assert any(re.fullmatch(r"Opening €[\d.]+", one.words) for one in heard)
    assert any(one.role == "list item" and "€400.00" in one.name for one in heard)
    for key, amount in (("End", "€350.12"), ("Left", "€360.00"), ("Home", "€90.00")):
        press = partial(profile.desktop.run, ["xdotool", "key", key])
        assert screen.described_by(press, curve).startswith(amount)
    assert curve.limits == (1.0, 6.0)
    for value, amount in ((2, "€80.00"), (3, "€480.00"), (5, "€360.00")):
        words = screen.described_by(partial(curve.move_to, value), curve)
        assert re.match(rf"{amount}, \w+ \d+ \w+ \d{{4}}, \d\d:\d\d", words), words
        assert curve.value == value
    profile.desktop.run(["xdotool", "key", "3"])
    window.find(chart.role, "Balance, 1 year")
    assert profile.windows() >= {"History — Shop — Balance Tray"}
    profile.desktop.run(["xdotool", "key", "Escape", "Escape"])
    wait_until(
        lambda: not any("History" in one for one in profile.windows()),
        "the history gone",
        10,
    )


def test_the_dialogs_are_heard(
    profile: Program, screen: ScreenReader, icon: Icon
) -> None:
    """Settings on every page, an account, why, and about: all without a mouse."""
    icon.says("Shop")
    icon.activate()
    window = window_of(screen, "Balance Tray")
    window.find("push button", "Why").focus()
    keys = ["xdotool", "key"]
    profile.desktop.run([*keys, "F1"])
    about = window_of(screen, "About Balance Tray")
    assert any("Version" in one.words for one in sounds_right(about))
    profile.desktop.run([*keys, "Escape"])
    Ours(screen).press("push button", "Why")
    why = sounds_right(window_of(screen, "Why was I told"))
    assert "What became of it" in [one.name for one in why]
    profile.desktop.run([*keys, "Escape"])
    window.find("push button", "Why").focus()
    profile.desktop.run([*keys, "ctrl+comma"])
    settings = window_of(screen, "Settings")
    for page, word in (
        ("Accounts", "Shop"),
        ("Notifications", "Unreachable for longer than"),
        ("Appearance", "Tray icon"),
        ("General", "Ask the gateway every"),
    ):
        settings.find("page tab", page).press()
        settings.says(word)
        sounds_right(settings)
    settings.find("page tab", "Accounts").press()
    settings.find("push button", "Add an account").press()
    account_is_heard(window_of(screen, "Add an account"))


def account_is_heard(dialog: Accessible) -> None:
    """Type nothing, press OK, and hear what is wrong where it is."""
    heard = sounds_right(dialog)
    assert [one.words for one in heard if "focused" in one.states] == ["Name"]
    dialog.find("push button", "OK").press()
    dialog.says("Give the account a name.")
    heard = sounds_right(dialog)
    (name,) = (one for one in heard if one.role == "text" and one.words == "Name")
    assert name.description.startswith("Give the account a name.")
    assert "focused" in name.states
    (key,) = (one for one in heard if one.role == "text" and one.words == "API key")
    assert key.description.startswith("Enter the account's API key.")
