"""Answers are written before they are shown, and many of them at once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from trayapp.core.account_state import Outcome
from trayapp.core.balance import Balance, Reading
from trayapp.services.history.store import HistoryStore
from trayapp.services.history.write_queue import WriteQueue
from trayapp.services.polling.batch import Batch


class NotedArchive(WriteQueue):
    """An archive that notes when it begins and ends to write."""

    def __init__(self, noted: list[str]) -> None:
        super().__init__(lambda: pytest.fail("nothing is written here"))
        self.noted = noted

    @contextmanager
    def together(self) -> Iterator[None]:
        """Note it."""
        self.noted.append("begin")
        yield
        self.noted.append("end")


class Scene:
    """A harvest, and what becomes of what it takes."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.noted: list[str] = []
        self.shown = asyncio.Event()
        self.more = True
        self.broken = ""
        self.harvest = Batch(
            NotedArchive(self.noted),
            self._record,
            self._show,
            more_to_come=lambda: self.more,
        )

    def answer(self, account_id: str) -> None:
        """Let an answer come."""
        reading = Reading(Balance(Decimal(5), "EUR"), self.now)
        self.harvest.add(Outcome(account_id, self.now, reading))

    def _record(self, outcome: Outcome) -> None:
        if outcome.account_id == self.broken:
            raise ZeroDivisionError
        self.noted.append(f"write {outcome.account_id}")

    def _show(self, outcome: Outcome) -> None:
        self.noted.append(f"show {outcome.account_id}")
        self.shown.set()


@pytest.fixture
def scene(now: datetime) -> Scene:
    """Give a harvest to which nothing has come."""
    return Scene(now)


def test_one_alone_is_taken_at_once(scene: Scene) -> None:
    """No loop has to turn for it."""
    scene.more = False
    scene.answer("a")
    assert scene.noted == ["begin", "write a", "end", "show a"]


def test_many_are_written_together_before_any_is_shown(scene: Scene) -> None:
    """The last one that is asked for takes the others along."""

    async def story() -> None:
        scene.answer("a")
        scene.answer("b")
        assert scene.noted == []
        scene.more = False
        scene.answer("c")

    asyncio.run(story())
    written = ["begin", "write a", "write b", "write c", "end"]
    assert scene.noted == [*written, "show a", "show b", "show c"]


def test_they_wait_for_others_only_a_moment(scene: Scene) -> None:
    """However long the others take."""

    async def story() -> None:
        for account_id in ("a", "b"):
            scene.shown.clear()
            scene.answer(account_id)
            async with asyncio.timeout(5):
                await scene.shown.wait()

    asyncio.run(story())
    assert scene.noted.count("begin") == 2


def test_a_fault_about_one_hides_no_balance(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither its own nor another's; the log says what happened."""
    scene.more, scene.broken = False, "a"
    scene.answer("a")
    scene.answer("b")
    assert [one for one in scene.noted if one.startswith(("write", "show"))] == [
        "show a",
        "write b",
        "show b",
    ]
    assert "deciding about a failed" in caplog.text
    caplog.clear()


def test_nothing_to_take_is_no_work(scene: Scene) -> None:
    """As when the program ends, or the settings change."""
    scene.harvest.take_all()
    assert not any(one.startswith(("write", "show")) for one in scene.noted)


def record(reading: Reading, history: HistoryStore) -> None:
    """Write a reading."""
    history.record("a", reading)


def test_the_real_archive_writes_them_at_once(now: datetime, tmp_path: Path) -> None:
    """What was gathered is there when the gathering ends."""
    archive = WriteQueue(lambda: HistoryStore(tmp_path / "history.sqlite3"))
    archive.open(lambda _: None)
    with archive.together():
        for number in range(3):
            reading = Reading(Balance(Decimal(number), "EUR"), now)
            archive.write(partial(record, reading), "a", reading)
            assert archive.waiting("a")
    assert archive.waiting("a") == ()
    archive.close()
