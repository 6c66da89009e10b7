"""Never invisible: trays of both kinds, late ones, restarted ones, and none at all."""

import signal

import pytest

from buses.tray_watcher import TrayWatcher
from desktop.atspi import ScreenReader
from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Ours, Program
from sessions.session_bus import Icon
from tally import FAULTS, Tally
from tooling.processes import wait_until

pytestmark = pytest.mark.e2e
LOGIN_S = 30
"""More than a quiet start waits for a tray."""


def test_a_host_that_starts_late_shows_the_icon(
    program: Program, desktop: Desktop, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """At login the program may start before the taskbar: no window opens."""
    program.add_account("Shop", gateway.url, key)
    desktop.stop_taskbar()
    program.start("--minimized")
    gateway.wait_for_requests(1, 10)
    desktop.start_taskbar()
    icon.says("Shop: €350.12")
    assert program.windows() == set()
    assert icon.menu()[0].startswith("Shop: €350.12")
    icon.choose("Quit")
    program.seconds_to_end()


def test_a_host_that_restarts_shows_the_icon_again(
    running: Program, desktop: Desktop, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """The icon comes back after a crash of the taskbar."""
    desktop.stop_taskbar()
    desktop.start_taskbar()
    icon.says("Shop: €350.12")
    gateway.set_balance(key, "20.0000", "EUR")
    icon.middle_click()
    icon.says("Shop: €20.00")
    running.seconds_to_end(signal.SIGTERM)


def test_a_left_click_opens_the_window_and_a_second_start_raises_it(
    running: Program, desktop: Desktop, icon: Icon
) -> None:
    """There is always a way to the window, and one program only."""
    assert running.windows() == set()
    icon.activate()
    running.wait_for_window("Balance Tray")
    icon.activate()
    assert "Balance Tray" in running.windows(), "a second click does not close it"
    desktop.run(["xdotool", "key", "Escape"])
    wait_until(lambda: running.windows() == set(), "the window to close", 10)
    assert running.run().returncode == 0
    running.wait_for_window("Balance Tray")
    running.seconds_to_end(signal.SIGTERM)


def test_a_killed_program_leaves_nothing_that_blocks_the_next_start(
    running: Program, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """After `kill -9` the next start is like any other."""
    assert running.process is not None
    running.process.kill()
    running.process.wait(5)
    gateway.set_balance(key, "20.0000", "EUR")
    running.start("--minimized")
    icon.says("Shop: €20.00")
    running.seconds_to_end(signal.SIGTERM)


def test_the_command_line_adds_an_account_to_the_running_program(
    program: Program, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """Both share the accounts: nothing has to be started again."""
    program.start("--minimized")
    icon.says("Not set up")
    program.add_account("Shop", gateway.url, key)
    icon.says("Shop: €350.12")
    program.run("account", "remove", "Shop")
    icon.says("Not set up")
    program.seconds_to_end(signal.SIGTERM)


def test_the_old_kind_of_tray_shows_the_icon(
    xembed: Program, gateway: ScriptedGateway, key: str
) -> None:
    """An XEmbed tray docks it; a click on it opens the window."""
    xembed.add_account("Shop", gateway.url, key)
    xembed.start("--minimized")
    gateway.wait_for_requests(1, 10)
    xembed.click_docked(1)
    xembed.wait_for_window("Balance Tray")
    xembed.seconds_to_end(signal.SIGTERM)


def test_a_host_that_restarts_again_and_again_shows_one_icon(
    program: Program,
    desktop: Desktop,
    icon: Icon,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """Each taskbar has it once, and its menu works there."""
    program.add_account("Shop", gateway.url, key)
    program.start("--minimized")
    for amount in ("20", "30", "40", "50"):
        icon.says("Shop: €")
        desktop.stop_taskbar()
        gateway.set_balance(key, f"{amount}.0000", "EUR")
        desktop.start_taskbar()
        icon.waits_for(lambda: icon.count() == 1, "one icon")
        icon.choose("Refresh")
        icon.says(f"Shop: €{amount}.00")
        assert icon.menu()[0].startswith(f"Shop: €{amount}.00")
        assert icon.count() == 1
        tally.add(FAULTS)
    program.seconds_to_end(signal.SIGTERM)


def test_a_host_that_goes_for_good_leaves_the_window(
    running: Program,
    desktop: Desktop,
    tally: Tally,
) -> None:
    """Without a taskbar there is no icon: the program is never invisible."""
    desktop.stop_taskbar()
    running.wait_for_window("Balance Tray")
    desktop.run(["xdotool", "key", "Escape"])
    running.seconds_to_end()
    tally.add(FAULTS)


def test_a_host_that_comes_after_the_window_has_stepped_in_takes_over(
    program: Program,
    desktop: Desktop,
    icon: Icon,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
) -> None:
    """However late it is: from then on closing the window ends nothing."""
    program.add_account("Shop", gateway.url, key)
    desktop.stop_taskbar()
    program.start()
    program.wait_for_window("Balance Tray")
    desktop.start_taskbar()
    icon.says("Shop: €350.12")
    desktop.run(["xdotool", "key", "Escape"])
    wait_until(lambda: program.windows() == set(), "the window to close", 10)
    icon.activate()
    program.wait_for_window("Balance Tray")
    program.seconds_to_end(signal.SIGTERM)
    tally.add(FAULTS)


def test_a_watcher_that_nobody_looks_at_is_no_tray(
    command: list[str], gateway: ScriptedGateway, key: str, tally: Tally
) -> None:
    """Qt takes it for one; the window steps in until somebody shows the icon."""
    with Desktop("none") as desktop:
        program = Program(desktop, command)
        program.add_account("Shop", gateway.url, key)
        with TrayWatcher(program.bus) as watcher, ScreenReader(program.bus) as screen:
            program.start()
            program.wait_for_window("Balance Tray")
            said = "This desktop shows no tray icons"
            Ours(screen).says(said)
            watcher.host_comes()
            shown = screen.program("alance")
            wait_until(lambda: said not in shown.outline(), "no word of it", 10)
            desktop.run(["xdotool", "key", "Escape"])
            wait_until(lambda: program.windows() == set(), "the window to close", 10)
            assert program.run().returncode == 0
            program.wait_for_window("Balance Tray")
            program.seconds_to_end(signal.SIGTERM)
    tally.add(FAULTS)


def test_without_any_tray_the_window_opens_and_says_why(
    command: list[str], gateway: ScriptedGateway, key: str
) -> None:
    """A desktop without a tray gets the window, even when started minimized."""
    with Desktop("none", notifications=False) as desktop:
        program = Program(desktop, command)
        program.add_account("Shop", gateway.url, key)
        program.start("--minimized")
        program.wait_for_window("Balance Tray", LOGIN_S)
        with ScreenReader(program.bus) as screen:
            ours = Ours(screen)
            ours.says("This desktop shows no tray icons")
            ours.says("€350.12")
        desktop.run(["xdotool", "key", "Escape"])
        program.seconds_to_end()
