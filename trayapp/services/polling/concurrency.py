"""How many requests run side by side, and which accounts wait for their turn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, KeyringSlow, TimedOut

MAX_CONCURRENT: Final = 8
MAX_SLOW: Final = 2
"""How many slots the slow accounts may hold together."""


class ConcurrencyLimit:
    """Slots for requests, of which slow accounts get a few.

    An account is slow while its last request ran until the deadline. Without the lower
    limit, a hundred accounts of a gateway that hangs would delay the others by minutes
    at each poll. With it they do so once.
    """

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self._slow_slots = asyncio.Semaphore(MAX_SLOW)
        self._slow: set[str] = set()
        self._waiting: set[str] = set()
        """The slow accounts that wait for a slot."""

    @asynccontextmanager
    async def slot(self, account_id: str) -> AsyncIterator[None]:
        """Wait for a slot, and hold it."""
        async with AsyncExitStack() as stack:
            if account_id in self._slow:
                self._waiting.add(account_id)
                try:
                    await stack.enter_async_context(self._slow_slots)
                finally:
                    self._waiting.discard(account_id)
            await stack.enter_async_context(self._slots)
            yield

    def note_result(self, account_id: str, result: Reading | Failure) -> None:
        """Note whether an account is slow, from the result of its last request."""
        if isinstance(result, Failure) and issubclass(
            result.kind, TimedOut | KeyringSlow
        ):
            self._slow.add(account_id)
        else:
            self._slow.discard(account_id)

    def forget_slowness(self, account_id: str) -> bool:
        """Remove an account from the slow ones, so that it may use any slot.

        Return whether it waits for one of the slow slots. The caller then cancels that
        wait.
        """
        self._slow.discard(account_id)
        return account_id in self._waiting
