"""A date is read as it is typed, or refused; it is never misread."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.i18n.dates import weekday_words
from trayapp.core.i18n.language import ENGLISH, Language, language_for
from trayapp.core.i18n.locales import LOCALES
from trayapp.core.i18n.typed_dates import (
    AmbiguousDateError,
    UnreadableDateError,
    read_date,
    read_moment,
)
from trayapp.services.files.catalogs import catalog

TYPED = "also 3", "what a person types is read as they write it"
LANGUAGES = {code: language_for(code, catalog(code)) for code in LOCALES}
DAY = date(2026, 11, 25)


@pytest.mark.case(*TYPED)
@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-25",
        " 2026-11-25 ",
        "2026/11/25",
        "2026.11.25",
        "25/11/2026",
        "25-11-2026",
        "25.11.2026",
        "25 Nov 2026",
        "Nov 25, 2026",
        "25 november 2026",
        "Wed 25 Nov 2026",
    ],
)
@pytest.mark.parametrize("code", LOCALES)
def test_a_clear_date_is_read_alike_in_every_language(code: str, typed: str) -> None:
    """ISO 8601 and English names are read in all of them."""
    assert read_date(typed, LANGUAGES[code]) == DAY


@pytest.mark.case(*TYPED)
@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("es", "25 de noviembre de 2026"),
        ("ca", "25 de novembre del 2026"),
        ("pt", "25 de novembro de 2026"),
        ("fr", "mercredi 25 novembre 2026"),
        ("de", "Mittwoch, 25. November 2026"),
        ("it", "25 novembre 2026"),
        ("en", "11/25/2026"),
    ],
)
def test_a_date_is_read_in_the_words_of_its_language(code: str, typed: str) -> None:
    """Months and weekdays may be written in full."""
    assert read_date(typed, LANGUAGES[code]) == DAY


@pytest.mark.case(*TYPED)
@pytest.mark.parametrize("typed", ["03/04/2026", "3-4-2026"])
def test_the_day_is_first_but_in_english_either_may_be(typed: str) -> None:
    """British and American people write English: both readings are named."""
    for code in set(LOCALES) - {"en"}:
        assert read_date(typed, LANGUAGES[code]) == date(2026, 4, 3)
    with pytest.raises(AmbiguousDateError) as caught:
        read_date(typed, ENGLISH)
    readings = caught.value.day_first, caught.value.month_first
    assert readings == (date(2026, 4, 3), date(2026, 3, 4))
    assert read_date("03.04.2026", ENGLISH) == date(2026, 4, 3)
    assert read_date("05/05/2026", ENGLISH) == date(2026, 5, 5)


@pytest.mark.case(*TYPED)
@pytest.mark.parametrize(
    "typed",
    [
        *("", "yesterday", "2026", "11/2026", "25/11/26", "2026-13-01", "31/02/2026"),
        *(
            "2026-11/25",
            "25/11.2026",
            "\u0662\u0660\u0662\u0666-11-25",
            "\uff12\uff10\uff12\uff16-11-25",
            "Tue 25 Nov 2026",
        ),
        *("25 Nov 26", "Nov 2026", "25 Foo 2026", "1 25 Nov 2026", "25 Nov 2026 1"),
        *("0000-01-01", "Nov Nov 2026", "25 25 2026", "25_11_2026", "2026 11 25"),
    ],
)
@pytest.mark.parametrize("code", LOCALES)
def test_anything_else_is_refused(code: str, typed: str) -> None:
    """Two digits of a year, other digits and wrong weekdays are no date."""
    with pytest.raises(UnreadableDateError):
        read_date(typed, LANGUAGES[code])
    with pytest.raises(UnreadableDateError):
        read_moment(typed, LANGUAGES[code])


@pytest.mark.case(*TYPED)
@given(st.dates(date(1000, 1, 1)), st.sampled_from(sorted(LOCALES)))
def test_what_is_shown_can_be_typed(day: date, code: str) -> None:
    """A person copies a date from the window into a command of the same language."""
    language = LANGUAGES[code]
    shown = weekday_words(day, language, in_year=0)
    assert read_date(shown, language) == day
    assert read_date(shown.split(maxsplit=1)[1], language) == day


def test_a_date_is_its_midnight_and_a_time_is_local() -> None:
    """An offset of the text counts more than the person's zone."""
    madrid = Language(zone=ZoneInfo("Europe/Madrid"))
    midnight = datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert read_moment("2026-11-25", madrid) == midnight
    assert read_moment("25 Nov 2026", madrid) == midnight
    assert read_moment("2026-11-25T01:30", madrid) == midnight + timedelta(minutes=90)
    assert read_moment("2026-11-24T23:00Z", madrid) == midnight


@pytest.mark.parametrize("typed", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_a_moment_beyond_the_calendar_is_no_date(typed: str) -> None:
    """In UTC it would be in year 0 or 10,000."""
    with pytest.raises(UnreadableDateError):
        read_moment(typed, ENGLISH)
