"""The three densities of a card: large, usual and compact."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

MANY: Final = 8
"""From so many accounts on, the cards are compact and can be searched."""


@dataclass(frozen=True, slots=True)
class _Measures:
    """Sizes in lines of text; those of text are factors of the font size."""

    margin: float
    amounts: tuple[float, float, float]
    """The factors for a short, a longer and a very long amount."""
    run_out: float
    mark: float
    line: float
    """The height of the sparkline."""


class Density(Enum):
    """How much room a card takes."""

    LARGE = _Measures(1.25, (3.4, 2.4, 1.5), 1.25, 2.0, 7.5)
    USUAL = _Measures(0.75, (2.2, 1.7, 1.3), 1.1, 1.6, 3.0)
    COMPACT = _Measures(0.5, (1.6, 1.4, 1.2), 1.0, 1.4, 1.8)

    @classmethod
    def of(cls, accounts: int) -> "Density":
        """Return the density for so many accounts."""
        if accounts <= 1:
            return cls.LARGE
        return cls.USUAL if accounts < MANY else cls.COMPACT
