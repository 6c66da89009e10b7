"""What is told within one round of questions is told as one."""

import asyncio
from collections.abc import Callable, Coroutine

from harness.loop import let_loop_run
from trayapp.core.account import Account
from trayapp.core.alerts.decision import Alert
from trayapp.core.settings import AlertKind
from trayapp.services.alerts.coalescer import Coalescer

A, B, C = (Alert(AlertKind.LOW, Account(one, one.upper())) for one in "abc")
PATIENCE_S = 5.0


class CoalescerHarness:
    """A coalescer, what it sent, and whether requests are under way."""

    def __init__(self, longest_s: float) -> None:
        self.sent: asyncio.Queue[tuple[Alert, ...]] = asyncio.Queue()
        self.quiet = asyncio.Event()
        self.quiet.set()
        self.coalescer = Coalescer(
            self.sent.put, self._idle, settle_s=0.0, longest_s=longest_s
        )

    async def _idle(self) -> None:
        await self.quiet.wait()

    async def next(self) -> tuple[Alert, ...]:
        """Wait for what is sent next."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.sent.get()

    async def idle(self) -> None:
        """Let the coalescer do whatever it has to do."""
        await let_loop_run()


def play(
    story: Callable[[CoalescerHarness], Coroutine[None, None, None]],
    longest_s: float = PATIENCE_S,
) -> None:
    """Run a story on a loop of its own."""

    async def run() -> None:
        await story(CoalescerHarness(longest_s))

    asyncio.run(run())


def test_a_lone_account_is_told_at_once() -> None:
    """As soon as nothing else is asked."""

    async def story(harness: CoalescerHarness) -> None:
        harness.coalescer.add([A])
        assert await harness.next() == (A,)

    play(story)


def test_all_of_a_round_are_told_together() -> None:
    """In the order in which they came."""

    async def story(harness: CoalescerHarness) -> None:
        harness.quiet.clear()
        harness.coalescer.add([A])
        await harness.idle()
        harness.coalescer.add([B, C])
        await harness.idle()
        assert harness.sent.empty()
        harness.quiet.set()
        assert await harness.next() == (A, B, C)

    play(story)


def test_a_question_that_hangs_delays_nobody_for_long() -> None:
    """What comes later is told later, without what was told already."""

    async def story(harness: CoalescerHarness) -> None:
        harness.quiet.clear()
        harness.coalescer.add([A])
        assert await harness.next() == (A,)
        harness.coalescer.add([B])
        assert await harness.next() == (B,)

    play(story, longest_s=0.01)


def test_nothing_to_tell_is_nothing_told() -> None:
    """Most answers are no news."""

    async def story(harness: CoalescerHarness) -> None:
        harness.coalescer.add([])
        await harness.idle()
        assert harness.sent.empty()

    play(story)


def test_a_removed_account_is_not_told_any_more() -> None:
    """Nor is anything, if it was the only one."""

    async def story(harness: CoalescerHarness) -> None:
        harness.quiet.clear()
        harness.coalescer.add([A, B])
        harness.coalescer.drop("a")
        harness.quiet.set()
        assert await harness.next() == (B,)
        harness.coalescer.add([A])
        harness.coalescer.drop("a")
        await harness.idle()
        assert harness.sent.empty()

    play(story)


def test_the_end_of_the_program_waits_for_nothing() -> None:
    """Whatever is under way."""

    async def story(harness: CoalescerHarness) -> None:
        await harness.coalescer.close()
        harness.quiet.clear()
        harness.coalescer.add([A])
        await harness.idle()
        await harness.coalescer.close()
        await harness.idle()
        assert len(asyncio.all_tasks()) == 1

    play(story)
