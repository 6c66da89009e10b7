"""A bug in one account's path stops neither the others nor its own next polls."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial, wraps
from typing import Any

import pytest

from harness.backend import BackendHarness
from harness.event_log import EventLog
from tally import FAULTS, Tally
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decision import Alert
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, InternalFault
from trayapp.core.settings import AlertKind
from trayapp.services.alerts.coalescer import Coalescer
from trayapp.services.alerts.outlooks import OutlookCache
from trayapp.services.alerts.service import AlertService
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.reports import HistoryReports
from trayapp.services.history.service import HistoryService
from trayapp.services.history.state_cache import StateCache
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.messages.events import (
    ForecastMade,
    RefreshFinished,
    RefreshStarted,
    ShowNotification,
)
from trayapp.services.polling.concurrency import ConcurrencyLimit

BROKEN, SOUND = Account("broken", "Broken"), Account("sound", "Sound")
PATIENCE_S = 10.0


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until something holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  # of many things, none has an event
            await asyncio.sleep(0.005)


class FragileLog(EventLog):
    """Keeps events; a test may break one of its methods."""

    def record(self, event: object) -> None:
        """Keep an event, after the method that is named for its kind."""
        match event:
            case RefreshStarted(account_id):
                self.on_started(account_id)
            case RefreshFinished(outcome):
                self.on_finished(outcome)
            case ForecastMade(account_id):
                self.on_forecast(account_id)
        super().record(event)

    def on_started(self, account_id: str) -> None:
        """Do nothing."""

    def on_finished(self, outcome: Outcome) -> None:
        """Do nothing."""

    def on_forecast(self, account_id: str) -> None:
        """Do nothing."""


def outcomes(harness: BackendHarness, account: Account) -> list[Outcome]:
    """Return all outcomes of an account."""
    finished = [one.outcome for one in harness.events.of(RefreshFinished)]
    return [one for one in finished if one.account_id == account.id]


def alerts(harness: BackendHarness) -> list[tuple[str, AlertKind]]:
    """Return the alerts in all notifications, each with its account."""
    shown = [one.notification for one in harness.events.of(ShowNotification)]
    return [(one.account.id, one.kind) for each in shown for one in each.alerts]


SITES: dict[str, tuple[object, str]] = {
    "asking the gateway": (GatewayClient, "balance"),
    "reading the key": (Keychain, "key"),
    "recalling its wait, and planning": (StateCache, "wait"),
    "recalling its balance": (HistoryService, "last"),
    "recalling its alert memory": (StateCache, "memory"),
    "noting its alert memory": (StateCache, "note"),
    "changing its state": (StateCache, "apply"),
    "writing a change": (HistoryService, "write"),
    "storing a change": (HistoryStore, "_make"),
    "looking at its past": (OutlookCache, "of"),
    "foreseeing": (AlertService, "report_outlook"),
    "storing what it decides": (AlertService, "_keep"),
    "looking at the time": (AlertService, "_evaluate_time"),
    "noting its result": (ConcurrencyLimit, "note_result"),
    "applying retention": (HistoryReports, "apply_retention"),
    "saying that it is asked": (FragileLog, "on_started"),
    "saying what came": (FragileLog, "on_finished"),
    "saying when it runs out": (FragileLog, "on_forecast"),
}


def is_about_broken(given: tuple[object, ...]) -> bool:
    """Say whether a call has to do with the account whose path is broken."""
    for one in given:
        named = getattr(one, "account_id", getattr(one, "id", one))
        if isinstance(named, str) and named == BROKEN.id:
            return True
    return False


def breaking(call: Callable[..., Any], faults: list[int]) -> Callable[..., Any]:
    """Make a method raise whenever it is about the broken account."""

    @wraps(call)
    def broken(*given: object, **named: object) -> Any:  # noqa: ANN401  # whatever it was
        if is_about_broken(given[1:]):
            faults.append(1)
            raise ZeroDivisionError
        return call(*given, **named)

    return broken


@pytest.fixture
def harness(harness: BackendHarness) -> BackendHarness:
    """Return a profile with both accounts, whose events may break."""
    harness.make_log = FragileLog
    harness.store(BROKEN, SOUND)
    return harness


@pytest.mark.usefixtures("qt_notifies")
@pytest.mark.parametrize("site", SITES)
def test_the_others_go_on_and_so_does_the_broken_one_once_it_is_mended(
    site: str,
    harness: BackendHarness,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tally: Tally,
) -> None:
    """Each fault is in the log; the alert of the sound account is told meanwhile."""
    owner, name = SITES[site]
    faults: list[int] = []
    monkeypatch.setattr("trayapp.services.history.reports._FIRST_RETENTION_S", 0.05)

    async def story() -> None:
        with monkeypatch.context() as broken:
            call = getattr(owner, name)
            broken.setattr(owner, name, breaking(call, faults))
            task = harness.start()
            await until(lambda: len(outcomes(harness, SOUND)) == 1)
            harness.backend.tick()
            await until(lambda: bool(faults))
            harness.gateway.amount = "5.0000"
            harness.now += timedelta(hours=25)  # after any wait that there is
            harness.backend.request_now([])
            await until(lambda: len(outcomes(harness, SOUND)) == 2)
            await until(lambda: (SOUND.id, AlertKind.LOW) in alerts(harness))
            assert not task.done()
        before = len(outcomes(harness, BROKEN))
        harness.now += timedelta(hours=25)
        harness.backend.request_now([])
        await until(lambda: len(outcomes(harness, BROKEN)) > before)
        assert isinstance(outcomes(harness, BROKEN)[-1].result, Reading)
        await until(lambda: (BROKEN.id, AlertKind.LOW) in alerts(harness))
        await harness.stop()

    asyncio.run(story())
    logged = [one for one in caplog.records if one.exc_info]
    assert len(logged) == len(faults)
    assert {one.exc_info[0] for one in logged if one.exc_info} == {ZeroDivisionError}
    tally.add(FAULTS, len(faults))


def test_a_bug_in_asking_is_what_the_account_shows(
    harness: BackendHarness, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """With the exception's type alone: its text may quote anything."""
    faults: list[int] = []
    broken = breaking(GatewayClient.balance, faults)
    monkeypatch.setattr(GatewayClient, "balance", broken)

    async def story() -> None:
        async with harness.started():
            await until(lambda: len(outcomes(harness, BROKEN)) == 1)
        (outcome,) = outcomes(harness, BROKEN)
        assert outcome.result == Failure(InternalFault, "ZeroDivisionError")

    asyncio.run(story())
    tally.add(FAULTS)


def test_a_fault_while_waiting_to_tell_silences_nothing(tally: Tally) -> None:
    """It is told at once then, and so is whatever comes later."""
    told: list[tuple[Alert, ...]] = []

    async def send(alerts: tuple[Alert, ...]) -> None:
        told.append(alerts)

    async def broken() -> None:
        raise ZeroDivisionError

    async def story() -> None:
        coalescer = Coalescer(send, broken, settle_s=0)
        for kind in (AlertKind.LOW, AlertKind.EMPTY):
            coalescer.add([Alert(kind, SOUND)])
            await until(
                partial(lambda kind: bool(told) and told[-1][0].kind is kind, kind)
            )

    asyncio.run(story())
    assert len(told) == 2
    tally.add(FAULTS, 2)


def test_a_fault_in_telling_silences_nothing_that_comes_later(tally: Tally) -> None:
    """What it was about is lost, as after a crash: never is anything told twice."""
    told: list[AlertKind] = []

    async def send(alerts: tuple[Alert, ...]) -> None:
        told.append(alerts[0].kind)
        if len(told) == 1:
            raise ZeroDivisionError

    async def nothing() -> None:
        return

    async def story() -> None:
        coalescer = Coalescer(send, nothing, settle_s=0)
        for count, kind in enumerate((AlertKind.LOW, AlertKind.EMPTY), 1):
            coalescer.add([Alert(kind, SOUND)])
            await until(partial(lambda count: len(told) >= count, count))

    asyncio.run(story())
    assert told == [AlertKind.LOW, AlertKind.EMPTY]
    tally.add(FAULTS)
