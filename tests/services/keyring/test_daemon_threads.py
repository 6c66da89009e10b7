"""Calls that may never return, on a limited number of daemon threads."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from tally import FAULTS, Tally
from trayapp.core.errors import KeyringFailed, KeyringLocked
from trayapp.services.keyring.daemon_threads import DaemonThreads

TIMEOUT_S = 10.0


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Give an event for which calls hang; it is set when the test ends."""
    before = set(keyring_threads())
    event = threading.Event()
    yield event
    event.set()
    for thread in set(keyring_threads()) - before:
        thread.join(TIMEOUT_S)
    assert not set(keyring_threads()) - before


def keyring_threads() -> list[threading.Thread]:
    """Return the threads that run calls."""
    return [thread for thread in threading.enumerate() if thread.name == "keyring"]


def test_the_result_of_a_call_reaches_the_loop() -> None:
    """It may have any type."""

    async def wait() -> tuple[int, str]:
        threads = DaemonThreads(1)
        return await threads.start(lambda: 1), await threads.start(lambda: "two")

    assert asyncio.run(wait()) == (1, "two")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyringLocked(), "keyring-locked: "),
        (RuntimeError("with a key"), "keyring-failed: RuntimeError"),
        (TimeoutError("with a key"), "keyring-failed: TimeoutError"),
    ],
)
def test_a_foreign_exception_loses_its_text(error: Exception, expected: str) -> None:
    """A backend's exception may quote the key."""

    def fail() -> None:
        raise error

    async def wait() -> None:
        await DaemonThreads(1).start(fail)

    with pytest.raises((KeyringFailed, KeyringLocked)) as raised:
        asyncio.run(wait())
    assert f"{raised.value}".removesuffix(": ") == expected.removesuffix(": ")


def test_a_keyring_that_hangs_for_hours_occupies_four_threads(
    release: threading.Event, tally: Tally
) -> None:
    """Further calls add no blocked threads."""

    async def wait() -> None:
        threads, before = DaemonThreads(4), set(keyring_threads())
        calls = [threads.start(release.wait) for _ in range(24 * 60)]
        assert len(set(keyring_threads()) - before) == 4
        assert all(thread.daemon for thread in keyring_threads())
        for call in calls[4:]:
            call.cancel()
        last = threads.start(lambda: "after all")
        release.set()
        async with asyncio.timeout(TIMEOUT_S):
            assert await last == "after all"

    asyncio.run(wait())
    tally.add(FAULTS)


def test_a_call_that_is_cancelled_before_it_starts_never_runs(
    release: threading.Event,
) -> None:
    """It must not change the keyring after its caller has stopped waiting."""
    run: list[str] = []

    async def wait() -> None:
        threads = DaemonThreads(1)
        threads.start(release.wait)
        cancelled = threads.start(lambda: run.append("cancelled"))
        kept = threads.start(lambda: run.append("kept"))
        cancelled.cancel()
        release.set()
        await kept

    asyncio.run(wait())
    assert run == ["kept"]


def test_a_result_after_the_loop_has_ended_is_dropped(
    release: threading.Event,
) -> None:
    """A person may answer a prompt after the program has quit."""
    finished = threading.Event()

    def late() -> None:
        release.wait()
        finished.set()

    async def wait() -> None:
        DaemonThreads(1).start(late)

    asyncio.run(wait())
    release.set()
    assert finished.wait(TIMEOUT_S)


def test_a_free_thread_serves_another_loop(release: threading.Event) -> None:
    """No thread belongs to the loop that started it."""
    threads = DaemonThreads(1)

    async def wait(call: Callable[[], object]) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            await threads.start(call)

    async def leave() -> None:
        threads.start(release.wait)

    asyncio.run(leave())
    release.set()
    asyncio.run(wait(lambda: None))
