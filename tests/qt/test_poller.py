"""The thread that asks: requests in, outcomes out, and an end at any time."""

import asyncio
import gc
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from desktop.scripted_gateway import ScriptedGateway
from harness.backend import profile_paths, real_environment
from harness.poller import PollerHarness, RecordingBackend
from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.notification import (
    Notification,
    NotificationButton,
    Urgency,
)
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Changes, KeyTest
from trayapp.core.errors import Failure, InternalFault
from trayapp.core.settings import AlertKind, Settings
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.keyring.keychain import MemoryVault
from trayapp.services.messages.events import (
    ButtonPressed,
    Emit,
    Event,
    KeyTestFinished,
    NotificationLogChanged,
    PendingPaymentsChanged,
    PollerFailed,
    ProfileLoaded,
    RefreshFinished,
    RefreshStarted,
    SaveFinished,
    ShowNotification,
    SnoozeChanged,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    ChangeSnooze,
    DeleteReadings,
    ExpectTopUp,
    MarkCorrection,
    OpenKeyring,
    ReloadProfile,
    Request,
    RequestBalances,
    RunKeyTest,
    SendSample,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OUTCOME = Outcome("a", NOON, Reading(Balance(Decimal(9), "EUR"), NOON))
KEY_TEST = KeyTest(Account("a", "A"), None)
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
    "removal": DeleteReadings("a", (NOON,)),
    "key test": RunKeyTest(KEY_TEST),
    "save": ApplyChanges(CHANGES),
}


class ScriptedBackend(RecordingBackend):
    """A backend that responds to some requests with made-up events."""

    first_events = (ProfileLoaded((), Settings()),)

    def responses(self, request: Request) -> tuple[Event, ...]:
        """Give the events that a request brings here."""
        match request:
            case RunKeyTest(key_test):
                return (KeyTestFinished(key_test, OUTCOME),)
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


def test_everything_arrives_on_the_gui_thread(qtbot: QtBot) -> None:
    """Every signal, though it was emitted on the poller's."""
    with PollerHarness(qtbot, ScriptedBackend).running() as harness:
        harness.poller.post(OpenKeyring())
        harness.poller.post(ChangeSnooze(SnoozeChoice.HOUR))
        harness.poller.post(ExpectTopUp("a"))
        harness.poller.post(RunKeyTest(KEY_TEST))
        harness.poller.post(ApplyChanges(CHANGES))
        harness.wait(lambda: harness.has(SaveFinished()))
        assert harness.events.events == [
            ProfileLoaded((), Settings()),
            RefreshStarted("a"),
            RefreshFinished(OUTCOME),
            ButtonPressed("a", NotificationButton.TOP_UP),
            SnoozeChanged(NOON),
            ShowNotification(NOTICE),
            NotificationLogChanged((ENTRY,)),
            PendingPaymentsChanged((PendingPayment("a", NOON),)),
            KeyTestFinished(KEY_TEST, OUTCOME),
            SaveFinished(),
        ]
        assert harness.events.threads == {threading.get_ident()}
        assert harness.backend.thread is not QThread.currentThread()


def test_requests_before_the_start_are_kept_in_their_order(qtbot: QtBot) -> None:
    """The icon is shown first, and a person may be quick."""
    harness = PollerHarness(qtbot, ScriptedBackend)
    requests = list(REQUESTS.values())
    for request in requests:
        harness.poller.post(request)
    with harness.running():
        harness.wait(lambda: harness.has(SaveFinished()))
        assert harness.backend.requests == requests
    assert harness.events.events[0] == ProfileLoaded((), Settings())


def test_stopping_an_idle_poller_takes_no_time(qtbot: QtBot) -> None:
    """Nor does stopping it again."""
    harness = PollerHarness(qtbot, ScriptedBackend)
    harness.poller.start()
    assert harness.poller.stop()
    assert harness.poller.stop()


def test_a_poller_that_was_stopped_before_its_start_ends_at_once(qtbot: QtBot) -> None:
    """As when a person quits while the program starts."""
    harness = PollerHarness(qtbot, ScriptedBackend)
    assert harness.poller.stop()
    harness.poller.start()
    assert harness.poller.stop()
    assert harness.backends == []
    assert harness.events.events == []


def test_requests_after_the_end_are_no_fault(qtbot: QtBot) -> None:
    """A signal may still be under way."""
    harness = PollerHarness(qtbot, ScriptedBackend)
    with harness.running():
        pass
    harness.poller.post(RequestBalances())
    assert harness.poller.stop()


def test_a_backend_that_cannot_be_made_is_told(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """The window says so, and the log says why."""

    def burst(_: Emit) -> Backend:
        raise ZeroDivisionError

    with PollerHarness(qtbot, burst).running() as harness:
        harness.wait(lambda: harness.has(GONE))
    assert [one.message for one in caplog.records] == ["the poller ended"]


def test_a_backend_that_ends_by_a_fault_is_told(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """It is never silent."""

    class Short(ScriptedBackend):
        async def run(self) -> None:
            raise ZeroDivisionError

    with PollerHarness(qtbot, Short).running() as harness:
        harness.wait(lambda: harness.has(GONE))
    assert [one.message for one in caplog.records] == ["the poller ended"]


def test_a_backend_that_ends_by_a_fault_later_is_told(qtbot: QtBot) -> None:
    """Though nobody asks for anything at that moment."""

    class Late(ScriptedBackend):
        async def run(self) -> None:
            self.emit(RefreshStarted("a"))
            await asyncio.sleep(0.01)
            raise ZeroDivisionError

    with PollerHarness(qtbot, Late).running() as harness:
        harness.wait(lambda: harness.has(GONE))
    assert harness.has(RefreshStarted("a"))


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_fault_in_one_request_ends_nothing_else(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture, request_: str
) -> None:
    """The next one is carried out, and the log says what happened."""
    with PollerHarness(qtbot, ScriptedBackend).running() as harness:
        harness.wait(lambda: bool(harness.events.events))
        harness.backend.fault = ZeroDivisionError()
        harness.poller.post(REQUESTS[request_])
        harness.poller.post(RunKeyTest(KEY_TEST))
        harness.wait(lambda: harness.has(KeyTestFinished(KEY_TEST, OUTCOME)))
    assert harness.events.of(PollerFailed) == []
    assert [one.message for one in caplog.records] == ["a request failed"]


def test_a_request_that_hangs_holds_up_no_other(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """A keyring's question waits for a person, and is given up at the end."""
    ends: list[str] = []

    class Hanging(ScriptedBackend):
        async def handle(self, request: Request) -> None:
            await super().handle(request)
            if request == OpenKeyring():
                try:
                    await asyncio.Event().wait()
                finally:
                    ends.append("given up")

    harness = PollerHarness(qtbot, Hanging)
    with harness.running():
        harness.poller.post(OpenKeyring())
        harness.poller.post(RunKeyTest(KEY_TEST))
        harness.wait(lambda: harness.has(KeyTestFinished(KEY_TEST, OUTCOME)))
        assert ends == []
    assert ends == ["given up"]
    assert caplog.records == []


def real_backend(
    folder: Path, gateway: ScriptedGateway, vault: MemoryVault
) -> Callable[[Emit], Backend]:
    """Return what makes the program's own backend, for one account."""
    paths = profile_paths(folder)
    account = Account("a", "A", Service.CUSTOM, gateway.url)
    ConfigFile(paths.config).save(Config((account,)))
    return lambda emit: Backend(paths, emit, real_environment(vault))


def stopping_time(poller: Poller) -> float:
    """Stop the poller and give the seconds that it took."""
    before = time.monotonic()
    assert poller.stop()
    return time.monotonic() - before


def test_a_balance_comes_from_a_real_gateway(qtbot: QtBot, tmp_path: Path) -> None:
    """From the socket to the window's thread."""
    with ScriptedGateway() as gateway:
        gateway.set_balance(KEY, "12.5000", "EUR")
        harness = PollerHarness(
            qtbot, real_backend(tmp_path, gateway, MemoryVault({"a": KEY}))
        )
        with harness.running():
            harness.wait(lambda: bool(harness.events.of(RefreshFinished)))
    result = harness.events.last(RefreshFinished).outcome.result
    assert isinstance(result, Reading)
    assert result.balance.digits == "12.5000"
    loaded = harness.events.events[0]
    assert isinstance(loaded, ProfileLoaded)
    assert isinstance(loaded.accounts[0], AccountState)


def test_quitting_while_the_gateway_hangs_takes_no_time(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And leaves nothing half-way on the loop."""
    caplog.set_level(logging.DEBUG, logger="asyncio")
    with ScriptedGateway() as gateway:
        gateway.hang(on=True)
        gateway.accept(KEY)
        harness = PollerHarness(
            qtbot, real_backend(tmp_path, gateway, MemoryVault({"a": KEY}))
        )
        harness.poller.start()
        gateway.wait_for_requests(1, PATIENCE_S)
        assert stopping_time(harness.poller) < 1
    del harness
    gc.collect()
    assert [one.message for one in caplog.records if one.levelno > logging.INFO] == []


def test_quitting_while_the_keyring_hangs_takes_no_time(
    qtbot: QtBot, tmp_path: Path
) -> None:
    """Its question may stand on the screen for good."""
    asked, release = threading.Event(), threading.Event()

    class BlockedVault(MemoryVault):
        def get(self, account_id: str) -> str | None:
            asked.set()
            release.wait()
            return super().get(account_id)

    with ScriptedGateway() as gateway:
        harness = PollerHarness(
            qtbot, real_backend(tmp_path, gateway, BlockedVault({"a": KEY}))
        )
        harness.poller.start()
        try:
            assert asked.wait(PATIENCE_S)
            assert stopping_time(harness.poller) < 1
        finally:
            release.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(PATIENCE_S)


def test_a_loop_that_is_blocked_is_given_up(qtbot: QtBot) -> None:
    """A fault of ours; the process is then ended as it is."""
    release = threading.Event()

    class Blocking(ScriptedBackend):
        async def handle(self, _: Request) -> None:
            self.emit(RefreshStarted("blocked"))
            release.wait()

    harness = PollerHarness(qtbot, Blocking)
    harness.poller.start()
    try:
        harness.poller.post(OpenKeyring())
        harness.wait(lambda: harness.has(RefreshStarted("blocked")))
        assert not harness.poller.stop()
    finally:
        release.set()
        harness.wait(harness.poller.stop)


@pytest.mark.case("attack 8", "a call that was sent counts as not delivered")
def test_the_end_waits_for_the_reply_of_a_slow_notification_server(
    qtbot: QtBot,
) -> None:
    """A server that has an alert may show it; no reply means that it comes twice."""
    ends: list[str] = []

    class Slow(ScriptedBackend):
        @property
        def awaits_reply(self) -> bool:
            return True

        async def run(self) -> None:
            try:
                await super().run()
            finally:
                await asyncio.sleep(0.9)
                ends.append("a late reply")

    harness = PollerHarness(qtbot, Slow)
    harness.poller.start()
    harness.wait(lambda: harness.has(ProfileLoaded((), Settings())))
    assert stopping_time(harness.poller) < PATIENCE_S
    assert ends == ["a late reply"]


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
            self.emit(KeyTestFinished(None, outcome))
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
