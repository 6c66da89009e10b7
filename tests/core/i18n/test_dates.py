"""Days and times in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from trayapp.core.i18n.dates import (
    clock_time,
    day_words,
    moment_words,
    month_words,
    weekday_words,
)
from trayapp.core.i18n.language import ENGLISH, Language
from trayapp.services.files.catalogs import catalog

MADRID = Language(zone=ZoneInfo("Europe/Madrid"))


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(), "13:00"),
        (timedelta(hours=12, minutes=59), "00:01"),
        (timedelta(hours=14), "22 Nov, 23:00"),
        (timedelta(days=300), "27 Jan, 13:00"),
        (timedelta(days=330), "28 Dec 2025, 13:00"),
        (-timedelta(hours=20), "24 Nov, 09:00"),
        (-timedelta(days=40), "2 Jan 2027, 13:00"),
    ],
)
def test_a_time_of_today_has_no_day_and_another_time_has_one(
    ago: timedelta, said: str, now: datetime
) -> None:
    """A time of last year has its year too."""
    assert clock_time(now - ago, now, MADRID) == said


def test_a_moment_is_written_in_the_local_zone() -> None:
    """Before and after a clock change."""
    before = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    assert moment_words(before, MADRID) == "Sun 25 Oct 2026, 00:30"
    after = before + timedelta(days=1)
    assert moment_words(after, MADRID) == "Sun 25 Oct 2026, 23:30"


def test_a_day_has_no_more_parts_than_needed() -> None:
    """Month and year are left out where they are clear."""
    day = date(2026, 12, 19)
    assert day_words(day, ENGLISH) == "19 Dec"
    assert weekday_words(day, ENGLISH) == "Sat 19"
    assert weekday_words(day, ENGLISH, in_year=2026) == "Sat 19 Dec"
    assert weekday_words(day, ENGLISH, in_year=2025) == "Sat 19 Dec 2026"
    assert month_words(day, ENGLISH) == "Dec 2026"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("es", ("sáb 19", "sáb 19 dic", "19 dic", "sáb 19 dic 2026, 13:00")),
        ("ca", ("ds. 19", "ds. 19 des.", "19 des.", "ds. 19 des. 2026, 13:00")),
        ("pt", ("sáb 19", "sáb 19 dez", "19 dez", "sáb 19 dez 2026, 13:00")),
        ("fr", ("sam. 19", "sam. 19 déc.", "19 déc.", "sam. 19 déc. 2026 à 13:00")),
        (
            "de",
            ("Sa., 19.", "Sa., 19. Dez.", "19. Dez.", "Sa., 19. Dez. 2026, 13:00"),
        ),
        ("it", ("sab 19", "sab 19 dic", "19 dic", "sab 19 dic 2026, 13:00")),
    ],
)
def test_each_language_has_its_points(code: str, said: tuple[str, ...]) -> None:
    """A German day is an ordinal, also without its month."""
    language = Language(gettext=catalog(code).gettext, zone=ZoneInfo("Europe/Madrid"))
    moment = datetime(2026, 12, 19, 12, tzinfo=UTC)
    assert said == (
        weekday_words(moment, language),
        weekday_words(moment, language, in_year=2026),
        day_words(moment, language),
        moment_words(moment, language),
    )


def test_a_translation_decides_the_order() -> None:
    """A translator can put the day behind the month, and the year first."""
    shape = "{weekday} {day} {month} {year}, {time}"
    words = {
        shape: "{year}年{month}{day} {weekday} {time}",
        "Mon": "月",
        "Nov": "十一月",
    }
    language = Language(gettext=lambda message: words.get(message, message))
    moment = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert moment_words(moment, language) == "2026年十一月23 月 12:00"
