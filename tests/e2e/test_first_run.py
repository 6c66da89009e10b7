"""The first run, once by the keyboard alone and once as assistive technology alone.

What is focused and said is looked at over AT-SPI in both; the first presses nothing
over it, the second presses no key.
"""

import signal
from collections.abc import Iterator

import pytest

from desktop.atspi import Accessible, GoneError, ScreenReader
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Program
from sessions.session_bus import Icon
from tooling.processes import WaitTimeoutError, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

REJECTED = "The gateway rejects the API key"
ROLES = {"radio button", "text", "push button", "check box"}
"""Of what can be used."""
STEPS = {
    "Step 1 of 3: Where is your SMS account?": (
        "Balance Tray keeps an eye on its credit and warns you in time to top up."
    ),
    "Step 2 of 3: What is its API key?": (
        "With it the gateway tells the balance; it is kept in this computer's keyring "
        "and nowhere else."
    ),
    "Step 3 of 3: When do you want to be warned?": (
        "Early enough for a payment to arrive before it is used up."
    ),
}
SERVICE, KEY, LIMIT = STEPS
Said = tuple[str, str, str]
"""A role, a name and a description."""


class Keyboard:
    """A keyboard, and what a screen reader says of where it is."""

    def __init__(self, program: Program, screen: ScreenReader) -> None:
        self._run = program.desktop.run
        self._screen = screen

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self._run(["xdotool", "key", "--delay", "40", *keys])

    def type(self, text: str) -> None:
        """Type a text."""
        self._run(["xdotool", "type", "--delay", "10", text])

    def is_on(self, role: str, name: str, *said: str) -> None:
        """Wait until the keyboard is there, and these words are said of it."""
        there: list[Said] = []

        def is_there() -> bool:
            try:
                there[:] = self._focused()
            except GoneError:
                return False
            return any(
                (role, name) == one[:2] and all(words in one[2] for words in said)
                for one in there
            )

        try:
            wait_until(is_there, f"the keyboard on the {role} {name!r}", 10)
        except WaitTimeoutError as error:
            message = f"{error}; it is on {there}, of which {said} is not said"
            raise AssertionError(message) from error

    def _focused(self) -> list[Said]:
        return [
            (one.role, one.name, one.description)
            for one in self._screen.program("alance").everything()
            if one.has("focused") and one.has("showing")
        ]


@pytest.fixture
def keyboard(program: Program, screen: ScreenReader) -> Keyboard:
    """Give the keyboard."""
    return Keyboard(program, screen)


def step(screen: ScreenReader, name: str) -> Accessible:
    """Wait for a step; it is a group that says what it asks, and what helps."""
    group = screen.program("alance").find("panel", name)
    assert (group.name, group.description) == (name, STEPS[name])
    return group


def said(group: Accessible) -> Iterator[Said]:
    """Read what can be used in a step, in the order in which it is gone through."""
    for one in group.everything():
        if one.role in ROLES and one.has("showing"):
            yield one.role, one.name, one.description


def test_by_the_keyboard_alone(
    program: Program,
    icon: Icon,
    screen: ScreenReader,
    keyboard: Keyboard,
    gateway: ScriptedGateway,
    key: str,
) -> None:
    """With a wrong key first, and left before the end: from nothing to the balance."""
    program.start()
    program.wait_for_front("Welcome to Balance Tray")
    step(screen, SERVICE)
    keyboard.is_on("radio button", "SMSup", "app.smsup.es")
    keyboard.press("Down", "Down")
    keyboard.is_on("radio button", "Other", "you enter its address")
    keyboard.press("Return")
    keyboard.is_on("text", "Address", "Enter the service's address", "before /api/3.0.")
    keyboard.type(gateway.url)
    keyboard.press("Return")

    step(screen, KEY)
    keyboard.is_on("text", "API key", "in the API settings of the account's panel")
    keyboard.type(key[::-1])
    keyboard.press("Return")
    screen.program("alance").says(REJECTED)
    screen.program("alance").find("push button", "Go on anyway")
    keyboard.is_on("text", "API key")
    keyboard.press("ctrl+a")
    keyboard.type(key)
    keyboard.press("Tab", "Tab", "Tab")
    keyboard.is_on("push button", "Test", "nothing is stored")
    keyboard.press("space")
    screen.program("alance").says("The gateway answers: €350.12")
    keyboard.press("Tab")
    keyboard.is_on("text", "Name", "What it is called in this program.")
    keyboard.press("ctrl+a")
    keyboard.type("Shop")
    keyboard.press("Return")

    step(screen, LIMIT)
    keyboard.is_on("text", "Warn below", "Warns below €35.00, now €350.12.")
    keyboard.press("Escape")
    program.wait_for_front("Balance Tray")
    screen.program("alance").says("what you entered is still here")
    assert program.stored_key() == ""
    keyboard.press("alt+g")  # Go on where you left off
    program.wait_for_front("Welcome to Balance Tray")
    keyboard.is_on("text", "Warn below", "Warns below €35.00, now €350.12.")
    keyboard.press("ctrl+a")
    keyboard.type("40")
    keyboard.is_on("text", "Warn below", "Warns below €40.00, now €350.12.")
    keyboard.press("Tab")
    keyboard.is_on("text", "Warn days ahead", "How many days before it may run out")
    keyboard.press("Return")

    icon.says("Shop: €350.12")
    program.wait_for_front("Balance Tray")
    screen.program("alance").says("€350.12")
    assert program.stored_key() == key
    program.seconds_to_end(signal.SIGTERM)


def test_by_assistive_technology_alone(
    program: Program,
    icon: Icon,
    screen: ScreenReader,
    gateway: ScriptedGateway,
    key: str,
) -> None:
    """Everything has a name, a role, and says what it is for."""
    program.start()
    ours = screen.program("alance")
    ours.find("dialog", "Welcome to Balance Tray")
    first = step(screen, SERVICE)
    panel = "Next comes its API key: you find it in the API settings of the panel."
    other = "Another one with the same API; you enter its address."
    services = [
        ("radio button", "SMSup", "app.smsup.es"),
        ("radio button", "SMSPubli", "panel.smspubli.com"),
        ("radio button", "Other", other),
    ]
    assert list(said(first)) == [*services, ("push button", "Open the panel", panel)]
    first.find("radio button", "Other").press()
    address = first.find("text", "Address")
    assert list(said(first)) == [
        *services,
        (
            *("text", "Address"),
            "Where its API answers: all that comes before /api/3.0.",
        ),
        ("text", "Top-up page", "Optional: the web page on which you top up."),
    ]
    assert first.find("radio button", "Other").has("checked")
    address.type(gateway.url)
    ours.find("push button", "Next").press()

    second = step(screen, KEY)
    asks = "Asks the gateway now; nothing is stored."
    assert list(said(second)) == [
        (
            *("text", "API key"),
            "You find it in the API settings of the account's panel.",
        ),
        ("check box", "Reveal the API key", ""),
        ("push button", "Paste the API key", ""),
        ("push button", "Test", asks),
        ("text", "Name", "What it is called in this program."),
    ]
    assert second.find("text", "Name").text == "127.0.0.1"
    ours.find("push button", "Next").press()
    second.says("Enter the account's API key.")
    second.find("text", "API key").type(key)
    second.find("push button", "Test").press()
    second.says("The gateway answers: €350.12")
    second.find("text", "Name").type("Shop")
    ours.find("push button", "Next").press()

    third = step(screen, LIMIT)
    unit = "In euros, credits or its other unit; 0 only when empty."
    assert list(said(third)) == [
        ("text", "Warn below", f"Warns below €35.00, now €350.12. {unit}"),
        (
            *("text", "Warn days ahead"),
            "How many days before it may run out; 0 for never.",
        ),
        (
            *("check box", "Start Balance Tray when I log in"),
            "It then starts in the tray, without a window.",
        ),
    ]
    later = ours.find("push button", "Later")
    assert later.description == "Closes this; what you entered is kept until then."
    later.press()
    ours.find("push button", "Go on where you left off").press()
    step(screen, LIMIT).find("text", "Warn below").type("400")
    ours.says("Warns at once: below €400.00, now €350.12.")
    ours.find("push button", "Finish").press()

    icon.says("Shop: €350.12, Low")
    ours.says("€350.12")
    assert program.stored_key() == key
    program.seconds_to_end(signal.SIGTERM)
