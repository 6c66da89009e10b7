"""The backend's thread as the GUI thread sees it: requests down, events up."""

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
_LOOK_MS: Final = 60_000
_STILL: Final = 3
"""Looks without a sign of life after which a loop is stuck: its watch gives one each
minute. Looks are counted and no time is measured, so a suspend is none."""
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
        look_ms: int = _LOOK_MS,
        clock: Callable[[], float] = time.monotonic,
        hurry: float = 1.0,
    ) -> None:
        """Take a function that makes the backend, called on the thread.

        The function gets what the backend calls with each event. It imports what is
        slow to import, so that the icon need not wait for that.
        Waits before a restart are divided by `hurry`.
        """
        super().__init__(parent)
        self._make_backend = make_backend
        self._clock, self._hurry = clock, hurry
        self._requests = RequestQueue()
        self._loop: Loop | None = None
        self._stuck: list[Loop] = []
        """Dropping a thread that still runs would abort the process."""
        self._restarts = RestartBackoff()
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._restart)
        self._beats, self._still = 0, 0
        self._looks = QTimer(self, interval=look_ms)
        self._looks.timeout.connect(self._look)
        self._stopping = False

    def start(self) -> None:
        """Start the thread, and keep one running until `stop`."""
        if not self._stopping:
            self._looks.start()
            self._begin()

    def stop(self) -> bool:
        """Cancel everything and wait for the thread; False if it is still busy.

        That takes milliseconds, whatever the gateway does. False can only mean that
        a fault of ours blocks a loop; the process may then be ended as it is.
        """
        self._stopping = True
        self._looks.stop()
        self._again.stop()
        loops = [*self._stuck, *([self._loop] if self._loop is not None else [])]
        for loop in loops:
            loop.end()
        return all(loop.wait(_STOP_MS) for loop in loops)

    @Slot(object)
    def post(self, request: "Request") -> None:
        """Have the backend handle a request; any thread may ask, before `start` too."""
        self._requests.add(request)
        if self._loop is not None:
            self._loop.wake()

    # --- what stops is started again ------------------------------------------------

    def _begin(self) -> None:
        self._beats, self._still = 0, 0
        self._loop = loop = Loop(self._make, self._requests, self._report_loss, self)
        loop.finished.connect(self._on_finished)
        loop.start()

    def _make(self, loop: Loop) -> "Backend":
        def emit(event: Event) -> None:
            # A loop that was given up may move again; its events are out of date.
            if not loop.is_given_up:
                self.event_emitted.emit(event)

        return self._make_backend(emit)

    @Slot()
    def _on_finished(self) -> None:
        for moved in [one for one in self._stuck if one.isFinished()]:
            self._stuck.remove(moved)
            moved.deleteLater()
        loop = self._loop
        if loop is not None and loop.isFinished() and not self._stopping:
            self._loop = None
            self._replace(loop.fault or _FAULT)
            loop.deleteLater()

    @Slot()
    def _look(self) -> None:
        """See whether the loop still moves."""
        loop = self._loop
        if loop is None:
            return
        self._still = self._still + 1 if loop.beats == self._beats else 0
        self._beats = loop.beats
        if self._still >= _STILL:
            _log.error("the poller does not move any more")
            self._loop = None
            self._stuck.append(loop)
            loop.give_up()
            self._replace(_FAULT)

    def _replace(self, failure: Failure) -> None:
        wait = self._restarts.wait(self._clock())
        _log.info("another poller starts in %.0f s", wait)
        self._again.start(int(wait / self._hurry * 1_000))
        self.event_emitted.emit(PollerFailed(failure))

    @Slot()
    def _restart(self) -> None:
        self._restarts = self._restarts.with_restart(self._clock())
        self._begin()

    def _report_loss(self, request: "Request") -> None:
        """Answer a dialog that waits for an event that no backend will emit."""
        event = event_of_loss(request, _FAULT, datetime.now(UTC))
        if event is not None:
            self.event_emitted.emit(event)
