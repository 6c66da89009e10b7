"""A panel that appears is noticed, on a bus of the test's own."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

PATIENCE_S = 10.0
BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
WATCH = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, Slot
from PySide6.QtDBus import QDBusConnection
from trayapp.qt.tray_host import TrayHost

class Ears(QObject):
    @Slot()
    def hear(self):
        print("appeared", flush=True)

application, ears = QCoreApplication([]), Ears()
host = TrayHost()
host.appeared.connect(ears.hear)
end = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
end.activated.connect(application.quit)
if (bus := QDBusConnection.sessionBus().interface()) is not None:
    # A question that is answered: what was said to the bus before it has arrived.
    bus.isServiceRegistered("org.example")
print("ready", flush=True)
application.exec()
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


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run a session bus that starts nothing by itself."""
    with tempfile.TemporaryDirectory(prefix="bt-") as name:
        config = Path(name) / "bus.conf"
        config.write_text(BUS.format(folder=name))
        with subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"],  # noqa: S607  # wherever it is
            stdout=subprocess.PIPE,
            text=True,
        ) as daemon:
            assert daemon.stdout is not None
            address = daemon.stdout.readline().strip()
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
            yield
            daemon.kill()


@pytest.fixture
def panel(bus: None) -> Iterator[Panel]:
    """Give somebody on that bus."""
    assert bus is None
    with open_dbus_connection("SESSION") as connection:
        yield Panel(connection)


@pytest.fixture
def watching(bus: None) -> Iterator[subprocess.Popen[str]]:
    """Run a program that says when a host appeared."""
    assert bus is None
    with subprocess.Popen(
        [sys.executable, "-c", WATCH],
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
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in a bare X session."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    done = subprocess.run(
        [sys.executable, "-c", WATCH],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ready\n", "")
