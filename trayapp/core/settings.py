"""What a person can choose for the whole program, its bounds and defaults."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

SHORTEST_INTERVAL: Final = timedelta(minutes=5)
LONGEST_INTERVAL: Final = timedelta(hours=24)
DEFAULT_INTERVAL: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Settings:
    """The program's settings; what belongs to one account is in `Account`."""

    interval: timedelta = DEFAULT_INTERVAL
    """Between two questions, 5 minutes to 24 hours: the gateway publishes no limit,
    and others of its kind block a computer that asks too often."""
    notify_low: bool = True
    notify_rejected: bool = True

    def __post_init__(self) -> None:
        """Refuse an interval out of bounds with `ValueError`."""
        if not SHORTEST_INTERVAL <= self.interval <= LONGEST_INTERVAL:
            message = f"the interval is {self.interval}, not 5 minutes to 24 hours"
            raise ValueError(message)
