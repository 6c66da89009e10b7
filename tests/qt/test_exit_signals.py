"""The system's signals end an idle program at once."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from inherited_signals import ignored_signals, ignores

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals in /proc")
TIMEOUT_S = 10.0
IDLE = """
import os
from PySide6.QtCore import QCoreApplication
from trayapp.qt.exit_signals import ExitSignals
application = QCoreApplication([])
signals = ExitSignals()
signals.requested.connect(application.quit)
print("ready", flush=True)
code = application.exec()
print("ended", code, flush=True)
os._exit(code)  # like the program itself: Python would first remove the handlers
"""


def start_idle() -> subprocess.Popen[str]:
    """Start a program that prints "ready" and is idle from then on."""
    return subprocess.Popen(
        [sys.executable, "-c", IDLE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def idle() -> Iterator[subprocess.Popen[str]]:
    """Run an idle program."""
    with start_idle() as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_idle_program_ends_within_a_second(
    idle: subprocess.Popen[str], number: signal.Signals
) -> None:
    """The signals are those of Ctrl+C, the session's end and a closed terminal."""
    started_at = time.monotonic()
    idle.send_signal(number)
    assert idle.stdout is not None
    assert idle.stdout.readline() == "ended 0\n"
    assert time.monotonic() - started_at < 1
    assert idle.communicate(timeout=TIMEOUT_S) == ("", "")
    assert idle.returncode == 0


def test_many_signals_end_the_program_like_one(idle: subprocess.Popen[str]) -> None:
    """A person may press Ctrl+C many times."""
    for _ in range(100):
        idle.send_signal(signal.SIGINT)
    assert idle.communicate(timeout=TIMEOUT_S) == ("ended 0\n", "")
    assert idle.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
@pytest.mark.case("contract", "a signal that was ignored at the start ends the program")
def test_a_signal_that_was_ignored_at_the_start_stays_ignored(
    number: signal.Signals,
) -> None:
    """`nohup` ignores SIGHUP, and a shell ignores SIGINT for a background job."""
    with ignored_signals(number):
        process = start_idle()
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert ignores(process.pid, number)
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=TIMEOUT_S) == ("ended 0\n", "")
