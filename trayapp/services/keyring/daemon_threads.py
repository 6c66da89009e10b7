"""Runs calls that may block for ever on daemon threads."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from trayapp.core.errors import BalanceTrayError, KeyringFailed

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class DaemonThreads:
    """A limited number of threads for calls to the keyring; no code joins them.

    A call that never returns occupies its thread for good. There are at most
    `max_threads`, however long the keyring hangs. Further calls wait until a thread is
    free. A call that is cancelled while it waits never runs.
    """

    def __init__(self, max_threads: int) -> None:
        self._max_threads = max_threads
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._busy = 0

    @property
    def is_busy(self) -> bool:
        """Whether a call runs or waits."""
        return self._busy > 0

    def start(self, call: Callable[[], _T]) -> asyncio.Future[_T]:
        """Run a call when a thread is free; the future belongs to the running loop.

        A foreign exception becomes `KeyringFailed` without its text, because a
        backend's text may quote the key.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_T] = loop.create_future()
        with self._lock:
            self._waiting.append(partial(_run_call, call, future, loop))
            is_thread_free = self._busy < self._max_threads
            self._busy += is_thread_free
        if is_thread_free:
            threading.Thread(target=self._work, name="keyring", daemon=True).start()
        return future

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy -= 1
                    return
                run_call = self._waiting.popleft()
            run_call()


def _run_call(
    call: Callable[[], _T],
    future: asyncio.Future[_T],
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Run one call on this thread, and pass its result to the loop's thread."""

    def succeed(result: _T) -> None:
        if not future.done():
            future.set_result(result)

    def fail(error: BalanceTrayError) -> None:
        if not future.done():
            future.set_exception(error)
            future.exception()  # marks it as retrieved, or asyncio would log it

    if future.cancelled():
        return
    finish: Callable[[], None]
    try:
        finish = partial(succeed, call())
    except BalanceTrayError as error:
        finish = partial(fail, error)
    except Exception as error:  # noqa: BLE001  # any backend, any fault
        _log.warning("the keyring failed: %s", type(error).__name__)
        finish = partial(fail, KeyringFailed(detail=type(error).__name__))
    try:
        loop.call_soon_threadsafe(finish)
    except RuntimeError:
        _log.debug("the keyring responded after the program had ended")
