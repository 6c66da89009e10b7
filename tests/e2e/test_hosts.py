"""Never invisible: trays of both kinds, late ones, restarted ones, and none at all."""

import signal
from collections.abc import Iterator

import pytest

from atspi import Screen
from desktop import Desktop
from processes import wait_until
from session import Icon
from story import Ours, Program
from trayapp.demo_scripted import ScriptedGateway

pytestmark = pytest.mark.e2e


def test_a_host_that_starts_late_shows_the_icon(
    program: Program, desktop: Desktop, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """At login the program may be there before the panel is."""
    program.add_account("Shop", gateway.url, key)
    desktop.stop_panel()
    program.start("--minimized")
    gateway.wait_for_requests(1, 10)
    desktop.start_panel()
    icon.says("Shop: €350.12")
    assert icon.menu()[0].startswith("Shop: €350.12")
    icon.choose("Quit")
    program.seconds_to_end()


def test_a_host_that_restarts_shows_the_icon_again(
    program: Program, desktop: Desktop, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """A panel that crashes takes the icon along for a moment only."""
    program.add_account("Shop", gateway.url, key)
    program.start("--minimized")
    icon.says("Shop: €350.12")
    desktop.stop_panel()
    desktop.start_panel()
    icon.says("Shop: €350.12")
    gateway.set_balance(key, "20.0000", "EUR")
    icon.middle_click()
    icon.says("Shop: €20.00")
    program.seconds_to_end(signal.SIGTERM)


def test_a_left_click_opens_the_window_and_a_second_start_raises_it(
    program: Program, desktop: Desktop, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """There is always a way to the window, and one program only."""
    program.add_account("Shop", gateway.url, key)
    program.start("--minimized")
    icon.says("Shop: €350.12")
    assert program.windows() == set()
    icon.activate()
    program.wait_for_window("Balance Tray")
    icon.activate()
    assert "Balance Tray" in program.windows(), "a second click does not close it"
    desktop.run(["xdotool", "key", "Escape"])
    wait_until(lambda: program.windows() == set(), "the window to close", 10)
    assert program.run().returncode == 0
    program.wait_for_window("Balance Tray")
    program.seconds_to_end(signal.SIGTERM)


def test_a_killed_program_leaves_nothing_that_blocks_the_next_start(
    program: Program, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """After `kill -9` the next start is like any other."""
    program.add_account("Shop", gateway.url, key)
    program.start("--minimized")
    icon.says("Shop: €350.12")
    assert program.process is not None
    program.process.kill()
    program.process.wait(5)
    gateway.set_balance(key, "20.0000", "EUR")
    program.start("--minimized")
    icon.says("Shop: €20.00")
    program.seconds_to_end(signal.SIGTERM)


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


@pytest.fixture
def xembed(command: list[str]) -> Iterator[Program]:
    """Start a desktop with the old kind of tray."""
    with Desktop("xembed") as desktop:
        yield Program(desktop, command)


def test_the_old_kind_of_tray_shows_the_icon(
    xembed: Program, gateway: ScriptedGateway, key: str
) -> None:
    """An XEmbed tray docks it; a click on it opens the window."""
    xembed.add_account("Shop", gateway.url, key)
    xembed.start("--minimized")
    gateway.wait_for_requests(1, 10)
    find = ["xdotool", "search", "--onlyvisible", "--class", "trayer"]
    geometry = ["xdotool", "getwindowgeometry", "--shell"]
    run = xembed.desktop.run

    def tray_width() -> int:
        window = run(find).stdout.split()[0]
        shape = dict(
            line.split("=") for line in run([*geometry, window]).stdout.splitlines()
        )
        run(
            [
                "xdotool",
                "mousemove",
                str(int(shape["X"]) + 12),
                str(int(shape["Y"]) + 12),
            ]
        )
        return int(shape["WIDTH"])

    def opens() -> bool:
        assert tray_width() > 0
        run(["xdotool", "click", "1"])
        return "Balance Tray" in xembed.windows()

    wait_until(opens, "the window after a click on the icon", 10)
    xembed.seconds_to_end(signal.SIGTERM)


def test_without_any_tray_the_window_opens_and_says_why(
    command: list[str], gateway: ScriptedGateway, key: str
) -> None:
    """A desktop without a tray gets the window, even when started minimized."""
    with Desktop("none", notifications=False) as desktop:
        program = Program(desktop, command)
        program.add_account("Shop", gateway.url, key)
        program.start("--minimized")
        program.wait_for_window("Balance Tray")
        with Screen(program.bus) as screen:
            ours = Ours(screen)
            ours.says("This desktop shows no tray icons")
            ours.says("€350.12")
        desktop.run(["xdotool", "key", "Escape"])
        program.seconds_to_end()
