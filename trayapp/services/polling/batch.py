"""Answers that come in together are written together."""

import asyncio
from collections.abc import Callable
from typing import Final

from trayapp.core.account_state import Outcome
from trayapp.services.history.write_queue import WriteQueue
from trayapp.services.log.log_faults import log_faults

TOGETHER_S: Final = 0.05
"""How long the first of many answers waits for others, in seconds."""


class Batch:
    """Takes what the gateway answered: one alone at once, many a few at a time.

    What is written waits until it is on the disk, some 10 ms each time. With a thousand
    accounts that would be most of a poll. An answer is shown after it was written, and
    never before, so that nothing that was seen is lost.
    """

    def __init__(
        self,
        archive: WriteQueue,
        record: Callable[[Outcome], None],
        show: Callable[[Outcome], None],
        *,
        more_to_come: Callable[[], bool],
    ) -> None:
        """Let `record` write an answer to `archive`, and `show` pass it on."""
        self._archive = archive
        self._record, self._show = record, show
        self._more_to_come = more_to_come
        self._waiting: list[Outcome] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, outcome: Outcome) -> None:
        """Take an answer now, or with those that come within a moment."""
        self._waiting.append(outcome)
        if not self._more_to_come():
            self.take_all()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(TOGETHER_S, self.take_all)

    def take_all(self) -> None:
        """Take whatever waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        taken, self._waiting = self._waiting, []
        with log_faults("writing answers"), self._archive.together():
            for outcome in taken:
                with log_faults(f"deciding about {outcome.account_id}"):
                    self._record(outcome)
        for outcome in taken:
            with log_faults(f"showing {outcome.account_id}"):
                self._show(outcome)
