"""Readings, alert memories and decisions, in a real database."""

import sqlite3
import stat
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from big_history import write_big_history
from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import KEPT, LogEntry
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure, HistoryProblem, Unauthorized
from trayapp.core.schedule import Plan
from trayapp.core.settings import AlertKind
from trayapp.services.history.changes import (
    ForgetAccount,
    KeepEvaluation,
    KeepReading,
    RemoveReadings,
    SetCorrection,
    SetPendingPayment,
    SetSnooze,
    SetWait,
    StoredWait,
)
from trayapp.services.history.state_cache import StateCache
from trayapp.services.history.store import HistoryStore

HOUR = timedelta(hours=1)
TOLD = AlertMemory(episodes={AlertKind.LOW: EpisodeStatus.SENT})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a path in a folder that does not exist yet."""
    return tmp_path / "data" / "history.sqlite3"


def reading(at: datetime, amount: str, unit: str = "EUR") -> Reading:
    """Return a reading."""
    return Reading(Balance(Decimal(amount), unit), at)


def entry(at: datetime, account_id: str = "a") -> LogEntry:
    """Return a decision of an alert that was sent."""
    return LogEntry(at, account_id, "Main", AlertKind.LOW, Disposition.SENT, Reason.NEW)


def test_amounts_come_back_with_every_digit(path: Path, now: datetime) -> None:
    """The store keeps the digits that the gateway sent."""
    kept = reading(now, "123456789012345.12340000", "CREDITS")
    with HistoryStore(path) as history:
        history.write(KeepReading("a", kept))
    with HistoryStore(path) as history:
        last = history.last("a")
    assert last == kept
    assert last is not None
    assert last.balance.digits == "123456789012345.12340000"


def test_equal_readings_are_kept_once_an_hour(path: Path, now: datetime) -> None:
    """An equal reading takes no row until an hour has passed."""
    with HistoryStore(path) as history:
        for minutes in (0, 15, 59, 60, 75, 121):
            history.write(
                KeepReading("a", reading(now + timedelta(minutes=minutes), "5.0"))
            )
        kept = [one.at - now for one in history.readings("a")]
    assert kept == [timedelta(0), HOUR, timedelta(minutes=121)]


@pytest.mark.parametrize(
    ("amount", "unit"), [("4.9", "EUR"), ("5.00", "EUR"), ("5.0", "SMS")]
)
def test_a_reading_that_differs_is_kept_at_once(
    path: Path, now: datetime, amount: str, unit: str
) -> None:
    """A change of amount, digits or unit is enough."""
    with HistoryStore(path) as history:
        history.write(KeepReading("a", reading(now, "5.0")))
        history.write(
            KeepReading("a", reading(now + timedelta(minutes=1), amount, unit))
        )
        assert len(list(history.readings("a"))) == 2


def test_a_clock_that_was_set_back_does_not_stop_the_record(
    path: Path, now: datetime
) -> None:
    """The store keeps readings before the last one too."""
    with HistoryStore(path) as history:
        history.write(KeepReading("a", reading(now, "5")))
        history.write(KeepReading("a", reading(now - timedelta(days=300), "5")))
        assert len(list(history.readings("a"))) == 2


def test_a_reading_of_a_clock_that_was_ahead_is_not_the_last(
    path: Path, now: datetime
) -> None:
    """A reading after it is the last. Without any, the one from the future is."""
    ahead = reading(now + timedelta(days=300), "9")
    with HistoryStore(path) as history:
        history.write(KeepReading("a", ahead))
        assert history.last("a", now) == ahead
        for minutes in (0, 15, 30):
            history.write(
                KeepReading("a", reading(now + timedelta(minutes=minutes), "5"))
            )
        assert history.last("a", now + HOUR) == reading(now, "5")
        assert history.last("a") == ahead


def test_readings_can_begin_at_a_moment(path: Path, now: datetime) -> None:
    """`since` is included, and readings before it are not."""
    with HistoryStore(path) as history:
        for hours in range(3):
            history.write(KeepReading("a", reading(now + hours * HOUR, str(hours))))
        found = [one.balance.digits for one in history.readings("a", now + HOUR)]
    assert found == ["1", "2"]


@pytest.mark.case("attack 12", "a long history takes all memory")
def test_a_slow_reader_of_a_long_history_holds_up_no_writer(
    path: Path, now: datetime
) -> None:
    """It reads page by page, without a lock between them; none is read twice."""
    write_big_history(path, "a", 5_001, until=now)
    with HistoryStore(path) as history, HistoryStore(path, busy_wait_s=0) as other:
        readings = history.readings("a")
        first = next(readings)
        other.write(KeepReading("a", reading(now + HOUR, "1")))
        moments = [first.at, *(one.at for one in readings)]
    assert moments == sorted(set(moments))
    assert (len(moments), moments[-1]) == (5_002, now + HOUR)


@pytest.mark.case("attack 12", "a long history takes all memory")
def test_a_calculation_gets_one_reading_of_each_five_minutes_of_many(
    path: Path, now: datetime
) -> None:
    """An ordinary history is given as it is."""
    write_big_history(path, "a", 60_000, until=now, every=timedelta(seconds=10))
    write_big_history(path, "b", 40_000, until=now, every=timedelta(seconds=10))
    since = now - timedelta(days=6)
    with HistoryStore(path) as history:
        of_many = list(history.bounded_readings("a", since))
        whole = list(history.readings("a", since))
        assert list(history.bounded_readings("b", since)) == list(
            history.readings("b", since)
        )
    assert of_many[-1] == whole[-1]
    assert set(of_many) <= set(whole)
    blocks = [one.at.timestamp() // 300 for one in of_many]
    assert blocks == sorted({one.at.timestamp() // 300 for one in whole})


@pytest.mark.parametrize("at", ["'x'", "x'ff'", "1e300", "-1e300"])
def test_a_damaged_time_ends_no_page_of_readings(
    path: Path, now: datetime, at: str
) -> None:
    """SQLite sorts texts and bytes after all numbers."""
    write_big_history(path, "a", 4_001, until=now)
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            f"INSERT INTO reading VALUES ('a', {at}, '1', 'EUR')"  # noqa: S608  # ours
        )
        database.commit()
    with HistoryStore(path) as history:
        assert len(list(history.readings("a"))) == 4_001


def test_each_account_has_its_own_history(path: Path, now: datetime) -> None:
    """To forget one account leaves the other as it is."""
    with HistoryStore(path) as history:
        history.write(KeepReading("a", reading(now, "1")))
        history.write(KeepReading("b", reading(now, "2")))
        history.write(KeepEvaluation("a", TOLD, (entry(now),)))
        history.write(KeepEvaluation("b", TOLD, (entry(now, "b"),)))
        history.write(SetPendingPayment("a", now))
        history.write(SetCorrection("a", now, is_correction=True))
        history.write(ForgetAccount("a"))
        assert history.last("a") is None
        assert history.load().memory("a") == AlertMemory()
        assert history.load().pending_payments == ()
        assert history.corrections("a") == frozenset()
        assert history.load().decisions == (entry(now, "b"),)
        assert history.last("b") == reading(now, "2")
        assert history.load().memory("b") == TOLD


def test_an_evaluation_outlives_a_restart(path: Path, now: datetime) -> None:
    """Reading, memory and decision are there again."""
    with HistoryStore(path) as history:
        history.write(KeepEvaluation("a", TOLD, (entry(now),), reading(now, "9")))
    with HistoryStore(path) as history:
        assert history.load().memory("a") == TOLD
        assert history.last("a") == reading(now, "9")
        assert history.load().decisions == (entry(now),)


def test_reading_memory_and_decision_are_kept_together_or_not_at_all(
    path: Path, now: datetime
) -> None:
    """A failure between them repeats no alert and loses none."""
    with HistoryStore(path) as history:
        with sqlite3.connect(path) as db:
            db.execute(
                "CREATE TRIGGER broken BEFORE INSERT ON decision BEGIN"
                " SELECT RAISE(FAIL, 'broken'); END"
            )
        db.close()
        with pytest.raises(HistoryProblem):
            history.write(KeepEvaluation("a", TOLD, (entry(now),), reading(now, "9")))
        assert history.last("a") is None
        assert history.load().memory("a") == AlertMemory()


def test_a_memory_that_makes_no_sense_is_none(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so once, and the program goes on."""
    with HistoryStore(path) as history:
        for written in ("no json", "[]", '{"stages": 5}'):
            with sqlite3.connect(path) as db:
                db.execute("INSERT OR REPLACE INTO memory VALUES ('a', ?)", [written])
            db.close()
            assert history.load().memory("a") == AlertMemory()
    assert len(caplog.records) == 1


def test_the_last_decisions_are_kept(path: Path, now: datetime) -> None:
    """They are of all accounts. One with an unknown name is left out."""
    many = [entry(now + number * HOUR) for number in range(KEPT + 5)]
    with HistoryStore(path) as history:
        history.write(KeepEvaluation("a", TOLD, tuple(many[:10])))
        history.write(KeepEvaluation("b", TOLD, tuple(many[10:])))
        assert history.load().decisions == tuple(many[5:])
        with sqlite3.connect(path) as db:
            db.execute("UPDATE decision SET reason = 'gone' WHERE number % 2")
        db.close()
        assert len(history.load().decisions) == KEPT // 2


def test_a_snooze_outlives_a_restart(path: Path, now: datetime) -> None:
    """The end of a snooze outlives it too."""
    with HistoryStore(path) as history:
        assert history.load().snooze == Snooze()
        history.write(SetSnooze(Snooze(now)))
    with HistoryStore(path) as history:
        assert history.load().snooze == Snooze(now)
        history.write(SetSnooze(Snooze()))
        assert history.load().snooze == Snooze()


def test_a_pending_payment_outlives_a_restart(path: Path, now: datetime) -> None:
    """An account has one at most, the last."""
    with HistoryStore(path) as history:
        history.write(SetPendingPayment("a", now))
        history.write(SetPendingPayment("a", now + HOUR))
        history.write(SetPendingPayment("b", now))
    with HistoryStore(path) as history:
        assert set(history.load().pending_payments) == {
            PendingPayment("a", now + HOUR),
            PendingPayment("b", now),
        }
        history.write(SetPendingPayment("b", None))
        assert history.load().pending_payments == (PendingPayment("a", now + HOUR),)


def test_a_reading_is_marked_as_a_correction_and_unmarked(
    path: Path, now: datetime
) -> None:
    """A second mark changes nothing."""
    with HistoryStore(path) as history:
        for _ in range(2):
            history.write(SetCorrection("a", now, is_correction=True))
        history.write(SetCorrection("a", now + HOUR, is_correction=True))
        assert history.corrections("a") == {now, now + HOUR}
        history.write(SetCorrection("a", now, is_correction=False))
        assert history.corrections("a") == {now + HOUR}
        assert history.corrections("b") == frozenset()


def test_readings_of_one_account_are_removed(path: Path, now: datetime) -> None:
    """The other account keeps its readings."""
    kept = [reading(now + hours * HOUR, str(hours)) for hours in range(5)]
    with HistoryStore(path) as history:
        for one in kept:
            history.write(KeepReading("a", one))
            history.write(KeepReading("b", one))
        history.write(RemoveReadings("a", tuple(one.at for one in kept[1::2])))
        assert list(history.readings("a")) == kept[::2]
        assert list(history.readings("b")) == kept


# --- one transaction --------------------------------------------------------------


def test_a_change_with_a_fault_is_left_out_of_the_transaction(
    path: Path, now: datetime
) -> None:
    """All of that change is undone, the others are written, and the fault is raised."""
    faulty = KeepEvaluation("a", cast("AlertMemory", None), (), reading(now, "7"))
    with HistoryStore(path) as history:
        with pytest.raises(AttributeError):
            history.write(
                KeepReading("b", reading(now, "1")),
                faulty,
                KeepReading("b", reading(now + HOUR, "2")),
            )
        assert [kept.balance.digits for kept in history.readings("b")] == ["1", "2"]
        assert history.last("a") is None
        with pytest.raises(AttributeError):
            history.write(faulty)
        assert history.last("a") is None
        history.write(KeepReading("a", reading(now, "7")))
        assert history.last("a") == reading(now, "7")


def test_a_database_that_fails_writes_nothing_of_the_transaction(
    path: Path, now: datetime
) -> None:
    """The caller has all changes still to write."""
    with HistoryStore(path) as history:
        with sqlite3.connect(path) as db:
            db.execute(
                "CREATE TRIGGER broken BEFORE INSERT ON decision BEGIN"
                " SELECT RAISE(FAIL, 'broken'); END"
            )
        db.close()
        with pytest.raises(HistoryProblem):
            history.write(
                KeepReading("b", reading(now, "1")),
                KeepEvaluation("a", TOLD, (entry(now),)),
                KeepReading("b", reading(now + HOUR, "2")),
            )
        assert history.last("b") is None
        history.write(KeepReading("b", reading(now, "3")))
        assert history.last("b") == reading(now, "3")


def test_a_database_that_ends_the_transaction_names_the_cause(
    path: Path, now: datetime
) -> None:
    """A full disk does so. The missing transaction is not the cause."""
    with HistoryStore(path) as history:
        with sqlite3.connect(path) as db:
            db.execute(
                "CREATE TRIGGER full BEFORE INSERT ON reading BEGIN"
                " SELECT RAISE(ROLLBACK, 'database or disk is full'); END"
            )
        db.close()
        with pytest.raises(HistoryProblem, match="full"):
            history.write(
                SetSnooze(Snooze(now)),
                KeepReading("a", reading(now, "1")),
                SetPendingPayment("a", now),
            )
        assert history.load() == StateCache()


FIRST_VERSION = """
CREATE TABLE reading (
    account TEXT NOT NULL, at INTEGER NOT NULL, amount TEXT NOT NULL,
    unit TEXT NOT NULL, PRIMARY KEY (account, at)
) WITHOUT ROWID;
CREATE TABLE watch (
    account TEXT PRIMARY KEY, low INTEGER NOT NULL DEFAULT 0,
    empty INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0,
    due INTEGER, failures INTEGER NOT NULL DEFAULT 0, failure TEXT
) WITHOUT ROWID;
INSERT INTO reading VALUES ('a', 1795435200000, '9.50', 'EUR');
INSERT INTO watch VALUES ('a', 1, 0, 0, NULL, 0, NULL);
INSERT INTO watch VALUES ('b', 1, 1, 1, 1795438800000, 2, 'unauthorized');
PRAGMA user_version = 1;
"""


def test_the_first_versions_history_is_taken_over(path: Path, now: datetime) -> None:
    """No alert is repeated, and a rejected key is not sent."""
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.executescript(FIRST_VERSION)
    db.close()
    for _ in range(2):
        with HistoryStore(path) as history:
            assert history.last("a") == reading(now, "9.50")
            assert history.load().memory("a") == TOLD
            assert history.load().wait("a") == StoredWait()
            assert history.load().memory("b") == AlertMemory(
                episodes=dict.fromkeys(
                    (AlertKind.LOW, AlertKind.EMPTY, AlertKind.REJECTED),
                    EpisodeStatus.SENT,
                )
            )
            plan = Plan(now + HOUR, 2, must_persist=True)
            assert history.load().wait("b") == StoredWait(plan, Failure(Unauthorized))


def test_a_held_wait_outlives_a_restart_with_its_reason(
    path: Path, now: datetime
) -> None:
    """A start does not send a rejected key again."""
    plan = Plan(now + 24 * HOUR, failures=2, must_persist=True)
    failure = Unauthorized(detail="not kept").as_failure()
    with HistoryStore(path) as history:
        history.write(SetWait("a", StoredWait(plan, failure)))
    with HistoryStore(path) as history:
        assert history.load().wait("a") == StoredWait(plan, Failure(Unauthorized))


def test_the_database_is_for_its_owner_alone(path: Path) -> None:
    """0600, in a folder of 0700, with a rollback journal."""
    with HistoryStore(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() != ("wal",)


def test_a_damaged_database_is_kept_aside(path: Path, now: datetime) -> None:
    """The program goes on with a new one, and a person can look at the old one."""
    path.parent.mkdir()
    path.write_bytes(b"this is no database at all" * 100)
    with HistoryStore(path) as history:
        history.write(KeepReading("a", reading(now, "1")))
    asides = [one for one in path.parent.iterdir() if ".broken-" in one.name]
    assert len(asides) == 1
    assert asides[0].read_bytes().startswith(b"this is no database")


def test_a_database_from_a_newer_version_is_refused_and_left(path: Path) -> None:
    """The file of a newer version stays as it is."""
    with HistoryStore(path):
        pass
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(HistoryProblem, match="version 99"):
        HistoryStore(path)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_a_problem_of_the_history(
    tmp_path: Path,
) -> None:
    """The store raises `HistoryProblem`, and nothing else."""
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(HistoryProblem):
        HistoryStore(tmp_path / "data" / "history.sqlite3")


def test_two_programs_write_side_by_side(path: Path, now: datetime) -> None:
    """The tray and `check` share one database."""
    with HistoryStore(path) as one, HistoryStore(path) as other:
        one.write(KeepReading("a", reading(now, "1")))
        other.write(KeepReading("a", reading(now + HOUR, "2")))
        assert [r.balance.digits for r in one.readings("a")] == ["1", "2"]
