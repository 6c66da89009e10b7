"""An asyncio loop whose clock jumps to the next timer, without waiting."""

import asyncio
import selectors
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final, TypeVar

_T = TypeVar("_T")
_THREAD_S: Final = 0.05
_TICK_S: Final = 1e-6
"""Seconds that a jump goes beyond the timer. After half a year, rounding loses
asyncio's own nanosecond."""
_WORKERS: Final = "keyring"
"""The name of the threads for which the loop waits in real time."""


class _Selector(selectors.DefaultSelector):
    """Waits only for threads, and counts the skipped time."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready now, or skip the time until the timeout."""
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        is_busy = any(thread.name == _WORKERS for thread in threading.enumerate())
        if is_busy or timeout is None:
            return super().select(_THREAD_S)
        self.skipped += timeout + _TICK_S
        return []


class FastLoop(asyncio.SelectorEventLoop):
    """Runs two months of sleeping and waiting in seconds.

    It runs the executor's calls at once, on the loop's thread.
    """

    def __init__(self) -> None:
        self._time = _Selector()
        super().__init__(self._time)

    def time(self) -> float:
        """Return the simulated seconds since the start."""
        return self._time.skipped

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., _T], *args: object
    ) -> asyncio.Future[_T]:
        """Run a call now, because a thread would need real time."""
        del executor
        future: asyncio.Future[_T] = self.create_future()
        future.set_result(func(*args))
        return future
