"""Collects what is to be told within one round of questions, to be told as one."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from trayapp.core.alerts.decision import Alert
from trayapp.services.log.log_faults import log_faults

_SETTLE_S: Final = 0.2
"""Accounts that are due together don't answer together."""
_LONGEST_S: Final = 4.0
"""A question that hangs delays no other account's alert for longer."""


class Coalescer:
    """Waits until no question is under way, or a few seconds, before it speaks."""

    def __init__(
        self,
        tell: Callable[[tuple[Alert, ...]], None],
        idle: Callable[[], Awaitable[None]],
        *,
        settle_s: float = _SETTLE_S,
        longest_s: float = _LONGEST_S,
    ) -> None:
        """Take whom to tell, and what waits until no question is under way."""
        self._tell, self._idle = tell, idle
        self._settle_s, self._longest_s = settle_s, longest_s
        self._alerts: list[Alert] = []
        self._waiting: asyncio.Task[None] | None = None

    def add(self, alerts: Iterable[Alert]) -> None:
        """Tell these soon, together with what comes until then."""
        self._alerts += alerts
        if self._alerts and self._waiting is None:
            self._waiting = asyncio.create_task(self._speak())

    def drop(self, account_id: str) -> None:
        """Tell nothing more of an account: it was removed."""
        self._alerts = [one for one in self._alerts if one.account.id != account_id]

    def close(self) -> None:
        """Say nothing more."""
        if self._waiting is not None:
            self._waiting.cancel()

    async def _speak(self) -> None:
        # Whatever fails here, the next alerts are told.
        with log_faults("waiting to tell"), contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._longest_s):
                await asyncio.sleep(self._settle_s)
                await self._idle()
        alerts, self._alerts, self._waiting = tuple(self._alerts), [], None
        if alerts:
            with log_faults("telling"):
                self._tell(alerts)
