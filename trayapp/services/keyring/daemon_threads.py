"""Runs calls that may block for ever where nobody waits for them."""

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
    """A few threads that nobody joins, for calls to the keyring.

    A call that never returns keeps one of them for good. There are never more than
    `at_once`, however long the keyring hangs and however often it is asked: further
    calls wait until a thread is free, and those that were cancelled meanwhile never
    run.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._busy = 0

    def start(self, call: Callable[[], _T]) -> asyncio.Future[_T]:
        """Run a call when a thread is free; the future belongs to the running loop.

        An exception that is not one of ours becomes `KeyringFailed`, without its
        text: a backend's may quote what it was given.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_T] = loop.create_future()
        with self._lock:
            self._waiting.append(partial(_carry_out, call, answer, loop))
            has_room = self._busy < self._at_once
            self._busy += has_room
        if has_room:
            threading.Thread(target=self._work, name="keyring", daemon=True).start()
        return answer

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy -= 1
                    return
                job = self._waiting.popleft()
            job()


def _carry_out(
    call: Callable[[], _T],
    answer: asyncio.Future[_T],
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Run one call on this thread, and give its outcome to the loop's."""

    def give(result: _T) -> None:
        if not answer.done():
            answer.set_result(result)

    def fail(error: BalanceTrayError) -> None:
        if not answer.done():
            answer.set_exception(error)
            answer.exception()  # or asyncio would log one that nobody waits for

    if answer.cancelled():
        return
    tell: Callable[[], None]
    try:
        tell = partial(give, call())
    except BalanceTrayError as error:
        tell = partial(fail, error)
    except Exception as error:  # noqa: BLE001  # any backend, any fault
        _log.warning("the keyring failed: %s", type(error).__name__)
        tell = partial(fail, KeyringFailed(detail=type(error).__name__))
    try:
        loop.call_soon_threadsafe(tell)
    except RuntimeError:
        _log.debug("the keyring answered after the program had ended")
