"""What all tests share: no screen, no proxies, no network but the loopback."""

import os
import signal
import socket
import sys
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from cases import CASES, case_lines, cases_of
from tally import TALLY, Tally
from trayapp.services.alerts.sink import QtSink

# Before Qt is imported: widgets are tested without a screen, the tray on real desktops.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for _name in tuple(os.environ):
    if _name.lower().endswith("_proxy"):
        del os.environ[_name]

collect_ignore = (
    []
    if sys.platform == "linux"
    # The first need D-Bus to be imported. The others mount disks, make special files
    # of Unix, or count threads and files in /proc.
    else [
        "e2e",
        "services/alerts/test_dbus_notifier.py",
        "qt/test_scheme.py",
        "qt/test_tray_host.py",
        "qt/test_poller_restart.py",
        "test_load.py",
        "test_soak.py",
        "services/history/test_storage_faults.py",
        "services/files/test_config_faults.py",
    ]
)

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_LOOPBACK: Final = ("127.", "::1", "localhost")


# How long an example takes says how busy the machine is, and nothing of the program.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count, and give the tests' programs the usual signals."""
    config.stash[TALLY] = Tally()
    config.stash[CASES] = {}
    # A program inherits ignored signals, as under `nohup`, but no handlers.
    for number in {"SIGINT", "SIGHUP"} & {known.name for known in signal.Signals}:
        if signal.getsignal(signal.Signals[number]) is signal.SIG_IGN:
            signal.signal(signal.Signals[number], lambda *_: None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note which cases the tests cover."""
    session.config.stash[CASES] = cases_of(session.items)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was counted, and which cases from real life were covered."""
    tests = {
        outcome: [report.nodeid for report in terminalreporter.getreports(outcome)]
        for outcome in ("passed", "failed", "error")
    }
    failed = [*tests["failed"], *tests["error"]]
    for line in case_lines(config.stash[CASES], tests["passed"], failed):
        terminalreporter.write_line(line)
    terminalreporter.write_line(f"Survived: {config.stash[TALLY].summary()}")


@pytest.fixture
def tally(pytestconfig: pytest.Config) -> Tally:
    """Count what this test does, for the figures at the end of the run."""
    return pytestconfig.stash[TALLY]


@pytest.fixture
def now() -> datetime:
    """Give a fixed moment: nothing tested here depends on today."""
    return NOON


@pytest.fixture
def qt_notifies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Qt show notifications, as on Windows: without a bus, all are pending."""
    monkeypatch.setattr(
        "trayapp.services.backend.make_sink", lambda emit, _: QtSink(emit)
    )


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that would speak to anything but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if isinstance(host, str) and not host.startswith(_LOOPBACK):
            pytest.fail(f"a test connects to {host}")
        connect(self, address)  # type: ignore[arg-type]  # whatever the caller gave

    monkeypatch.setattr(socket.socket, "connect", guarded)
