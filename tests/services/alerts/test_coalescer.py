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
    """An announcer, what it said, and whether questions are under way."""

    def __init__(self, longest_s: float) -> None:
        self.said: asyncio.Queue[tuple[Alert, ...]] = asyncio.Queue()
        self.quiet = asyncio.Event()
        self.quiet.set()
        self.announcer = Coalescer(
            self.said.put_nowait, self._idle, settle_s=0.0, longest_s=longest_s
        )

    async def _idle(self) -> None:
        await self.quiet.wait()

    async def next(self) -> tuple[Alert, ...]:
        """Wait for what is said next."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.said.get()

    async def idle(self) -> None:
        """Give the announcer every chance to do what it should not."""
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
        scene.announcer.add([A])
        assert await scene.next() == (A,)

    play(story)


def test_all_of_a_round_are_told_together() -> None:
    """In the order in which they came."""

    async def story(scene: Scene) -> None:
        scene.quiet.clear()
        scene.announcer.add([A])
        await scene.idle()
        scene.announcer.add([B, C])
        await scene.idle()
        assert scene.said.empty()
        scene.quiet.set()
        assert await scene.next() == (A, B, C)

    play(story)


def test_a_question_that_hangs_delays_nobody_for_long() -> None:
    """What comes later is told later, without what was told already."""

    async def story(scene: Scene) -> None:
        scene.quiet.clear()
        scene.announcer.add([A])
        assert await scene.next() == (A,)
        scene.announcer.add([B])
        assert await scene.next() == (B,)

    play(story, longest_s=0.01)


def test_nothing_to_tell_is_nothing_told() -> None:
    """Most answers are no news."""

    async def story(scene: Scene) -> None:
        scene.announcer.add([])
        await scene.idle()
        assert scene.said.empty()

    play(story)


def test_a_removed_account_is_not_told_any_more() -> None:
    """Nor is anything, if it was the only one."""

    async def story(scene: Scene) -> None:
        scene.quiet.clear()
        scene.announcer.add([A, B])
        scene.announcer.drop("a")
        scene.quiet.set()
        assert await scene.next() == (B,)
        scene.announcer.add([A])
        scene.announcer.drop("a")
        await scene.idle()
        assert scene.said.empty()

    play(story)


def test_the_end_of_the_program_waits_for_nothing() -> None:
    """Whatever is under way."""

    async def story(scene: Scene) -> None:
        scene.announcer.close()
        scene.quiet.clear()
        scene.announcer.add([A])
        await scene.idle()
        scene.announcer.close()
        await scene.idle()
        assert len(asyncio.all_tasks()) == 1

    play(story)
