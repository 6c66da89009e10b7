"""Whether the desktop is dark, asked of a real portal on a private bus."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from private_bus import private_bus

ROOT = Path(__file__).parents[2]
PORTAL = ROOT / "packaging/desktop/portal.py"
LISTENER = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Slot
from trayapp.qt.scheme import Scheme

class Printer(QObject):
    @Slot(bool)
    def hear(self, dark):
        print(dark, flush=True)

application = QCoreApplication([])
printer, scheme = Printer(), Scheme(application)
scheme.changed.connect(printer.hear)
print("listening", flush=True)
application.exec()
"""


@pytest.fixture
def bus() -> Iterator[dict[str, str]]:
    """Start a session bus, and give the environment that names it."""
    with private_bus() as address:
        yield {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}


@pytest.fixture
def started(bus: dict[str, str]) -> Iterator[list["subprocess.Popen[str]"]]:
    """Start a portal that is dark, and a listener."""
    programs = []
    for command in ([sys.executable, str(PORTAL), "dark"], ["-c", LISTENER]):
        one = subprocess.Popen(
            command if len(command) == 3 else [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=bus,
            cwd=ROOT,
        )
        programs.append(one)
        assert line(one)
    yield programs
    for one in reversed(programs):
        one.terminate()
        one.communicate()


def line(program: "subprocess.Popen[str]") -> str:
    """Wait for a line that a program writes."""
    assert program.stdout is not None
    return program.stdout.readline().strip()


def test_the_scheme_is_heard_at_the_start_and_when_it_changes(
    started: list["subprocess.Popen[str]"],
) -> None:
    """Dark first, then light, as the desktop says."""
    portal, listener = started
    assert line(listener) == "True"
    assert portal.stdin is not None
    for scheme, said in (("light", "False"), ("dark", "True")):
        portal.stdin.write(f"{scheme}\n")
        portal.stdin.flush()
        assert line(listener) == said
