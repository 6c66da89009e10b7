"""How much room a card takes: all of a window, its share, or as little as can be."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

MANY: Final = 8
"""So many accounts are shown closely, and are looked for by name."""


@dataclass(frozen=True, slots=True)
class _Measures:
    """In lines of text, or in times the size of the text."""

    margin: float
    amounts: tuple[float, float, float]
    """How large an amount is written that is short, longer, or very long."""
    run_out: float
    mark: float
    line: float
    """The height of the line that shows the last days."""


class Density(Enum):
    """How closely a card is set."""

    LARGE = _Measures(1.25, (3.4, 2.4, 1.5), 1.25, 2.0, 7.5)
    USUAL = _Measures(0.75, (2.2, 1.7, 1.3), 1.1, 1.6, 3.0)
    COMPACT = _Measures(0.5, (1.6, 1.4, 1.2), 1.0, 1.4, 1.8)

    @classmethod
    def of(cls, accounts: int) -> "Density":
        """Give how closely so many accounts are set."""
        if accounts <= 1:
            return cls.LARGE
        return cls.USUAL if accounts < MANY else cls.COMPACT
