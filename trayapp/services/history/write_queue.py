"""The history while it can't be had: what waits to be written, and when it is."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from trayapp.core.balance import Reading
from trayapp.core.errors import (
    Failure,
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
)
from trayapp.services.history.store import HistoryStore, StoredState

_T = TypeVar("_T")
_TRY_EVERY_S: Final = 10.0
"""Each try may wait for another program, and the loop with it."""
_MOST: Final = 5_000
"""So many writes wait at most; the oldest are dropped for newer ones."""
_PASSING: Final = (HistoryBusy, HistoryFull)
"""What ends by itself; after anything else the database is opened anew."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Something that is still to be written."""

    write: Callable[[HistoryStore], None]
    account_id: str
    reading: Reading | None


class WriteQueue:
    """Writes to the history at once, or as soon as that can be done.

    A full disk, another program's lock, a folder that is gone: nothing of it holds up
    a balance, and what was read meanwhile waits here, in its order. A history that
    could not be opened is tried again too.
    """

    def __init__(
        self,
        open_history: Callable[[], HistoryStore],
        tell: Callable[[Failure | None], None] = lambda _: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Let `tell` hear why the history can't be kept, and None when it is again.

        It hears nothing of how the first opening goes: `problem` says that.
        """
        self._open_history, self._tell, self._clock = open_history, tell, clock
        self._history: HistoryStore | None = None
        self._take: Callable[[StoredState], None] | None = None
        self._gathers = False
        self._waiting: deque[_Waiting] = deque(maxlen=_MOST)
        self._trouble: HistoryProblem | None = None
        self._tried = float("-inf")
        self.problem: Failure | None = None
        """What was the matter when it was first opened."""

    def open(self, take: Callable[[StoredState], None]) -> None:
        """Open the history, now or later; `take` gets what it remembers, once."""
        self._take = take
        try:
            self.problem = self._open().problem
        except HistoryProblem as problem:
            self.problem = problem.as_failure()
            self._trouble, self._tried = problem, self._clock()

    def close(self) -> None:
        """Write what waits, if that can be done at last, and close the history."""
        self._tried = float("-inf")
        self.catch_up()
        if self._waiting:
            _log.warning("%d changes of the history are lost", len(self._waiting))
        if self._history is not None:
            self._history.close()

    def read(self, read: Callable[[HistoryStore], _T], default: _T) -> _T:
        """Read from the history, or give `default` if that can't be."""
        is_held = isinstance(self._trouble, HistoryBusy) and not self._may_try()
        if self._history is None or is_held:
            return default
        try:
            return read(self._history)
        except HistoryProblem as problem:
            self._note(problem)
            return default

    def waiting(self, account_id: str) -> tuple[Reading, ...]:
        """Give an account's readings that are not written yet, the oldest first."""
        return tuple(
            one.reading
            for one in self._waiting
            if one.reading is not None and one.account_id == account_id
        )

    def write(
        self,
        write: Callable[[HistoryStore], None],
        account_id: str = "",
        reading: Reading | None = None,
    ) -> None:
        """Write now or later; until then `reading` is given by `waiting`."""
        self._waiting.append(_Waiting(write, account_id, reading))
        if not self._gathers:
            self.catch_up()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all that comes meanwhile at once, at the end: the disk is slow."""
        self._gathers = True
        try:
            yield
        finally:
            self._gathers = False
            self.catch_up()

    def catch_up(self) -> None:
        """Write what waits, unless that failed only just now."""
        if self._trouble is None and not self._waiting:
            return
        if not self._may_try():
            return
        try:
            self._write_all(self._usable())
        except HistoryProblem as problem:
            self._note(problem)
        else:
            if self._trouble is not None:
                self._trouble = self.problem = None
                _log.info("the history is kept again")
                self._tell(None)

    def _may_try(self) -> bool:
        return self._clock() - self._tried >= _TRY_EVERY_S

    def _write_all(self, history: HistoryStore) -> None:
        """Write all that waits; if the history fails, all of it waits on.

        What a fault of ours ends is not tried again, and raised when the rest is safe.
        """
        fault: Exception | None = None
        with history.together():
            for one in self._waiting:
                try:
                    one.write(history)
                except HistoryProblem:
                    raise
                except Exception as error:  # noqa: BLE001  # see above
                    fault = error
        self._waiting.clear()
        if fault is not None:
            raise fault

    def _usable(self) -> HistoryStore:
        """Give the history, opened anew if it broke."""
        broke = self._trouble is not None and not isinstance(self._trouble, _PASSING)
        if self._history is not None and not broke:
            return self._history
        history = self._open()
        told = history.problem
        if told is not None and told.kind is not HistoryDamaged:
            raise HistoryProblem(detail=told.detail)
        if told is not None:
            self._tell(told)
        return history

    def _open(self) -> HistoryStore:
        """Open the history, in the place of one that broke."""
        history = self._open_history()
        try:
            if self._take is not None:
                self._take(history.remembered())
                self._take = None  # what is known here is newer from now on
        except HistoryProblem:
            history.close()
            raise
        if self._history is not None:
            self._history.close()
        self._history = history
        return history

    def _note(self, problem: HistoryProblem) -> None:
        """Say once what is the matter, and let some time pass before the next try."""
        self._tried = self._clock()
        is_news = type(problem) is not type(self._trouble)
        self._trouble = problem
        if is_news:
            _log.warning("%s", problem)
        if is_news and not isinstance(
            problem, HistoryDamaged
        ):  # told when it is mended
            self._tell(problem.as_failure())
