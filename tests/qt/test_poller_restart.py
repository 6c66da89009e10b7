"""A poller that stopped, by a fault or by being stuck, is replaced by another."""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from desktop.scripted_gateway import ScriptedGateway
from harness.backend import KEY, profile_paths, real_environment
from harness.event_log import EventLog
from harness.poller import PollerHarness
from tally import FAULTS, Tally
from trayapp.core.account import Account, Service
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.notification import Notification
from trayapp.core.balance import Reading
from trayapp.core.changes import Changes, KeyTest
from trayapp.core.errors import Failure, InternalFault
from trayapp.core.schedule import RESTARTS_AN_HOUR
from trayapp.core.settings import AlertKind, Settings
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.keyring.keychain import MemoryVault
from trayapp.services.messages.events import (
    DiagnosticsCollected,
    Emit,
    KeyTestFinished,
    PollerFailed,
    ProfileLoaded,
    RefreshFinished,
    SaveFinished,
    ShowNotification,
)
from trayapp.services.messages.requests import (
    ApplyChanges,
    CollectDiagnostics,
    RequestBalances,
    RunKeyTest,
)

PATIENCE_S = 20.0
QUICKLY = 1_000.0
"""Instead of five seconds, a restart comes after five milliseconds."""
GONE = Failure(InternalFault, "ZeroDivisionError")
STUCK = Failure(InternalFault, "the poller does not answer")


def open_files() -> list[str]:
    """Name all that this process has open."""
    return [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]


def os_threads() -> int:
    """Count the threads that there are, whoever made them."""
    return len(list(Path("/proc/self/task").iterdir()))


class TickingBackend(Backend):
    """The program's backend with more ticks, for the test."""

    loop: asyncio.AbstractEventLoop
    is_retired = False

    def retire(self) -> None:
        """Note it."""
        self.is_retired = True
        super().retire()

    async def run(self) -> None:
        """Run, and tick beside it as the scheduler does each minute."""
        self.loop = asyncio.get_running_loop()
        beating = asyncio.create_task(self._beat())
        try:
            await super().run()
        finally:
            beating.cancel()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            self.tick()


class RestartHarness(PollerHarness[TickingBackend]):
    """A poller with the program's own backend, a gateway, and a way to break it."""

    def __init__(self, qtbot: QtBot, folder: Path, gateway: ScriptedGateway) -> None:
        self.gateway = gateway
        self.paths = profile_paths(folder)
        self.account = Account("a", "A", Service.CUSTOM, gateway.url)
        ConfigFile(self.paths.config).save(Config((self.account,)))
        self.release = threading.Event()
        vault = MemoryVault({"a": KEY})
        super().__init__(
            qtbot,
            lambda emit: TickingBackend(self.paths, emit, real_environment(vault)),
            partial(Poller, check_ms=300, hurry=QUICKLY),
        )

    @property
    def answers(self) -> list[Outcome]:
        """What the requests for a balance came to."""
        return [one.outcome for one in self.events.of(RefreshFinished)]

    def notifications(self) -> list[Notification]:
        """Give the notifications of all backends."""
        return [one.notification for one in self.events.of(ShowNotification)]

    @property
    def alerts(self) -> list[Alert]:
        """The alerts that all backends had shown."""
        return [one for each in self.notifications() for one in each.alerts]

    @property
    def failures(self) -> list[Failure]:
        """The failures of all loops that stopped."""
        return [one.failure for one in self.events.of(PollerFailed)]

    def wait_for_answer(self, count: int) -> None:
        """Wait until so many balances were read, since the beginning."""
        self.wait(lambda: len(self.answers) >= count)

    def open_databases(self) -> int:
        """Count how often this process has the history open."""
        return open_files().count(str(self.paths.history))

    def do(self, harm: Callable[[Backend], None]) -> None:
        """Do harm on the loop of the newest backend; no request does so on purpose."""
        backend = self.backends[-1]
        backend.loop.call_soon_threadsafe(harm, backend)

    def kill(self) -> None:
        """End the backend by an exception."""

        def burst(backend: Backend) -> None:
            def boom() -> float:
                raise ZeroDivisionError

            backend._scheduler._start_due = boom  # type: ignore[method-assign]  # noqa: SLF001  # a fault where nothing catches it
            backend.request_now([])

        self.do(burst)

    def block(self) -> None:
        """Hold the loop up, as a call that never returns does."""
        blocked = threading.Event()

        def wait(backend: Backend) -> None:
            blocked.set()
            self.release.wait()
            backend.reload()  # somebody will hear of it, if anybody still listens

        self.do(wait)
        assert blocked.wait(PATIENCE_S)


@pytest.fixture
def harness(qtbot: QtBot, tmp_path: Path) -> Iterator[RestartHarness]:
    """Start a poller for one low account, and end it whatever happens."""
    with ScriptedGateway() as gateway:
        gateway.set_balance(KEY, "2.5000", "EUR")
        harness = RestartHarness(qtbot, tmp_path, gateway)
        harness.poller.start()
        try:
            harness.wait_for_answer(1)
            yield harness
        finally:
            harness.release.set()
            harness.wait(harness.poller.stop)
            assert harness.open_databases() == 0


def test_one_that_a_fault_ended_polls_again(
    harness: RestartHarness, caplog: pytest.LogCaptureFixture, tally: Tally
) -> None:
    """It is told once what happened, with one entry in the log."""
    harness.kill()
    harness.wait_for_answer(2)
    assert harness.failures == [GONE]
    assert len(harness.backends) == 2
    assert isinstance(harness.answers[-1].result, Reading)
    assert [one.message for one in caplog.records if one.levelno > logging.INFO] == [
        "the poller ended"
    ]
    tally.add(FAULTS)


def test_one_that_is_stuck_is_given_up_for_another(
    harness: RestartHarness, caplog: pytest.LogCaptureFixture, tally: Tally
) -> None:
    """Though its thread can't be ended; it says nothing any more when it moves."""
    harness.block()
    harness.wait_for_answer(2)
    assert harness.failures == [STUCK]
    assert [one.is_retired for one in harness.backends] == [True, False]
    loads = len(harness.events.of(ProfileLoaded))
    harness.release.set()
    harness.wait(lambda: harness.open_databases() == 1)
    QCoreApplication.processEvents()
    assert len(harness.events.of(ProfileLoaded)) == loads
    assert [one.message for one in caplog.records if one.levelno > logging.INFO] == [
        "the poller is stuck"
    ]
    tally.add(FAULTS)


def test_one_that_was_stuck_and_moves_again_closes_what_it_holds(
    harness: RestartHarness, tally: Tally
) -> None:
    """Its thread ends, and its database with it."""
    assert harness.open_databases() == 1
    harness.block()
    harness.wait_for_answer(2)
    assert harness.open_databases() == 2
    harness.release.set()
    harness.wait(lambda: harness.open_databases() == 1)
    tally.add(FAULTS)


def test_one_that_is_stopped_again_while_it_ends_closes_what_it_holds(
    harness: RestartHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second stop cuts the first one short nowhere."""
    backend = harness.backends[0]
    released = asyncio.Event()

    async def close() -> None:
        await released.wait()

    monkeypatch.setattr(backend._delivery, "close", close)  # noqa: SLF001  # a bus that hangs
    assert not harness.poller.stop()
    assert not harness.poller.stop()
    assert harness.open_databases() == 1
    backend.loop.call_soon_threadsafe(released.set)
    harness.wait(harness.poller.stop)
    assert harness.open_databases() == 0


def test_a_loop_with_heartbeats_is_never_abandoned(harness: RestartHarness) -> None:
    """However often its heartbeat is checked."""
    heartbeats = harness.backends[0].heartbeats
    harness.wait(lambda: harness.backends[0].heartbeats > heartbeats + 50)
    assert len(harness.backends) == 1
    assert harness.failures == []


@pytest.mark.usefixtures("qt_notifies")
@pytest.mark.parametrize("harm", [RestartHarness.kill, RestartHarness.block])
def test_nothing_is_told_twice(
    harness: RestartHarness, harm: Callable[[RestartHarness], None], tally: Tally
) -> None:
    """What was told is remembered by the next one."""
    harness.wait(lambda: bool(harness.alerts))
    for count in (2, 3):
        harm(harness)
        harness.wait_for_answer(count)
        tally.add(FAULTS)
    harness.gateway.set_balance(KEY, "0.0000", "EUR")
    harness.poller.post(RequestBalances())
    harness.wait(lambda: len(harness.alerts) > 1)
    assert [one.kind for one in harness.alerts] == [AlertKind.LOW, AlertKind.EMPTY]


def test_nothing_is_left_behind_by_many_faults(
    harness: RestartHarness, tally: Tally
) -> None:
    """Neither threads nor open files, after the five that an hour allows."""
    threads, files = os_threads(), len(open_files())
    for count in range(RESTARTS_AN_HOUR):
        harness.kill()
        harness.wait_for_answer(count + 2)
        tally.add(FAULTS)
    harness.wait(lambda: os_threads() <= threads)
    harness.wait(lambda: len(open_files()) <= files)


def test_faults_without_end_are_met_with_patience(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture, tally: Tally
) -> None:
    """Five restarts in an hour, and then none for the rest of it."""
    made: list[Emit] = []

    def burst(emit: Emit) -> Backend:
        made.append(emit)
        raise ZeroDivisionError

    poller = Poller(burst, hurry=QUICKLY, clock=lambda: 0.0)
    events = EventLog()
    poller.event_emitted.connect(events.record)
    poller.start()
    failures = [PollerFailed(GONE)] * (RESTARTS_AN_HOUR + 1)
    qtbot.waitUntil(lambda: events.events == failures, timeout=10_000)
    with qtbot.assertNotEmitted(poller.event_emitted, wait=300):
        pass
    assert poller.stop()
    assert events.events == failures
    assert len(made) == RESTARTS_AN_HOUR + 1
    assert len(caplog.records) == RESTARTS_AN_HOUR + 1
    tally.add(FAULTS, RESTARTS_AN_HOUR + 1)


@pytest.mark.parametrize("harm", [RestartHarness.kill, RestartHarness.block])
def test_whoever_waits_for_an_answer_gets_one(
    harness: RestartHarness, harm: Callable[[RestartHarness], None], tally: Tally
) -> None:
    """Dialogs must not wait for good: what was under way has failed."""
    harness.gateway.hang(on=True)
    harness.poller.post(RunKeyTest(KeyTest(harness.account, None)))
    harness.gateway.wait_for_requests(2, PATIENCE_S)
    harm(harness)
    harness.wait(lambda: bool(harness.events.of(KeyTestFinished)))
    outcome = harness.events.last(KeyTestFinished).outcome
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is InternalFault
    harness.gateway.hang(on=False)
    tally.add(FAULTS)


def test_what_is_asked_for_meanwhile_is_done_by_the_next(
    harness: RestartHarness, tally: Tally
) -> None:
    """A person who saves at that moment loses nothing."""
    harness.block()
    changes = Changes((harness.account,), Settings())
    harness.poller.post(ApplyChanges(changes))
    harness.wait(lambda: bool(harness.events.of(SaveFinished)))
    assert harness.events.of(SaveFinished)[0].problem is None
    assert len(harness.backends) == 2
    tally.add(FAULTS)


def test_facts_for_a_report_cross_the_thread(harness: RestartHarness) -> None:
    """What runs where, and what a person chose."""
    harness.poller.post(CollectDiagnostics())
    harness.wait(lambda: bool(harness.events.of(DiagnosticsCollected)))
    facts = dict(harness.events.last(DiagnosticsCollected).facts)
    assert {"Python", "Keyring", "Notifications", "Interval"} <= facts.keys()
