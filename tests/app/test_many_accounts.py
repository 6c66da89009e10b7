"""Two hundred accounts: asking all of them never holds up the window."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from harness.event_log import EventLog
from trayapp.app.run import TURN_S
from trayapp.app.wiring import Wiring
from trayapp.core.account import Account, Service
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.i18n.language import Language
from trayapp.demo.accounts import MAIN_KEY
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.messages.events import Emit, RefreshFinished
from trayapp.services.messages.requests import RequestBalances
from trayapp.ui.tray.tray import Tray

COUNT = 200
LONGEST_STALL_MS = 50.0
SETTLED = 50
"""Heartbeats after which the window has come up, and only the poll is measured."""


@pytest.fixture
def url() -> Iterator[str]:
    """Start a demo gateway in a process of its own, as a gateway is."""
    with subprocess.Popen(
        [sys.executable, "-m", "trayapp", "demo-gateway"],
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        (found,) = re.findall(r"http://[0-9.:]+", started.stdout.readline())
        yield found
        started.terminate()
        started.stdout.read()


@pytest.mark.qt_log_ignore("propagateSizeHints|systemTrayWindowChanged|does not")
def test_asking_two_hundred_accounts_never_stalls_the_window(
    qtbot: QtBot, tmp_path: Path, url: str
) -> None:
    """Between two beats of the GUI thread there are never more than 50 ms."""
    paths = Paths.of_demo(tmp_path)
    accounts = [
        Account(f"id{number}", f"Account {number}", Service.CUSTOM, url)
        for number in range(COUNT)
    ]
    ConfigFile(paths.config).save(Config(tuple(accounts)))
    vault = MemoryVault({f"id{n}": MAIN_KEY for n in range(COUNT)})

    def make_backend(emit: Emit) -> Backend:
        environment = Environment(
            Keychain(vault),
            GatewayClient(),
            lambda: datetime.now(UTC),
            NotificationImage(1, bytes(4)),
        )
        return Backend(paths, emit, environment)

    poller = Poller(make_backend)
    wiring = Wiring(poller, Tray(Language()), Language())
    events = EventLog()
    poller.event_emitted.connect(events.record)

    def all_answered() -> bool:
        return len(events.of(RefreshFinished)) >= COUNT

    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)  # as the program does
    wiring.start(quiet=True)
    qtbot.waitUntil(all_answered, timeout=60_000)
    wiring.show_window()

    beats: list[float] = []
    heart = QTimer(interval=1)
    heart.timeout.connect(lambda: beats.append(time.perf_counter()))
    heart.start()
    qtbot.waitUntil(lambda: len(beats) > SETTLED)  # the window has come up
    events.clear()
    beats.clear()
    poller.post(RequestBalances())
    qtbot.waitUntil(all_answered, timeout=60_000)
    heart.stop()
    wiring.stop()
    sys.setswitchinterval(usual)

    gaps = [(after - before) * 1_000 for before, after in pairwise(beats)]
    print(f"\n200 accounts asked: longest stall {max(gaps):.1f} ms")  # noqa: T201  # the figure
    assert max(gaps) < LONGEST_STALL_MS * 2, "twice: a machine under load"
