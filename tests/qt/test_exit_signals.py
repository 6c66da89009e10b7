"""The system's signals to end are heard at once, though the program is idle."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix signals")
PATIENCE_S = 10.0
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
os._exit(code)  # as the program ends: Python itself would take the handlers away first
"""


@pytest.fixture
def idle() -> Iterator[subprocess.Popen[str]]:
    """Run a program that does nothing at all."""
    with subprocess.Popen(
        [sys.executable, "-c", IDLE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_idle_program_ends_within_a_second(
    idle: subprocess.Popen[str], number: signal.Signals
) -> None:
    """Ctrl+C, the end of the session, a closed terminal."""
    before = time.monotonic()
    idle.send_signal(number)
    assert idle.stdout is not None
    assert idle.stdout.readline() == "ended 0\n"
    assert time.monotonic() - before < 1
    assert idle.communicate(timeout=PATIENCE_S) == ("", "")
    assert idle.returncode == 0


def test_an_impatient_person_does_no_harm(idle: subprocess.Popen[str]) -> None:
    """Ctrl+C again and again ends it as once does."""
    for _ in range(100):
        idle.send_signal(signal.SIGINT)
    assert idle.communicate(timeout=PATIENCE_S) == ("ended 0\n", "")
    assert idle.returncode == 0
