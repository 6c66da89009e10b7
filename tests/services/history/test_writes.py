"""Each change is made whole or not at all, alone and among others."""

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest

from trayapp.core.errors import HistoryProblem
from trayapp.services.history.writes import Transactions


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """Give a database with an empty table."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE noted (word TEXT)")
    yield db
    db.close()


def words(db: sqlite3.Connection) -> list[str]:
    """Read what is in the table."""
    return [word for (word,) in db.execute("SELECT word FROM noted ORDER BY rowid")]


def note(db: sqlite3.Connection, word: str) -> None:
    """Write a word."""
    db.execute("INSERT INTO noted VALUES (?)", (word,))


def fail(db: sqlite3.Connection, writes: Transactions) -> None:
    """Write a word, and then have a fault of ours."""
    with writes.one():
        note(db, "lost")
        raise ZeroDivisionError


def fill_up(db: sqlite3.Connection, writes: Transactions) -> None:
    """Write a word to a disk that turns out to be full."""
    with writes.together(), writes.one():
        note(db, "lost")
        db.execute("ROLLBACK")
        words = "database or disk is full"
        raise sqlite3.OperationalError(words)


def test_what_fails_alone_leaves_nothing(db: sqlite3.Connection) -> None:
    """And the next change is like any other."""
    writes = Transactions(db)
    with pytest.raises(ZeroDivisionError):
        fail(db, writes)
    with writes.one():
        note(db, "kept")
    assert words(db) == ["kept"]
    assert not db.in_transaction


def test_what_fails_among_others_leaves_the_others(db: sqlite3.Connection) -> None:
    """Its fault goes up to whoever made it."""
    writes = Transactions(db)
    with writes.together():
        with writes.one():
            note(db, "first")
        with pytest.raises(ZeroDivisionError):
            fail(db, writes)
        with writes.one():
            note(db, "last")
        assert db.in_transaction
    assert words(db) == ["first", "last"]
    assert not db.in_transaction


def test_what_ends_all_of_it_undoes_all_of_it(db: sqlite3.Connection) -> None:
    """Nobody takes a half for the whole."""
    writes = Transactions(db)
    with contextlib.suppress(ZeroDivisionError), writes.together():
        with writes.one():
            note(db, "lost")
        fail(db, writes)
    assert words(db) == []
    with writes.one():
        note(db, "later")
    assert words(db) == ["later"]


def test_a_database_that_rolled_all_back_is_complained_of_in_our_terms(
    db: sqlite3.Connection,
) -> None:
    """As on a full disk: the first word is what happened, not that nothing is there."""
    writes = Transactions(db)
    with pytest.raises(HistoryProblem, match="full"):
        fill_up(db, writes)
    assert words(db) == []
