"""One life of the poller: a thread with one asyncio loop, and the backend on it."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QThread

from trayapp.core.errors import Failure, InternalFault

if TYPE_CHECKING:
    from trayapp.services.backend import Backend

_LEAVE_S: Final = 0.2
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that the backend is asked for."""

    do: "Callable[[Backend], Coroutine[None, None, None] | None]"
    lost: Callable[[], None] | None = None
    """Says to whoever waits for an answer that none will come: called if a fault ends
    the job, or ends the loop under it."""


class Jobs:
    """What is asked for and not begun: it waits for a loop, and outlives one."""

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._lock = Lock()

    def add(self, job: Job) -> None:
        """Put one at the end; any thread may."""
        with self._lock:
            self._waiting.append(job)

    def take(self) -> Job | None:
        """Take the first, if there is one."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None


class Loop(QThread):
    """Makes a backend and runs it, and the jobs beside it, until it is ended.

    `finished` is emitted whatever ended it; `fault` then says what did, if it was not
    `end`. It runs once.
    """

    def __init__(
        self,
        make_backend: "Callable[[Loop], Backend]",
        jobs: Jobs,
        parent: QObject | None = None,
    ) -> None:
        """Take a function that makes the backend, called on the thread."""
        super().__init__(parent)
        self._make_backend, self._jobs = make_backend, jobs
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._news: asyncio.Event | None = None
        self._backend: Backend | None = None
        self._running: dict[asyncio.Task[None], Job] = {}
        self._ending = False
        self.fault: Failure | None = None
        self.is_given_up = False
        """Whether another has taken its place: what it still says is of no interest."""

    @property
    def beats(self) -> int:
        """How often the watch over the accounts has looked at the clock."""
        backend = self._backend
        return 0 if backend is None else backend.beats

    def wake(self) -> None:
        """Look for jobs."""
        with self._lock:
            self._call(self._wake)

    def end(self) -> None:
        """Cancel everything; the thread ends a moment later."""
        with self._lock:
            self._ending = True
            self._call(self._cancel)

    def give_up(self) -> None:
        """End it if it ever moves again, and lose what it was asked for.

        A thread can't be ended from outside: it lives on until what holds it up lets
        go, and only then closes its database.
        """
        self.is_given_up = True
        self.end()
        for job in tuple(self._running.values()):
            _lose(job)

    def _call(self, function: Callable[[], None]) -> None:
        """Run a function on the loop, if there is one; under the lock."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(function)

    # --- on the thread ------------------------------------------------------------

    def _wake(self) -> None:
        if self._news is not None:
            self._news.set()

    def _cancel(self) -> None:
        if self._main is not None:
            self._main.cancel()

    async def _serve(self) -> None:
        self._news = asyncio.Event()
        self._news.set()
        self._backend = backend = self._make_backend(self)
        watching = asyncio.create_task(backend.run())
        watching.add_done_callback(lambda _: self._wake())
        try:
            # run() loads the settings before anything else; jobs come after that.
            await asyncio.sleep(0)
            while not watching.done():
                await self._news.wait()
                self._news.clear()
                self._start_jobs(backend)
            await watching
        finally:
            for task in (watching, *self._running):
                task.cancel()
            await asyncio.gather(watching, *self._running, return_exceptions=True)

    def _start_jobs(self, backend: "Backend") -> None:
        while not self.is_given_up and (job := self._jobs.take()) is not None:
            task = asyncio.create_task(self._carry_out(job, backend))
            self._running[task] = job
            task.add_done_callback(self._done)

    async def _carry_out(self, job: Job, backend: "Backend") -> None:
        """Do a job in a task of its own, where a fault ends nothing else."""
        if not self.is_given_up:  # or whoever asked was told that it is lost
            work = job.do(backend)
            if work is not None:
                await work

    def _done(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        if task.cancelled():
            if not self._ending:
                _lose(job)
        elif (error := task.exception()) is not None:
            _log.error("a request failed", exc_info=error)
            _lose(job)

    def run(self) -> None:
        """Run the loop until `end`."""
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(_log_stray)
        main = loop.create_task(self._serve())
        with self._lock:
            self._loop, self._main = loop, main
            if self._ending:
                main.cancel()
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


def _lose(job: Job) -> None:
    if job.lost is not None:
        job.lost()


def _log_stray(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log a fault that no task was waiting for.

    asyncio's own words show what a callback was given, and what a future holds: that
    may be a key.
    """
    error = context.get("exception")
    known = error if isinstance(error, BaseException) else None
    said = str(context.get("message")).partition("(")[0]
    _log.error("a fault nobody caught: %s", said, exc_info=known)
