"""The thread that asks: requests in, outcomes out, and an end at any time."""

import asyncio
import gc
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from desktop.scripted_gateway import ScriptedGateway
from event_log import EventLog
from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.notification import (
    Notification,
    NotificationButton,
    NotificationImage,
    Urgency,
)
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Changes, Trial
from trayapp.core.errors import Failure, InternalFault
from trayapp.core.settings import AlertKind, Settings
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.messages.events import (
    ButtonPressed,
    Emit,
    Event,
    NotificationLogChanged,
    PendingPaymentsChanged,
    PollerFailed,
    ProfileLoaded,
    RefreshFinished,
    RefreshStarted,
    SaveFinished,
    ShowNotification,
    SnoozeChanged,
    TrialFinished,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    ChangeSnooze,
    ExpectTopUp,
    MarkCorrection,
    OpenKeyring,
    ReloadProfile,
    Request,
    RequestBalances,
    RunTrial,
    SendSample,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OUTCOME = Outcome("a", NOON, Reading(Balance(Decimal(9), "EUR"), NOON))
TRIAL = Trial(Account("a", "A"), None)
CHANGES = Changes((), Settings())
NOTICE = Notification("a/key", "a", "Title", "Body", Urgency.CRITICAL, ())
ENTRY = LogEntry(NOON, "a", "A", AlertKind.LOW, Disposition.SENT, Reason.NEW)
GONE = PollerFailed(Failure(InternalFault, "ZeroDivisionError"))
KEY = "made-up-key-0123456789"
PATIENCE_S = 10.0


REQUESTS: dict[str, Request] = {
    "refresh some": RequestBalances(("a", "b")),
    "refresh all": RequestBalances(),
    "reload": ReloadProfile(),
    "sample": SendSample(),
    "unlock": OpenKeyring(),
    "snooze": ChangeSnooze(SnoozeChoice.HOUR),
    "payment": ExpectTopUp("a"),
    "correction": MarkCorrection("a", NOON, on=False),
    "trial": RunTrial(TRIAL),
    "save": ApplyChanges(CHANGES, frozenset("a")),
}


class Recorder(Backend):
    """A backend that notes what it is asked for, and asks nobody."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.requests: list[Request] = []
        self.thread = QThread.currentThread()
        self.fault: Exception | None = None

    async def run(self) -> None:
        """Load, and wait for the end."""
        self.emit(ProfileLoaded((), Settings()))
        await asyncio.Event().wait()

    async def handle(self, request: Request) -> None:
        """Note a request, and answer."""
        self.requests.append(request)
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        for event in self.answers(request):
            self.emit(event)

    def answers(self, request: Request) -> tuple[Event, ...]:
        """Give the events that a request brings here."""
        match request:
            case RunTrial(trial):
                return (TrialFinished(trial, OUTCOME),)
            case ApplyChanges():
                return (SaveFinished(),)
            case OpenKeyring():
                return (
                    RefreshStarted("a"),
                    RefreshFinished(OUTCOME),
                    ButtonPressed("a", NotificationButton.TOP_UP),
                )
            case ChangeSnooze():
                return (
                    SnoozeChanged(NOON),
                    ShowNotification(NOTICE),
                    NotificationLogChanged((ENTRY,)),
                )
            case ExpectTopUp(account_id):
                return (PendingPaymentsChanged((PendingPayment(account_id, NOON),)),)
            case _:
                return ()


class Scene:
    """A poller, whoever hears it, and its backend once there is one."""

    def __init__(self, make_backend: Callable[[Emit], Backend] = Recorder) -> None:
        self.backends: list[Backend] = []

        def make(emit: Emit) -> Backend:
            self.backends.append(make_backend(emit))
            return self.backends[-1]

        self.poller = Poller(make)
        self.events = EventLog()
        self.poller.event_emitted.connect(self.events.record)

    @property
    def recorder(self) -> Recorder:
        """The backend of a scene that was made with none in particular."""
        (backend,) = self.backends
        assert isinstance(backend, Recorder)
        return backend

    def has(self, event: Event) -> bool:
        """Say whether this event came."""
        return event in self.events.events


@contextmanager
def running(scene: Scene) -> Iterator[Scene]:
    """Run the poller, and end it whatever happens."""
    scene.poller.start()
    try:
        yield scene
    finally:
        assert scene.poller.stop()


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    """Let the event loop run until something holds."""
    qtbot.waitUntil(condition, timeout=int(PATIENCE_S * 1000))


def test_everything_arrives_on_the_gui_thread(qtbot: QtBot) -> None:
    """Every signal, though it was emitted on the poller's."""
    with running(Scene()) as scene:
        scene.poller.post(OpenKeyring())
        scene.poller.post(ChangeSnooze(SnoozeChoice.HOUR))
        scene.poller.post(ExpectTopUp("a"))
        scene.poller.post(RunTrial(TRIAL))
        scene.poller.post(ApplyChanges(CHANGES, frozenset()))
        wait(qtbot, lambda: scene.has(SaveFinished()))
        assert scene.events.events == [
            ProfileLoaded((), Settings()),
            RefreshStarted("a"),
            RefreshFinished(OUTCOME),
            ButtonPressed("a", NotificationButton.TOP_UP),
            SnoozeChanged(NOON),
            ShowNotification(NOTICE),
            NotificationLogChanged((ENTRY,)),
            PendingPaymentsChanged((PendingPayment("a", NOON),)),
            TrialFinished(TRIAL, OUTCOME),
            SaveFinished(),
        ]
        assert scene.events.threads == {threading.get_ident()}
        assert scene.recorder.thread is not QThread.currentThread()


def test_requests_before_the_start_are_kept_in_their_order(qtbot: QtBot) -> None:
    """The icon is shown first, and a person may be quick."""
    scene = Scene()
    requests = list(REQUESTS.values())
    for request in requests:
        scene.poller.post(request)
    with running(scene):
        wait(qtbot, lambda: scene.has(SaveFinished()))
        assert scene.recorder.requests == requests
    assert scene.events.events[0] == ProfileLoaded((), Settings())


def test_stopping_an_idle_poller_takes_no_time() -> None:
    """Nor does stopping it again."""
    scene = Scene()
    scene.poller.start()
    assert scene.poller.stop()
    assert scene.poller.stop()


def test_a_poller_that_was_stopped_before_its_start_ends_at_once() -> None:
    """As when a person quits while the program starts."""
    scene = Scene()
    assert scene.poller.stop()
    scene.poller.start()
    assert scene.poller.stop()
    assert scene.backends == []
    assert scene.events.events == []


def test_requests_after_the_end_are_no_fault() -> None:
    """A signal may still be under way."""
    scene = Scene()
    with running(scene):
        pass
    scene.poller.post(RequestBalances())
    assert scene.poller.stop()


def test_a_backend_that_cannot_be_made_is_told(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """The window says so, and the log says why."""

    def burst(_: Emit) -> Backend:
        raise ZeroDivisionError

    with running(Scene(burst)) as scene:
        wait(qtbot, lambda: scene.has(GONE))
    assert [one.message for one in caplog.records] == ["the poller ended"]


def test_a_backend_that_ends_by_a_fault_is_told(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """It is never silent."""

    class Short(Recorder):
        async def run(self) -> None:
            raise ZeroDivisionError

    with running(Scene(Short)) as scene:
        wait(qtbot, lambda: scene.has(GONE))
    assert [one.message for one in caplog.records] == ["the poller ended"]


def test_a_backend_that_ends_by_a_fault_later_is_told(qtbot: QtBot) -> None:
    """Though nobody asks for anything at that moment."""

    class Late(Recorder):
        async def run(self) -> None:
            self.emit(RefreshStarted("a"))
            await asyncio.sleep(0.01)
            raise ZeroDivisionError

    with running(Scene(Late)) as scene:
        wait(qtbot, lambda: scene.has(GONE))
    assert scene.has(RefreshStarted("a"))


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_fault_in_one_request_ends_nothing_else(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture, request_: str
) -> None:
    """The next one is carried out, and the log says what happened."""
    with running(Scene()) as scene:
        wait(qtbot, lambda: bool(scene.events.events))
        scene.recorder.fault = ZeroDivisionError()
        scene.poller.post(REQUESTS[request_])
        scene.poller.post(RunTrial(TRIAL))
        wait(qtbot, lambda: scene.has(TrialFinished(TRIAL, OUTCOME)))
    assert scene.events.of(PollerFailed) == []
    assert [one.message for one in caplog.records] == ["a request failed"]


def test_a_request_that_hangs_holds_up_no_other(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """A keyring's question waits for a person, and is given up at the end."""
    ends: list[str] = []

    class Hanging(Recorder):
        async def handle(self, request: Request) -> None:
            await super().handle(request)
            if request == OpenKeyring():
                try:
                    await asyncio.Event().wait()
                finally:
                    ends.append("given up")

    scene = Scene(Hanging)
    with running(scene):
        scene.poller.post(OpenKeyring())
        scene.poller.post(RunTrial(TRIAL))
        wait(qtbot, lambda: scene.has(TrialFinished(TRIAL, OUTCOME)))
        assert ends == []
    assert ends == ["given up"]
    assert caplog.records == []


def real_backend(
    folder: Path, gateway: ScriptedGateway, vault: MemoryVault
) -> Callable[[Emit], Backend]:
    """Give what makes the program's own backend, for one account."""
    places = Paths(folder / "c", folder / "h", folder / "l", folder / "r")
    account = Account("a", "A", Service.CUSTOM, gateway.url)
    ConfigFile(places.config).save(Config((account,)))
    environment = Environment(
        Keychain(vault),
        GatewayClient(),
        lambda: datetime.now(UTC),
        NotificationImage(1, bytes(4)),
    )
    return lambda emit: Backend(places, emit, environment)


def stopping_time(poller: Poller) -> float:
    """Stop the poller and give the seconds that it took."""
    before = time.monotonic()
    assert poller.stop()
    return time.monotonic() - before


def test_a_balance_comes_from_a_real_gateway(qtbot: QtBot, tmp_path: Path) -> None:
    """From the socket to the window's thread."""
    with ScriptedGateway() as gateway:
        gateway.set_balance(KEY, "12.5000", "EUR")
        scene = Scene(real_backend(tmp_path, gateway, MemoryVault({"a": KEY})))
        with running(scene):
            wait(qtbot, lambda: bool(scene.events.of(RefreshFinished)))
    result = scene.events.last(RefreshFinished).outcome.result
    assert isinstance(result, Reading)
    assert result.balance.digits == "12.5000"
    loaded = scene.events.events[0]
    assert isinstance(loaded, ProfileLoaded)
    assert isinstance(loaded.accounts[0], AccountState)


def test_quitting_while_the_gateway_hangs_takes_no_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And leaves nothing half-way on the loop."""
    caplog.set_level(logging.DEBUG, logger="asyncio")
    with ScriptedGateway() as gateway:
        gateway.hang(on=True)
        gateway.accept(KEY)
        scene = Scene(real_backend(tmp_path, gateway, MemoryVault({"a": KEY})))
        scene.poller.start()
        gateway.wait_for_requests(1, PATIENCE_S)
        assert stopping_time(scene.poller) < 1
    del scene
    gc.collect()
    assert [one.message for one in caplog.records if one.levelno > logging.INFO] == []


def test_quitting_while_the_keyring_hangs_takes_no_time(tmp_path: Path) -> None:
    """Its question may stand on the screen for good."""
    asked, release = threading.Event(), threading.Event()

    class Vault(MemoryVault):
        def get(self, account_id: str) -> str | None:
            asked.set()
            release.wait()
            return super().get(account_id)

    with ScriptedGateway() as gateway:
        scene = Scene(real_backend(tmp_path, gateway, Vault({"a": KEY})))
        scene.poller.start()
        try:
            assert asked.wait(PATIENCE_S)
            assert stopping_time(scene.poller) < 1
        finally:
            release.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(PATIENCE_S)


def test_a_loop_that_is_blocked_is_given_up(qtbot: QtBot) -> None:
    """A fault of ours; the process is then ended as it is."""
    release = threading.Event()

    class Blocking(Recorder):
        async def handle(self, _: Request) -> None:
            self.emit(RefreshStarted("blocked"))
            release.wait()

    scene = Scene(Blocking)
    scene.poller.start()
    try:
        scene.poller.post(OpenKeyring())
        wait(qtbot, lambda: scene.has(RefreshStarted("blocked")))
        assert not scene.poller.stop()
    finally:
        release.set()
        wait(qtbot, scene.poller.stop)


MANY = """
import asyncio, sys
from datetime import UTC, datetime
from PySide6.QtCore import QCoreApplication, QObject, Slot
from trayapp.core.errors import Failure, NoConnection
from trayapp.core.account_state import Outcome
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend
from trayapp.services.messages.events import *
from trayapp.core.settings import Settings
from trayapp.core.alerts.notification import NotificationButton

NOW = datetime.now(UTC)
ROUNDS = 5_000 // 6 + 1

class Noisy(Backend):
    def __init__(self, emit):
        self.emit = emit

    async def run(self):
        for number in range(ROUNDS):
            outcome = Outcome(str(number), NOW, Failure(NoConnection, "x"))
            self.emit(ProfileLoaded((), Settings()))
            self.emit(RefreshStarted(str(number)))
            self.emit(RefreshFinished(outcome))
            self.emit(TrialFinished(None, outcome))
            self.emit(SaveFinished())
            self.emit(ButtonPressed(str(number), NotificationButton.OPEN))
            await asyncio.sleep(0)
        await asyncio.Event().wait()

class Counter(QObject):
    count = 0

    @Slot(object)
    def record(self, event):
        self.count += 1
        if self.count == ROUNDS * 6:
            application.quit()

application = QCoreApplication([])
poller, counter = Poller(Noisy), Counter()
poller.event_emitted.connect(counter.record)
poller.start()
application.exec()
print(counter.count >= 5_000, poller.stop())
"""


def test_thousands_of_signals_cross_the_thread() -> None:
    """PySide6 6.12.0 aborts after some 570 on Python 3.11."""
    done = subprocess.run(
        [sys.executable, "-c", MANY],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True True\n", "")
