"""What is told within one round of questions is told as one."""

import asyncio
from collections.abc import Callable, Coroutine

from harness.fast_loop import FastLoop
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
            self.sent.put, self.wait_for_quiet, settle_s=0.0, longest_s=longest_s
        )

    async def wait_for_quiet(self) -> None:
        """Wait until no request is under way."""
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


def test_a_lone_alert_is_sent_within_a_second() -> None:
    """By the program's own times; a request that hangs delays it by seconds."""

    async def story() -> None:
        harness = CoalescerHarness(0.0)
        loop = asyncio.get_running_loop()
        coalescer = Coalescer(harness.sent.put, harness.wait_for_quiet)
        for is_quiet, least, most in ((True, 0.1, 1.0), (False, 1.0, 5.0)):
            if not is_quiet:
                harness.quiet.clear()
            for alert in (A, B):
                begun = loop.time()
                coalescer.add([alert])
                assert await harness.sent.get() == (alert,)
                assert least <= loop.time() - begun <= most

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        runner.run(story())


def test_alerts_are_gathered_from_the_first_one_on() -> None:
    """One that comes while others are sent begins another round."""

    async def story(harness: CoalescerHarness) -> None:
        gate = asyncio.Event()

        async def send(alerts: tuple[Alert, ...]) -> None:
            await harness.sent.put(alerts)
            await gate.wait()

        coalescer = Coalescer(send, harness.wait_for_quiet, settle_s=0.0)
        coalescer.add([A])
        assert await harness.next() == (A,)
        coalescer.add([B])
        assert await harness.next() == (B,)
        gate.set()
        await harness.idle()
        assert len(asyncio.all_tasks()) == 1

    play(story)


def test_a_fault_in_sending_stops_no_later_alert() -> None:
    """It is logged."""

    async def story(harness: CoalescerHarness) -> None:
        async def send(alerts: tuple[Alert, ...]) -> None:
            await harness.sent.put(alerts)
            if alerts == (A,):
                raise ZeroDivisionError

        coalescer = Coalescer(send, harness.wait_for_quiet, settle_s=0.0)
        coalescer.add([A])
        assert await harness.next() == (A,)
        await harness.idle()
        coalescer.add([B])
        assert await harness.next() == (B,)

    play(story)


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
