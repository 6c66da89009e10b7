"""The program on a real desktop, against a gateway that the test changes as it goes."""

import os
import secrets
import sys
from collections.abc import Iterator

import pytest

from desktop.atspi import ScreenReader
from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Ours, Program
from sessions.session_bus import Icon, Notifications


@pytest.fixture
def key() -> str:
    """Make up a key that stands in no file of this project."""
    return f"sentinel{secrets.token_hex(16)}"


@pytest.fixture
def gateway(key: str) -> Iterator[ScriptedGateway]:
    """Start a gateway with one account of 350.12 EUR."""
    with ScriptedGateway() as started:
        started.set_balance(key, "350.1200", "EUR")
        yield started


@pytest.fixture(params=["source", pytest.param("bundle", marks=pytest.mark.bundle)])
def command(request: pytest.FixtureRequest) -> list[str]:
    """Give how the program is started: from the checkout, and as it was built."""
    if request.param == "source":
        return [sys.executable, "-m", "trayapp"]
    return [os.environ["BALANCE_TRAY_BUNDLE"]]


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    """Start a desktop with a taskbar, notifications and an open keyring."""
    with Desktop("xfce") as started:
        yield started


@pytest.fixture
def program(desktop: Desktop, command: list[str]) -> Program:
    """Give the program, not started yet, on the ordinary desktop."""
    return Program(desktop, command)


@pytest.fixture
def xembed(command: list[str]) -> Iterator[Program]:
    """Start a desktop with the old kind of tray."""
    with Desktop("xembed") as desktop:
        yield Program(desktop, command)


@pytest.fixture
def icon(program: Program) -> Iterator[Icon]:
    """Look at the tray."""
    with Icon(program.bus) as tray:
        yield tray


@pytest.fixture
def notifications(program: Program) -> Iterator[Notifications]:
    """Hear the notifications that are sent from now on."""
    with Notifications(program.bus) as heard:
        yield heard


@pytest.fixture
def screen(program: Program) -> Iterator[ScreenReader]:
    """Read the screen as assistive technology does."""
    with ScreenReader(program.bus) as read:
        yield read


@pytest.fixture
def ours(screen: ScreenReader) -> Ours:
    """Find the program's own windows on the screen."""
    return Ours(screen)


@pytest.fixture
def running(
    program: Program, icon: Icon, gateway: ScriptedGateway, key: str
) -> Program:
    """Give the program, running quietly, with one account whose balance is known."""
    program.add_account("Shop", gateway.url, key)
    program.start("--minimized")
    icon.says("Shop: €350.12")
    return program
