"""Ending the program: at once, quietly, whatever it is waiting for."""

import os
import signal
import sqlite3
from contextlib import closing

import pytest

from desktop.atspi import ScreenReader
from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Ours, Program
from sessions.session_bus import Icon
from tally import FAULTS, Tally
from tooling.processes import wait_until

pytestmark = pytest.mark.e2e

PROMPTER = "org.gnome.keyring.SystemPrompter"
HISTORY = ".local/share/balance-tray/history.sqlite3"
AT_ONCE_S = 1.0
SOON_S = 3.0
WAYS = ["quit", signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def end(program: Program, icon: Icon, way: str | signal.Signals) -> float:
    """End the program in one way, and give the seconds it took."""
    if isinstance(way, signal.Signals):
        return program.seconds_to_end(way)
    icon.choose("Quit")
    return program.seconds_to_end()


@pytest.mark.parametrize("way", WAYS)
def test_it_ends_at_once_while_the_gateway_hangs(
    program: Program, icon: Icon, gateway: ScriptedGateway, key: str, way: str
) -> None:
    """A question without an answer holds up nothing."""
    program.add_account("Shop", gateway.url, key)
    gateway.hang(on=True)
    program.start("--minimized")
    gateway.wait_for_requests(1, 10)
    icon.says("Shop: asking…")
    assert end(program, icon, way) < AT_ONCE_S


@pytest.mark.parametrize("way", WAYS)
def test_it_ends_at_once_while_the_keyring_asks(
    program: Program,
    desktop: Desktop,
    icon: Icon,
    ours: Ours,
    gateway: ScriptedGateway,
    key: str,
    way: str,
) -> None:
    """An open password prompt, which nobody answers, holds up nothing."""
    program.add_account("Shop", gateway.url, key)
    desktop.lock_keyring()
    program.start("--minimized")
    icon.says("Keyring out of reach")
    icon.activate()
    ours.says("The keyring is locked")
    ours.press("push button", "Unlock")
    wait_until(lambda: desktop.has_name(PROMPTER), "the prompt", 10)
    assert end(program, icon, way) < AT_ONCE_S
    assert gateway.requests == []


def test_the_command_line_ends_it(running: Program) -> None:
    """`--quit` ends the running program, and says so if there is none."""
    assert (running.run("--quit").returncode, running.run("--quit").stdout) == (
        0,
        "Balance Tray is not running.\n",
    )
    running.seconds_to_end()


# --- whatever is on the screen ----------------------------------------------------


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_at_once_with_all_its_dialogs_open(
    running: Program,
    icon: Icon,
    ours: Ours,
    way: signal.Signals,
) -> None:
    """None of them asks first, and none is waited for."""
    icon.activate()
    ours.press("push button", "Why?")
    ours.find("dialog", "Why")
    icon.choose("About")
    icon.choose("Settings")
    ours.press("push button", "Add")
    ours.find("dialog", "Add an account")
    assert end(running, icon, way) < AT_ONCE_S


def test_it_ends_at_once_with_its_menu_open(
    xembed: Program, gateway: ScriptedGateway, key: str
) -> None:
    """A menu of the old kind of tray is a window of the program's own."""
    xembed.add_account("Shop", gateway.url, key)
    xembed.start("--minimized")
    gateway.wait_for_requests(1, 10)
    xembed.click_docked(3)
    wait_until(lambda: len(xembed.x_windows()) > 1, "the menu", 10)
    xembed.seconds_to_end(signal.SIGTERM)


def test_closing_its_window_is_no_end_while_there_is_an_icon(
    running: Program, desktop: Desktop, icon: Icon
) -> None:
    """As a session manager closes windows: it is not in the way, and ends by signal."""
    icon.activate()
    running.wait_for_window("Balance Tray")
    desktop.run(["xdotool", "key", "alt+F4"])
    wait_until(lambda: running.windows() == set(), "the window to close", 10)
    icon.says("Shop: €350.12")
    running.seconds_to_end(signal.SIGTERM)


# --- what it stands on gives way --------------------------------------------------


def assert_left_well(program: Program, key: str) -> None:
    """Look for what an end that nobody asked for may leave."""
    desktop = program.desktop
    written = desktop.log("program")
    for log in desktop.home.rglob("*.log"):
        written += log.read_text()
    assert key not in written
    assert "Traceback" not in written
    with closing(sqlite3.connect(desktop.home / HISTORY)) as history:
        assert history.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert history.execute("SELECT count(*) FROM reading").fetchone()[0] >= 1


@pytest.mark.parametrize("hangs", [False, True])
def test_the_end_of_the_display_is_its_end(
    program: Program,
    desktop: Desktop,
    icon: Icon,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
    hangs: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """Many sessions end so: within a second, no crash, and the next start is well."""
    program.add_account("Shop", gateway.url, key)
    program.start()
    icon.says("Shop: €350.12")
    icon.activate()
    program.wait_for_window("Balance Tray")
    if hangs:
        gateway.hang(on=True)
        icon.middle_click()
        icon.says("Shop: €350.12, as of")
    assert program.process is not None
    os.kill(desktop.pid_of("Xvfb"), signal.SIGKILL)
    assert program.process.wait(SOON_S) == 1, "by no signal: there is no crash"
    assert desktop.log("program") == ""
    assert_left_well(program, key)
    tally.add(FAULTS)
    gateway.hang(on=False)
    desktop.restart_display()
    asked = len(gateway.requests)
    program.start("--minimized")
    gateway.wait_for_requests(asked + 1, 10)
    program.seconds_to_end(signal.SIGTERM)


def test_a_client_that_the_display_throws_out_ends(
    running: Program,
    desktop: Desktop,
    icon: Icon,
    key: str,
    tally: Tally,
) -> None:
    """As a window manager does with one that it believes to hang."""
    icon.activate()
    running.wait_for_window("Balance Tray")
    assert running.process is not None
    desktop.run(["xdotool", "search", "--name", "^Balance Tray$", "windowkill", "%@"])
    assert running.process.wait(SOON_S) == 1
    assert desktop.log("program") == ""
    assert_left_well(running, key)
    running.start("--minimized")
    icon.says("Shop: €350.12")
    running.seconds_to_end(signal.SIGTERM)
    tally.add(FAULTS)


def test_a_session_bus_that_dies_takes_nothing_along(
    running: Program,
    desktop: Desktop,
    key: str,
    tally: Tally,
) -> None:
    """The window stays, and other starts still reach it."""
    os.kill(desktop.pid_of("session-bus"), signal.SIGKILL)
    assert running.run().returncode == 0
    # Xfce's window manager goes with the bus; the window needs none.
    find = ["xdotool", "search", "--onlyvisible", "--name", "^Balance Tray$"]
    wait_until(lambda: desktop.run(find).returncode == 0, "the window", 10)
    assert running.run("--quit").returncode == 0
    running.seconds_to_end()
    assert_left_well(running, key)
    tally.add(FAULTS)


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", None])
def test_without_any_session_bus_the_window_says_what_is_missing(
    command: list[str],
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
    address: str | None,
) -> None:
    """No tray, no keyring, no notifications: it says each, and quits when closed."""
    with Desktop("none", notifications=False) as desktop:
        program = Program(desktop, command)
        program.add_account("Shop", gateway.url, key)
        start_without_bus(program, address)
        program.wait_for_window("Balance Tray")
        with ScreenReader(program.bus) as screen:
            ours = Ours(screen)
            ours.says("This desktop shows no tray icons")
            ours.says("No desktop session can be reached")
            ours.says("This desktop shows no notifications at the moment")
        desktop.run(["xdotool", "key", "Escape"])
        program.seconds_to_end()
    tally.add(FAULTS)


def start_without_bus(program: Program, address: str | None) -> None:
    """Start it where the session bus is said to be elsewhere, or not said at all."""
    name = "DBUS_SESSION_BUS_ADDRESS"
    said = f"--unset={name}" if address is None else f"{name}={address}"
    # Only so can the test read its windows: they speak over another bus anyway.
    bus, path = "org.a11y.Bus", "/org/a11y/bus"
    reader = program.desktop.call(bus, path, f"{bus}.GetAddress").strip()
    elsewhere = f"XDG_RUNTIME_DIR={program.desktop.home}"
    speaking = ["env", said, elsewhere, f"AT_SPI_BUS_ADDRESS={reader.split(',')[0]}"]
    program.process = program.desktop.spawn(
        [*speaking, *program.command], log="program"
    )
