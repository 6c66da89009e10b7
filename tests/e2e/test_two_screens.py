"""One person on two displays at once, as over a remote desktop."""

import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from desktop.desktop import Desktop
from sessions.program import Program
from sessions.session_bus import Icon
from tooling.processes import wait_until

if TYPE_CHECKING:
    import subprocess

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.case("8", "one program per profile, whatever the screens"),
]
SOON_S = 20.0
ELSEWHERE = 4
WORDS = "Balance Tray runs already, on another screen"


@pytest.fixture
def command() -> list[str]:
    """Start from the checkout: what is tested here is the same in the bundle."""
    return [sys.executable, "-m", "trayapp"]


@pytest.fixture
def running(program: Program, icon: Icon) -> Iterator[Program]:
    """Run the program quietly on the first display."""
    program.start("--minimized")
    icon.says("Not set up")
    yield program
    assert program.process is not None
    program.process.kill()


@pytest.fixture
def second(desktop: Desktop) -> dict[str, str]:
    """Start another display with a window manager of its own, on the same bus."""
    number = desktop.start_telling_part(
        "Xvfb",
        "-nolisten",
        "tcp",
        "-noreset",
        "-displayfd",
        "{}",
        name="second-display",
    )
    return {"DISPLAY": f":{number}", "XDG_SESSION_ID": "c2"}


def start(
    program: Program, second: dict[str, str], *args: str
) -> "subprocess.Popen[str]":
    """Start the program on the second display."""
    return program.desktop.spawn([*program.command, *args], log="second", env=second)


def wait_for_box(program: Program, second: dict[str, str], pid: int) -> str:
    """Wait until a window of a process is on the second display; return its number."""
    env = [f"DISPLAY={second['DISPLAY']}"]
    search = ["xdotool", "search", "--onlyvisible", "--pid", str(pid)]

    def numbers() -> list[str]:
        return program.desktop.run(["env", *env, *search]).stdout.split()

    wait_until(lambda: bool(numbers()), "a window on the second display", SOON_S)
    return numbers()[0]


def press(program: Program, second: dict[str, str], window: str, key: str) -> None:
    """Press a key in a window of the second display."""
    env = ["env", f"DISPLAY={second['DISPLAY']}"]
    program.desktop.run([*env, "xdotool", "windowfocus", "--sync", window])
    program.desktop.run([*env, "xdotool", "key", key])


def test_a_start_on_another_display_says_so_there(
    running: Program, second: dict[str, str]
) -> None:
    """The first program shows no window."""
    other = start(running, second)
    box = wait_for_box(running, second, other.pid)
    assert WORDS in running.desktop.log("second")
    press(running, second, box, "Escape")
    assert other.wait(SOON_S) == ELSEWHERE
    assert running.windows() == set()
    running.seconds_to_end(signal.SIGTERM)


def test_the_program_moves_to_the_other_display(
    running: Program, second: dict[str, str]
) -> None:
    """The first one ends well, and the other one becomes the running program."""
    other = start(running, second)
    box = wait_for_box(running, second, other.pid)
    press(running, second, box, "alt+m")
    running.seconds_to_end()
    lock = running.desktop.folder / "run/balance-tray/instance.lock"
    wait_until(lambda: lock.read_text() == f"{other.pid}\n", "the move", SOON_S)
    wait_for_box(running, second, other.pid)
    assert running.run("--quit").returncode == 0
    assert other.wait(SOON_S) == 0


def test_a_login_on_another_display_shows_no_box(
    running: Program, second: dict[str, str]
) -> None:
    """Its log has the words, and the login entry did not fail."""
    other = start(running, second, "--minimized")
    assert other.wait(SOON_S) == 0
    assert WORDS in running.desktop.log("second")
    assert running.windows() == set()
    running.seconds_to_end(signal.SIGTERM)


def test_a_start_on_the_same_display_raises_the_window(
    running: Program, second: dict[str, str]
) -> None:
    """Another session's identifier alone means nothing."""
    same = {"XDG_SESSION_ID": second["XDG_SESSION_ID"]}
    assert start(running, same).wait(SOON_S) == 0
    running.wait_for_window("Balance Tray")
    assert running.desktop.log("second") == ""
    running.seconds_to_end(signal.SIGTERM)
