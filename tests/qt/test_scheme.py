"""The desktop's colour scheme, read from a portal on a private bus."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import DBusAddress, new_signal
from jeepney.io.blocking import open_dbus_connection

from buses.forged_signals import send_to_all
from buses.private_bus import private_bus

ROOT = Path(__file__).parents[2]
PORTAL = ROOT / "packaging/desktop/portal.py"
LISTENER = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Slot
from trayapp.qt.scheme import Scheme

class Printer(QObject):
    @Slot(bool)
    def print(self, dark):
        print(dark, flush=True)

application = QCoreApplication([])
printer, scheme = Printer(), Scheme(application)
scheme.changed.connect(printer.print)
print("listening", flush=True)
application.exec()
"""


@pytest.fixture
def bus() -> Iterator[dict[str, str]]:
    """Start a session bus, and return the environment that names it."""
    with private_bus() as address:
        yield {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}


@pytest.fixture
def started(bus: dict[str, str]) -> Iterator[list["subprocess.Popen[str]"]]:
    """Start a portal with a dark scheme, and a listener."""
    programs = []
    for command in ([sys.executable, str(PORTAL), "dark"], ["-c", LISTENER]):
        program = subprocess.Popen(
            command if len(command) == 3 else [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=bus,
            cwd=ROOT,
        )
        programs.append(program)
        assert read_line(program)
    yield programs
    for program in reversed(programs):
        program.terminate()
        program.communicate()


def read_line(program: "subprocess.Popen[str]") -> str:
    """Wait for a program's next line of output."""
    assert program.stdout is not None
    return program.stdout.readline().strip()


@pytest.mark.case("attack 10", "a signal on a bus is believed unchecked")
def test_a_forged_signal_changes_nothing(
    bus: dict[str, str], started: list["subprocess.Popen[str]"]
) -> None:
    """Any program may send one to all, or to the listener alone."""
    portal, listener = started
    assert read_line(listener) == "True"
    settings = DBusAddress(
        "/org/freedesktop/portal/desktop", interface="org.freedesktop.portal.Settings"
    )
    change = ("org.freedesktop.appearance", "color-scheme", ("u", 2))
    with open_dbus_connection(bus["DBUS_SESSION_BUS_ADDRESS"]) as stranger:
        send_to_all(stranger, new_signal(settings, "SettingChanged", "ssv", change))
    assert portal.stdin is not None
    portal.stdin.write("dark\n")
    portal.stdin.flush()
    assert read_line(listener) == "True"


def test_the_scheme_is_reported_at_the_start_and_at_each_change(
    started: list["subprocess.Popen[str]"],
) -> None:
    """It is dark first, then light."""
    portal, listener = started
    assert read_line(listener) == "True"
    assert portal.stdin is not None
    for scheme, is_dark in (("light", "False"), ("dark", "True")):
        portal.stdin.write(f"{scheme}\n")
        portal.stdin.flush()
        assert read_line(listener) == is_dark
