"""Changes are known at once, and written as soon as the store can be written."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, cast

import pytest

from tally import FAULTS, Tally
from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.memory import AlertMemory, EpisodeStage
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
TOLD: Final = AlertMemory(stages={AlertKind.LOW: EpisodeStage.SENT})
BUSY_WAIT_S: Final = 0.05
HOLDER: Final = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
"""Another program that holds the database until its input ends."""


class Scene:
    """A history with a real store, and a clock that the test moves."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.path = folder / "data" / "history.sqlite3"
        self.now, self.seconds = now, 0.0
        self.told: list[Failure | None] = []
        self.count = 0
        self.history: HistoryService

    def start(self) -> None:
        """Open the history, as the program does when it starts."""
        self.history = HistoryService(
            lambda: HistoryStore(self.path, busy_wait_s=BUSY_WAIT_S),
            self.told.append,
            clock=lambda: self.seconds,
        )

    def read(self, account_id: str = "a") -> Reading:
        """Write another reading each time."""
        self.count += 1
        reading = Reading(
            Balance(Decimal(self.count), "EUR"), self.now + self.count * MINUTE
        )
        self.history.write(KeepEvaluation(account_id, TOLD, reading=reading))
        return reading

    def later(self, seconds: float = 11) -> None:
        """Let time pass, and flush the queue."""
        self.seconds += seconds
        self.history.flush()

    def written(self, account_id: str = "a") -> list[Reading]:
        """Return the readings that another program finds."""
        with HistoryStore(self.path) as store:
            return list(store.readings(account_id))

    def kinds(self) -> list[object]:
        """Return the kinds of the reported problems."""
        return [None if one is None else one.kind for one in self.told]

    def problem(self) -> object:
        """Return the kind of the first opening's problem."""
        problem = self.history.problem
        return None if problem is None else problem.kind

    def held(self) -> Callable[[], object]:
        """Let another program hold the database; return the function that ends this."""
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        return holder.communicate


@pytest.fixture
def scene(tmp_path: Path, now: datetime) -> Iterator[Scene]:
    """Return an open history."""
    scene = Scene(tmp_path, now)
    scene.start()
    yield scene
    scene.history.close()


def test_what_another_program_held_up_is_written_when_it_lets_go(
    scene: Scene, tally: Tally
) -> None:
    """The order stays. Until then memory has it, and the loop hardly waits."""
    let_go = scene.held()
    start = time.monotonic()
    shown = [scene.read() for _ in range(50)]
    assert time.monotonic() - start < 1
    assert scene.kinds() == [HistoryBusy]
    assert scene.history.readings("a") == tuple(shown)
    assert scene.history.last("a", scene.now) == shown[-1]
    scene.later()
    assert scene.kinds() == [HistoryBusy]
    let_go()
    scene.later()
    assert scene.kinds() == [HistoryBusy, None]
    assert scene.written() == shown
    assert scene.history.readings("a") == tuple(shown)
    tally.add(FAULTS)


def test_a_locked_database_repeats_no_alert(scene: Scene, tally: Tally) -> None:
    """A memory that can't be read yet is neither empty nor overwritten."""
    scene.read()
    scene.history.close()
    let_go = scene.held()
    scene.start()
    assert scene.problem() is HistoryBusy
    assert scene.told == []
    scene.history.write(KeepEvaluation("b", TOLD))
    let_go()
    scene.later()
    assert scene.kinds() == [None]
    assert scene.problem() is None
    assert scene.history.state.memory("a") == TOLD
    with HistoryStore(scene.path) as store:
        assert store.load().memories == {"a": TOLD, "b": TOLD}
    tally.add(FAULTS)


def test_a_database_that_was_removed_is_made_again(scene: Scene, tally: Tally) -> None:
    """The new database has the readings since then."""
    scene.read()
    scene.path.unlink()
    shown = scene.read()
    assert scene.kinds() == [HistoryProblem]
    scene.later()
    assert scene.kinds() == [HistoryProblem, None]
    assert scene.written() == [shown]
    tally.add(FAULTS)


def test_a_folder_that_was_removed_is_made_again(scene: Scene, tally: Tally) -> None:
    """A person who tidies up may do this."""
    scene.path.parent.rename(scene.path.parent.with_name("tidied"))
    shown = scene.read()
    scene.later()
    assert scene.written() == [shown]
    assert scene.kinds()[-1] is None
    tally.add(FAULTS)


def test_a_history_that_breaks_while_it_is_used_is_mended(
    scene: Scene, tally: Tally
) -> None:
    """Readable rows stay, and the queue is added."""
    past = [
        Reading(Balance(Decimal(number) / 4, "EUR"), scene.now - number * MINUTE)
        for number in range(1_000)
    ]
    with HistoryStore(scene.path) as store:
        store.record_past("a", past)
    content = bytearray(scene.path.read_bytes())
    content[-3 * 4_096 : -2 * 4_096] = b"\xa5" * 4_096  # a page of readings
    with scene.path.open("r+b") as file:
        file.write(content)
    with closing(sqlite3.connect(scene.path)) as db:
        # Lets the open connection notice that the file is another one.
        db.execute("INSERT OR IGNORE INTO snooze VALUES (1, 0)")
        db.commit()
    scene.history.readings("a")
    shown = scene.read()
    for _ in range(3):
        scene.later()
    assert scene.kinds() == [HistoryDamaged, None]
    told = scene.told[0]
    assert told is not None
    assert "kept as history.sqlite3.broken-" in told.detail
    kept = scene.written()
    assert kept[-1] == shown
    assert len(kept) > 800
    tally.add(FAULTS)


def test_the_queue_is_bounded(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest changes go first. The log says why, and at the end how many."""

    def full(*_: object) -> None:
        raise HistoryFull

    monkeypatch.setattr(HistoryStore, "write", full)
    for _ in range(6_000):
        reading = Reading(Balance(Decimal(1), "EUR"), scene.now)
        scene.history.write(KeepReading("a", reading))
    assert len(scene.history.queued("a")) == 5_000
    scene.history.close()
    assert [one.getMessage() for one in caplog.records] == [
        "history-full",
        "5000 changes of the history are lost",
    ]


def test_the_end_writes_what_waits_without_waiting_for_its_time(
    scene: Scene, tally: Tally
) -> None:
    """A person who ends the program loses nothing that can still be written."""
    let_go = scene.held()
    shown = scene.read()
    let_go()
    scene.history.close()
    assert scene.written() == [shown]
    tally.add(FAULTS)


def test_a_change_with_a_fault_is_tried_once(scene: Scene) -> None:
    """The changes before and after it are written."""
    faulty = KeepReading("a", cast("Reading", None))
    before = scene.read()
    with pytest.raises(AttributeError):
        scene.history.write(faulty)
    assert scene.history.queued("a") == ()
    after = scene.read()
    assert scene.written() == [before, after]


def test_a_history_that_cannot_be_had_at_all_costs_no_balance(
    tmp_path: Path, now: datetime, tally: Tally
) -> None:
    """The start reports the problem, and later attempts follow."""
    (tmp_path / "data").write_text("a file where the folder should be")
    scene = Scene(tmp_path, now)
    scene.start()
    shown = scene.read()
    for _ in range(3):
        scene.later()
    assert scene.told == []
    assert scene.history.last("a", scene.now) == shown
    (tmp_path / "data").unlink()
    scene.later()
    assert scene.kinds() == [None]
    assert scene.written() == [shown]
    scene.history.close()
    tally.add(FAULTS)


# --- what outlives a restart ------------------------------------------------------


def entry(at: datetime) -> LogEntry:
    """Return a decision of an alert that was sent."""
    return LogEntry(at, "a", "Main", AlertKind.LOW, Disposition.SENT, Reason.NEW)


REJECTED: Final = AlertMemory(
    stages={AlertKind.LOW: EpisodeStage.SENT, AlertKind.REJECTED: EpisodeStage.SENT}
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


def test_all_of_it_outlives_a_restart(scene: Scene, now: datetime) -> None:
    """The next start knows the same."""
    scene.history.write(*changes(now))
    assert_known(scene.history, now)
    scene.history.close()
    scene.start()
    assert_known(scene.history, now)
    assert scene.history.corrections("a") == {now}


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
    scene: Scene, now: datetime
) -> None:
    """The person ended snooze and wait, and removed an account, meanwhile."""
    scene.history.write(*changes(now), SetPendingPayment("b", now))
    scene.history.write(KeepEvaluation("b", TOLD))
    scene.history.close()
    let_go = scene.held()
    scene.start()
    scene.history.write(
        SetSnooze(Snooze()), SetPendingPayment("a", None), ForgetAccount("b")
    )
    let_go()
    scene.later()
    assert scene.history.state.snooze == Snooze()
    assert scene.history.state.pending_payments == ()
    assert scene.history.state.memories == {"a": REJECTED}
    with HistoryStore(scene.path) as store:
        assert store.load() == scene.history.state


def test_a_store_that_breaks_is_one_line_in_the_log(
    scene: Scene, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """After a full disk or a lost share, memory has the changes."""
    with HistoryStore(scene.path) as store:
        history = HistoryService(lambda: store)
    history.write(*changes(now))
    assert_known(history, now)
    history.write(ForgetAccount("b"))
    assert [record.name for record in caplog.records] == [
        "trayapp.services.history.service"
    ]


def test_a_store_that_breaks_at_the_start_is_no_reason_to_stop(
    scene: Scene, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state begins empty."""
    scene.history.write(*changes(now))
    scene.history.close()

    def broken(*_: object) -> None:
        raise HistoryProblem

    monkeypatch.setattr(HistoryStore, "load", broken)
    scene.start()
    assert scene.history.state == StateCache()
    assert scene.problem() is HistoryProblem


def test_a_memory_that_is_only_noted_is_not_written(scene: Scene) -> None:
    """A minute more without a response costs the disk nothing."""
    scene.history.state.note("a", TOLD)
    scene.later()
    assert scene.history.state.memory("a") == TOLD
    with HistoryStore(scene.path) as store:
        assert store.load().memories == {}
        scene.history.write(KeepEvaluation("a", TOLD))
        assert store.load().memories == {"a": TOLD}


def test_a_new_key_ends_only_what_the_old_one_was_rejected_for(
    scene: Scene, now: datetime
) -> None:
    """One alert for each key, and one for each low balance."""
    scene.history.write(*changes(now))
    scene.history.key_changed("a")
    assert scene.history.state.wait("a") == StoredWait()
    assert scene.history.state.memory("a") == TOLD
    with HistoryStore(scene.path) as store:
        assert store.load().waits == {}
        assert store.load().memories == {"a": TOLD}
