"""What was read and told, in a real database."""

import sqlite3
import stat
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from trayapp.core.alerts import Episodes
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import Failure, HistoryProblem, Unauthorized
from trayapp.core.schedule import Plan
from trayapp.services.history import History, Watched

HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place in a folder that is not there yet."""
    return tmp_path / "data" / "history.sqlite3"


def reading(at: datetime, amount: str, unit: str = "EUR") -> Reading:
    """Make a reading."""
    return Reading(Balance(Decimal(amount), unit), at)


def test_amounts_come_back_with_every_digit(path: Path, now: datetime) -> None:
    """What the gateway wrote is what is kept, after closing too."""
    kept = reading(now, "123456789012345.12340000", "CREDITS")
    with History(path) as history:
        history.record("a", kept)
    with History(path) as history:
        last = history.last("a")
    assert last == kept
    assert last is not None
    assert last.balance.digits == "123456789012345.12340000"


def test_equal_readings_are_kept_once_an_hour(path: Path, now: datetime) -> None:
    """A reading that says nothing new costs no row until an hour has passed."""
    with History(path) as history:
        for minutes in (0, 15, 59, 60, 75, 121):
            history.record("a", reading(now + timedelta(minutes=minutes), "5.0"))
        kept = [one.at - now for one in history.readings("a")]
    assert kept == [timedelta(0), HOUR, timedelta(minutes=121)]


@pytest.mark.parametrize(
    ("amount", "unit"), [("4.9", "EUR"), ("5.00", "EUR"), ("5.0", "SMS")]
)
def test_a_reading_that_differs_is_kept_at_once(
    path: Path, now: datetime, amount: str, unit: str
) -> None:
    """Another amount, other digits or another unit are all news."""
    with History(path) as history:
        history.record("a", reading(now, "5.0"))
        history.record("a", reading(now + timedelta(minutes=1), amount, unit))
        assert len(list(history.readings("a"))) == 2


def test_a_clock_that_was_set_back_does_not_stop_the_record(
    path: Path, now: datetime
) -> None:
    """Readings before the last one are kept like any other."""
    with History(path) as history:
        history.record("a", reading(now, "5"))
        history.record("a", reading(now - timedelta(days=300), "5"))
        assert len(list(history.readings("a"))) == 2


def test_readings_can_begin_at_a_moment(path: Path, now: datetime) -> None:
    """`since` is included, what was before is not."""
    with History(path) as history:
        for hours in range(3):
            history.record("a", reading(now + hours * HOUR, str(hours)))
        found = [one.balance.digits for one in history.readings("a", now + HOUR)]
    assert found == ["1", "2"]


def test_each_account_has_its_own_history(path: Path, now: datetime) -> None:
    """Forgetting one leaves the other."""
    with History(path) as history:
        history.record("a", reading(now, "1"))
        history.record("b", reading(now, "2"))
        history.watch("a", Watched(Episodes(low=True)))
        history.forget("a")
        assert history.last("a") is None
        assert history.watched("a") == Watched()
        assert history.last("b") == reading(now, "2")


def test_what_was_told_outlives_a_restart(path: Path) -> None:
    """The episodes come back as they were."""
    told = Episodes(low=True, empty=False, rejected=True)
    with History(path) as history:
        history.watch("a", Watched(told))
    with History(path) as history:
        assert history.watched("a") == Watched(told)


def test_a_held_wait_outlives_a_restart_with_its_reason(
    path: Path, now: datetime
) -> None:
    """A rejected key is not asked again because the program was started again."""
    plan = Plan(now + 24 * HOUR, failures=2, held=True)
    failure = Unauthorized(detail="not kept").as_failure()
    with History(path) as history:
        history.watch("a", Watched(Episodes(), plan, failure))
    with History(path) as history:
        assert history.watched("a") == Watched(Episodes(), plan, Failure(Unauthorized))


def test_the_database_is_for_its_owner_alone(path: Path) -> None:
    """0600, in a folder of 0700, with a rollback journal."""
    with History(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    mode = sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone()
    assert mode != ("wal",)


def test_a_damaged_database_is_kept_aside(path: Path, now: datetime) -> None:
    """The program goes on with a new one; the old one is there to be looked at."""
    path.parent.mkdir()
    path.write_bytes(b"this is no database at all" * 100)
    with History(path) as history:
        history.record("a", reading(now, "1"))
    asides = [one for one in path.parent.iterdir() if ".broken-" in one.name]
    assert len(asides) == 1
    assert asides[0].read_bytes().startswith(b"this is no database")


def test_a_database_from_a_newer_version_is_refused_and_left(path: Path) -> None:
    """Nothing is changed in what a newer program wrote."""
    with History(path):
        pass
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(HistoryProblem, match="version 99"):
        History(path)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_a_problem_of_the_history(
    tmp_path: Path,
) -> None:
    """The error names the history, and nothing else is raised."""
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(HistoryProblem):
        History(tmp_path / "data" / "history.sqlite3")


def test_two_programs_write_side_by_side(path: Path, now: datetime) -> None:
    """The tray and `check` share one database."""
    with History(path) as one, History(path) as other:
        one.record("a", reading(now, "1"))
        other.record("a", reading(now + HOUR, "2"))
        assert [r.balance.digits for r in one.readings("a")] == ["1", "2"]
