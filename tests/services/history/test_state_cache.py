"""What must outlive a restart, and what does not hang on the disk."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import KEPT, LogEntry
from trayapp.core.alerts.memory import AlertMemory, EpisodeStage
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure, HistoryProblem, NoConnection, Unauthorized
from trayapp.core.schedule import Plan
from trayapp.core.settings import AlertKind
from trayapp.services.history.rows import StoredWait
from trayapp.services.history.state_cache import StateCache
from trayapp.services.history.store import HistoryStore
from trayapp.services.history.write_queue import WriteQueue

HOUR = timedelta(hours=1)
TOLD = AlertMemory(
    stages={AlertKind.LOW: EpisodeStage.SENT, AlertKind.REJECTED: EpisodeStage.SENT}
)


def entry(at: datetime, account_id: str = "a") -> LogEntry:
    """Make a decision that was sent."""
    return LogEntry(at, account_id, "Main", AlertKind.LOW, Disposition.SENT, Reason.NEW)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryStore]:
    """Give an empty history."""
    with HistoryStore(tmp_path / "history.sqlite3") as opened:
        yield opened


def notebook_of(history: HistoryStore | None) -> StateCache:
    """Open a notebook, or one whose history can't be opened."""

    def opened() -> HistoryStore:
        if history is None:
            raise HistoryProblem
        return history

    return StateCache(WriteQueue(opened))


def fill(notebook: StateCache, now: datetime) -> None:
    """Write on every page."""
    reading = Reading(Balance(Decimal(9), "EUR"), now)
    notebook.keep("a", TOLD, [entry(now)], reading)
    notebook.set_snooze(Snooze(now))
    notebook.set_paid("a", now)
    notebook.plan("a", Plan(now, 1, held=True), Failure(Unauthorized))
    notebook.correct("a", now, on=True)


def remembers(notebook: StateCache, now: datetime) -> None:
    """Say that what must not be forgotten is not."""
    assert notebook.memory("a") == TOLD
    assert notebook.decisions == (entry(now),)
    assert notebook.snooze == Snooze(now)
    assert notebook.paid == (PendingPayment("a", now),)
    plan = Plan(now, 1, held=True)
    assert notebook.watched("a") == StoredWait(plan, Failure(Unauthorized))


def test_all_of_it_outlives_a_restart(history: HistoryStore, now: datetime) -> None:
    """As it was."""
    fill(notebook_of(history), now)
    again = notebook_of(history)
    remembers(again, now)
    assert again.last("a", now) == Reading(Balance(Decimal(9), "EUR"), now)
    assert again.readings("a") == (again.last("a", now),)
    assert again.corrections("a") == {now}


def test_without_a_history_it_is_remembered_until_the_end(now: datetime) -> None:
    """A database that could not be opened makes nobody be told twice."""
    notebook = notebook_of(None)
    fill(notebook, now)
    remembers(notebook, now)
    reading = Reading(Balance(Decimal(9), "EUR"), now)
    assert notebook.last("a", now) == reading
    assert notebook.readings("a") == notebook.readings("a", now) == (reading,)
    assert notebook.readings("a", now + HOUR) == ()
    assert notebook.corrections("a") == frozenset()


def test_a_history_that_breaks_is_a_line_in_the_log(
    history: HistoryStore, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk, a lost share: what was told is remembered all the same."""
    notebook = notebook_of(history)
    history.close()
    fill(notebook, now)
    remembers(notebook, now)
    notebook.forget("b")
    assert [one.name for one in caplog.records] == [
        "trayapp.services.history.write_queue"
    ]


def test_a_history_that_breaks_at_the_start_is_no_reason_to_stop(
    history: HistoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins with nothing."""

    def broken(*_: object) -> None:
        raise HistoryProblem

    monkeypatch.setattr(HistoryStore, "remembered", broken)
    notebook = notebook_of(history)
    assert (notebook.snooze, notebook.decisions, notebook.paid) == (Snooze(), (), ())


def test_what_is_only_noted_is_not_written(history: HistoryStore) -> None:
    """A minute more without an answer costs the disk nothing."""
    notebook = notebook_of(history)
    notebook.note("a", TOLD)
    assert notebook.memory("a") == TOLD
    assert history.memory("a") == AlertMemory()
    notebook.keep("a", TOLD)
    assert history.memory("a") == TOLD


def test_a_wait_that_is_not_held_is_not_written(
    history: HistoryStore, now: datetime
) -> None:
    """A lost connection begins anew after a restart; a good answer ends a wait."""
    notebook = notebook_of(history)
    notebook.plan("a", Plan(now, 1), Failure(NoConnection))
    assert history.watched("a") == StoredWait()
    notebook.plan("a", Plan(now, 1, held=True), Failure(Unauthorized))
    assert history.watched("a").plan == Plan(now, 1, held=True)
    notebook.plan("a", Plan(now), Reading(Balance(Decimal(9), "EUR"), now))
    assert history.watched("a") == StoredWait()


def test_a_new_key_begins_anew_and_leaves_the_balance_told(
    history: HistoryStore, now: datetime
) -> None:
    """One alert for each key, and one for each low balance."""
    notebook = notebook_of(history)
    fill(notebook, now)
    notebook.key_changed("a")
    assert notebook.watched("a") == history.watched("a") == StoredWait()
    assert notebook.memory("a").stages == {AlertKind.LOW: EpisodeStage.SENT}


def test_a_removed_account_leaves_nothing_behind(
    history: HistoryStore, now: datetime
) -> None:
    """The other's decisions stay."""
    notebook = notebook_of(history)
    fill(notebook, now)
    notebook.keep("b", TOLD, [entry(now, "b")])
    notebook.forget("a")
    assert notebook.memory("a") == AlertMemory()
    assert notebook.watched("a") == StoredWait()
    assert notebook.paid == ()
    assert notebook.decisions == (entry(now, "b"),) == history.decisions()


def test_only_the_last_decisions_are_remembered(now: datetime) -> None:
    """As many as are written."""
    notebook = notebook_of(None)
    many = [entry(now + number * HOUR) for number in range(KEPT + 5)]
    notebook.keep("a", TOLD, many)
    assert notebook.decisions == tuple(many[5:])
