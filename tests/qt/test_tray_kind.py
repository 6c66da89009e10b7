"""Which tray shows the icon, as a report names it, on a bus of the test's own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

from private_bus import private_bus

KIND = """
from PySide6.QtCore import QCoreApplication
from trayapp.qt.tray_kind import tray_kind
application = QCoreApplication([])
print(tray_kind(is_hosted=True))
print(tray_kind(is_hosted=False))
"""


@pytest.fixture
def bus() -> Iterator[str]:
    """Run a session bus that nobody is on."""
    with private_bus() as address:
        yield address


def kinds(address: str) -> list[str]:
    """Ask on a bus, first as if Qt found a tray and then as if not."""
    done = subprocess.run(
        [sys.executable, "-c", KIND],
        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": address},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_without_a_host_it_is_the_old_kind_or_none(bus: str) -> None:
    """XEmbed is what is left where Qt finds a tray all the same."""
    assert kinds(bus) == ["XEmbed", "none"]


def test_a_host_is_named_by_its_program(bus: str) -> None:
    """And when Qt does not take it for one, that is said."""
    with open_dbus_connection(bus) as connection:
        watcher = "org.kde.StatusNotifierWatcher"
        Proxy(message_bus, connection).RequestName(watcher, 4)
        hosted, not_hosted = kinds(bus)
    assert hosted.startswith("StatusNotifier (p")  # python, or pytest
    assert not_hosted.startswith("none, though p")


def test_without_a_bus_nothing_breaks() -> None:
    """Such a desktop may still have the old kind."""
    assert kinds("unix:path=/nonexistent") == ["XEmbed", "none"]
