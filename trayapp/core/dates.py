"""Days as people know them: their names, and the time that a wall clock shows."""

from datetime import UTC, date, datetime, time, tzinfo
from typing import Final

from trayapp.core.language import mark

WEEKDAYS: Final = (
    mark("Mon"),
    mark("Tue"),
    mark("Wed"),
    mark("Thu"),
    mark("Fri"),
    mark("Sat"),
    mark("Sun"),
)
"""From Monday on; marked for translation."""
MONTHS: Final = (
    mark("Jan"),
    mark("Feb"),
    mark("Mar"),
    mark("Apr"),
    mark("May"),
    mark("Jun"),
    mark("Jul"),
    mark("Aug"),
    mark("Sep"),
    mark("Oct"),
    mark("Nov"),
    mark("Dec"),
)
"""From January on; marked for translation."""


def on_the_wall(day: date, at: time, zone: tzinfo | None) -> datetime:
    """Give the moment, in UTC, when the clock of `zone` shows `at` on a day.

    Of a time that comes twice it is the first; one that a clock change leaves out
    is as much later as the change is.
    """
    shown = datetime.combine(day, at)
    moment = shown.astimezone() if zone is None else shown.replace(tzinfo=zone)
    return moment.astimezone(UTC)
