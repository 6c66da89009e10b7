"""Days and times in words, and the moment of a local time."""

from datetime import UTC, date, datetime, time, tzinfo
from typing import Final

from trayapp.core.i18n.language import Language, mark

WEEKDAYS: Final = (
    # Translators: a weekday, short, as before a day: "Mon 14 Dec".
    mark("Mon"),
    # Translators: a weekday, short.
    mark("Tue"),
    # Translators: a weekday, short.
    mark("Wed"),
    # Translators: a weekday, short.
    mark("Thu"),
    # Translators: a weekday, short.
    mark("Fri"),
    # Translators: a weekday, short.
    mark("Sat"),
    # Translators: a weekday, short.
    mark("Sun"),
)
"""From Monday on; marked for translation."""
MONTHS: Final = (
    # Translators: a month, short, as after a day: "14 Jan"; it also stands alone.
    mark("Jan"),
    # Translators: a month, short.
    mark("Feb"),
    # Translators: a month, short.
    mark("Mar"),
    # Translators: a month, short.
    mark("Apr"),
    # Translators: a month, short.
    mark("May"),
    # Translators: a month, short.
    mark("Jun"),
    # Translators: a month, short.
    mark("Jul"),
    # Translators: a month, short.
    mark("Aug"),
    # Translators: a month, short.
    mark("Sep"),
    # Translators: a month, short.
    mark("Oct"),
    # Translators: a month, short.
    mark("Nov"),
    # Translators: a month, short.
    mark("Dec"),
)
"""From January on; marked for translation."""


def wall_clock_moment(day: date, at: time, zone: tzinfo | None) -> datetime:
    """Give the moment, in UTC, when clocks in `zone` show `at` on a day.

    Of a time that occurs twice, it is the first. A time that a clock change skips is
    later by the length of the change.
    """
    shown = datetime.combine(day, at)
    moment = shown.astimezone() if zone is None else shown.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def clock_time(moment: datetime, now: datetime, language: Language) -> str:
    """Write a moment: its time, and its day and year if they differ from today's."""
    local, today = moment.astimezone(language.zone), now.astimezone(language.zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    translate = language.gettext
    shape = (
        translate("{day} {month}, {time}")
        if local.year == today.year
        else translate("{day} {month} {year}, {time}")
    )
    return _format(shape, local, language)


def moment_words(moment: datetime, language: Language) -> str:
    """Write a moment with its weekday, day, month, year and time."""
    shape = language.gettext("{weekday} {day} {month} {year}, {time}")
    return _format(shape, moment.astimezone(language.zone), language)


def day_words(day: date, language: Language) -> str:
    """Write a day without its year: "14 Dec"."""
    return _format(language.gettext("{day} {month}"), day, language)


def weekday_words(day: date, language: Language, *, in_year: int | None = None) -> str:
    """Write a day with its weekday, its month, and its year unless that is `in_year`.

    Without `in_year` it has neither month nor year: "Mon 14".
    """
    translate = language.gettext
    if in_year is None:
        return _format(translate("{weekday} {day}"), day, language)
    if day.year == in_year:
        return _format(translate("{weekday} {day} {month}"), day, language)
    return _format(translate("{weekday} {day} {month} {year}"), day, language)


def month_words(day: date, language: Language) -> str:
    """Write the month and the year of a day."""
    return _format(language.gettext("{month} {year}"), day, language)


def _format(shape: str, day: date, language: Language) -> str:
    return shape.format(
        weekday=language.gettext(WEEKDAYS[day.weekday()]),
        day=day.day,
        month=language.gettext(MONTHS[day.month - 1]),
        year=day.year,
        time=f"{day:%H:%M}",
    )
