"""The state in memory: changed as the database is, and never lost to it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import KEPT, LogEntry
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.errors import Failure, Unauthorized
from trayapp.core.schedule import Plan
from trayapp.core.settings import AlertKind
from trayapp.services.history.changes import (
    ForgetAccount,
    HistoryChange,
    KeepEvaluation,
    SetPendingPayment,
    SetSnooze,
    SetWait,
    StoredWait,
)
from trayapp.services.history.state_cache import StateCache
from trayapp.services.history.store import HistoryStore

HOUR = timedelta(hours=1)
NOON = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
TOLD = AlertMemory(episodes={AlertKind.LOW: EpisodeStatus.SENT})
WAIT = StoredWait(Plan(NOON, 1, must_persist=True), Failure(Unauthorized))


def entry(at: datetime, account_id: str = "a") -> LogEntry:
    """Make a decision that was sent."""
    return LogEntry(at, account_id, "Main", AlertKind.LOW, Disposition.SENT, Reason.NEW)


def state(*changes: HistoryChange) -> StateCache:
    """Make the state after some changes."""
    cache = StateCache()
    for change in changes:
        cache.apply(change)
    return cache


BEFORE: tuple[HistoryChange, ...] = (
    KeepEvaluation("a", TOLD, (entry(NOON),)),
    KeepEvaluation("b", TOLD, (entry(NOON, "b"),)),
    SetWait("a", WAIT),
    SetPendingPayment("a", NOON),
    SetPendingPayment("b", NOON),
    SetSnooze(Snooze(NOON)),
)


@pytest.mark.parametrize(
    "change",
    [
        KeepEvaluation("a", AlertMemory(failures=2), (entry(NOON + HOUR),)),
        SetWait("b", WAIT),
        SetPendingPayment("a", NOON + HOUR),
        SetPendingPayment("a", None),
        SetSnooze(Snooze()),
        ForgetAccount("a"),
    ],
    ids=repr,
)
def test_memory_and_database_make_the_same_change(
    change: HistoryChange, tmp_path: Path
) -> None:
    """What the next start reads is what this run knows."""
    cache = state(*BEFORE, change)
    with HistoryStore(tmp_path / "history.sqlite3") as store:
        store.write(*BEFORE, change)
        stored = store.load()
    assert stored.memories == cache.memories
    assert stored.waits == cache.waits
    assert stored.decisions == cache.decisions
    assert stored.snooze == cache.snooze
    assert set(stored.pending_payments) == set(cache.pending_payments)


def test_an_unknown_account_has_an_empty_state() -> None:
    """No caller has to ask whether there is one."""
    cache = StateCache()
    assert cache.memory("a") == AlertMemory()
    assert cache.wait("a") == StoredWait()
    assert cache.payment("a") is None


def test_the_last_payment_of_an_account_counts() -> None:
    """Each account has one at most."""
    changes = SetPendingPayment("a", NOON), SetPendingPayment("a", NOON + HOUR)
    cache = state(*changes)
    assert cache.pending_payments == (PendingPayment("a", NOON + HOUR),)
    assert cache.payment("a") == PendingPayment("a", NOON + HOUR)


def test_only_the_last_decisions_are_remembered() -> None:
    """As many as the store keeps."""
    many = tuple(entry(NOON + number * HOUR) for number in range(KEPT + 5))
    assert state(KeepEvaluation("a", TOLD, many)).decisions == many[5:]


def test_what_this_run_knows_is_newer_than_the_database() -> None:
    """A store that opens late overwrites nothing."""
    cache = state(KeepEvaluation("a", AlertMemory(failures=2), (entry(NOON + HOUR),)))
    cache.apply(SetPendingPayment("a", NOON + HOUR))
    cache.apply(SetWait("a", StoredWait()))
    cache.add_stored(state(*BEFORE))
    assert cache.memory("a") == AlertMemory(failures=2)
    assert cache.memory("b") == TOLD
    assert cache.wait("a") == StoredWait()
    assert cache.snooze == Snooze(NOON)
    assert cache.payment("a") == PendingPayment("a", NOON + HOUR)
    assert cache.payment("b") == PendingPayment("b", NOON)
    assert cache.decisions == (entry(NOON), entry(NOON, "b"), entry(NOON + HOUR))


def test_a_snooze_of_this_run_outlives_an_older_one() -> None:
    """The person chose it last."""
    cache = state(SetSnooze(Snooze(NOON + HOUR)))
    cache.add_stored(state(SetSnooze(Snooze(NOON))))
    assert cache.snooze == Snooze(NOON + HOUR)
