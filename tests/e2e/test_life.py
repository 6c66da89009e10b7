"""Starting: many at once, beside one that hangs, with outputs closed, interrupted."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Program
from sessions.session_bus import Icon
from tally import FAULTS, Tally
from tooling.processes import wait_until

pytestmark = pytest.mark.e2e

MANY: Final = 10
SOON_S: Final = 30.0
HANGS: Final = "Balance Tray runs already, and does not answer."
Start = subprocess.Popen[str]


@pytest.fixture
def command() -> list[str]:
    """Start from the checkout: what is tested here is the same in the bundle."""
    return [sys.executable, "-m", "trayapp"]


@pytest.fixture
def running(
    program: Program, icon: Icon, gateway: ScriptedGateway, key: str
) -> Program:
    """Give the program, running quietly, with one account."""
    program.add_account("Shop", gateway.url, key)
    program.start("--minimized")
    icon.says("Shop: €350.12")
    return program


def start_many(program: Program) -> list[Start]:
    """Start it as often as an impatient person clicks, each with a log of its own."""
    return [
        program.desktop.spawn(program.command, log=f"start-{number}")
        for number in range(MANY)
    ]


def ended(starts: list[Start]) -> list[Start]:
    """Give those that have ended."""
    return [one for one in starts if one.poll() is not None]


@contextmanager
def stopped(process: Start) -> Iterator[None]:
    """Have a program hang, and go on afterwards."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_of_ten_starts_at_once_one_runs_and_shows_its_window(
    program: Program, desktop: Desktop, icon: Icon, tally: Tally
) -> None:
    """On an empty machine; the others end well and without a word."""
    starts = start_many(program)
    wait_until(lambda: len(ended(starts)) == MANY - 1, "nine ends", SOON_S)
    assert {one.returncode for one in ended(starts)} == {0}
    (program.process,) = (one for one in starts if one not in ended(starts))
    program.wait_for_window("Balance Tray")
    assert icon.count() == 1
    program.seconds_to_end(signal.SIGTERM)
    assert "".join(desktop.log(f"start-{number}") for number in range(MANY)) == ""
    tally.add(FAULTS)


def test_ten_starts_beside_one_that_hangs_say_so_and_end(
    running: Program, desktop: Desktop, tally: Tally
) -> None:
    """Each names the process, which hears what was said when it comes to itself."""
    assert running.process is not None
    with stopped(running.process):
        starts = start_many(running)
        for number, start in enumerate(starts):
            read(start, desktop)
            assert start.returncode == 1
            said = desktop.log(f"start-{number}")
            assert said.startswith(HANGS)
            assert said.endswith(f"(process {running.process.pid})\n")
        quitting = running.run("--quit")
        assert (quitting.returncode, HANGS in quitting.stdout) == (1, True)
        tally.add(FAULTS, MANY + 1)
    assert running.seconds_to_end() < SOON_S


def read(start: Start, desktop: Desktop) -> None:
    """Close a start's only window with the key for it, as a person does; see it end."""
    find = ["xdotool", "search", "--onlyvisible", "--pid", str(start.pid)]

    def is_over() -> bool:
        for window in desktop.run(find).stdout.split():
            if window.isdigit():
                desktop.run(["xdotool", "key", "--window", window, "Escape"])
        return start.poll() is not None

    wait_until(is_over, "the end of a start that has said its last word", SOON_S)


def put_file_there(path: Path) -> None:
    """Put somebody's file there."""
    path.write_text("somebody's")


def take_folder_away(path: Path) -> None:
    """Take the session's whole folder away."""
    path.parent.rename(path.parent.with_name("gone"))


@pytest.mark.parametrize("harm", [put_file_there, take_folder_away, Path.mkdir])
def test_what_a_killed_program_left_or_lost_stops_no_start(
    running: Program,
    icon: Icon,
    desktop: Desktop,
    tally: Tally,
    harm: Callable[[Path], object],
) -> None:
    """After `kill -9`, with something else where its socket was."""
    assert running.process is not None
    running.process.kill()
    running.process.wait(SOON_S)
    socket = desktop.folder / "run/balance-tray/instance.socket"
    assert socket.exists()
    socket.unlink()
    harm(socket)
    running.start("--minimized")
    icon.says("Shop: €350.12")
    running.seconds_to_end(signal.SIGTERM)
    tally.add(FAULTS, 2)


@pytest.mark.parametrize(
    "closing", [">&- 2>&-", "<&- >&- 2>&-", "2>&-", "<&-"], ids=repr
)
def test_it_runs_with_its_standard_files_closed(
    program: Program,
    icon: Icon,
    gateway: ScriptedGateway,
    key: str,
    tally: Tally,
    closing: str,
) -> None:
    """Nothing that is opened later takes their place."""
    program.add_account("Shop", gateway.url, key)
    shell = ["/bin/sh", "-c", f'exec "$@" {closing}', "sh"]
    program.process = program.desktop.spawn(
        [*shell, *program.command, "--minimized"], log="program"
    )
    icon.says("Shop: €350.12")
    files = [Path(f"/proc/{program.process.pid}/fd/{one}") for one in range(3)]
    log = program.desktop.folder / "logs/program.log"
    assert {one.readlink() for one in files} <= {Path(os.devnull), log}
    program.seconds_to_end(signal.SIGTERM)
    tally.add(FAULTS, closing.count("&-"))


def test_a_terminal_that_goes_away_is_no_fault(
    program: Program, icon: Icon, gateway: ScriptedGateway, key: str, tally: Tally
) -> None:
    """It goes on although nobody reads what it says any more."""
    program.add_account("Shop", gateway.url, key)
    program.process = program.desktop.spawn(
        ["/bin/sh", "-c", 'exec "$@" 2>&1 | true', "sh", *program.command, "--verbose"],
        log="program",
    )
    icon.says("Shop: €350.12")
    gateway.set_balance(key, "20.0000", "EUR")
    icon.middle_click()
    icon.says("Shop: €20.00")
    assert program.run("--quit").returncode == 0
    program.seconds_to_end()
    tally.add(FAULTS)


def imports(start: Start) -> bool:
    """See whether it has begun to load Qt."""
    return "libQt6Core" in Path(f"/proc/{start.pid}/maps").read_text()


def is_there(_: Start) -> bool:
    """See it as soon as there is a process."""
    return True


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (is_there, signal.SIGTERM),
        (is_there, signal.SIGHUP),
        # Before the program's first line, SIGINT is Python's own.
        *(
            (moment, number)
            for moment in (imports, "claimed", "icon")
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        ),
    ],
)
def test_a_signal_while_it_starts_ends_it_without_a_word(
    desk: Program,
    tally: Tally,
    moment: Callable[[Start], bool] | str,
    number: signal.Signals,
) -> None:
    """By the signal itself, or well, once it can; the next start is like any other."""
    lock = desk.desktop.folder / "run/balance-tray/instance.lock"
    with Icon(desk.bus) as icon:
        desk.start("--minimized")
        start = desk.process
        assert start is not None

        def has_come() -> bool:
            if moment == "claimed":
                return lock.exists() and lock.read_text() == f"{start.pid}\n"
            if moment == "icon":
                return icon.is_there()
            assert callable(moment)
            return moment(start)

        wait_until(has_come, "the moment", SOON_S)
        start.send_signal(number)
        code = start.wait(SOON_S)
        assert code in {0, -number}
        assert desk.desktop.log("program") == ""
        wait_until(lambda: not icon.is_there(), "no icon", SOON_S)
    tally.add(FAULTS)


@pytest.fixture(scope="module")
def desk() -> Iterator[Program]:
    """Share one desktop among the tests that leave nothing on it."""
    with Desktop("xfce", notifications=False, keyring="absent") as shared:
        yield Program(shared, [sys.executable, "-m", "trayapp"])


def test_after_all_these_ends_it_starts_as_ever(desk: Program) -> None:
    """None of them left anything that is in the way."""
    with Icon(desk.bus) as icon:
        desk.start("--minimized")
        icon.says("Not set up")
        desk.seconds_to_end(signal.SIGTERM)
