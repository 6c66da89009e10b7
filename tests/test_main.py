"""The command line: read, handed on, and an end at once; the whole program too."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inherited_signals import ignored_signals, ignores
from tooling.processes import wait_until
from trayapp import __main__ as program
from trayapp import __version__
from trayapp.services.desktop.instance_client import InstanceMessage, send_message
from trayapp.services.files.paths import Paths

PATIENCE_S = 30.0
FOLDERS = ("home", "config", "data", "state", "run", "tmp")


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Be somebody whose home is empty, without a session."""
    # Short: a socket's path has little room.
    folder = Path(tempfile.mkdtemp(prefix="bt-"))
    for part in FOLDERS:
        (folder / part).mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    yield folder
    shutil.rmtree(folder)


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start the program as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "trayapp", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a process; give its exit code and all that it said."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


class Handed:
    """Whoever a command line is handed to."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.options: list[argparse.Namespace] = []

    def __call__(self, options: argparse.Namespace) -> int:
        """Take it."""
        self.options.append(options)
        return self.code


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Handed:
    """Stand in for the program with a window."""
    handed = Handed(7)
    monkeypatch.setattr("trayapp.app.start.main", handed)
    return handed


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Handed:
    """Stand in for the commands without one."""
    handed = Handed(8)
    monkeypatch.setattr("trayapp.cli.main.main", handed)
    return handed


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """Run `main` up to the exit code that it would leave with."""

    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(program, "_leave", leave)
    monkeypatch.setattr(program, "_forbid_core_dumps", lambda: None)
    monkeypatch.setattr(sys, "argv", ["balance-tray", *arguments])
    with pytest.raises(SystemExit) as left:
        program.main()
    return left.value.code


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        ([], set()),
        (["--demo"], {"demo"}),
        (["--minimized", "--verbose"], {"minimized", "verbose"}),
    ],
)
def test_without_a_command_the_window_program_starts(
    monkeypatch: pytest.MonkeyPatch,
    app: Handed,
    cli: Handed,
    arguments: list[str],
    chosen: set[str],
) -> None:
    """With what was chosen for it, and its exit code is the process's."""
    assert run(monkeypatch, *arguments) == 7
    (options,) = app.options
    flags = {"demo", "minimized", "verbose", "quit"}
    assert {name for name in flags if getattr(options, name)} == chosen
    assert cli.options == []


@pytest.mark.parametrize(
    "line",
    [
        "--quit",
        "check",
        "check --json A B",
        "--verbose check",
        "history A --since 2026-01-01 --format json",
        "account list",
        "account add A --service custom --base-url https://a.example --low 5",
        "account remove A",
        "demo-gateway --port 1234 --speed 60",
    ],
)
def test_a_command_goes_where_no_window_is(
    monkeypatch: pytest.MonkeyPatch, app: Handed, cli: Handed, line: str
) -> None:
    """Qt is not even imported for it."""
    assert run(monkeypatch, *line.split()) == 8
    assert len(cli.options) == 1
    assert app.options == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--quit check", "--quit goes without a command"),
        ("--demo check", "--demo goes without a command"),
        ("--demo account add A", "--demo goes without a command"),
        ("frobnicate", "invalid choice"),
        ("--frobnicate", "unrecognized arguments"),
        ("--mini", "unrecognized arguments"),
        ("account", "required"),
        ("account add", "required"),
        ("account add A --service other", "invalid choice"),
        ("account add A --key made-up-key", "unrecognized arguments"),
        ("history", "required"),
        ("demo-gateway --port x", "invalid int value"),
    ],
)
def test_a_command_line_that_is_none_says_so(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    app: Handed,
    cli: Handed,
    line: str,
    said: str,
) -> None:
    """With 2, or with 3 for `check`, where 2 is an empty account; nothing is done."""
    assert run(monkeypatch, *line.split()) == (3 if "check" in line else 2)
    assert said in capsys.readouterr().err
    assert app.options == cli.options == []


def test_it_says_its_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one of the installed package."""
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"balance-tray {__version__}\n"


@pytest.mark.usefixtures("person")
def test_no_command_needs_qt() -> None:
    """It is not imported where there is no screen."""
    code = (
        "import os, sys; sys.modules['PySide6'] = None\n"
        "sys.argv = ['balance-tray', 'account', 'list']\n"
        "from trayapp.__main__ import main; main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No accounts yet")


def test_nothing_that_hangs_is_waited_for_at_the_end() -> None:
    """What was printed before is not lost."""
    code = """
import threading
from trayapp.__main__ import _leave
threading.Thread(target=threading.Event().wait).start()
print("said", end="")
_leave(3)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "said", "")


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_crash_writes_no_memory_to_disk() -> None:
    """The key is in it."""
    code = """
import resource
from trayapp.__main__ import _forbid_core_dumps
_forbid_core_dumps()
print(resource.getrlimit(resource.RLIMIT_CORE))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    limit = int(sys.platform == "linux")
    assert (done.stdout, done.stderr) == (f"({limit}, {limit})\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_desktops_and_portals_may_still_look_who_calls_them() -> None:
    """They read /proc of the program; nothing else is won by hiding it."""
    code = """
from pathlib import Path
from trayapp.__main__ import _forbid_core_dumps
_forbid_core_dumps()
print(Path("/proc/self").stat().st_uid, len(Path("/proc/self/environ").read_bytes()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "A": "B"},
    )
    assert done.stderr == ""
    owner, length = map(int, done.stdout.split())
    assert (owner, length > 0) == (os.getuid(), True)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's redirection")
@pytest.mark.usefixtures("person")
def test_closed_outputs_are_no_fault() -> None:
    """As from a desktop that gives a program none."""
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} -m trayapp account list >&- 2>&-"],
        check=False,
    )
    assert done.returncode == 0


# --- the whole program, without a screen ---------------------------------------------


class Running:
    """The program as a process, once it listens."""

    def __init__(self, paths: Paths, *arguments: str) -> None:
        self.process = start(*arguments)
        # What it shows is tested elsewhere; here it is enough that it hears.
        wait_until(
            lambda: (
                send_message(paths, InstanceMessage.RELOAD)
                or self.process.poll() is not None
            ),
            "a program that hears",
            PATIENCE_S,
        )
        assert self.process.poll() is None, self.process.communicate()

    def ended(self) -> tuple[int, str, str]:
        """Wait for its end."""
        return ended(self.process)


@pytest.fixture
def demo(person: Path) -> Iterator[Running]:
    """Run the demo, and end it whatever happens."""
    running = Running(Paths.of_demo(person), "--demo", "--minimized")
    yield running
    running.process.kill()
    running.process.communicate()


def test_the_demo_starts_and_quits_and_leaves_nothing(
    demo: Running, person: Path
) -> None:
    """No file of the person's is touched; its own are gone."""
    assert ended(start("--quit")) == (0, "", "")
    assert demo.ended() == (0, "", "")
    assert list((person / "tmp").iterdir()) == []
    for part in ("home", "config", "data", "state"):
        assert list((person / part).iterdir()) == []


def test_a_second_start_raises_the_first_and_ends(demo: Running) -> None:
    """There is one icon only."""
    assert ended(start("--demo")) == (0, "", "")
    assert demo.process.poll() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Unix signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_and_cleanly(
    demo: Running, person: Path, number: signal.Signals
) -> None:
    """At the end of the session, and by Ctrl+C."""
    before = time.monotonic()
    demo.process.send_signal(number)
    assert demo.ended() == (0, "", "")
    assert time.monotonic() - before < 3
    assert list((person / "tmp").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="signals in /proc")
@pytest.mark.case("contract", "a signal that was ignored at the start ends the program")
def test_ignored_signals_stay_ignored(person: Path) -> None:
    """The program runs under `nohup` or in a shell's background until `--quit`."""
    with ignored_signals(signal.SIGINT, signal.SIGHUP):
        running = Running(Paths.of_demo(person), "--demo", "--minimized")
    try:
        for number in (signal.SIGINT, signal.SIGHUP):
            running.process.send_signal(number)
            assert ignores(running.process.pid, number)
        assert ended(start("--quit")) == (0, "", "")
        assert running.ended() == (0, "", "")
    finally:
        running.process.kill()


def test_one_that_was_killed_blocks_no_other_start(demo: Running, person: Path) -> None:
    """Its lock is the system's to give back."""
    demo.process.kill()
    demo.process.wait(PATIENCE_S)
    again = Running(Paths.of_demo(person), "--demo", "--minimized")
    assert ended(start("--quit"))[0] == 0
    assert again.ended() == (0, "", "")


def test_the_persons_own_program_starts_beside_the_demo(
    demo: Running, person: Path
) -> None:
    """Each has its own lock; quitting ends the person's own first."""
    own = Running(Paths.of_user(), "--minimized")
    assert ended(start("--quit"))[0] == 0
    assert own.ended() == (0, "", "")
    assert demo.process.poll() is None
    log = person / "state/balance-tray/log/balance-tray.log"
    text = log.read_text()
    assert f"Balance Tray {__version__} starts" in text
    assert "ERROR" not in text
    assert "CRITICAL" not in text
    assert log.stat().st_mode & 0o077 == 0


def test_it_starts_though_every_file_of_its_own_is_in_the_way(person: Path) -> None:
    """Neither settings, nor history, nor log can be opened."""
    for part in ("config", "data"):
        (person / part / "balance-tray").touch()
    (person / "state" / "balance-tray").touch()
    own = Running(Paths.of_user(), "--minimized")
    assert ended(start("--quit"))[0] == 0
    code, out, err = own.ended()
    assert (code, out) == (0, "")
    assert "Traceback" not in err
    assert list((person / "home").iterdir()) == []
