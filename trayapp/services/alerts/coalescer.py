"""Gathers the alerts of one round of requests into one notification."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from trayapp.core.alerts.decision import Alert
from trayapp.services.log.log_faults import log_faults

_SETTLE_S: Final = 0.2
"""Accounts that are due together don't respond together."""
_LONGEST_S: Final = 4.0
"""A request that hangs delays the alerts of other accounts no longer than this."""


class Coalescer:
    """Waits until no request is under way, or a few seconds, before it sends alerts."""

    def __init__(
        self,
        send: Callable[[tuple[Alert, ...]], Awaitable[None]],
        idle: Callable[[], Awaitable[None]],
        *,
        settle_s: float = _SETTLE_S,
        longest_s: float = _LONGEST_S,
    ) -> None:
        """Take what sends alerts, and what waits until no request is under way."""
        self._send, self._idle = send, idle
        self._settle_s, self._longest_s = settle_s, longest_s
        self._alerts: list[Alert] = []
        self._is_gathering = False
        self._tasks: set[asyncio.Task[None]] = set()
        """One may gather alerts while others still send."""

    def add(self, alerts: Iterable[Alert]) -> None:
        """Send these alerts soon, together with those that are added until then."""
        self._alerts += alerts
        if self._alerts and not self._is_gathering:
            self._is_gathering = True
            task = asyncio.create_task(self._gather_and_send())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def drop(self, account_id: str) -> None:
        """Drop the alerts of an account that was removed."""
        self._alerts = [
            alert for alert in self._alerts if alert.account.id != account_id
        ]

    async def close(self) -> None:
        """Send nothing more, and cancel what is being sent."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _gather_and_send(self) -> None:
        # Whatever fails here, the next alerts are sent.
        with log_faults("gathering alerts"), contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._longest_s):
                await asyncio.sleep(self._settle_s)
                await self._idle()
        alerts, self._alerts, self._is_gathering = tuple(self._alerts), [], False
        if alerts:
            with log_faults("sending a notification"):
                await self._send(alerts)
