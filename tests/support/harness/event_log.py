"""A list of events that can be asked what happened."""

import asyncio
import threading
from collections import Counter
from typing import TypeVar

from PySide6.QtCore import QObject, Slot

EventT = TypeVar("EventT")
_PATIENCE_S = 10.0


class EventLog(QObject):
    """Keeps whatever it is given, in the order in which it comes.

    `record` is a service's `emit`, or is connected to a signal of one argument.
    """

    def __init__(self) -> None:
        super().__init__()
        self.events: list[object] = []
        self.threads: set[int] = set()
        """The threads on which something was recorded."""
        self._returned = Counter[type]()
        self._recorded = asyncio.Event()

    @Slot(object)
    def record(self, event: object) -> None:
        """Keep an event."""
        self.events.append(event)
        self.threads.add(threading.get_ident())
        self._recorded.set()

    def of(self, kind: type[EventT]) -> list[EventT]:
        """Give all events of a kind, the oldest first."""
        return [event for event in self.events if isinstance(event, kind)]

    def last(self, kind: type[EventT]) -> EventT:
        """Give the newest event of a kind; there must be one."""
        return self.of(kind)[-1]

    def waiting(self, kind: type[EventT]) -> list[EventT]:
        """Give the events of a kind that `next` has not returned yet."""
        return self.of(kind)[self._returned[kind] :]

    async def next(self, kind: type[EventT]) -> EventT:
        """Wait for the next event of a kind, on the loop that records it."""
        async with asyncio.timeout(_PATIENCE_S):
            while not (waiting := self.waiting(kind)):
                self._recorded.clear()
                await self._recorded.wait()
        self._returned[kind] += 1
        return waiting[0]

    def clear(self) -> None:
        """Forget all events."""
        self.events.clear()
        self._returned.clear()
