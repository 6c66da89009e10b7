"""How many accounts are asked side by side, and which of them have to wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, KeyringSlow, TimedOut

AT_ONCE: Final = 8
SLOW_AT_ONCE: Final = 2
"""How many of these places those may hold that last kept theirs to the deadline."""


class ConcurrencyLimit:
    """Places for questions under way, and a slow lane among them.

    A gateway that hangs holds its place for the whole deadline, each time. Were all
    places open to such accounts, a hundred of them would keep the others waiting for
    minutes, at every round; as it is they do so once.
    """

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._slow_places = asyncio.Semaphore(SLOW_AT_ONCE)
        self._slow: set[str] = set()
        self._queue: set[str] = set()
        """Who waits in the slow lane for a place in it."""

    @asynccontextmanager
    async def place(self, account_id: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it."""
        async with AsyncExitStack() as held:
            if account_id in self._slow:
                self._queue.add(account_id)
                try:
                    await held.enter_async_context(self._slow_places)
                finally:
                    self._queue.discard(account_id)
            await held.enter_async_context(self._places)
            yield

    def learn(self, account_id: str, result: Reading | Failure) -> None:
        """Send an account into the lane that its last answer calls for."""
        if isinstance(result, Failure) and issubclass(
            result.kind, TimedOut | KeyringSlow
        ):
            self._slow.add(account_id)
        else:
            self._slow.discard(account_id)

    def hasten(self, account_id: str) -> bool:
        """Take an account for quick again: it is gone, or a person waits for it.

        True if it stands in the slow lane's queue, which it has to leave then.
        """
        self._slow.discard(account_id)
        return account_id in self._queue
