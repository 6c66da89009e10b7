"""Outcomes that arrive together are written in one transaction."""

import asyncio
from collections.abc import Callable
from typing import Final

from trayapp.core.account_state import Outcome
from trayapp.services.history.service import HistoryService
from trayapp.services.log.log_faults import log_faults

GATHER_S: Final = 0.05
"""The time that the first of many outcomes waits for others, in seconds."""


class Batch:
    """Gathers outcomes for a moment; a single outcome does not wait.

    A transaction waits for the disk, about 10 ms each time. With a thousand accounts
    that would be most of a poll. An outcome is shown only after it was written, so
    that no crash loses a balance that a person saw.
    """

    def __init__(
        self,
        history: HistoryService,
        record: Callable[[Outcome], None],
        show: Callable[[Outcome], None],
        *,
        more_to_come: Callable[[], bool],
        gather_s: float = GATHER_S,
    ) -> None:
        """Let `record` write an outcome to `history`, and then `show` pass it on.

        `more_to_come` says whether other requests are under way. The first of many
        outcomes waits `gather_s` seconds for others.
        """
        self._gather_s = gather_s
        self._history = history
        self._record, self._show = record, show
        self._more_to_come = more_to_come
        self._gathered: list[Outcome] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, outcome: Outcome) -> None:
        """Take an outcome now, or with those that arrive a moment later."""
        self._gathered.append(outcome)
        if not self._more_to_come():
            self.flush()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._gather_s, self.flush)

    def flush(self) -> None:
        """Write and show all outcomes that were gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        outcomes, self._gathered = self._gathered, []
        with log_faults("writing outcomes"), self._history.one_transaction():
            for outcome in outcomes:
                with log_faults(f"deciding about {outcome.account_id}"):
                    self._record(outcome)
        for outcome in outcomes:
            with log_faults(f"showing {outcome.account_id}"):
                self._show(outcome)
