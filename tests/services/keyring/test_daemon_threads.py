"""Calls that may never return, on a few threads that nobody joins."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from tally import FAULTS, Tally
from trayapp.core.errors import KeyringFailed, KeyringLocked
from trayapp.services.keyring.daemon_threads import DaemonThreads

PATIENCE_S = 10.0


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Give what lets hung calls go on, at the end at the latest."""
    before = set(ours())
    event = threading.Event()
    yield event
    event.set()
    for thread in set(ours()) - before:
        thread.join(PATIENCE_S)
    assert not set(ours()) - before


def ours() -> list[threading.Thread]:
    """Give the threads that are there for calls."""
    return [one for one in threading.enumerate() if one.name == "keyring"]


def test_what_a_call_returns_comes_to_the_loop() -> None:
    """Whatever it is."""

    async def ask() -> tuple[int, str]:
        threads = DaemonThreads(1)
        return await threads.start(lambda: 1), await threads.start(lambda: "two")

    assert asyncio.run(ask()) == (1, "two")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (KeyringLocked(), "keyring-locked: "),
        (RuntimeError("with a key"), "keyring-failed: RuntimeError"),
        (TimeoutError("with a key"), "keyring-failed: TimeoutError"),
    ],
)
def test_a_foreign_exception_loses_its_text(theirs: Exception, ours: str) -> None:
    """A backend's may quote what it was given."""

    def fail() -> None:
        raise theirs

    async def ask() -> None:
        await DaemonThreads(1).start(fail)

    with pytest.raises((KeyringFailed, KeyringLocked)) as raised:
        asyncio.run(ask())
    assert f"{raised.value}".removesuffix(": ") == ours.removesuffix(": ")


def test_a_keyring_that_hangs_for_hours_gets_no_more_threads(
    release: threading.Event, tally: Tally
) -> None:
    """A question a minute does not add a blocked thread a minute."""

    async def ask() -> None:
        threads, before = DaemonThreads(4), set(ours())
        answers = [threads.start(release.wait) for _ in range(24 * 60)]
        assert len(set(ours()) - before) == 4
        assert all(one.daemon for one in ours())
        for answer in answers[4:]:
            answer.cancel()
        last = threads.start(lambda: "after all")
        release.set()
        async with asyncio.timeout(PATIENCE_S):
            assert await last == "after all"

    asyncio.run(ask())
    tally.add(FAULTS)


def test_a_call_that_was_cancelled_before_its_turn_never_runs(
    release: threading.Event,
) -> None:
    """Nobody waits for it: it would change something behind a person's back."""
    done: list[str] = []

    async def ask() -> None:
        threads = DaemonThreads(1)
        threads.start(release.wait)
        cancelled = threads.start(lambda: done.append("cancelled"))
        kept = threads.start(lambda: done.append("kept"))
        cancelled.cancel()
        release.set()
        await kept

    asyncio.run(ask())
    assert done == ["kept"]


def test_an_answer_after_the_loop_has_ended_is_dropped(
    release: threading.Event,
) -> None:
    """A prompt that is answered after Quit disturbs nobody."""
    done = threading.Event()

    def late() -> None:
        release.wait()
        done.set()

    async def ask() -> None:
        DaemonThreads(1).start(late)

    asyncio.run(ask())
    release.set()
    assert done.wait(PATIENCE_S)


def test_a_thread_that_came_free_serves_another_loop(release: threading.Event) -> None:
    """Nothing of it belongs to the loop that first asked."""
    threads = DaemonThreads(1)

    async def ask(call: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await threads.start(call)

    async def leave() -> None:
        threads.start(release.wait)

    asyncio.run(leave())
    release.set()
    asyncio.run(ask(lambda: None))
