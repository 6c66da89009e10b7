"""An asyncio loop whose clock jumps to the next timer instead of waiting for it."""

import asyncio
import selectors
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final, TypeVar

_T = TypeVar("_T")
_THREAD_S: Final = 0.05
_TICK_S: Final = 1e-6
"""A clock never stands where a timer does; after half a year of seconds, asyncio's own
nanosecond is lost in the rounding."""
_WORKERS: Final = "keyring"
"""The name of the threads that the loop waits for as if it were in real time."""


class _Selector(selectors.DefaultSelector):
    """Waits for nothing but threads; says how much time it left out."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        """Look for what is ready now, or pretend that the time has passed."""
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        at_work = any(one.name == _WORKERS for one in threading.enumerate())
        if at_work or timeout is None:
            return super().select(_THREAD_S)
        self.skipped += timeout + _TICK_S
        return []


class FastLoop(asyncio.SelectorEventLoop):
    """Runs two months of sleeping and waiting in seconds.

    What a program does on a thread beside the loop is done at once, on the loop.
    """

    def __init__(self) -> None:
        self._time = _Selector()
        super().__init__(self._time)

    def time(self) -> float:
        """Give the seconds since the beginning, of which few have passed."""
        return self._time.skipped

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., _T], *args: object
    ) -> asyncio.Future[_T]:
        """Do it now: a thread would need real time."""
        del executor
        done: asyncio.Future[_T] = self.create_future()
        done.set_result(func(*args))
        return done
