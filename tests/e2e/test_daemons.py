"""Notifications while their daemon is absent, late, restarted, hung or refusing."""

import signal
import sys
from collections.abc import Iterator

import pytest

from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Ours, Program
from sessions.session_bus import Icon, Notifications
from tally import FAULTS, Tally
from tooling.processes import wait_until

pytestmark = pytest.mark.e2e

UNSEEN = "This desktop shows no notifications at the moment"
LOW, FINE, EMPTY = "4.5000", "40.1200", "0.0000"


@pytest.fixture
def command() -> list[str]:
    """Start from the checkout: what is tested here is the same in the bundle."""
    return [sys.executable, "-m", "trayapp"]


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    """Start a desktop whose notification daemon is not there yet."""
    with Desktop("xfce", notifications=False) as started:
        yield started


@pytest.fixture
def running(notifications: Notifications, running: Program) -> Program:
    """Give the program, running quietly, with one account and nothing told."""
    assert notifications.sent == []
    return running


def poll(gateway: ScriptedGateway, icon: Icon, key: str, amount: str) -> None:
    """Change the balance, and let the program see it."""
    gateway.set_balance(key, amount, "EUR")
    icon.middle_click()
    icon.says(f"Shop: €{float(amount):.2f}")


def test_without_a_daemon_it_is_seen_and_told_by_the_first_that_comes(
    running: Program,
    desktop: Desktop,
    icon: Icon,
    notifications: Notifications,
    ours: Ours,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """Icon and window say it at once; the daemon once; and "Why?" how it was."""
    poll(gateway, icon, key, LOW)
    icon.says("Low")
    icon.activate()
    ours.says(UNSEEN)
    assert notifications.sent == []
    ours.press("push button", "Why?")
    ours.says("Held back: the desktop took no notification")
    desktop.start_notifications()
    notifications.wait_for(1)
    ours.says("Sent: it was held back before, and still held")
    poll(gateway, icon, key, "4.4000")
    icon.choose("Quit")
    running.seconds_to_end()
    running.start("--minimized")
    icon.says("Shop: €4.40")
    poll(gateway, icon, key, "4.3000")
    (low,) = notifications.sent
    assert low.title == "Shop: low balance"
    running.seconds_to_end(signal.SIGTERM)
    tally.add(FAULTS)


def test_what_waits_for_a_daemon_outlives_a_restart(
    running: Program,
    desktop: Desktop,
    icon: Icon,
    notifications: Notifications,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """A login later it is still low, and told."""
    poll(gateway, icon, key, EMPTY)
    running.seconds_to_end(signal.SIGTERM)
    desktop.start_notifications()
    running.start("--minimized")
    notifications.wait_for(1)
    icon.says("Shop: €0.00")
    (empty,) = notifications.sent
    assert (empty.title, empty.urgency) == ("Shop: the balance is used up", 2)
    running.seconds_to_end(signal.SIGTERM)
    tally.add(FAULTS)


def test_what_is_over_before_a_daemon_comes_is_not_told(
    running: Program,
    desktop: Desktop,
    icon: Icon,
    notifications: Notifications,
    ours: Ours,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """A warning that is wrong by now would be worse than none."""
    poll(gateway, icon, key, LOW)
    icon.says("Low")
    poll(gateway, icon, key, FINE)
    desktop.start_notifications()
    poll(gateway, icon, key, LOW)
    notifications.wait_for(1)
    icon.activate()
    ours.press("push button", "Why?")
    ours.says("Not sent: it was over before it could be told")
    assert len(notifications.sent) == 1
    running.seconds_to_end(signal.SIGTERM)
    tally.add(FAULTS)


def test_a_daemon_that_restarts_is_told_the_next_alert_as_a_new_one(
    running: Program,
    desktop: Desktop,
    icon: Icon,
    notifications: Notifications,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """While the first is on the screen: the new daemon knows nothing of its number."""
    desktop.start_notifications()
    poll(gateway, icon, key, LOW)
    notifications.wait_for(1)
    desktop.stop_notifications()
    desktop.start_notifications()
    poll(gateway, icon, key, EMPTY)
    notifications.wait_for(2)
    assert [one.replaces for one in notifications.sent] == [0, 0]
    running.seconds_to_end(signal.SIGTERM)
    tally.add(FAULTS)


def test_a_daemon_that_hangs_stalls_nothing_and_its_successor_tells(
    running: Program,
    desktop: Desktop,
    icon: Icon,
    notifications: Notifications,
    ours: Ours,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """Icon and window go on; what the hung one did not take is told by the next."""
    desktop.start_notifications()
    hung = desktop.pid_of("xfce4-notifyd")
    desktop.run(["kill", "-STOP", str(hung)])
    poll(gateway, icon, key, LOW)
    poll(gateway, icon, key, "4.4000")
    icon.activate()
    running.wait_for_window("Balance Tray")
    ours.says(UNSEEN)
    told = len(notifications.sent)
    desktop.run(["kill", "-KILL", str(hung)])
    desktop.stop_notifications()
    desktop.start_notifications()
    notifications.wait_for(told + 1)
    wait_until(lambda: notifications.sent[-1].body.startswith("€4.40"), "it", 10)
    assert running.seconds_to_end(signal.SIGTERM) < 1
    tally.add(FAULTS)
