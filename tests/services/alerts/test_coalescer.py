"""What is told within one round of questions is told as one."""

import asyncio
from collections.abc import Callable, Coroutine

from trayapp.core.account import Account
from trayapp.core.alerts.decision import Alert
from trayapp.core.settings import AlertKind
from trayapp.services.alerts.coalescer import Coalescer

A, B, C = (Alert(AlertKind.LOW, Account(one, one.upper())) for one in "abc")
PATIENCE_S = 5.0


class Scene:
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
        """Give the coalescer every chance to do what it should not."""
        for _ in range(20):
            await asyncio.sleep(0)


def play(
    story: Callable[[Scene], Coroutine[None, None, None]],
    longest_s: float = PATIENCE_S,
) -> None:
    """Tell a story on a loop of its own."""

    async def run() -> None:
        await story(Scene(longest_s))

    asyncio.run(run())


def test_a_lone_account_is_told_at_once() -> None:
    """As soon as nothing else is asked."""

    async def story(scene: Scene) -> None:
        scene.coalescer.add([A])
        assert await scene.next() == (A,)

    play(story)


def test_all_of_a_round_are_told_together() -> None:
    """In the order in which they came."""

    async def story(scene: Scene) -> None:
        scene.quiet.clear()
        scene.coalescer.add([A])
        await scene.idle()
        scene.coalescer.add([B, C])
        await scene.idle()
        assert scene.sent.empty()
        scene.quiet.set()
        assert await scene.next() == (A, B, C)

    play(story)


def test_a_question_that_hangs_delays_nobody_for_long() -> None:
    """What comes later is told later, without what was told already."""

    async def story(scene: Scene) -> None:
        scene.quiet.clear()
        scene.coalescer.add([A])
        assert await scene.next() == (A,)
        scene.coalescer.add([B])
        assert await scene.next() == (B,)

    play(story, longest_s=0.01)


def test_nothing_to_tell_is_nothing_told() -> None:
    """Most answers are no news."""

    async def story(scene: Scene) -> None:
        scene.coalescer.add([])
        await scene.idle()
        assert scene.sent.empty()

    play(story)


def test_a_removed_account_is_not_told_any_more() -> None:
    """Nor is anything, if it was the only one."""

    async def story(scene: Scene) -> None:
        scene.quiet.clear()
        scene.coalescer.add([A, B])
        scene.coalescer.drop("a")
        scene.quiet.set()
        assert await scene.next() == (B,)
        scene.coalescer.add([A])
        scene.coalescer.drop("a")
        await scene.idle()
        assert scene.sent.empty()

    play(story)


def test_the_end_of_the_program_waits_for_nothing() -> None:
    """Whatever is under way."""

    async def story(scene: Scene) -> None:
        await scene.coalescer.close()
        scene.quiet.clear()
        scene.coalescer.add([A])
        await scene.idle()
        await scene.coalescer.close()
        await scene.idle()
        assert len(asyncio.all_tasks()) == 1

    play(story)
