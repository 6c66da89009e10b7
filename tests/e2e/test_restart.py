"""Another language is chosen, the program starts anew, and its window speaks it."""

from functools import partial

import pytest

from desktop.atspi import ScreenReader
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import END_S, Ours, Program
from sessions.session_bus import Icon
from tooling.processes import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_a_language_is_chosen_and_spoken(
    program: Program,
    gateway: ScriptedGateway,
    key: str,
    screen: ScreenReader,
    icon: Icon,
) -> None:
    """The first process ends well, the second has the place, and the window is up."""
    program.add_account("Shop", gateway.url, key)
    program.start("--minimized")
    icon.says("Shop")
    icon.activate()
    ours = Ours(screen)
    program.wait_for_front("Balance Tray")
    program.desktop.run(["xdotool", "key", "ctrl+comma"])
    program.wait_for_front("Settings — Balance Tray")
    ours.press("page tab", "General")
    ours.find("combo box", "The system's own")
    program.desktop.run(["xdotool", "key", "alt+l", "Down", "Down"])
    ours.find("combo box", "Español")
    ours.press("push button", "OK")
    ours.press("push button", "Restart now")
    assert program.process is not None
    assert program.process.wait(END_S) == 0
    speaks = partial(ours.find, "push button", "Actualizar")
    assert speaks().has("showing")
    ours.says("350,12 €".replace(" ", "\u00a0"))
    config = (program.desktop.home / ".config/balance-tray/config.toml").read_text()
    assert 'language = "es"' in config
    wait_until(lambda: "Balance Tray" in said_to(program), "its end", END_S)


def said_to(program: Program) -> str:
    """Ask whichever runs to end, and give what is said if none does."""
    done = program.run("--quit")
    assert done.returncode == 0
    return f"{done.stdout}{done.stderr}"
