"""A thread with one asyncio loop that runs one backend; the poller replaces it."""

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

_CANCEL_S: Final = 0.2
"""How long cancelled tasks may take to end."""
_log = logging.getLogger(__name__)


class RequestQueue:
    """The requests that no loop has taken yet; it outlives the loops."""

    def __init__(self) -> None:
        self._requests: deque[Request] = deque()
        self._lock = Lock()

    def add(self, request: "Request") -> None:
        """Append a request; any thread may call."""
        with self._lock:
            self._requests.append(request)

    def take(self) -> "Request | None":
        """Remove and return the first request, if there is one."""
        with self._lock:
            return self._requests.popleft() if self._requests else None


class Loop(QThread):
    """Makes a backend, runs it and has it handle requests, until `end`.

    A loop runs once. `finished` is emitted at its end. `fault` then has the cause, and
    is None after `end`.
    """

    def __init__(
        self,
        make_backend: "Callable[[Loop], Backend]",
        requests: RequestQueue,
        on_loss: "Callable[[Request], None]",
        parent: QObject | None = None,
    ) -> None:
        """Take a function that makes the backend, called on the thread.

        `on_loss` is called with each request that a fault ended before the backend had
        handled it. That may be on this thread or on the caller's of `abandon`.
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
        self.is_abandoned = False
        """Whether another loop replaces this one; its events are then out of date."""

    @property
    def heartbeats(self) -> int:
        """The number of the scheduler's ticks so far."""
        backend = self._backend
        return 0 if backend is None else backend.heartbeats

    @property
    def awaits_reply(self) -> bool:
        """Whether a notification server has an alert and has not replied."""
        backend = self._backend
        return backend is not None and backend.awaits_reply

    def wake(self) -> None:
        """Have the loop take the waiting requests."""
        with self._lock:
            self._call(self._wake)

    def end(self) -> None:
        """Cancel all tasks; the thread ends within `_CANCEL_S`."""
        with self._lock:
            self._ending = True
            self._call(self._cancel)

    def abandon(self) -> None:
        """Report the requests as lost, and end the thread if its block ends.

        A thread can't be killed. It ends when the call that blocks it returns, and
        closes its database only then.
        """
        self.is_abandoned = True
        if self._backend is not None:
            self._backend.retire()
        self.end()
        for request in tuple(self._running.values()):
            self._on_loss(request)

    def _call(self, function: Callable[[], None]) -> None:
        """Run a function on the loop, if there is one; the caller has the lock."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(function)

    # --- on the thread ------------------------------------------------------------

    def _wake(self) -> None:
        if self._has_work is not None:
            self._has_work.set()

    def _cancel(self) -> None:
        """Cancel once, as a second cancellation would interrupt the clean-up."""
        if self._main is not None:
            self._main.cancel()
            self._main = None

    async def _serve(self) -> None:
        self._has_work = asyncio.Event()
        self._has_work.set()
        self._backend = backend = self._make_backend(self)
        running = asyncio.create_task(backend.run())
        running.add_done_callback(lambda _: self._wake())
        try:
            # run() loads the settings first. Requests are taken after that.
            await asyncio.sleep(0)
            while not running.done():
                await self._has_work.wait()
                self._has_work.clear()
                self._handle_requests(backend)
            await running
        finally:
            for task in (running, *self._running):
                task.cancel()
            await asyncio.gather(running, *self._running, return_exceptions=True)

    def _handle_requests(self, backend: "Backend") -> None:
        while not self.is_abandoned and (request := self._requests.take()) is not None:
            task = asyncio.create_task(self._handle(request, backend))
            self._running[task] = request
            task.add_done_callback(self._done)

    async def _handle(self, request: "Request", backend: "Backend") -> None:
        """Handle a request in its own task, so that a fault ends no other request."""
        if not self.is_abandoned:  # otherwise it was reported as lost
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
        except Exception as error:  # noqa: BLE001  # reported by the poller
            _log.exception("the poller ended")
            self.fault = InternalFault(detail=type(error).__name__).as_failure()
        finally:
            if not self._ending and self.fault is None:
                # The backend never ends by itself.
                self.fault = InternalFault(detail="the poller ended").as_failure()
            with self._lock:
                self._loop = None
            _finish(loop)


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel the tasks that are left, wait up to 0.2 s for them, and close the loop.

    Without that the garbage collector would end an unfinished request, on any thread.
    `asyncio.run` cancels too, but then waits for a name lookup that hangs.
    """
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=_CANCEL_S))
    loop.close()


def _log_stray(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log an exception that no task awaited.

    asyncio's message shows the arguments of a callback and the value of a future. Those
    may contain a key, so only the text before the first bracket is logged.
    """
    error = context.get("exception")
    exception = error if isinstance(error, BaseException) else None
    message = str(context.get("message")).partition("(")[0]
    _log.error("an exception was not caught: %s", message, exc_info=exception)
