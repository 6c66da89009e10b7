"""What is to be written while the history can't be had."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from tally import FAULTS, Tally
from trayapp.core.alerts.memory import AlertMemory, EpisodeStage
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    Failure,
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
)
from trayapp.core.settings import AlertKind
from trayapp.services.history.state_cache import StateCache
from trayapp.services.history.store import HistoryStore
from trayapp.services.history.write_queue import WriteQueue

MINUTE: Final = timedelta(minutes=1)
TOLD: Final = AlertMemory(stages={AlertKind.LOW: EpisodeStage.SENT})
PATIENCE_S: Final = 0.05
HOLDER: Final = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
"""Another program that holds the database until it is told to let go."""


class Scene:
    """An archive over a real history, and a clock that the test moves."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.path = folder / "data" / "history.sqlite3"
        self.now, self.seconds = now, 0.0
        self.told: list[Failure | None] = []
        self.count = 0
        self.archive: WriteQueue
        self.notebook: StateCache

    def start(self) -> None:
        """Open the history, as a start does."""
        self.archive = WriteQueue(
            lambda: HistoryStore(self.path, patience_s=PATIENCE_S),
            self.told.append,
            clock=lambda: self.seconds,
        )
        self.notebook = StateCache(self.archive)

    def read(self, account_id: str = "a") -> Reading:
        """Let an answer come, another one each time."""
        self.count += 1
        reading = Reading(
            Balance(Decimal(self.count), "EUR"), self.now + self.count * MINUTE
        )
        self.notebook.keep(account_id, TOLD, (), reading)
        return reading

    def later(self, seconds: float = 11) -> None:
        """Let time pass, and say so."""
        self.seconds += seconds
        self.archive.catch_up()

    def written(self, account_id: str = "a") -> list[Reading]:
        """Give what another program finds in the history."""
        with HistoryStore(self.path) as history:
            return list(history.readings(account_id))

    def kinds(self) -> list[object]:
        """Give what was told."""
        return [None if one is None else one.kind for one in self.told]

    def problem(self) -> object:
        """Give what was the matter when it was opened."""
        problem = self.archive.problem
        return None if problem is None else problem.kind

    def held(self) -> Callable[[], object]:
        """Let another program hold the database; gives what makes it let go."""
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
    """Give an archive that is open."""
    scene = Scene(tmp_path, now)
    scene.start()
    yield scene
    scene.archive.close()


def test_what_another_program_held_up_is_written_when_it_lets_go(
    scene: Scene, tally: Tally
) -> None:
    """In its order; until then it is remembered, told once, and hardly waited for."""
    let_go = scene.held()
    begun = time.monotonic()
    shown = [scene.read() for _ in range(50)]
    assert time.monotonic() - begun < 1
    assert scene.kinds() == [HistoryBusy]
    assert scene.notebook.readings("a") == tuple(shown)
    assert scene.notebook.last("a", scene.now) == shown[-1]
    scene.later()
    assert scene.kinds() == [HistoryBusy]
    let_go()
    scene.later()
    assert scene.kinds() == [HistoryBusy, None]
    assert scene.written() == shown
    assert scene.notebook.readings("a") == tuple(shown)
    tally.add(FAULTS)


def test_nobody_is_told_twice_because_the_history_was_held(
    scene: Scene, tally: Tally
) -> None:
    """What can't be read is not taken for nothing, and not written over."""
    scene.read()
    scene.archive.close()
    let_go = scene.held()
    scene.start()
    assert scene.problem() is HistoryBusy
    assert scene.told == []
    scene.notebook.keep("b", TOLD)
    let_go()
    scene.later()
    assert scene.kinds() == [None]
    assert scene.problem() is None
    assert scene.notebook.memory("a") == TOLD
    with HistoryStore(scene.path) as history:
        assert history.memory("a") == history.memory("b") == TOLD
    tally.add(FAULTS)


def test_a_history_that_is_taken_away_is_made_anew(scene: Scene, tally: Tally) -> None:
    """What was shown since is in the new one."""
    scene.read()
    scene.path.unlink()
    shown = scene.read()
    assert scene.kinds() == [HistoryProblem]
    scene.later()
    assert scene.kinds() == [HistoryProblem, None]
    assert scene.written() == [shown]
    tally.add(FAULTS)


def test_a_folder_that_is_taken_away_is_made_anew(scene: Scene, tally: Tally) -> None:
    """As when somebody tidies up."""
    scene.path.parent.rename(scene.path.parent.with_name("tidied"))
    shown = scene.read()
    scene.later()
    assert scene.written() == [shown]
    assert scene.kinds()[-1] is None
    tally.add(FAULTS)


def test_a_history_that_breaks_while_it_is_used_is_mended(
    scene: Scene, tally: Tally
) -> None:
    """What can be read of it stays, and what came since is added."""
    past = [
        Reading(Balance(Decimal(number) / 4, "EUR"), scene.now - number * MINUTE)
        for number in range(1_000)
    ]
    scene.archive.write(lambda history: history.record_past("a", past))
    content = bytearray(scene.path.read_bytes())
    content[-3 * 4_096 : -2 * 4_096] = b"\xa5" * 4_096  # a page of readings
    with scene.path.open("r+b") as file:
        file.write(content)
    with closing(sqlite3.connect(scene.path)) as db:
        # Lets the open connection notice that the file is another one.
        db.execute("INSERT OR IGNORE INTO snooze VALUES (1, 0)")
        db.commit()
    scene.notebook.readings("a")
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


def test_what_waits_is_bounded(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """The oldest goes first, one line in the log says why, and the end how much."""

    def full(*_: object) -> None:
        raise HistoryFull

    for _ in range(6_000):
        scene.archive.write(full, "a", Reading(Balance(Decimal(1), "EUR"), scene.now))
    assert len(scene.archive.waiting("a")) == 5_000
    scene.archive.close()
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
    scene.archive.close()
    assert scene.written() == [shown]
    tally.add(FAULTS)


def test_a_fault_of_ours_is_not_tried_for_ever(scene: Scene) -> None:
    """What comes after it is written."""

    def wrong(_: HistoryStore) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        scene.archive.write(wrong)
    shown = scene.read()
    assert scene.written() == [shown]


def test_a_history_that_cannot_be_had_at_all_costs_no_balance(
    tmp_path: Path, now: datetime, tally: Tally
) -> None:
    """It is told at the start, and tried now and then."""
    (tmp_path / "data").write_text("a file where the folder should be")
    scene = Scene(tmp_path, now)
    scene.start()
    shown = scene.read()
    for _ in range(3):
        scene.later()
    assert scene.told == []
    assert scene.notebook.last("a", scene.now) == shown
    (tmp_path / "data").unlink()
    scene.later()
    assert scene.kinds() == [None]
    assert scene.written() == [shown]
    scene.archive.close()
    tally.add(FAULTS)
