"""The times when notifications are postponed, as a person chose: snooze and quiet."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from trayapp.core.i18n.dates import wall_clock_moment
from trayapp.core.settings import QuietHours

MORNING: Final = time(9)
"""When a working day begins, in the person's own zone."""
_WEEK: Final = 7
_LONGEST: Final = timedelta(days=8)
"""No choice lasts longer, clock changes included."""


class SnoozeChoice(StrEnum):
    """How long a person snoozes notifications."""

    HOUR = "1h"
    EIGHT_HOURS = "8h"
    TOMORROW = "tomorrow"
    """Until 9:00 of the next day."""
    MONDAY = "monday"
    """Until 9:00 of the next Monday; on a Monday that is a week later."""
    OFF = "off"
    """End the snooze."""


_HOURS: Final = {
    SnoozeChoice.HOUR: timedelta(hours=1),
    SnoozeChoice.EIGHT_HOURS: timedelta(hours=8),
}


@dataclass(frozen=True, slots=True)
class Snooze:
    """Until when the notifications of all accounts are snoozed."""

    until: datetime | None = None
    """Aware, in UTC; None if they are not snoozed."""

    def holds(self, now: datetime) -> bool:
        """Say whether notifications are snoozed now.

        An end that is further away than any choice comes from another clock or from a
        backup: it does not count.
        """
        return self.until is not None and now < self.until <= now + _LONGEST


def until(choice: SnoozeChoice, now: datetime, zone: tzinfo | None) -> datetime | None:
    """Give the end of a snooze that begins now, in UTC; None for `OFF`.

    Hours are elapsed hours. A morning is by the local time in `zone` (None: the
    system's own), also over a clock change.
    """
    if choice is SnoozeChoice.OFF:
        return None
    if choice in _HOURS:
        return now.astimezone(UTC) + _HOURS[choice]
    today = now.astimezone(zone).date()
    days = 1 if choice is SnoozeChoice.TOMORROW else _WEEK - today.weekday()
    return wall_clock_moment(today + timedelta(days=days), MORNING, zone)


def quiet_now(quiet: QuietHours | None, now: datetime, zone: tzinfo | None) -> bool:
    """Say whether the local time in `zone` is in the quiet hours."""
    if quiet is None:
        return False
    shown = now.astimezone(zone).time()
    if quiet.start <= quiet.end:
        return quiet.start <= shown < quiet.end
    return shown >= quiet.start or shown < quiet.end
