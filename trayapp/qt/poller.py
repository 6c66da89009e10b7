"""The GUI thread's end of the backend: requests go in, events come out."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from trayapp.core.errors import Failure, InternalFault
from trayapp.core.schedule import RestartBackoff
from trayapp.qt.loop import Loop, RequestQueue
from trayapp.services.messages.events import Emit, Event, PollerFailed
from trayapp.services.messages.requests import event_of_loss

if TYPE_CHECKING:
    from trayapp.services.backend import Backend
    from trayapp.services.messages.requests import Request

_STOP_MS: Final = 600
_REPLY_MS: Final = 9_000
"""Longer than the end of a backend waits for the reply to an alert."""
_CHECK_MS: Final = 60_000
_STUCK_AFTER: Final = 3
"""A loop is stuck after so many checks without a new heartbeat. The scheduler gives one
each minute. Only checks are counted, so the time of a suspend does not count."""
_FAULT: Final = InternalFault(detail="the poller does not answer").as_failure()
_log = logging.getLogger(__name__)


class Poller(QObject):
    """Passes requests to a thread, and the backend's events back.

    Requests may come from the GUI thread at any time, before `start` too. They are
    handled in their order. A loop that a fault ended or blocked is replaced by another,
    which gets the waiting requests.

    Signals:
        event_emitted (Event): something happened. Connect it to `@Slot` methods of
            QObjects only: a lambda or a plain function would run on the other thread.
    """

    event_emitted = Signal(object)

    def __init__(
        self,
        make_backend: "Callable[[Emit], Backend]",
        parent: QObject | None = None,
        *,
        check_ms: int = _CHECK_MS,
        clock: Callable[[], float] = time.monotonic,
        hurry: float = 1.0,
    ) -> None:
        """Take a function that makes the backend, called on the thread.

        Its argument is the function that the backend calls with each event. It imports
        the slow modules, so that the icon does not wait for them. Waits before a
        restart are divided by `hurry`.
        """
        super().__init__(parent)
        self._make_backend = make_backend
        self._clock, self._hurry = clock, hurry
        self._requests = RequestQueue()
        self._loop: Loop | None = None
        self._stuck: list[Loop] = []
        """Dropping a thread that still runs would abort the process."""
        self._restarts = RestartBackoff()
        self._restart_timer = QTimer(self, singleShot=True)
        self._restart_timer.timeout.connect(self._restart)
        self._heartbeats, self._missed = 0, 0
        self._heartbeat_timer = QTimer(self, interval=check_ms)
        self._heartbeat_timer.timeout.connect(self._check_heartbeat)
        self._stopping = False

    def start(self) -> None:
        """Start the thread, and keep one running until `stop`."""
        if not self._stopping:
            self._heartbeat_timer.start()
            self._begin()

    def stop(self) -> bool:
        """Cancel everything and wait for the thread; False if it is still busy.

        That takes milliseconds, whatever the gateway does, and some seconds while a
        slow notification server has an alert. False means that a fault of the program
        blocks a loop. The process may then be ended as it is.
        """
        self._stopping = True
        self._heartbeat_timer.stop()
        self._restart_timer.stop()
        loops = [*self._stuck, *([self._loop] if self._loop is not None else [])]
        for loop in loops:
            loop.end()
        return all(
            loop.wait(_STOP_MS) or (loop.awaits_reply and loop.wait(_REPLY_MS))
            for loop in loops
        )

    @Slot(object)
    def post(self, request: "Request") -> None:
        """Have the backend handle a request; any thread may, even before `start`."""
        self._requests.add(request)
        if self._loop is not None:
            self._loop.wake()

    # --- restarts -------------------------------------------------------------------

    def _begin(self) -> None:
        self._heartbeats, self._missed = 0, 0
        self._loop = loop = Loop(self._make, self._requests, self._report_loss, self)
        loop.finished.connect(self._on_finished)
        loop.start()

    def _make(self, loop: Loop) -> "Backend":
        def emit(event: Event) -> None:
            # An abandoned loop may run again; its events are out of date.
            if not loop.is_abandoned:
                self.event_emitted.emit(event)

        return self._make_backend(emit)

    @Slot()
    def _on_finished(self) -> None:
        for finished in [loop for loop in self._stuck if loop.isFinished()]:
            self._stuck.remove(finished)
            finished.deleteLater()
        loop = self._loop
        if loop is not None and loop.isFinished() and not self._stopping:
            self._loop = None
            self._replace(loop.fault or _FAULT)
            loop.deleteLater()

    @Slot()
    def _check_heartbeat(self) -> None:
        """Replace the loop if it has missed too many heartbeats."""
        loop = self._loop
        if loop is None:
            return
        is_missed = loop.heartbeats == self._heartbeats
        self._missed = self._missed + 1 if is_missed else 0
        self._heartbeats = loop.heartbeats
        if self._missed >= _STUCK_AFTER:
            _log.error("the poller is stuck")
            self._loop = None
            self._stuck.append(loop)
            loop.abandon()
            self._replace(_FAULT)

    def _replace(self, failure: Failure) -> None:
        wait = self._restarts.wait(self._clock())
        _log.info("another poller starts in %.0f s", wait)
        self._restart_timer.start(int(wait / self._hurry * 1_000))
        self.event_emitted.emit(PollerFailed(failure))

    @Slot()
    def _restart(self) -> None:
        self._restarts = self._restarts.with_restart(self._clock())
        self._begin()

    def _report_loss(self, request: "Request") -> None:
        """Emit the event that a dialog waits for, as no backend will emit it."""
        event = event_of_loss(request, _FAULT, datetime.now(UTC))
        if event is not None:
            self.event_emitted.emit(event)
