"""Counts for the summary at the end of a test run, beside the number of tests."""

from collections import Counter
from typing import Final

import pytest

REPLIES: Final = "replies tried"
FAULTS: Final = "faults injected"
KILLS: Final = "kills survived"
DAYS: Final = "simulated days"
PLACES: Final = "sentinel places searched"
_ORDER: Final = (REPLIES, FAULTS, KILLS, DAYS, PLACES)


class Tally:
    """Counts events of the tests, each by one of the names above."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, name: str, count: int = 1) -> None:
        """Count an event that really happened."""
        assert name in _ORDER
        self._counts[name] += count

    def summary(self) -> str:
        """Give all counts on one line; those without events are 0."""
        return ", ".join(f"{self._counts[name]:,} {name}" for name in _ORDER)


TALLY: Final = pytest.StashKey[Tally]()
