"""Outcomes are written before they are shown, and many in one transaction."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from fakes.history import StorelessHistory
from harness.fast_loop import FastLoop
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Balance, Reading
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore
from trayapp.services.polling.batch import GATHER_S, Batch


class TransactionHistory(StorelessHistory):
    """A history that notes the begin and the end of a transaction."""

    def __init__(self, noted: list[str]) -> None:
        super().__init__()
        self.noted = noted

    @contextmanager
    def one_transaction(self) -> Iterator[None]:
        """Note it."""
        self.noted.append("begin")
        yield
        self.noted.append("end")


class BatchHarness:
    """A batch, and what it writes and shows."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.noted: list[str] = []
        self.shown = asyncio.Event()
        self.more = True
        self.broken = ""
        self.batch = Batch(
            TransactionHistory(self.noted),
            self._record,
            self._show,
            more_to_come=lambda: self.more,
        )

    def answer(self, account_id: str) -> None:
        """Add an outcome."""
        reading = Reading(Balance(Decimal(5), "EUR"), self.now)
        self.batch.add(Outcome(account_id, self.now, reading))

    def _record(self, outcome: Outcome) -> None:
        if outcome.account_id == self.broken:
            raise ZeroDivisionError
        self.noted.append(f"write {outcome.account_id}")

    def _show(self, outcome: Outcome) -> None:
        self.noted.append(f"show {outcome.account_id}")
        self.shown.set()


@pytest.fixture
def harness(now: datetime) -> BatchHarness:
    """Give an empty batch."""
    return BatchHarness(now)


def test_one_alone_is_taken_at_once(harness: BatchHarness) -> None:
    """It does not wait for the loop."""
    harness.more = False
    harness.answer("a")
    assert harness.noted == ["begin", "write a", "end", "show a"]


def test_many_are_written_together_before_any_is_shown(harness: BatchHarness) -> None:
    """The last request's outcome completes the batch."""

    async def story() -> None:
        harness.answer("a")
        harness.answer("b")
        assert harness.noted == []
        harness.more = False
        harness.answer("c")

    asyncio.run(story())
    written = ["begin", "write a", "write b", "write c", "end"]
    assert harness.noted == [*written, "show a", "show b", "show c"]


def test_they_wait_for_others_only_a_moment(harness: BatchHarness) -> None:
    """Slow requests do not delay the batch."""

    async def story() -> None:
        for account_id in ("a", "b"):
            harness.shown.clear()
            harness.answer(account_id)
            async with asyncio.timeout(5):
                await harness.shown.wait()

    asyncio.run(story())
    assert harness.noted.count("begin") == 2


def test_a_lone_outcome_waits_for_others_no_longer_than_a_moment(
    harness: BatchHarness,
) -> None:
    """Another request that hangs delays it by less than a person notices."""

    async def story() -> None:
        for account_id in ("a", "b"):
            begun = asyncio.get_running_loop().time()
            harness.shown.clear()
            harness.answer(account_id)
            await harness.shown.wait()
            passed = asyncio.get_running_loop().time() - begun
            assert GATHER_S <= passed < GATHER_S + 0.01
        assert GATHER_S <= 0.1

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        runner.run(story())


def test_a_flush_ends_the_waiting_for_others(harness: BatchHarness) -> None:
    """What comes later waits its own time, and is not flushed by the old timer."""

    async def story() -> None:
        harness.answer("a")
        await asyncio.sleep(GATHER_S / 2)
        harness.batch.flush()
        harness.answer("b")
        await asyncio.sleep(GATHER_S * 0.75)
        assert "show b" not in harness.noted
        await asyncio.sleep(GATHER_S / 2)
        assert "show b" in harness.noted

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        runner.run(story())


def test_a_fault_about_one_hides_no_balance(
    harness: BatchHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """Both balances are shown, and the log has the fault."""
    harness.more, harness.broken = False, "a"
    harness.answer("a")
    harness.answer("b")
    assert [one for one in harness.noted if one.startswith(("write", "show"))] == [
        "show a",
        "write b",
        "show b",
    ]
    assert "deciding about a failed" in caplog.text
    caplog.clear()


def test_nothing_to_take_is_no_work(harness: BatchHarness) -> None:
    """The end of the program and a change of settings flush an empty batch."""
    harness.batch.flush()
    assert not any(one.startswith(("write", "show")) for one in harness.noted)


def test_the_real_history_writes_them_at_once(now: datetime, tmp_path: Path) -> None:
    """The changes are in the queue during the transaction, and on the disk after it."""
    path = tmp_path / "history.sqlite3"
    history = HistoryService(lambda: HistoryStore(path))
    with history.one_transaction():
        for number in range(3):
            at = now + number * timedelta(seconds=1)
            reading = Reading(Balance(Decimal(number), "EUR"), at)
            history.write(KeepReading("a", reading))
            assert len(history.queued("a")) == number + 1
        with HistoryStore(path) as other:
            assert list(other.readings("a")) == []
    assert history.queued("a") == ()
    with HistoryStore(path) as other:
        assert len(list(other.readings("a"))) == 3
    history.close()
