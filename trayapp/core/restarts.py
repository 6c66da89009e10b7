"""When what has stopped by a fault of ours is started again."""

from dataclasses import dataclass
from typing import Final

AT_MOST: Final = 5
"""Restarts within an hour: a fault that comes back at once is not asked to for ever."""
_HOUR_S: Final = 3_600.0
_FIRST_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class RestartBackoff:
    """The restarts of the last hour, by a clock in seconds that only goes on."""

    at: tuple[float, ...] = ()

    def wait(self, now: float) -> float:
        """Give the seconds until the next one: ever longer, and never given up."""
        recent = self._recent(now)
        if len(recent) >= AT_MOST:
            return max(recent[-AT_MOST] + _HOUR_S - now, _FIRST_S)
        return _FIRST_S * (1 << len(recent))

    def plus(self, now: float) -> "RestartBackoff":
        """Note one that happens now."""
        return RestartBackoff((*self._recent(now), now))

    def _recent(self, now: float) -> tuple[float, ...]:
        return tuple(at for at in self.at if now - at < _HOUR_S)
