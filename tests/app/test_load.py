"""A thousand accounts, of which a tenth hangs, and thousands of questions."""

import asyncio
import gc
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gateways import load_gateway
from tally import FAULTS, Tally
from trayapp.app.run import TURN_S
from trayapp.app.wiring import Wiring
from trayapp.core.account import Account, Service
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, TimedOut
from trayapp.core.i18n.language import Language
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.messages.events import Emit, Event, RefreshFinished
from trayapp.services.messages.requests import RequestBalances
from trayapp.services.polling.concurrency import MAX_CONCURRENT
from trayapp.ui.tray.tray import Tray

COUNT = 1_000
HANGING = COUNT // 10
DEADLINE_S = 1.0
LONGEST_STALL_MS = 50.0
MOST_MB = 20.0
ROUNDS = 60
SETTLED = 20
pytestmark = pytest.mark.qt_log_ignore("does not support raise")


@pytest.fixture
def url() -> Iterator[str]:
    """Start the crowd's gateway in a process of its own, as a gateway is."""
    with subprocess.Popen(
        [sys.executable, load_gateway.__file__], stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        yield started.stdout.readline().strip()
        started.terminate()


class GuiThread(QObject):
    """Keeps what is answered, and how often the GUI thread's heart beats."""

    def __init__(self, poller: Poller) -> None:
        super().__init__()
        self.good: set[str] = set()
        self.hanging: set[str] = set()
        self.other: list[Failure] = []
        self.beats: list[float] = []
        poller.event_emitted.connect(self._handle)
        self._heart = QTimer(self, interval=1)
        self._heart.timeout.connect(self._beat)
        self._heart.start()

    def forget(self) -> None:
        """Begin anew."""
        self.good.clear()
        self.hanging.clear()
        self.beats.clear()

    @property
    def longest_stall_ms(self) -> float:
        """The longest time between two beats."""
        return max(after - before for before, after in pairwise(self.beats)) * 1_000

    @Slot()
    def _beat(self) -> None:
        self.beats.append(time.perf_counter())

    @Slot(object)
    def _handle(self, event: Event) -> None:
        match event:
            case RefreshFinished(Outcome(account_id, _, Reading())):
                self.good.add(account_id)
            case RefreshFinished(Outcome(account_id, _, failure)):
                assert isinstance(failure, Failure)
                if failure.kind is TimedOut:
                    self.hanging.add(account_id)
                else:
                    self.other.append(failure)


class Hosted(Tray):
    """A tray on a desktop that shows it: the window stays where it is, hidden."""

    def is_hosted(self) -> bool:
        """Say so."""
        return True


def drop(widgets: Iterable[QObject]) -> None:
    """Delete windows now, and not when Python comes round to it."""
    for widget in widgets:
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def open_files() -> int:
    """Count them."""
    return len(list(Path("/proc/self/fd").iterdir()))


def memory_mb() -> float:
    """Give what this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4_096 / 1e6


def test_a_tenth_that_hangs_keeps_nobody_waiting(
    qtbot: QtBot, tmp_path: Path, url: str, tally: Tally
) -> None:
    """Once they do, for as long as their deadlines take; from then on not at all."""
    keys = {
        f"id{n}": f"{load_gateway.HANGING if n % 10 == 9 else load_gateway.GOOD}{n}"
        for n in range(COUNT)
    }
    paths = Paths.of_demo(tmp_path)
    accounts = tuple(
        Account(one, f"Account {one}", Service.CUSTOM, url) for one in keys
    )
    ConfigFile(paths.config).save(Config(accounts))

    def make_backend(emit: Emit) -> Backend:
        environment = Environment(
            Keychain(MemoryVault(keys)),
            GatewayClient(deadline_s=DEADLINE_S),
            lambda: datetime.now(UTC),
            NotificationImage(1, bytes(4)),
        )
        return Backend(paths, emit, environment)

    before = set(QApplication.topLevelWidgets())
    poller = Poller(make_backend)
    wiring = Wiring(poller, Hosted(Language()), Language())
    gui = GuiThread(poller)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)  # as the program does
    try:
        start = time.monotonic()
        wiring.start(quiet=True)
        qtbot.waitUntil(lambda: len(gui.good) == COUNT - HANGING, timeout=100_000)
        first = time.monotonic() - start
        qtbot.waitUntil(lambda: len(gui.hanging) == HANGING, timeout=100_000)
        files, threads, memory = open_files(), threading.active_count(), memory_mb()
        gui.forget()
        start = time.monotonic()
        poller.post(RequestBalances())
        qtbot.waitUntil(lambda: len(gui.good) == COUNT - HANGING, timeout=60_000)
        second = time.monotonic() - start
        behind = HANGING - len(gui.hanging)
        stall = gui.longest_stall_ms
        waiting = next(
            one
            for one in reversed(keys)
            if one.endswith("9") and one not in gui.hanging
        )
        start = time.monotonic()
        poller.post(RequestBalances((waiting,)))
        qtbot.waitUntil(lambda: waiting in gui.hanging, timeout=30_000)
        checked = time.monotonic() - start
        more_mb = memory_mb() - memory
        print(  # noqa: T201  # the figures
            f"\n1,000 accounts: {first:.1f} s at first, {second:.1f} s from then on, "
            f"{behind} of {HANGING} that hang still to come, one of them checked in "
            f"{checked:.1f} s; longest stall {stall:.0f} ms, {memory:.0f} MB, then "
            f"{more_mb:+.1f} MB"
        )
    finally:
        assert wiring.stop()
        sys.setswitchinterval(usual)
        # Events that are on their way would have the wiring draw the tray.
        drop([wiring, *(set(QApplication.topLevelWidgets()) - before)])
    tally.add(FAULTS, HANGING + len(gui.hanging))
    assert gui.other == []
    all_deadlines = HANGING * DEADLINE_S / MAX_CONCURRENT
    assert first < all_deadlines + 60
    assert second < 30
    assert behind > HANGING // 3, "they were not waited for"
    assert checked < 3 * DEADLINE_S + 2
    assert more_mb < MOST_MB
    assert open_files() <= files + MAX_CONCURRENT
    assert threading.active_count() <= threads
    assert stall < LONGEST_STALL_MS * 4, "four times: a machine under load"


def test_thousands_of_polls_leave_nothing_behind(tmp_path: Path, url: str) -> None:
    """On real sockets: neither files, nor tasks, nor memory."""
    keys = {f"id{n}": f"{load_gateway.GOOD}{n}" for n in range(MAX_CONCURRENT * 5)}
    paths = Paths.of_demo(tmp_path)
    accounts = tuple(Account(one, one, Service.CUSTOM, url) for one in keys)
    ConfigFile(paths.config).save(Config(accounts))
    answers: list[Outcome] = []
    marks: list[tuple[int, int, int]] = []

    def emit(event: Event) -> None:
        if isinstance(event, RefreshFinished):
            answers.append(event.outcome)

    async def story() -> None:
        environment = Environment(
            Keychain(MemoryVault(keys)),
            GatewayClient(),
            lambda: datetime.now(UTC),
            NotificationImage(1, bytes(4)),
        )
        backend = Backend(paths, emit, environment)
        running = asyncio.create_task(backend.run())
        while len(marks) < ROUNDS:
            async with asyncio.timeout(20):
                while len(answers) < len(keys):  # noqa: ASYNC110  # it has no event
                    await asyncio.sleep(0.002)
            assert all(isinstance(one.result, Reading) for one in answers)
            answers.clear()
            if len(marks) in {SETTLED, ROUNDS - 1}:
                gc.collect()
            tasks = len(asyncio.all_tasks())
            marks.append((sys.getallocatedblocks(), open_files(), tasks))
            backend.request_now()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())
    polls = (ROUNDS - SETTLED) * len(keys)
    (blocks, files, tasks), (more, more_files, more_tasks) = marks[SETTLED], marks[-1]
    print(  # noqa: T201  # the figures
        f"\n{ROUNDS * len(keys):,} polls: {(more - blocks) / polls:+.3f} blocks each"
    )
    assert (more - blocks) / polls < 0.5
    assert more_files <= files + 1
    assert more_tasks <= tasks + 1
