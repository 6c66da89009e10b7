"""A QThread that runs one asyncio loop: requests in, outcomes out."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QThread, Signal

from trayapp.core.errors import InternalFault

if TYPE_CHECKING:
    from datetime import datetime

    from trayapp.core.alert_log import LogEntry
    from trayapp.core.changes import Changes, Trial
    from trayapp.core.errors import Failure
    from trayapp.core.forecast import Forecast
    from trayapp.core.history_view import HistoryView
    from trayapp.core.known import Outcome
    from trayapp.core.language import Language
    from trayapp.core.notices import Button, Notice
    from trayapp.core.paid import Paid
    from trayapp.core.snooze import SnoozeChoice
    from trayapp.core.telling import Alert
    from trayapp.services.backend import Backend, Listener, Loaded, Saved

_STOP_MS: Final = 600
_Job = Callable[["Backend"], Coroutine[None, None, None] | None]
_log = logging.getLogger(__name__)


class Poller(QThread):
    """Runs the backend where nothing that it waits for holds up the window.

    Requests may come from the GUI thread at any time, before the thread runs too; they
    start in their order. Connect the signals to `@Slot` methods of QObjects only: a
    lambda or a plain function would run on this thread.

    Signals:
        loaded (Loaded): what was stored
        asking (str): an account, by its id, is being asked
        answered (Outcome): what came of it
        tried (Trial, Outcome): what a trial from the dialog came to
        saved (Saved): what became of the dialog's changes
        pressed (str, str): a notification of an account was answered with a `Button`
        alerts (tuple[Alert, ...]): what a person is to be told, in one notification
        snoozed (datetime | None): until when notifications are snoozed
        logged (tuple[LogEntry, ...]): the last decisions about alerts
        awaited (tuple[Paid, ...]): the payments whose top-ups are waited for
        foreseen (str, Forecast): when an account runs out
        looked_up (HistoryView): what the history window is to show
        exported (str, Failure | None): a file was written, or why not
        kept (Failure | None): why the history can't be kept; None when it is again
        failed (Failure): a fault of ours ended the loop
    """

    loaded = Signal(object)
    asking = Signal(str)
    answered = Signal(object)
    tried = Signal(object, object)
    saved = Signal(object)
    pressed = Signal(str, str)
    alerts = Signal(object)
    snoozed = Signal(object)
    logged = Signal(object)
    awaited = Signal(object)
    foreseen = Signal(str, object)
    looked_up = Signal(object)
    exported = Signal(str, object)
    kept = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        make_backend: "Callable[[Listener], Backend]",
        parent: QObject | None = None,
    ) -> None:
        """Take a function that makes the backend, called on the thread.

        It imports what is slow to import, so that the icon need not wait for that.
        """
        super().__init__(parent)
        self._make_backend = make_backend
        self._lock = Lock()
        self._jobs: deque[_Job] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news: asyncio.Event | None = None
        self._main: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    def refresh(self, account_ids: Iterable[str] | None = None) -> None:
        """Ask these accounts, or all, now."""
        chosen = None if account_ids is None else tuple(account_ids)
        self._post(lambda backend: backend.ask_now(chosen))

    def try_out(self, trial: "Trial") -> None:
        """Ask for a balance and store nothing; `tried` tells what came."""
        self._post(lambda backend: backend.try_out(trial))

    def save(self, changes: "Changes", shown: frozenset[str]) -> None:
        """Apply what the dialog changed; `saved` tells what became of it."""
        self._post(lambda backend: backend.save(changes, shown))

    def unlock(self) -> None:
        """Let the keyring ask for its password."""
        self._post(lambda backend: backend.unlock())

    def tell(self, notice: "Notice") -> None:
        """Show a native notification over D-Bus."""
        self._post(lambda backend: backend.tell(notice))

    def snooze(self, choice: "SnoozeChoice") -> None:
        """Hold notifications back for a while; `snoozed` tells until when."""
        self._post(lambda backend: backend.snooze(choice))

    def paid(self, account_id: str) -> None:
        """Remember that a person paid; `awaited` tells what is waited for."""
        self._post(lambda backend: backend.paid(account_id))

    def correct(self, account_id: str, at: "datetime", *, on: bool) -> None:
        """Mark the reading of a moment as a correction, or take the mark away."""
        self._post(lambda backend: backend.correct(account_id, at, on=on))

    def look_up(self, account_id: str, language: "Language") -> None:
        """Read an account's history; `looked_up` brings the window's page."""
        self._post(lambda backend: backend.look_up(account_id, language))

    def export(self, account_id: str, kind: str, path: str) -> None:
        """Write an account's history as "csv" or "json"; `exported` tells."""
        self._post(lambda backend: backend.export(account_id, kind, path))

    def reload(self) -> None:
        """Read the settings file again."""
        self._post(lambda backend: backend.reload())

    def stop(self) -> bool:
        """Cancel everything and wait for the thread; False if it is still busy.

        That takes milliseconds, whatever the gateway does. False can only mean that
        a fault of ours blocks the loop; the process may then be ended as it is.
        """
        with self._lock:
            self._stopping = True
            self._call(self._cancel)
        return self.wait(_STOP_MS)

    def _post(self, job: _Job) -> None:
        with self._lock:
            self._jobs.append(job)
            self._call(self._wake)

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
        backend = self._make_backend(_Emitter(self))
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
        while True:
            with self._lock:
                if not self._jobs:
                    return
                job = self._jobs.popleft()
            task = asyncio.create_task(_carry_out(job, backend))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a request failed", exc_info=error)

    def run(self) -> None:
        """Run the loop until `stop`."""
        loop = asyncio.new_event_loop()
        main = loop.create_task(self._serve())
        with self._lock:
            self._loop, self._main = loop, main
            if self._stopping:
                main.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                loop.run_until_complete(main)
        except Exception as error:  # noqa: BLE001  # told, instead of a silent stop
            _log.exception("the poller ended")
            self.failed.emit(InternalFault(detail=type(error).__name__).as_failure())
        finally:
            with self._lock:
                self._loop = None
            # Not asyncio.run(): that would wait for a name lookup that hangs.
            loop.close()


async def _carry_out(job: _Job, backend: "Backend") -> None:
    """Do a job in a task of its own, where a fault ends nothing else."""
    work = job(backend)
    if work is not None:
        await work


class _Emitter:
    """The backend's listener: everything it hears becomes a signal."""

    def __init__(self, poller: Poller) -> None:
        self._poller = poller

    def loaded(self, loaded: "Loaded") -> None:
        self._poller.loaded.emit(loaded)

    def asking(self, account_id: str) -> None:
        self._poller.asking.emit(account_id)

    def answered(self, outcome: "Outcome") -> None:
        self._poller.answered.emit(outcome)

    def tried(self, trial: "Trial", outcome: "Outcome") -> None:
        self._poller.tried.emit(trial, outcome)

    def saved(self, saved: "Saved") -> None:
        self._poller.saved.emit(saved)

    def pressed(self, account_id: str, button: "Button") -> None:
        self._poller.pressed.emit(account_id, button.value)

    def alerts(self, alerts: "tuple[Alert, ...]") -> None:
        self._poller.alerts.emit(alerts)

    def snoozed(self, until: "datetime | None") -> None:
        self._poller.snoozed.emit(until)

    def log(self, entries: "tuple[LogEntry, ...]") -> None:
        self._poller.logged.emit(entries)

    def awaited(self, paid: "tuple[Paid, ...]") -> None:
        self._poller.awaited.emit(paid)

    def foreseen(self, account_id: str, said: "Forecast") -> None:
        self._poller.foreseen.emit(account_id, said)

    def looked_up(self, page: "HistoryView") -> None:
        self._poller.looked_up.emit(page)

    def exported(self, path: str, failure: "Failure | None") -> None:
        self._poller.exported.emit(path, failure)

    def kept(self, problem: "Failure | None") -> None:
        self._poller.kept.emit(problem)
