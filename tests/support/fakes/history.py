"""A history service without a store."""

from trayapp.core.errors import HistoryProblem
from trayapp.services.history.changes import HistoryChange
from trayapp.services.history.service import HistoryService
from trayapp.services.history.store import HistoryStore


class StorelessHistory(HistoryService):
    """A history whose store can't be opened, and which records the changes."""

    def __init__(self) -> None:
        super().__init__(no_store)
        self.changes: list[HistoryChange] = []

    def write(self, *changes: HistoryChange) -> None:
        """Record the changes."""
        self.changes += changes
        super().write(*changes)


def no_store() -> HistoryStore:
    """Fail to open a store."""
    raise HistoryProblem
