"""Eight slots for requests, of which slow accounts hold two."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from decimal import Decimal

import pytest

from harness.loop import let_loop_run
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    BalanceTrayError,
    Failure,
    KeyringSlow,
    NoConnection,
    TimedOut,
)
from trayapp.services.polling.concurrency import (
    MAX_CONCURRENT,
    MAX_SLOW,
    ConcurrencyLimit,
)


class SlotHolders:
    """Accounts that wait for a slot and hold it until the test releases it."""

    def __init__(self) -> None:
        self.limit = ConcurrencyLimit()
        self.inside: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *account_ids: str) -> None:
        """Let these ask for a slot, in this order."""
        for account_id in account_ids:
            self.tasks[account_id] = asyncio.create_task(self._hold(account_id))
        await let_loop_run()

    async def go(self, *account_ids: str) -> None:
        """Take these out of their slot or the queue."""
        for account_id in account_ids:
            self.tasks[account_id].cancel()
        await let_loop_run()

    async def _hold(self, account_id: str) -> None:
        async with self.limit.slot(account_id):
            self.inside.append(account_id)
            try:
                await asyncio.Event().wait()
            finally:
                self.inside.remove(account_id)


def play(story: Callable[[SlotHolders], Coroutine[None, None, None]]) -> None:
    """Run a story, and release all slots at its end."""

    async def run() -> None:
        holders = SlotHolders()
        await story(holders)
        await holders.go(*holders.tasks)
        assert holders.inside == []

    asyncio.run(run())


def ids(kind: str, count: int) -> list[str]:
    """Return some account ids."""
    return [f"{kind} {number}" for number in range(count)]


def slow(holders: SlotHolders, *account_ids: str) -> None:
    """Note that the last request of these accounts was slow."""
    for account_id in account_ids:
        holders.limit.note_result(account_id, Failure(TimedOut))


def test_eight_have_a_place() -> None:
    """The ninth waits for a free slot."""

    async def story(holders: SlotHolders) -> None:
        good = ids("good", MAX_CONCURRENT + 1)
        await holders.come(*good)
        assert holders.inside == good[:MAX_CONCURRENT]
        await holders.go(good[3])
        assert holders.inside[-1] == good[-1]

    play(story)


def test_slow_ones_leave_six_places_to_the_others() -> None:
    """Their number does not matter, nor that they came first."""

    async def story(holders: SlotHolders) -> None:
        hanging, good = ids("hanging", 100), ids("good", 20)
        slow(holders, *hanging)
        await holders.come(*hanging)
        assert holders.inside == hanging[:MAX_SLOW]
        await holders.come(*good)
        assert holders.inside[MAX_SLOW:] == good[: MAX_CONCURRENT - MAX_SLOW]

    play(story)


def test_slow_ones_have_their_turn() -> None:
    """They keep their order, and quick accounts don't stop them."""

    async def story(holders: SlotHolders) -> None:
        hanging, good = ids("hanging", 5), ids("good", MAX_CONCURRENT)
        slow(holders, *hanging)
        await holders.come(*hanging, *good)
        await holders.go(hanging[0])
        assert holders.inside[-1] == good[6]
        await holders.go(*good)
        assert [one for one in holders.inside if one in hanging] == hanging[1:3]

    play(story)


@pytest.mark.parametrize("kind", [TimedOut, KeyringSlow])
def test_one_that_kept_its_place_to_the_deadline_is_slow(
    kind: type[BalanceTrayError],
) -> None:
    """The gateway or the keyring may be the cause."""

    async def story(holders: SlotHolders) -> None:
        for one in ids("a", 3):
            holders.limit.note_result(one, Failure(kind))
        await holders.come(*ids("a", 3))
        assert len(holders.inside) == MAX_SLOW

    play(story)


def test_an_account_that_responds_is_quick_again(now: datetime) -> None:
    """A balance shows it, and so does any other failure."""

    async def story(holders: SlotHolders) -> None:
        slow(holders, *ids("a", 4))
        holders.limit.note_result("a 0", Reading(Balance(Decimal(1), "EUR"), now))
        holders.limit.note_result("a 1", Failure(NoConnection))
        await holders.come(*ids("a", 4))
        assert sorted(holders.inside) == ids("a", 4)

    play(story)


def test_one_that_a_person_waits_for_leaves_the_queue() -> None:
    """It is quick the next time. An account in a slot keeps the slot."""

    async def story(holders: SlotHolders) -> None:
        hanging = ids("a", 3)
        slow(holders, *hanging)
        await holders.come(*hanging)
        assert not holders.limit.forget_slowness("a 0")
        assert holders.limit.forget_slowness("a 2")
        await holders.go("a 2")
        assert not holders.limit.forget_slowness("a 2")
        await holders.come("a 2")
        assert holders.inside == hanging

    play(story)
