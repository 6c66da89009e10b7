"""The history of a running program: known in memory, written as soon as possible."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from trayapp.core.balance import Reading
from trayapp.core.errors import (
    Failure,
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
)
from trayapp.core.history.outliers import is_true_time
from trayapp.core.pace import Pace
from trayapp.core.settings import AlertKind
from trayapp.services.history.changes import (
    ForgetAccount,
    HistoryChange,
    KeepEvaluation,
    KeepReading,
    NotePace,
    SetPendingPayment,
    SetSnooze,
    SetWait,
    StoredWait,
)
from trayapp.services.history.reader import StoredPast
from trayapp.services.history.state_cache import StateCache
from trayapp.services.history.store import HistoryStore

_T = TypeVar("_T")
_RETRY_EVERY_S: Final = 10.0
"""Each attempt may wait for another program, and the loop waits with it."""
_READ_EVERY_S: Final = 0.5
"""A row that other programs write too is read again after this time."""
_LONGEST_QUEUE: Final = 5_000
"""A longer queue drops its oldest changes."""
_PASSING: Final = (HistoryBusy, HistoryFull)
"""These problems end by themselves. After any other the database is opened again."""
_REMOVALS: Final = (SetSnooze, SetPendingPayment, ForgetAccount)
"""These changes can remove a value from the state."""
_log = logging.getLogger(__name__)


class HistoryService:
    """The state in memory, and the write queue between it and the store.

    A change is made in memory at once. It is written at once too, or waits in the
    queue until the store can be written. The order stays. So a full disk, another
    program's lock or a missing folder never holds up a balance. A database that could
    not be opened is opened later.
    """

    def __init__(
        self,
        open_store: Callable[[], HistoryStore],
        report: Callable[[Failure | None], None] = lambda _: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the store, or leave that to a later attempt.

        `report` gets the reason when writing begins to fail, and None when it works
        again. `problem`, not `report`, has the result of the first opening.
        """
        self._open_store, self._report, self._clock = open_store, report, clock
        self._store: HistoryStore | None = None
        self._is_loaded = False
        self._gathers = False
        self._queue: deque[HistoryChange] = deque(maxlen=_LONGEST_QUEUE)
        self._write_error: HistoryProblem | None = None
        """Why the last attempt failed, for the next one; None once writing works."""
        self._tried = float("-inf")
        self._read_at: dict[str, float] = {}
        self.state = StateCache()
        self.problem: Failure | None = None
        """Why the first opening failed, or its warning; None once writing works."""
        try:
            self.problem = self._open().problem
        except HistoryProblem as problem:
            self.problem = problem.as_failure()
            self._write_error, self._tried = problem, self._clock()

    def close(self) -> None:
        """Try once more to write the queue, and close the store."""
        self._tried = float("-inf")
        try:
            self.flush()
        finally:
            if self._queue:
                _log.warning("%d changes of the history are lost", len(self._queue))
            if self._store is not None:
                self._store.close()

    # --- changes --------------------------------------------------------------------

    def write(self, *changes: HistoryChange) -> None:
        """Make changes in memory now, and in the store now or later."""
        for change in changes:
            self.state.apply(change)
            self._queue.append(change)
        if not self._gathers:
            self.flush()

    @property
    def is_written(self) -> bool:
        """Whether every change is in the store, and none waits."""
        return not self._queue

    @contextmanager
    def one_transaction(self) -> Iterator[None]:
        """Write all changes of the `with` at its end, with one wait for the disk."""
        self._gathers = True
        try:
            yield
        finally:
            self._gathers = False
            self.flush()

    def flush(self) -> None:
        """Write the queue, unless the last attempt failed a moment ago.

        Raises only the fault of a change that can't be written at all.
        """
        if self._write_error is None and not self._queue:
            return
        if not self._may_try():
            return
        try:
            self._write_queue(self._usable_store())
        except HistoryProblem as problem:
            self._note(problem)
        else:
            if self._write_error is not None:
                self._write_error = self.problem = None
                _log.info("the history is written again")
                self._report(None)

    @property
    def is_behind(self) -> bool:
        """Whether a change waits to be written."""
        return bool(self._queue)

    def key_changed(self, account_id: str) -> None:
        """End what the old key of an account was rejected for."""
        memory = self.state.memory(account_id).with_episode(AlertKind.REJECTED, None)
        self.write(
            SetWait(account_id, StoredWait()),
            KeepEvaluation(account_id, replace(memory, failures=0, unanswered=False)),
        )

    # --- what other programs write too ---------------------------------------------

    def wait(self, account_id: str) -> StoredWait:
        """Give the wait of an account, which `check` may have changed meanwhile."""
        is_queued = any(
            isinstance(change, SetWait | ForgetAccount)
            and change.account_id == account_id
            for change in self._queue
        )
        if not is_queued and self._may_read_again(account_id):
            known = self.state.wait(account_id)
            stored = self._read(lambda store: store.wait(account_id), known)
            self.state.waits[account_id] = stored
        return self.state.wait(account_id)

    def pace(self, host: str) -> Pace:
        """Give the pace of a host, at which `check` may have sent requests too."""
        is_queued = any(
            isinstance(change, NotePace) and change.host == host
            for change in self._queue
        )
        if not is_queued and self._may_read_again(host):
            known = self.state.pace(host)
            self.state.paces[host] = self._read(lambda store: store.pace(host), known)
        return self.state.pace(host)

    def _may_read_again(self, row: str) -> bool:
        """Say whether a row was not read a moment ago, and can be read now.

        Each attempt may wait for another program, and the loop waits with it.
        """
        now = self._clock()
        if self._write_error is not None and now - self._tried < _READ_EVERY_S:
            return False
        if now - self._read_at.get(row, float("-inf")) < _READ_EVERY_S:
            return False
        self._read_at[row] = now
        return True

    # --- readings -------------------------------------------------------------------

    def last(self, account_id: str, now: datetime) -> Reading | None:
        """Give the newest reading, as `HistoryStore.last` does."""
        queued = self.queued(account_id)
        if queued:
            return queued[-1]
        return self._read(lambda store: store.last(account_id, now), None)

    def readings(
        self, account_id: str, since: datetime | None = None
    ) -> tuple[Reading, ...]:
        """Give the readings from `since` on, the oldest first, queued ones included.

        The written ones are bounded as `HistoryReader.bounded_readings` says.
        """
        written = self._read(
            lambda store: tuple(store.bounded_readings(account_id, since)),
            tuple[Reading, ...](),
        )
        queued = (
            reading
            for reading in self.queued(account_id)
            if is_true_time(reading.at, None) and (since is None or reading.at >= since)
        )
        return (*written, *queued)

    def past(self, account_id: str) -> StoredPast:
        """Give an account's history, to be read on another thread."""
        store = self._store
        path, clock = (None, None) if store is None else (store.path, store.clock)
        return StoredPast(account_id, path, self.queued(account_id), clock)

    def impossible_readings(self, account_id: str) -> tuple[Reading, ...]:
        """Give the written readings whose time can't be true, the oldest first."""
        return self._read(
            lambda store: store.impossible_readings(account_id), tuple[Reading, ...]()
        )

    def corrections(self, account_id: str) -> frozenset[datetime]:
        """Give the moments of the readings that a person marked as corrections."""
        return self._read(
            lambda store: store.corrections(account_id), frozenset[datetime]()
        )

    def queued(self, account_id: str) -> tuple[Reading, ...]:
        """Give an account's readings that are not written yet, the oldest first."""
        return tuple(
            change.reading
            for change in self._queue
            if isinstance(change, KeepReading | KeepEvaluation)
            and change.account_id == account_id
            and change.reading is not None
        )

    # --- the store ------------------------------------------------------------------

    def _read(self, read: Callable[[HistoryStore], _T], default: _T) -> _T:
        """Read from the store; give `default` if that fails, or failed a moment ago."""
        is_locked = isinstance(self._write_error, HistoryBusy) and not self._may_try()
        if self._store is None or is_locked:
            return default
        try:
            return read(self._store)
        except HistoryProblem as problem:
            self._note(problem)
            return default

    def _may_try(self) -> bool:
        return self._clock() - self._tried >= _RETRY_EVERY_S

    def _write_queue(self, store: HistoryStore) -> None:
        try:
            store.write(*self._queue)
        except HistoryProblem:
            raise  # nothing is written: the queue stays
        except Exception:
            self._queue.clear()  # all is written but the changes with a fault
            raise
        self._queue.clear()

    def _usable_store(self) -> HistoryStore:
        """Give the store, opened again if it broke."""
        is_broken = self._write_error is not None and not isinstance(
            self._write_error, _PASSING
        )
        if self._store is not None and not is_broken:
            return self._store
        store = self._open()
        warning = store.problem
        if warning is not None and warning.kind is not HistoryDamaged:
            raise HistoryProblem(detail=warning.detail)
        if warning is not None:
            self._report(warning)
        return store

    def _open(self) -> HistoryStore:
        """Open the store, and close the broken one that it replaces."""
        store = self._open_store()
        try:
            if not self._is_loaded:
                self.state.add_stored(store.load())
                for change in self._queue:  # newer than the row that it removes
                    if isinstance(change, _REMOVALS):
                        self.state.apply(change)
                self._is_loaded = True
        except HistoryProblem:
            store.close()
            raise
        if self._store is not None:
            self._store.close()
        self._store = store
        return store

    def _note(self, problem: HistoryProblem) -> None:
        """Report a new problem once, and delay the next attempt."""
        self._tried = self._clock()
        is_news = type(problem) is not type(self._write_error)
        self._write_error = problem
        if is_news:
            _log.warning("%s", problem)
        # Damage is reported when the database is opened again, with the copy's name.
        if is_news and not isinstance(problem, HistoryDamaged):
            self._report(problem.as_failure())
