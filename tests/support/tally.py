"""What a run of the tests counted beyond its tests, for the figures at its end."""

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
    """Counts what tests did: one of the names above, as often as it was done."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, name: str, count: int = 1) -> None:
        """Count something; the figures hold only what was really done."""
        assert name in _ORDER
        self._counts[name] += count

    def summary(self) -> str:
        """Give all figures on one line; those of tests that did not run are 0."""
        return ", ".join(f"{self._counts[name]:,} {name}" for name in _ORDER)


TALLY: Final = pytest.StashKey[Tally]()
