"""The real keyring in each of its moods, as a person meets them."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from buses.fake_secrets import FAILED, FakeSecrets
from desktop.atspi import Accessible, ScreenReader
from desktop.desktop import PASSWORD, SECRETS_NAME, Desktop
from desktop.first_run import enter_key, finish, name_service
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Ours, Program
from sessions.session_bus import Icon, Notifications
from tally import FAULTS, Tally
from tooling.processes import wait_until

pytestmark = pytest.mark.e2e

HOSTILE = """
import os
from keyring.backend import KeyringBackend


class Plain(KeyringBackend):
    priority = 100

    def get_password(self, service, username):
        open(os.environ["TRAP"], "w").write("asked")

    def set_password(self, service, username, password):
        open(os.environ["TRAP"], "w").write(password)
"""
PROMPTER = "org.gnome.keyring.SystemPrompter"
PROMPT = ["xdotool", "search", "--onlyvisible", "--name", "Unlock"]


def enter_account(screen: ScreenReader, url: str, key: str) -> Accessible:
    """Go through the first run, and give its window."""
    ours = screen.program("alance")
    name_service(ours, url)
    enter_key(ours, key, "Shop")
    finish(ours, "10")
    return ours.find("dialog", "Welcome to Balance Tray")


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


def test_a_keyring_that_dies_while_it_asks_can_be_asked_again(
    program: Program, icon: Icon, ours: Ours, gateway: ScriptedGateway, key: str
) -> None:
    """Its question is gone with it, and Unlock does not wait for that one."""
    program.add_account("Shop", gateway.url, key)
    ask_to_unlock(program, icon, ours)
    program.desktop.unlock_keyring()  # another one, in place of the one that asks
    icon.middle_click()
    icon.says("Shop: €350.12")
    gateway.revoke(key)
    icon.middle_click()
    ours.says("The gateway rejects the API key")
    program.desktop.lock_keyring()
    icon.middle_click()
    ours.press("push button", "Unlock")
    wait_until(
        lambda: program.desktop.run(PROMPT).returncode == 0, "the second prompt", 10
    )
    program.seconds_to_end(signal.SIGTERM)


def test_a_locked_keyring_at_the_start_is_no_reason_to_ask_for_keys(
    program: Program, icon: Icon, ours: Ours, gateway: ScriptedGateway, key: str
) -> None:
    """The window says what it is, no dialog opens, and nothing is written."""
    program.add_account("Shop", gateway.url, key)
    program.desktop.lock_keyring()
    program.start()
    icon.says("Shop: Keyring out of reach")
    icon.activate()
    ours.says("The keyring is locked")
    assert program.windows() == {"Balance Tray"}
    assert gateway.requests == []
    program.seconds_to_end(signal.SIGTERM)
    program.desktop.unlock_keyring()
    assert program.stored_key() == key


@pytest.mark.case("1", "a session's service found by a variable alone")
@pytest.mark.parametrize("address", ["", "unix:path=/nonexistent/bus"])
def test_a_check_under_cron_finds_the_keyring(
    program: Program, gateway: ScriptedGateway, key: str, address: str
) -> None:
    """Cron sets no address of the session bus, and an old terminal has a stale one."""
    program.add_account("Shop", gateway.url, key)
    said = f"DBUS_SESSION_BUS_ADDRESS={address}"
    checked = program.desktop.run(["env", said, *program.command, "check"])
    assert (checked.returncode, checked.stdout[:13]) == (0, "Shop: €350.12")


@pytest.mark.case("5", "a thing looked up by its place instead of its attributes")
def test_a_key_is_removed_after_another_keyring_became_the_default_one(
    program: Program, gateway: ScriptedGateway, key: str
) -> None:
    """It is read where it is, and nothing of it stays."""
    program.add_account("Shop", gateway.url, key)
    assert program.stored_key() == key
    other = "objpath:/org/freedesktop/secrets/collection/session"
    service = SECRETS_NAME, "/org/freedesktop/secrets"
    method = "org.freedesktop.Secret.Service.SetAlias"
    program.desktop.call(*service, method, "string:default", other)
    assert program.run("check").stdout.startswith("Shop: €350.12")
    assert program.run("account", "remove", "Shop").returncode == 0
    found = program.desktop.run(["secret-tool", "search", "service", "balance-tray"])
    assert found.stdout == ""


@pytest.fixture
def without_keyring(command: list[str]) -> Iterator[Program]:
    """Start a desktop on which no keyring runs."""
    with Desktop("xfce", keyring="absent") as desktop:
        yield Program(desktop, command)


def test_without_a_keyring_nothing_is_stored_and_nothing_entered_is_lost(
    without_keyring: Program, gateway: ScriptedGateway, key: str
) -> None:
    """The dialog says what is missing and keeps what was typed."""
    program = without_keyring
    program.start()
    with ScreenReader(program.bus) as screen, Notifications(program.bus):
        first_run = enter_account(screen, gateway.url, key)
        first_run.says("There is no keyring on this desktop")
        first_run.find("push button", "Back").press()
        assert first_run.find("text", "Name").text == "Shop"
    assert not (program.desktop.home / ".config/balance-tray/config.toml").exists()
    program.seconds_to_end(signal.SIGTERM)


@pytest.fixture
def fake(without_keyring: Program) -> Iterator[FakeSecrets]:
    """Run a keyring that can be told to misbehave."""
    with FakeSecrets(without_keyring.bus) as started:
        yield started


def test_a_keyring_that_is_full_costs_nothing_that_was_entered(
    without_keyring: Program,
    fake: FakeSecrets,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """The dialog says what is wrong and stays; no account without its key is kept."""
    fake.refuses["CreateItem"] = FAILED
    program = without_keyring
    program.start()
    with ScreenReader(program.bus) as screen:
        first_run = enter_account(screen, gateway.url, key)
        first_run.says("The keyring reports a fault")
        assert not (program.desktop.home / ".config/balance-tray/config.toml").exists()
        fake.refuses.clear()
        first_run.find("push button", "Finish").press()
        wait_until(lambda: list(fake.keys.values()) == [key], "the key", 10)
    tally.add(FAULTS)
    program.seconds_to_end(signal.SIGTERM)


def test_a_keyring_that_hangs_is_told_and_its_late_answer_used(
    without_keyring: Program,
    fake: FakeSecrets,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """Nobody has to ask again: what comes after ten seconds comes all the same."""
    program = without_keyring
    program.add_account("Shop", gateway.url, key)
    fake.hangs_on = {"GetSecret"}
    program.start("--minimized")
    with Icon(program.bus) as icon, ScreenReader(program.bus) as screen:
        icon.says("Shop: Keyring out of reach", within_s=20)
        icon.activate()
        Ours(screen).says("The keyring does not answer")
        assert gateway.requests == []
        fake.release()
        icon.says("Shop: €350.12")
    tally.add(FAULTS)
    program.seconds_to_end(signal.SIGTERM)


def test_a_keyring_that_crashes_is_back_when_another_is(
    without_keyring: Program,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """In the middle of giving the key it is gone; the key is not."""
    program = without_keyring
    with FakeSecrets(program.bus) as service, Icon(program.bus) as icon:
        program.add_account("Shop", gateway.url, key)
        service.dies_on = "GetSecret"
        program.start("--minimized")
        icon.says("Shop: Keyring out of reach")
        with FakeSecrets(program.bus, service.keys):
            icon.middle_click()
            icon.says("Shop: €350.12")
    tally.add(FAULTS)
    program.seconds_to_end(signal.SIGTERM)


def test_nothing_around_takes_the_key_to_another_keyring(
    without_keyring: Program, fake: FakeSecrets, key: str, tmp_path: Path
) -> None:
    """Neither a variable nor a file of `keyring`'s own, for the program as it is."""
    home = without_keyring.desktop.home
    (tmp_path / "hostile.py").write_text(HOSTILE)
    config = home / ".config/python_keyring/keyringrc.cfg"
    config.parent.mkdir(parents=True)
    config.write_text(
        f"[backend]\ndefault-keyring=hostile.Plain\nkeyring-path={tmp_path}\n"
    )
    trapped = ["env", "PYTHON_KEYRING_BACKEND=hostile.Plain", f"TRAP={tmp_path}/taken"]
    program = Program(without_keyring.desktop, [*trapped, *without_keyring.command])
    program.add_account("Shop", "https://gateway.example", key)
    assert list(fake.keys.values()) == [key]
    assert not (tmp_path / "taken").exists()
    assert not [
        one
        for one in home.rglob("*")
        if one.is_file() and key.encode() in one.read_bytes()
    ]
