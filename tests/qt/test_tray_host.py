"""A system tray that appears is noticed and named, on a private bus."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from jeepney import DBusAddress, new_method_call, new_signal
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from buses.forged_signals import send_to_all
from buses.private_bus import private_bus

TIMEOUT_S = 10.0
WATCH = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, Slot
from PySide6.QtDBus import QDBusConnection
from trayapp.qt.tray_host import TrayHost

class Printer(QObject):
    @Slot()
    def print(self):
        print("appeared", flush=True)

application, printer = QCoreApplication([]), Printer()
host = TrayHost()
host.appeared.connect(printer.print)
end = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
end.activated.connect(application.quit)
if (bus := QDBusConnection.sessionBus().interface()) is not None:
    # After its reply, the earlier messages to the bus have arrived.
    bus.isServiceRegistered("org.example")
print("ready", flush=True)
application.exec()
"""
KIND = """
from PySide6.QtCore import QCoreApplication
from trayapp.qt.tray_host import tray_kind
application = QCoreApplication([])
print(tray_kind(is_hosted=True))
print(tray_kind(is_hosted=False))
"""
WATCHER = "org.kde.StatusNotifierWatcher"
BUS_ITSELF = DBusAddress(
    "/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus"
)


class FakeTrayHost:
    """A program that owns and releases the name of a tray host."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection

    def own(self, name: str = WATCHER) -> None:
        """Request a name."""
        self._call("RequestName", "su", (name, 0))

    def release(self) -> None:
        """Release the name, as a crash does."""
        self._call("ReleaseName", "s", (WATCHER,))

    def _call(self, method: str, signature: str, body: tuple[object, ...]) -> None:
        call = new_method_call(BUS_ITSELF, method, signature, body)
        reply = self._connection.send_and_get_reply(call, timeout=TIMEOUT_S)
        assert unwrap_msg(reply) == (1,)


def environment_of(address: str) -> dict[str, str]:
    """Return the environment of a program whose session has this bus."""
    return {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}


@pytest.fixture
def bus() -> Iterator[str]:
    """Run a session bus without clients."""
    with private_bus() as address:
        yield address


@pytest.fixture
def host(bus: str) -> Iterator[FakeTrayHost]:
    """Connect a program to that bus."""
    with open_dbus_connection(bus) as connection:
        yield FakeTrayHost(connection)


@pytest.fixture
def watching(bus: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program that prints when a host appears."""
    with subprocess.Popen(
        [sys.executable, "-c", WATCH],
        env=environment_of(bus),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_a_host_is_noticed_once_each_time_it_appears(
    host: FakeTrayHost, watching: subprocess.Popen[str]
) -> None:
    """It may start after the program, and again after a crash."""
    assert watching.stdout is not None
    host.own()
    assert watching.stdout.readline() == "appeared\n"
    host.own("org.example.Other")
    host.release()
    host.own()
    assert watching.stdout.readline() == "appeared\n"
    assert watching.communicate(timeout=TIMEOUT_S) == ("", "")


@pytest.mark.case("attack 10", "a signal on a bus is believed unchecked")
def test_forged_signals_are_no_host(
    bus: str, host: FakeTrayHost, watching: subprocess.Popen[str]
) -> None:
    """Neither those of a watcher nor those of the bus."""
    watcher = DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)
    host.own()
    assert watching.stdout is not None
    assert watching.stdout.readline() == "appeared\n"
    with open_dbus_connection(bus) as stranger:
        changed = (WATCHER, "", stranger.unique_name)
        send_to_all(
            stranger,
            new_signal(watcher, "StatusNotifierHostRegistered"),
            new_signal(BUS_ITSELF, "NameOwnerChanged", "sss", changed),
            new_signal(watcher, "NameOwnerChanged", "sss", changed),
        )
    # A forged one that counts would be printed before this one.
    host.release()
    host.own()
    assert watching.stdout.readline() == "appeared\n"
    assert watching.communicate(timeout=TIMEOUT_S) == ("", "")


def test_a_host_that_existed_before_is_noticed_too(
    bus: str, host: FakeTrayHost
) -> None:
    """It may have appeared between the icon and the watch for a host."""
    host.own()
    with subprocess.Popen(
        [sys.executable, "-c", WATCH],
        env=environment_of(bus),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert process.stdout.readline() == "appeared\n"
        process.kill()


def test_without_a_bus_no_host_appears(
    tmp_path: Path,
) -> None:
    """A bare X session has no bus; this is no error."""
    process = subprocess.run(
        [sys.executable, "-c", WATCH],
        env=environment_of(f"unix:path={tmp_path}/none"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stdout, process.stderr) == (0, "ready\n", "")


def kinds(address: str) -> list[str]:
    """Return the kind of tray on a bus, if Qt finds a tray and if it does not."""
    process = subprocess.run(
        [sys.executable, "-c", KIND],
        env=environment_of(address),
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout.splitlines()


def test_without_a_host_it_is_xembed_or_none(bus: str) -> None:
    """If Qt finds a tray, it can only be XEmbed."""
    assert kinds(bus) == ["XEmbed", "none"]


def test_a_host_is_named_by_its_program(bus: str, host: FakeTrayHost) -> None:
    """The text differs if Qt does not find it."""
    host.own()
    hosted, not_hosted = kinds(bus)
    assert hosted.startswith("StatusNotifier (p")  # python, or pytest
    assert not_hosted.startswith("none, though p")


def test_without_a_bus_it_is_xembed_or_none() -> None:
    """A missing bus is no error."""
    assert kinds("unix:path=/nonexistent") == ["XEmbed", "none"]
