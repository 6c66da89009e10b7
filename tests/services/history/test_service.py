"""Changes are known at once, and written as soon as the store can be written."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, cast

import pytest

from fakes.database_lock import lock_database
from tally import FAULTS, Tally
from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    Failure,
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
    Unauthorized,
)
from trayapp.core.schedule import Plan
from trayapp.core.settings import AlertKind
from trayapp.services.history.changes import (
    ForgetAccount,
    HistoryChange,
    KeepEvaluation,
    KeepReading,
    SetCorrection,
    SetPendingPayment,
    SetSnooze,
    SetWait,
    StoredWait,
)
from trayapp.services.history.service import HistoryService
from trayapp.services.history.state_cache import StateCache
from trayapp.services.history.store import HistoryStore

MINUTE: Final = timedelta(minutes=1)
TOLD: Final = AlertMemory(episodes={AlertKind.LOW: EpisodeStatus.SENT})
BUSY_WAIT_S: Final = 0.05


class HistoryHarness:
    """A history with a real store, and a clock that the test moves."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.path = folder / "data" / "history.sqlite3"
        self.now, self.seconds = now, 0.0
        self.problems: list[Failure | None] = []
        self.count = 0
        self.service: HistoryService

    def start(self) -> None:
        """Open the history, as the program does when it starts."""
        self.service = HistoryService(
            lambda: HistoryStore(self.path, busy_wait_s=BUSY_WAIT_S),
            self.problems.append,
            clock=lambda: self.seconds,
        )

    def read(self, account_id: str = "a") -> Reading:
        """Write another reading each time."""
        self.count += 1
        reading = Reading(
            Balance(Decimal(self.count), "EUR"), self.now + self.count * MINUTE
        )
        self.service.write(KeepEvaluation(account_id, TOLD, reading=reading))
        return reading

    def later(self, seconds: float = 11) -> None:
        """Let time pass, and flush the queue."""
        self.seconds += seconds
        self.service.flush()

    def written(self, account_id: str = "a") -> list[Reading]:
        """Return the readings that another program finds."""
        with HistoryStore(self.path) as store:
            return list(store.readings(account_id))

    def kinds(self) -> list[object]:
        """Return the kinds of the reported problems."""
        return [None if one is None else one.kind for one in self.problems]

    def problem(self) -> object:
        """Return the kind of the first opening's problem."""
        problem = self.service.problem
        return None if problem is None else problem.kind


@pytest.fixture
def harness(tmp_path: Path, now: datetime) -> Iterator[HistoryHarness]:
    """Return an open history."""
    harness = HistoryHarness(tmp_path, now)
    harness.start()
    yield harness
    harness.service.close()


def test_what_another_program_held_up_is_written_when_it_lets_go(
    harness: HistoryHarness, tally: Tally
) -> None:
    """The order stays. Until then memory has it, and the loop hardly waits."""
    let_go = lock_database(harness.path)
    start = time.monotonic()
    shown = [harness.read() for _ in range(50)]
    assert time.monotonic() - start < 1
    assert harness.kinds() == [HistoryBusy]
    assert harness.service.readings("a") == tuple(shown)
    assert harness.service.last("a", harness.now) == shown[-1]
    harness.later()
    assert harness.kinds() == [HistoryBusy]
    let_go()
    harness.later()
    assert harness.kinds() == [HistoryBusy, None]
    assert harness.written() == shown
    assert harness.service.readings("a") == tuple(shown)
    tally.add(FAULTS)


def test_a_locked_database_repeats_no_alert(
    harness: HistoryHarness, tally: Tally
) -> None:
    """A memory that can't be read yet is neither empty nor overwritten."""
    harness.read()
    harness.service.close()
    let_go = lock_database(harness.path)
    harness.start()
    assert harness.problem() is HistoryBusy
    assert harness.problems == []
    harness.service.write(KeepEvaluation("b", TOLD))
    let_go()
    harness.later()
    assert harness.kinds() == [None]
    assert harness.problem() is None
    assert harness.service.state.memory("a") == TOLD
    with HistoryStore(harness.path) as store:
        assert store.load().memories == {"a": TOLD, "b": TOLD}
    tally.add(FAULTS)


def test_a_database_that_was_removed_is_made_again(
    harness: HistoryHarness, tally: Tally
) -> None:
    """The new database has the readings since then."""
    harness.read()
    harness.path.unlink()
    shown = harness.read()
    assert harness.kinds() == [HistoryProblem]
    harness.later()
    assert harness.kinds() == [HistoryProblem, None]
    assert harness.written() == [shown]
    tally.add(FAULTS)


def test_a_folder_that_was_removed_is_made_again(
    harness: HistoryHarness, tally: Tally
) -> None:
    """A person who tidies up may do this."""
    harness.path.parent.rename(harness.path.parent.with_name("tidied"))
    shown = harness.read()
    harness.later()
    assert harness.written() == [shown]
    assert harness.kinds()[-1] is None
    tally.add(FAULTS)


def test_a_history_that_breaks_while_it_is_used_is_mended(
    harness: HistoryHarness, tally: Tally
) -> None:
    """Readable rows stay, and the queue is added."""
    past = [
        Reading(Balance(Decimal(number) / 4, "EUR"), harness.now - number * MINUTE)
        for number in range(1_000)
    ]
    with HistoryStore(harness.path) as store:
        store.record_past("a", past)
    content = bytearray(harness.path.read_bytes())
    content[-3 * 4_096 : -2 * 4_096] = b"\xa5" * 4_096  # a page of readings
    with harness.path.open("r+b") as file:
        file.write(content)
    with closing(sqlite3.connect(harness.path)) as db:
        # Lets the open connection notice that the file is another one.
        db.execute("INSERT OR IGNORE INTO snooze VALUES (1, 0)")
        db.commit()
    harness.service.readings("a")
    shown = harness.read()
    for _ in range(3):
        harness.later()
    assert harness.kinds() == [HistoryDamaged, None]
    told = harness.problems[0]
    assert told is not None
    assert "kept as history.sqlite3.broken-" in told.detail
    kept = harness.written()
    assert kept[-1] == shown
    assert len(kept) > 800
    tally.add(FAULTS)


def test_the_queue_is_bounded(
    harness: HistoryHarness,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The oldest changes go first. The log says why, and at the end how many."""

    def full(*_: object) -> None:
        raise HistoryFull

    monkeypatch.setattr(HistoryStore, "write", full)
    for _ in range(6_000):
        reading = Reading(Balance(Decimal(1), "EUR"), harness.now)
        harness.service.write(KeepReading("a", reading))
    assert len(harness.service.queued("a")) == 5_000
    harness.service.close()
    assert [one.getMessage() for one in caplog.records] == [
        "history-full",
        "5000 changes of the history are lost",
    ]


def test_the_end_writes_what_waits_without_waiting_for_its_time(
    harness: HistoryHarness, tally: Tally
) -> None:
    """A person who ends the program loses nothing that can still be written."""
    let_go = lock_database(harness.path)
    shown = harness.read()
    let_go()
    harness.service.close()
    assert harness.written() == [shown]
    tally.add(FAULTS)


def test_a_change_with_a_fault_is_tried_once(harness: HistoryHarness) -> None:
    """The changes before and after it are written."""
    faulty = KeepReading("a", cast("Reading", None))
    before = harness.read()
    with pytest.raises(AttributeError):
        harness.service.write(faulty)
    assert harness.service.queued("a") == ()
    after = harness.read()
    assert harness.written() == [before, after]


def test_a_history_that_cannot_be_had_at_all_costs_no_balance(
    tmp_path: Path, now: datetime, tally: Tally
) -> None:
    """The start reports the problem, and later attempts follow."""
    (tmp_path / "data").write_text("a file where the folder should be")
    harness = HistoryHarness(tmp_path, now)
    harness.start()
    shown = harness.read()
    for _ in range(3):
        harness.later()
    assert harness.problems == []
    assert harness.service.last("a", harness.now) == shown
    (tmp_path / "data").unlink()
    harness.later()
    assert harness.kinds() == [None]
    assert harness.written() == [shown]
    harness.service.close()
    tally.add(FAULTS)


# --- what outlives a restart ------------------------------------------------------


def entry(at: datetime) -> LogEntry:
    """Return a decision of an alert that was sent."""
    return LogEntry(at, "a", "Main", AlertKind.LOW, Disposition.SENT, Reason.NEW)


REJECTED: Final = AlertMemory(
    episodes={AlertKind.LOW: EpisodeStatus.SENT, AlertKind.REJECTED: EpisodeStatus.SENT}
)


def changes(now: datetime) -> tuple[HistoryChange, ...]:
    """Return one change of each kind."""
    reading = Reading(Balance(Decimal(9), "EUR"), now)
    wait = StoredWait(Plan(now, 1, must_persist=True), Failure(Unauthorized))
    return (
        KeepEvaluation("a", REJECTED, (entry(now),), reading),
        SetSnooze(Snooze(now)),
        SetPendingPayment("a", now),
        SetWait("a", wait),
        SetCorrection("a", now, is_correction=True),
    )


def assert_known(history: HistoryService, now: datetime) -> None:
    """Check that the changes are known."""
    assert history.state == StateCache(
        memories={"a": REJECTED},
        waits={"a": StoredWait(Plan(now, 1, must_persist=True), Failure(Unauthorized))},
        decisions=(entry(now),),
        snooze=Snooze(now),
        pending_payments=(PendingPayment("a", now),),
    )
    reading = Reading(Balance(Decimal(9), "EUR"), now)
    assert history.last("a", now) == reading
    assert history.readings("a") == history.readings("a", now) == (reading,)
    assert history.readings("a", now + MINUTE) == ()


def test_all_of_it_outlives_a_restart(harness: HistoryHarness, now: datetime) -> None:
    """The next start knows the same."""
    harness.service.write(*changes(now))
    assert_known(harness.service, now)
    harness.service.close()
    harness.start()
    assert_known(harness.service, now)
    assert harness.service.corrections("a") == {now}


def no_store() -> HistoryStore:
    """Raise, as for a database that can't be opened."""
    raise HistoryProblem


def test_without_a_store_it_is_known_until_the_end(now: datetime) -> None:
    """A database that could not be opened makes no alert repeat itself."""
    history = HistoryService(no_store)
    history.write(*changes(now))
    assert_known(history, now)
    assert history.corrections("a") == frozenset()


def test_a_store_that_opens_late_brings_nothing_back(
    harness: HistoryHarness, now: datetime
) -> None:
    """The person ended snooze and wait, and removed an account, meanwhile."""
    harness.service.write(*changes(now), SetPendingPayment("b", now))
    harness.service.write(KeepEvaluation("b", TOLD))
    harness.service.close()
    let_go = lock_database(harness.path)
    harness.start()
    harness.service.write(
        SetSnooze(Snooze()), SetPendingPayment("a", None), ForgetAccount("b")
    )
    let_go()
    harness.later()
    assert harness.service.state.snooze == Snooze()
    assert harness.service.state.pending_payments == ()
    assert harness.service.state.memories == {"a": REJECTED}
    with HistoryStore(harness.path) as store:
        assert store.load() == harness.service.state


def test_a_store_that_breaks_is_one_line_in_the_log(
    harness: HistoryHarness, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """After a full disk or a lost share, memory has the changes."""
    with HistoryStore(harness.path) as store:
        history = HistoryService(lambda: store)
    history.write(*changes(now))
    assert_known(history, now)
    history.write(ForgetAccount("b"))
    assert [record.name for record in caplog.records] == [
        "trayapp.services.history.service"
    ]


def test_a_store_that_breaks_at_the_start_is_no_reason_to_stop(
    harness: HistoryHarness, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state begins empty."""
    harness.service.write(*changes(now))
    harness.service.close()

    def broken(*_: object) -> None:
        raise HistoryProblem

    monkeypatch.setattr(HistoryStore, "load", broken)
    harness.start()
    assert harness.service.state == StateCache()
    assert harness.problem() is HistoryProblem


def test_a_memory_that_is_only_noted_is_not_written(harness: HistoryHarness) -> None:
    """A minute more without a response costs the disk nothing."""
    harness.service.state.note("a", TOLD)
    harness.later()
    assert harness.service.state.memory("a") == TOLD
    with HistoryStore(harness.path) as store:
        assert store.load().memories == {}
        harness.service.write(KeepEvaluation("a", TOLD))
        assert store.load().memories == {"a": TOLD}


def test_a_new_key_ends_only_what_the_old_one_was_rejected_for(
    harness: HistoryHarness, now: datetime
) -> None:
    """One alert for each key, and one for each low balance."""
    harness.service.write(*changes(now))
    harness.service.key_changed("a")
    assert harness.service.state.wait("a") == StoredWait()
    assert harness.service.state.memory("a") == TOLD
    with HistoryStore(harness.path) as store:
        assert store.load().waits == {}
        assert store.load().memories == {"a": TOLD}
