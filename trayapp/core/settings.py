"""What a person can choose for the whole program, its bounds and defaults."""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Final

SHORTEST_INTERVAL: Final = timedelta(minutes=5)
LONGEST_INTERVAL: Final = timedelta(hours=24)
DEFAULT_INTERVAL: Final = timedelta(minutes=15)
SHORTEST_PATIENCE: Final = timedelta(hours=1)
"""Before an unreachable account is told, and between two reminders."""
LONGEST_PATIENCE: Final = timedelta(days=7)
DEFAULT_UNREACHABLE_AFTER: Final = timedelta(hours=6)


class AlertKind(StrEnum):
    """What a person can be told of."""

    LOW = "low"
    LOW_DAYS = "low-days"
    EMPTY = "empty"
    REJECTED = "rejected"
    DRAIN = "drain"
    UNREACHABLE = "unreachable"
    TOPPED_UP = "topped-up"


DEFAULT_ALERT_KINDS: Final = frozenset(AlertKind) - {AlertKind.TOPPED_UP}
"""What asks a person to act; a top-up is what they did themselves."""


class IconStyle(StrEnum):
    """How the tray icon is painted."""

    COLOUR = "colour"
    """In colours, with a rim that parts them from any panel."""
    PANEL = "panel"
    """In one ink that suits the panel, where its colour can be known."""
    LIGHT = "light"
    """In light ink, for a dark panel."""
    DARK = "dark"
    """In dark ink, for a light panel."""
    NUMBER = "number"
    """The amount itself, as long as it is fine or low."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A time of the day, by the clock on the wall, in which little is told."""

    start: time
    end: time
    """Not part of them any more. Before `start` it is on the next day; the same as
    `start` means no time at all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The program's settings; what belongs to one account is in `Account`."""

    interval: timedelta = DEFAULT_INTERVAL
    """Between two questions, 5 minutes to 24 hours: the gateway publishes no limit,
    and others of its kind block a computer that asks too often."""
    alert_kinds: frozenset[AlertKind] = DEFAULT_ALERT_KINDS
    unreachable_after: timedelta = DEFAULT_UNREACHABLE_AFTER
    """Without a good answer, while the program runs; 1 hour to 7 days."""
    quiet: QuietHours | None = None
    reminder: timedelta | None = None
    """Between two reminders of a low or empty balance, 1 hour to 7 days; None for
    none."""
    icon: IconStyle = IconStyle.COLOUR
    language: str = ""
    """The code of the language to speak, such as "es"; empty for the system's own."""
    discreet: bool = False
    """Whether amounts are hidden until a person asks to see them."""

    def __post_init__(self) -> None:
        """Refuse what is out of bounds with `ValueError`."""
        if not SHORTEST_INTERVAL <= self.interval <= LONGEST_INTERVAL:
            message = f"the interval is {self.interval}, not 5 minutes to 24 hours"
            raise ValueError(message)
        for wait in (self.unreachable_after, self.reminder):
            if wait is not None and not SHORTEST_PATIENCE <= wait <= LONGEST_PATIENCE:
                message = f"{wait} is not 1 hour to 7 days"
                raise ValueError(message)
