"""A panel that appears is noticed and named, on a bus of the test's own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from private_bus import private_bus

PATIENCE_S = 10.0
WATCH = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, Slot
from PySide6.QtDBus import QDBusConnection
from trayapp.qt.tray_host import TrayHost

class Printer(QObject):
    @Slot()
    def hear(self):
        print("appeared", flush=True)

application, printer = QCoreApplication([]), Printer()
host = TrayHost()
host.appeared.connect(printer.hear)
end = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
end.activated.connect(application.quit)
if (bus := QDBusConnection.sessionBus().interface()) is not None:
    # A question that is answered: what was said to the bus before it has arrived.
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


class Panel:
    """Whoever takes the names of a panel, and gives them up."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection

    def take(self, name: str = WATCHER) -> None:
        """Take a name."""
        self._ask("RequestName", "su", (name, 0))

    def give_up(self) -> None:
        """Give it up, as a panel that crashed."""
        self._ask("ReleaseName", "s", (WATCHER,))

    def _ask(self, method: str, signature: str, body: tuple[object, ...]) -> None:
        call = new_method_call(BUS_ITSELF, method, signature, body)
        reply = self._connection.send_and_get_reply(call, timeout=PATIENCE_S)
        assert unwrap_msg(reply) == (1,)


def on(address: str) -> dict[str, str]:
    """Give the environment of a program whose session has this bus."""
    return {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}


@pytest.fixture
def bus() -> Iterator[str]:
    """Run a session bus that nobody is on."""
    with private_bus() as address:
        yield address


@pytest.fixture
def panel(bus: str) -> Iterator[Panel]:
    """Give somebody on that bus."""
    with open_dbus_connection(bus) as connection:
        yield Panel(connection)


@pytest.fixture
def watching(bus: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program that says when a host appeared."""
    with subprocess.Popen(
        [sys.executable, "-c", WATCH],
        env=on(bus),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_a_panel_is_noticed_once_each_time_it_appears(
    panel: Panel, watching: subprocess.Popen[str]
) -> None:
    """At login it may come late, and after a crash it comes again."""
    assert watching.stdout is not None
    panel.take()
    assert watching.stdout.readline() == "appeared\n"
    panel.take("org.example.SomebodyElse")
    panel.give_up()
    panel.take()
    assert watching.stdout.readline() == "appeared\n"
    assert watching.communicate(timeout=PATIENCE_S) == ("", "")


def test_without_a_bus_nothing_appears_and_nothing_fails(
    tmp_path: Path,
) -> None:
    """As in a bare X session."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH],
        env=on(f"unix:path={tmp_path}/none"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ready\n", "")


def kinds(address: str) -> list[str]:
    """Ask on a bus which tray it is, first as if Qt found one and then as if not."""
    done = subprocess.run(
        [sys.executable, "-c", KIND],
        env=on(address),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_without_a_host_it_is_the_old_kind_or_none(bus: str) -> None:
    """XEmbed is what is left where Qt finds a tray all the same."""
    assert kinds(bus) == ["XEmbed", "none"]


def test_a_host_is_named_by_its_program(bus: str, panel: Panel) -> None:
    """And when Qt does not take it for one, that is said."""
    panel.take()
    hosted, not_hosted = kinds(bus)
    assert hosted.startswith("StatusNotifier (p")  # python, or pytest
    assert not_hosted.startswith("none, though p")


def test_without_a_bus_the_old_kind_may_be_there() -> None:
    """Such a desktop breaks nothing."""
    assert kinds("unix:path=/nonexistent") == ["XEmbed", "none"]
