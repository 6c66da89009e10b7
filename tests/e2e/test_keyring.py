"""The real keyring in each of its moods, as a person meets them."""

import signal
from collections.abc import Iterator

import pytest

from atspi import Screen
from desktop import PASSWORD, Desktop
from processes import wait_until
from session import Icon, Notifications
from story import Ours, Program
from trayapp.demo_scripted import ScriptedGateway

pytestmark = pytest.mark.e2e

PROMPTER = "org.gnome.keyring.SystemPrompter"
PROMPT = ["xdotool", "search", "--onlyvisible", "--name", "Unlock"]


def ask_to_unlock(program: Program, icon: Icon, ours: Ours) -> None:
    """Start with a locked keyring and press Unlock in the window."""
    program.desktop.lock_keyring()
    program.start("--minimized")
    icon.says("Shop: Keyring out of reach")
    assert not program.desktop.has_name(PROMPTER), "nobody is asked unasked"
    icon.activate()
    ours.says("The keyring is locked")
    ours.press("push button", "Unlock")
    wait_until(
        lambda: program.desktop.run(PROMPT).returncode == 0, "the password prompt", 10
    )


def test_a_locked_keyring_is_unlocked_from_the_window(
    program: Program, icon: Icon, ours: Ours, gateway: ScriptedGateway, key: str
) -> None:
    """After the password the balance is there, without anything else to do."""
    program.add_account("Shop", gateway.url, key)
    ask_to_unlock(program, icon, ours)
    program.desktop.run(["xdotool", "type", "--delay", "20", PASSWORD])
    program.desktop.run(["xdotool", "key", "Return"])
    icon.says("Shop: €350.12")
    program.seconds_to_end(signal.SIGTERM)


def test_a_dismissed_prompt_is_told_as_denied(
    program: Program, icon: Icon, ours: Ours, gateway: ScriptedGateway, key: str
) -> None:
    """Closing the question is an answer; the key is neither lost nor asked for."""
    program.add_account("Shop", gateway.url, key)
    ask_to_unlock(program, icon, ours)
    program.desktop.run(["xdotool", "key", "Escape"])
    ours.says("Access to the keyring was denied")
    assert gateway.requests == []
    program.desktop.unlock_keyring()
    ours.press("push button", "Unlock")
    icon.says("Shop: €350.12")
    program.seconds_to_end(signal.SIGTERM)


def test_a_keyring_that_opens_meanwhile_is_noticed(
    program: Program, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """A person who unlocks it elsewhere only has to ask again."""
    program.add_account("Shop", gateway.url, key)
    program.desktop.lock_keyring()
    program.start("--minimized")
    icon.says("Shop: Keyring out of reach")
    program.desktop.unlock_keyring()
    icon.middle_click()
    icon.says("Shop: €350.12")
    program.seconds_to_end(signal.SIGTERM)


@pytest.fixture
def without_keyring(command: list[str]) -> Iterator[Program]:
    """Start a desktop on which no keyring runs."""
    with Desktop("xfce", keyring="absent") as desktop:
        yield Program(desktop, command)


def test_without_a_keyring_nothing_is_stored_and_nothing_entered_is_lost(
    without_keyring: Program, key: str
) -> None:
    """The dialog says what is missing and keeps what was typed."""
    program = without_keyring
    program.start()
    with Screen(program.bus) as screen, Notifications(program.bus):
        ours = Ours(screen)
        ours.press("push button", "Add an account")
        dialog = ours.find("dialog", "Add an account")
        dialog.find("text", "Name").type("Shop")
        dialog.find("text", "API key").type(key)
        dialog.find("push button", "OK").press()
        settings = ours.find("dialog", "Settings")
        settings.find("push button", "OK").press()
        settings.says("There is no keyring on this desktop")
        settings.says("Shop")
    assert not (program.desktop.home / ".config/balance-tray/config.toml").exists()
    program.seconds_to_end(signal.SIGTERM)
