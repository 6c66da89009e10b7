"""A damaged database: the program goes on with all rows that it can read."""

import os
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from tally import FAULTS, Tally
from trayapp.core.alerts.decision import Disposition, Reason
from trayapp.core.alerts.log import LogEntry
from trayapp.core.alerts.memory import AlertMemory, EpisodeStatus
from trayapp.core.alerts.snooze import Snooze
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import HistoryDamaged, HistoryProblem, HistoryTooNew
from trayapp.core.settings import AlertKind
from trayapp.services.history.changes import (
    KeepEvaluation,
    SetCorrection,
    SetPendingPayment,
    SetSnooze,
)
from trayapp.services.history.store import HistoryStore

PAGE: Final = 4_096
COUNT: Final = 2_400
"""Readings of each account: some fifteen pages in all."""
TOLD: Final = AlertMemory(episodes={AlertKind.LOW: EpisodeStatus.SENT})
MINUTE: Final = timedelta(minutes=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a database with rows in each table."""
    path = tmp_path_factory.mktemp("whole") / "history.sqlite3"
    now = datetime.fromisoformat("2026-11-23T12:00:00Z")
    with HistoryStore(path) as history:
        for name in ("a", "b"):
            history.record_past(name, (reading(now, one) for one in range(COUNT)))
            told = LogEntry(now, name, "A", AlertKind.LOW, Disposition.SENT, Reason.NEW)
            history.write(KeepEvaluation(name, TOLD, (told,)))
            history.write(SetPendingPayment(name, now))
            history.write(SetCorrection(name, now, is_correction=True))
        history.write(SetSnooze(Snooze(now)))
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a database."""
    return tmp_path / "history.sqlite3"


def reading(now: datetime, number: int) -> Reading:
    """Return the reading of a number."""
    return Reading(Balance(Decimal(number) / 4, "EUR"), now + number * MINUTE)


def put(path: Path, content: bytes) -> None:
    """Write a file, and remove all others in its folder."""
    for left in path.parent.iterdir():
        left.unlink()
    path.write_bytes(content)


def goes_on(path: Path, now: datetime) -> tuple[int, bool]:
    """Start as the program does and go on recording, twice.

    Gives how many readings there still are, and whether it said that some may not be.
    """
    with HistoryStore(path) as history:
        history.load()
        was_told = history.problem is not None
        kept = sum(len(list(history.readings(name))) for name in ("a", "b"))
        new = reading(now - timedelta(days=400), 1)
        history.write(KeepEvaluation("newcomer", TOLD, reading=new))
    with HistoryStore(path) as again:
        assert again.problem is None
        assert again.last("newcomer") == new
        assert again.load().memory("newcomer") == TOLD
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return kept, was_told


def asides(path: Path) -> list[Path]:
    """Return the kept copies of damaged databases."""
    return list(path.parent.glob("history.sqlite3.broken-*"))


def test_each_page_in_turn_may_be_lost(
    path: Path, whole: bytes, now: datetime, tally: Tally
) -> None:
    """The damaged file is kept, and the rows of the other pages are taken over."""
    pages = len(whole) // PAGE
    kept = []
    for number in range(pages):
        start = number * PAGE
        noise = os.urandom(PAGE)
        damaged = whole[:start] + noise + whole[start + PAGE :]
        put(path, damaged)
        readings, was_told = goes_on(path, now)
        if was_told:  # or the page held nothing
            (aside,) = asides(path)
            assert aside.read_bytes() == damaged
        else:
            assert readings == 2 * COUNT
        kept.append(readings)
        tally.add(FAULTS)
    a_page_holds = COUNT // 12
    nearly_all = [one for one in kept if one >= 2 * COUNT - a_page_holds]
    # Two say where all others are: the first page, and the one above the readings'.
    assert len(nearly_all) >= pages - 2
    assert min(kept[1:]) < 2 * COUNT


def test_single_bytes_may_be_wrong(
    path: Path, whole: bytes, now: datetime, tally: Tally
) -> None:
    """SQLite may notice it or not: the program goes on."""
    chance = random.Random(4)  # noqa: S311  # the same bytes in each run
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 20))):
            damaged[chance.randrange(len(whole))] ^= chance.randrange(1, 256)
        put(path, bytes(damaged))
        try:
            goes_on(path, now)
        except HistoryTooNew:  # of all bytes, the version's own
            assert path.read_bytes() == damaged
        tally.add(FAULTS)


@pytest.mark.parametrize("left", [15, 16, 99, 100, 512, 4_095, 4_096, 4_097])
def test_what_a_cut_off_file_still_holds_is_taken_over(
    path: Path, whole: bytes, now: datetime, left: int, tally: Tally
) -> None:
    """The first page holds no reading, and the damage is reported too."""
    put(path, whole[:left])
    assert goes_on(path, now) == (0, True)
    assert len(asides(path)) == 1
    tally.add(FAULTS)


def test_half_a_file_is_no_reason_to_lose_that_half(
    path: Path, whole: bytes, now: datetime, tally: Tally
) -> None:
    """Plain SQLite refuses to read such a file."""
    put(path, whole[: len(whole) // 2 // PAGE * PAGE])
    kept, was_told = goes_on(path, now)
    assert was_told
    assert kept > COUNT // 4
    tally.add(FAULTS)


@pytest.mark.parametrize(
    "content",
    [
        b"this is no database at all" * 1_000,
        b"\x00" * 20_000,
        b"SQLite format 3\x00" + b"\xff" * 20_000,
        os.urandom(20_000),
    ],
    ids=["words", "zeros", "a beginning", "noise"],
)
def test_what_is_no_database_is_kept_aside(
    path: Path, now: datetime, content: bytes, tally: Tally
) -> None:
    """The program goes on with an empty database, and reports the damage."""
    put(path, content)
    assert goes_on(path, now) == (0, True)
    (aside,) = asides(path)
    assert aside.read_bytes() == content
    tally.add(FAULTS)


def test_an_empty_file_is_a_history_that_is_still_to_be_made(
    path: Path, now: datetime, tally: Tally
) -> None:
    """A start that is killed at its first moment leaves such a file."""
    path.touch()
    assert goes_on(path, now) == (0, False)
    assert asides(path) == []
    tally.add(FAULTS)


def test_the_database_of_another_program_is_kept_aside(
    path: Path, now: datetime, tally: Tally
) -> None:
    """It has another version number, or other tables."""
    for version in (0, 3):
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE reading (what)")
            db.execute(f"PRAGMA user_version = {version}")
            db.commit()
        assert goes_on(path, now) == (0, True)
        path.unlink()
        tally.add(FAULTS)
    assert len(copies(path)) == 2


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_newer_versions_database_is_not_changed_by_a_single_byte(
    path: Path, whole: bytes, mode: str, tally: Tally
) -> None:
    """In either mode, and even if this version would find it damaged."""
    put(path, whole)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA journal_mode = {mode}")
        db.execute("DROP TABLE reading")
        db.execute("PRAGMA user_version = 4")
        db.commit()
    before = path.read_bytes()
    with pytest.raises(HistoryTooNew, match="version 4"):
        HistoryStore(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    tally.add(FAULTS)


def test_a_write_that_was_cut_off_is_taken_back(
    path: Path, whole: bytes, now: datetime, tmp_path: Path, tally: Tally
) -> None:
    """However much of its rollback journal there is, the database is undamaged."""
    put(path, whole)
    rollback = path.with_name("history.sqlite3-journal")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA cache_size = 2")  # so that it is in the file already
        db.execute("UPDATE reading SET amount = '1' || amount")
        torn, rescue = path.read_bytes(), rollback.read_bytes()
    assert torn != whole
    for length in (len(rescue), 0, 100, 512, 600, len(rescue) // 2, len(rescue) - 1):
        folder = tmp_path / str(length)
        folder.mkdir()
        here = folder / path.name
        here.write_bytes(torn)
        (folder / rollback.name).write_bytes(rescue[:length])
        kept, was_told = goes_on(here, now)
        if length == len(rescue):
            assert (kept, was_told) == (2 * COUNT, False)
        tally.add(FAULTS)


def test_a_foreign_rollback_file_is_not_played_back(
    path: Path, whole: bytes, now: datetime, tally: Tally
) -> None:
    """Noise beside a good database changes nothing."""
    for noise in (b"", b"\x00" * 4_096, os.urandom(9_000), b"\xd9\xd5\x05\xf9" * 2_000):
        put(path, whole)
        path.with_name("history.sqlite3-journal").write_bytes(noise)
        assert goes_on(path, now) == (2 * COUNT, False)
        tally.add(FAULTS)


def test_a_row_that_makes_no_sense_hides_no_other(
    path: Path, whole: bytes, now: datetime, tally: Tally
) -> None:
    """A failing disk changes values. The program leaves out those rows and goes on."""
    put(path, whole)
    nonsense = ("NaN", "1e999", "", "9" * 5_000, b"\xff\x00", "12,5")
    with closing(sqlite3.connect(path)) as db:
        for number, amount in enumerate(nonsense):
            row = ("a", number, amount, "EUR")
            db.execute("INSERT INTO reading VALUES (?, ?, ?, ?)", row)
        for at in (2**62, -(2**62), "noon", b"\x00"):
            db.execute("INSERT INTO reading VALUES ('a', ?, '1', 'EUR')", (at,))
            db.execute("INSERT INTO correction VALUES ('a', ?)", (at,))
        for unit in (b"\xff", "E\u202eR", "\n"):
            db.execute("INSERT INTO reading VALUES ('a', -1, '1', ?)", (unit,))
            db.execute("UPDATE reading SET at = random() % 1000 - 2000 WHERE at = -1")
        db.execute("INSERT INTO reading VALUES ('a', 9, CAST(x'ff31' AS TEXT), 'EUR')")
        db.execute("UPDATE snooze SET until = 'for ever'")
        db.execute("UPDATE paid SET at = 'never'")
        db.execute("INSERT INTO memory VALUES ('x', '" + "[" * 200_000 + "')")
        db.execute("INSERT INTO wait VALUES ('x', 'soon', 1, 'no such error')")
        db.commit()
    with HistoryStore(path) as history:
        stored = history.load()
        assert (stored.snooze, stored.pending_payments, stored.waits) == (
            Snooze(),
            (),
            {},
        )
        assert stored.memories == {"a": TOLD, "b": TOLD}
        assert len(list(history.readings("a"))) == COUNT
        assert history.corrections("a") == {now}
    assert goes_on(path, now) == (2 * COUNT, False)
    tally.add(FAULTS, 20)


def test_a_history_that_cannot_be_replaced_stays_where_it_is(
    path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """The damaged file stays where it is, and the problem is reported."""
    damaged = b"\x00" * PAGE + whole[PAGE:]
    put(path, damaged)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(HistoryProblem, match="No space left"):
        HistoryStore(path)
    assert path.read_bytes() == damaged
    assert not list(path.parent.glob("*.mended*"))
    tally.add(FAULTS)


def test_where_a_file_has_one_name_only_it_is_moved(
    path: Path, whole: bytes, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system without hard links is an example: a memory stick."""
    put(path, whole[:-PAGE])

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    _, was_told = goes_on(path, now)
    assert was_told
    assert len(asides(path)) == 1


def test_a_recovery_that_was_killed_starts_again(
    path: Path, whole: bytes, now: datetime, tally: Tally
) -> None:
    """It removes the half-written file, not the damaged one."""
    put(path, whole[:-PAGE])
    path.with_name("history.sqlite3.mended").write_bytes(whole[: 3 * PAGE])
    kept, was_told = goes_on(path, now)
    assert was_told
    assert kept > COUNT
    assert not list(path.parent.glob("*.mended*"))
    tally.add(FAULTS)


def test_the_new_one_and_the_old_one_are_for_their_owner_alone(
    path: Path, whole: bytes, now: datetime
) -> None:
    """The umask does not matter."""
    shutil.rmtree(path.parent)
    path.parent.mkdir()
    before = os.umask(0)
    try:
        with HistoryStore(path):
            pass
        path.write_bytes(whole[:-PAGE])
        goes_on(path, now)
    finally:
        os.umask(before)
    assert {one.stat().st_mode & 0o777 for one in path.parent.iterdir()} == {0o600}


def test_the_report_of_damage_names_the_kept_copy(path: Path, whole: bytes) -> None:
    """A person can look at it."""
    put(path, whole[:-PAGE])
    with HistoryStore(path) as history:
        assert history.problem is not None
        assert history.problem.kind is HistoryDamaged
        (aside,) = asides(path)
        assert aside.name in history.problem.detail


def copies(path: Path) -> list[Path]:
    """Return the copies without their rollback journals, the oldest first."""
    return sorted(one for one in asides(path) if not one.name.endswith("-journal"))


@pytest.mark.case("attack 11", "damaged copies pile up")
def test_only_a_few_damaged_copies_are_kept(path: Path, now: datetime) -> None:
    """The first one has most of the past; a rollback journal goes with its copy."""
    for number in range(34):
        path.write_bytes(b"damage %d " % number * 1_000)
        path.with_name(f"{path.name}-journal").write_bytes(b"x")
        goes_on(path, now)
    kept = copies(path)
    assert [one.read_bytes()[:10].split()[1] for one in kept] == [
        b"0",
        *(b"%d" % number for number in range(30, 34)),
    ]
    assert len(asides(path)) <= 10


@pytest.mark.case("attack 11", "damaged copies pile up")
def test_few_large_copies_are_kept(
    path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two stay, whatever their size."""
    monkeypatch.setattr("trayapp.services.files.kept_copies._MOST_BYTES", 10_000)
    for number in range(4):
        path.write_bytes(b"damage %d " % number * 1_000)
        goes_on(path, now)
    assert len(copies(path)) == 2
