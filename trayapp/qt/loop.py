"""One life of the poller: a thread with one asyncio loop, and the backend on it."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QThread

from trayapp.core.errors import Failure, InternalFault

if TYPE_CHECKING:
    from trayapp.services.backend import Backend
    from trayapp.services.messages.requests import Request

_LEAVE_S: Final = 0.2
_log = logging.getLogger(__name__)


class RequestQueue:
    """The requests that no loop handles yet; it outlives the loops."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque()
        self._lock = Lock()

    def add(self, request: "Request") -> None:
        """Append a request; any thread may."""
        with self._lock:
            self._requests.append(request)

    def take(self) -> "Request | None":
        """Remove and return the first request, if there is one."""
        with self._lock:
            return self._requests.popleft() if self._requests else None


class Loop(QThread):
    """Makes a backend, runs it and has it handle requests, until it is ended.

    `finished` is emitted whatever ended it; `fault` then says what did, if it was not
    `end`. It runs once.
    """

    def __init__(
        self,
        make_backend: "Callable[[Loop], Backend]",
        requests: RequestQueue,
        on_loss: "Callable[[Request], None]",
        parent: QObject | None = None,
    ) -> None:
        """Take a function that makes the backend, called on the thread.

        `on_loss` is called, on whichever thread, with each request that a fault ended
        before the backend had handled it.
        """
        super().__init__(parent)
        self._make_backend, self._requests = make_backend, requests
        self._on_loss = on_loss
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._has_work: asyncio.Event | None = None
        self._backend: Backend | None = None
        self._running: dict[asyncio.Task[None], Request] = {}
        self._ending = False
        self.fault: Failure | None = None
        self.is_given_up = False
        """Whether another loop has taken its place: its events are out of date."""

    @property
    def beats(self) -> int:
        """How often the scheduler has looked at the clock."""
        backend = self._backend
        return 0 if backend is None else backend.beats

    def wake(self) -> None:
        """Look for requests."""
        with self._lock:
            self._call(self._wake)

    def end(self) -> None:
        """Cancel everything; the thread ends a moment later."""
        with self._lock:
            self._ending = True
            self._call(self._cancel)

    def give_up(self) -> None:
        """End it if it ever moves again, and report its requests as lost.

        A thread can't be ended from outside: it lives on until what holds it up lets
        go, and only then closes its database.
        """
        self.is_given_up = True
        if self._backend is not None:
            self._backend.retire()
        self.end()
        for request in tuple(self._running.values()):
            self._on_loss(request)

    def _call(self, function: Callable[[], None]) -> None:
        """Run a function on the loop, if there is one; under the lock."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(function)

    # --- on the thread ------------------------------------------------------------

    def _wake(self) -> None:
        if self._has_work is not None:
            self._has_work.set()

    def _cancel(self) -> None:
        """Cancel once: a second cancellation would stop the first one's clean-up."""
        if self._main is not None:
            self._main.cancel()
            self._main = None

    async def _serve(self) -> None:
        self._has_work = asyncio.Event()
        self._has_work.set()
        self._backend = backend = self._make_backend(self)
        watching = asyncio.create_task(backend.run())
        watching.add_done_callback(lambda _: self._wake())
        try:
            # run() loads the settings first; requests come after that.
            await asyncio.sleep(0)
            while not watching.done():
                await self._has_work.wait()
                self._has_work.clear()
                self._handle_requests(backend)
            await watching
        finally:
            for task in (watching, *self._running):
                task.cancel()
            await asyncio.gather(watching, *self._running, return_exceptions=True)

    def _handle_requests(self, backend: "Backend") -> None:
        while not self.is_given_up and (request := self._requests.take()) is not None:
            task = asyncio.create_task(self._handle(request, backend))
            self._running[task] = request
            task.add_done_callback(self._done)

    async def _handle(self, request: "Request", backend: "Backend") -> None:
        """Handle a request in a task of its own, where a fault ends nothing else."""
        if not self.is_given_up:  # otherwise it was reported as lost
            await backend.handle(request)

    def _done(self, task: asyncio.Task[None]) -> None:
        request = self._running.pop(task)
        if task.cancelled():
            if not self._ending:
                self._on_loss(request)
        elif (error := task.exception()) is not None:
            _log.error("a request failed", exc_info=error)
            self._on_loss(request)

    def run(self) -> None:
        """Run the loop until `end`."""
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(_log_stray)
        main = loop.create_task(self._serve())
        with self._lock:
            self._loop, self._main = loop, main
            if self._ending:
                self._cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                loop.run_until_complete(main)
        except Exception as error:  # noqa: BLE001  # told, instead of a silent stop
            _log.exception("the poller ended")
            self.fault = InternalFault(detail=type(error).__name__).as_failure()
        finally:
            if not self._ending and self.fault is None:
                # Its watch never ends by itself.
                self.fault = InternalFault(detail="the poller ended").as_failure()
            with self._lock:
                self._loop = None
            _finish(loop)


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    """Let what was cancelled take its leave, but for no longer than a moment.

    A question that is dropped half-way would be ended by the garbage collector, on
    whichever thread that runs. asyncio.run() would do the same, and then wait for a
    name's lookup that hangs.
    """
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=_LEAVE_S))
    loop.close()


def _log_stray(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log a fault that no task was waiting for.

    asyncio's own words show what a callback was given, and what a future holds: that
    may be a key.
    """
    error = context.get("exception")
    known = error if isinstance(error, BaseException) else None
    said = str(context.get("message")).partition("(")[0]
    _log.error("a fault nobody caught: %s", said, exc_info=known)
