"""The main job, end to end, as a person lives it: from an empty machine to a warning.

It is one long test, because each part needs the one before. The account is added in
the first run, runs low, is topped up, loses its key and gets a new one.
"""

import contextlib
import time

import pytest

from desktop.atspi import ScreenReader
from desktop.first_run import enter_key, name_service
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Ours, Program
from sessions.session_bus import Icon, Notifications, SentNotification
from tooling.processes import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

FINE, LOW, TOPPED_UP = "350.1200", "4.5000", "40.1200"
MENU = ["Open", "Refresh", "Top up…", "Snooze", "Settings…", "About", "Quit"]


def test_from_an_empty_machine_to_a_warning_in_time(
    program: Program,
    icon: Icon,
    notifications: Notifications,
    screen: ScreenReader,
    ours: Ours,
    gateway: ScriptedGateway,
    key: str,
) -> None:
    """Every promise of the main job, one after the other, on a real desktop."""
    program.start()
    go_through_the_first_run(program, screen, gateway.url, key)

    # Within two seconds of Finish the tray has amount and unit.
    begun = time.monotonic()
    ours.press("push button", "Finish")
    icon.says("Shop: €350.12, as of ", within_s=2)
    assert time.monotonic() - begun < 2
    assert icon.menu()[0].startswith("Shop: €350.12")
    assert icon.menu()[1:] == MENU
    assert program.stored_key() == key

    # Low: exactly one notification, none at the next ten polls, none after a restart.
    gateway.set_balance(key, LOW, "EUR")
    poll(icon, gateway)
    notifications.wait_for(1)
    (low,) = notifications.sent
    assert (low.title, low.urgency) == ("Shop: low balance", 1)
    assert low.body.startswith("€4.50 left, less than €10.00.")
    for _ in range(10):
        poll(icon, gateway)
    icon.says("Shop: €4.50, Low")
    icon.choose("Quit")
    program.seconds_to_end()
    program.start()
    icon.says("Shop: €4.50, Low")
    poll(icon, gateway)
    assert notifications.sent == [low]

    # Topped up and low again: one more.
    gateway.set_balance(key, TOPPED_UP, "EUR")
    poll(icon, gateway)
    icon.says("Shop: €40.12, as of")
    gateway.set_balance(key, LOW, "EUR")
    poll(icon, gateway)
    notifications.wait_for(2)

    # The key is revoked: one notification with both causes.
    gateway.revoke(key)
    poll(icon, gateway)
    notifications.wait_for(3)
    assert_names_both_causes(notifications.sent[2])
    icon.says("Shop: €4.50, Key rejected")
    asked = len(gateway.requests)

    # The new key is entered from the notification's button, and asked at once.
    new_key = key[::-1]
    gateway.set_balance(new_key, "77.0000", "EUR")
    screen.program("xfce4-notifyd").find("push button", "Enter new key").press()
    dialog = ours.find("dialog", "Edit account")
    dialog.find("text", "API key").type(new_key)
    dialog.find("push button", "OK").press()
    icon.says("Shop: €77.00, as of", within_s=2)
    later = [one.key.reveal() for one in gateway.requests[asked:]]
    assert later == [new_key], "no further question with the rejected key"
    assert program.stored_key() == new_key
    assert len(notifications.sent) == 3
    icon.choose("Quit")
    program.seconds_to_end()


def test_a_rejected_key_waits_out_a_restart(
    program: Program,
    icon: Icon,
    notifications: Notifications,
    gateway: ScriptedGateway,
    key: str,
) -> None:
    """The next start shows what is wrong before it asks with that key once more."""
    program.add_account("Shop", gateway.url, key)
    gateway.revoke(key)
    program.start("--minimized")
    icon.says("Shop: Key rejected")
    notifications.wait_for(1)
    icon.choose("Quit")
    program.seconds_to_end()
    asked = len(gateway.requests)
    program.start("--minimized")
    icon.says("Shop: Key rejected")
    assert len(gateway.requests) == asked
    icon.middle_click()  # a person asks: that is allowed, and told no second time
    gateway.wait_for_requests(asked + 1, 5)
    icon.choose("Quit")
    program.seconds_to_end()
    assert len(notifications.sent) == 1


def go_through_the_first_run(
    program: Program, screen: ScreenReader, url: str, key: str
) -> None:
    """Answer all three steps, but for the last press."""
    ours = screen.program("alance")
    ours.find("dialog", "Welcome to Balance Tray")
    ours.find("panel", "Step 1 of 3").find("radio button", "Other").press()
    ours.find("text", "Top-up page").type(f"{url}/panel")
    step = name_service(ours, url)
    step.find("text", "API key").type(key)
    step.find("push button", "Test").press()
    step.says("The gateway answers: €350.12")
    low = enter_key(ours, key, "Shop").find("text", "Warn below")
    assert low.text == "35"
    low.type("10")
    ours.says("Warns below €10.00, now €350.12.")
    assert program.stored_key() == "", "nothing is stored before Finish"


def poll(icon: Icon, gateway: ScriptedGateway) -> None:
    """Refresh as a person does, until the gateway is asked once more.

    A click while the program still takes in the answer before asks nothing.
    """
    count = len(gateway.requests)

    def is_asked() -> bool:
        icon.middle_click()
        with contextlib.suppress(TimeoutError):
            gateway.wait_for_requests(count + 1, 0.5)
        return len(gateway.requests) > count

    wait_until(is_asked, "a question to the gateway", 10)


def assert_names_both_causes(rejected: SentNotification) -> None:
    """Check that a person is told of the key, of the IP address, and what to do."""
    assert rejected.title == "Shop: the API key is rejected"
    assert rejected.urgency == 2
    for part in ("wrong or revoked", "enter the new one", "IP address", "allow it"):
        assert part in rejected.body
    assert "Enter new key" in rejected.actions
