"""A poller with a backend of the test's, and a log of the events that come here."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar, Final, Generic, Self, TypeVar

from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from harness.event_log import EventLog
from trayapp.qt.poller import Poller
from trayapp.services.backend import Backend
from trayapp.services.messages.events import Emit, Event
from trayapp.services.messages.requests import Request

WITHIN_MS: Final = 20_000
BackendT = TypeVar("BackendT", bound=Backend)


class RecordingBackend(Backend):
    """A backend that records requests and sends none; a test's subclass responds."""

    first_events: ClassVar[tuple[Event, ...]] = ()
    """What it reports at its start."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.requests: list[Request] = []
        self.thread = QThread.currentThread()
        self.fault: Exception | None = None
        """Raised by the next request alone."""

    @property
    def awaits_reply(self) -> bool:
        """Say no, as it sends no notifications."""
        return False

    async def run(self) -> None:
        """Report the first events, and wait for the end."""
        for event in self.first_events:
            self.emit(event)
        await asyncio.Event().wait()

    async def handle(self, request: Request) -> None:
        """Record a request and respond to it."""
        self.requests.append(request)
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        for event in self.responses(request):
            self.emit(event)

    def responses(self, _: Request) -> tuple[Event, ...]:
        """Return the events that a request brings."""
        return ()


class PollerHarness(Generic[BackendT]):
    """A poller that is not started yet, and its backends once there are some."""

    def __init__(
        self,
        qtbot: QtBot,
        make_backend: Callable[[Emit], BackendT],
        make_poller: Callable[[Callable[[Emit], Backend]], Poller] = Poller,
    ) -> None:
        self._qtbot, self._make_backend = qtbot, make_backend
        self.backends: list[BackendT] = []
        self.poller = make_poller(self._add_backend)
        self.events = EventLog()
        self.poller.event_emitted.connect(self.events.record)

    def _add_backend(self, emit: Emit) -> Backend:
        self.backends.append(self._make_backend(emit))
        return self.backends[-1]

    @property
    def backend(self) -> BackendT:
        """The backend; there must be exactly one."""
        (backend,) = self.backends
        return backend

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Run the poller within the context; fail if it does not stop."""
        self.poller.start()
        try:
            yield self
        finally:
            assert self.poller.stop()

    def has(self, event: Event) -> bool:
        """Return whether this event came."""
        return event in self.events.events

    def wait(self, condition: Callable[[], bool]) -> None:
        """Run the GUI thread's loop until a condition is true."""
        self._qtbot.waitUntil(condition, timeout=WITHIN_MS)
