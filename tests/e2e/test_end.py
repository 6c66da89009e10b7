"""Ending the program: at once, quietly, whatever it is waiting for."""

import signal

import pytest

from desktop import Desktop
from processes import wait_until
from session import Icon
from story import Ours, Program
from trayapp.demo_scripted import ScriptedGateway

pytestmark = pytest.mark.e2e

PROMPTER = "org.gnome.keyring.SystemPrompter"
AT_ONCE_S = 1.0
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


def test_the_command_line_ends_it(
    program: Program, icon: Icon, gateway: ScriptedGateway, key: str
) -> None:
    """`--quit` ends the running program, and says so if there is none."""
    program.add_account("Shop", gateway.url, key)
    program.start("--minimized")
    icon.says("Shop: €350.12")
    assert (program.run("--quit").returncode, program.run("--quit").stdout) == (
        0,
        "Balance Tray is not running.\n",
    )
    program.seconds_to_end()
