"""A forecast in words, the messages that are left, and a suggested top-up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.balance import Balance
from trayapp.core.forecast.run_out import HORIZON, Forecast, Verdict
from trayapp.core.forecast.words import (
    card_words,
    is_soon,
    messages_left,
    messages_sentence,
    run_out_words,
    suggested_top_up,
)
from trayapp.core.i18n.language import ENGLISH

TODAY = date(2026, 12, 10)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2026, 12, 14), (2026, 12, 19), "Mon 14 – Sat 19 Dec at this pace"),
        ((2026, 12, 28), (2027, 1, 2), "Mon 28 Dec – Sat 2 Jan at this pace"),
        ((2026, 12, 14), (2026, 12, 14), "Mon 14 Dec at this pace"),
        ((2026, 12, 10), (2026, 12, 11), "Today or tomorrow"),
        ((2026, 12, 10), (2026, 12, 10), "Today at this pace"),
        ((2026, 12, 10), (2026, 12, 13), "Today – Sun 13 Dec at this pace"),
        ((2026, 12, 8), (2026, 12, 11), "Today or tomorrow"),
        ((2027, 3, 4), (2027, 3, 20), "Thu 4 – Sat 20 Mar at this pace"),
        ((2027, 3, 4), (2027, 7, 1), "Thu 4 Mar – Thu 1 Jul 2027 at this pace"),
        ((2027, 8, 2), (2027, 8, 3), "Mon 2 – Tue 3 Aug 2027 at this pace"),
        ((2027, 8, 2), (2027, 9, 3), "Mon 2 Aug – Fri 3 Sep 2027 at this pace"),
        ((2027, 8, 2), (2027, 8, 2), "Mon 2 Aug 2027 at this pace"),
    ],
)
def test_a_range_is_said_in_plain_words(
    first: tuple[int, int, int], last: tuple[int, int, int], words: str
) -> None:
    """Nothing is repeated, a near day has no year, and a past day is today."""
    said = Forecast(Verdict.RANGE, date(*first), date(*last))
    assert run_out_words(said, TODAY, ENGLISH) == words


@pytest.mark.parametrize(
    ("first", "warn_days", "soon"),
    [
        ((2026, 12, 15), 5, True),
        ((2026, 12, 16), 5, False),
        ((2026, 12, 9), 1, True),
        ((2026, 12, 10), 0, False),
    ],
)
def test_few_days_are_left_within_warn_days(
    first: tuple[int, int, int], warn_days: int, *, soon: bool
) -> None:
    """The range's first day counts, today is day 0, and 0 days never warn."""
    said = Forecast(Verdict.RANGE, date(*first), date(2026, 12, 30))
    assert is_soon(said, warn_days, TODAY) is soon


def test_without_a_run_out_date_it_is_not_soon() -> None:
    """No forecast, or one without a date, gives no warning."""
    assert not is_soon(None, 5, TODAY)
    assert not is_soon(Forecast(Verdict.NOT_ENOUGH), 5, TODAY)


def test_a_range_without_an_end_says_so() -> None:
    """After two years there is no last day."""
    said = Forecast(Verdict.RANGE, date(2027, 8, 2), TODAY + HORIZON)
    words = "Mon 2 Aug 2027 or later at this pace"
    assert run_out_words(said, TODAY, ENGLISH) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Forecast(Verdict.EMPTY), "Nothing left"),
        (Forecast(Verdict.NOT_ENOUGH), "Not enough history yet"),
        (Forecast(Verdict.IDLE, idle_days=9), "No spending for 9 days"),
        (Forecast(Verdict.FAR), "More than two years at this pace"),
    ],
)
def test_a_forecast_without_a_range_has_words_too(said: Forecast, words: str) -> None:
    """They name no infinity and no guess."""
    assert run_out_words(said, TODAY, ENGLISH) == words


@pytest.mark.parametrize(
    ("amount", "unit", "price", "count"),
    [
        ("46.50", "EUR", "0.0375", 1240),
        ("0.0374", "EUR", "0.0375", 0),
        ("1240.9", "SMS", None, 1240),
        ("-3", "SMS", None, 0),
        ("-3", "EUR", "0.05", 0),
        ("3", "EUR", None, None),
        ("3", "EUR", "0", None),
        ("999999999999999.12345678", "EUR", "0.00000001", 99999999999999912345678),
    ],
)
def test_messages_are_counted_in_whole_ones(
    amount: str, unit: str, price: str | None, count: int | None
) -> None:
    """A part of a message and a negative number count as 0."""
    left = messages_left(
        Balance(Decimal(amount), unit), None if price is None else Decimal(price)
    )
    assert left == count


def test_messages_are_written_in_the_persons_format() -> None:
    """One message has the singular."""
    assert messages_sentence(1240, ENGLISH) == "about 1,240 messages"
    assert messages_sentence(1, ENGLISH) == "about 1 message"


@pytest.mark.parametrize(
    ("per_day", "left", "amount"),
    [
        ("0.02", "0", "5"),
        ("1.30", "0", "40"),
        ("2.20", "0", "70"),
        ("9.20", "0", "300"),
        ("43", "0", "1300"),
        ("9.20", "100", "160"),
        ("1", "28", None),
    ],
)
def test_a_suggestion_is_a_round_amount(
    per_day: str, left: str, amount: str | None
) -> None:
    """Four weeks of spending, less the balance, are rounded up."""
    said = Forecast(Verdict.RANGE, TODAY, TODAY, Decimal(per_day))
    expected = None if amount is None else Decimal(amount)
    assert suggested_top_up(said, 4, Decimal(left)) == expected


@given(st.decimals(0, 10**15, places=6), st.integers(1, 52))
def test_a_suggestion_is_enough_and_little_more(per_day: Decimal, weeks: int) -> None:
    """It is at least the need, and at most a fifth (or 5) above it."""
    suggested = suggested_top_up(Forecast(Verdict.FAR, per_day=per_day), weeks)
    needed = per_day * 7 * weeks
    assert (suggested is None) == (needed == 0)
    if suggested is not None:
        assert needed <= suggested <= max(needed * Decimal("1.2"), needed + 5)


def test_without_a_pace_nothing_is_suggested() -> None:
    """An unknown need has no amount."""
    assert suggested_top_up(Forecast(Verdict.NOT_ENOUGH), 4) is None


@given(st.integers(0, 900), st.integers(0, 900), st.integers(0, 400))
def test_every_range_has_a_sentence(first: int, more: int, later: int) -> None:
    """On any day, the sentence has no empty placeholder."""
    start = TODAY + timedelta(days=first)
    said = Forecast(Verdict.RANGE, start, start + timedelta(days=more))
    words = run_out_words(said, TODAY + timedelta(days=later), ENGLISH)
    assert words
    assert "{" not in words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            Forecast(Verdict.RANGE, date(2026, 12, 3), date(2026, 12, 8)),
            ("Runs out Thu 3 – Tue 8 Dec at this pace", ""),
        ),
        (
            Forecast(Verdict.RANGE, date(2026, 11, 23), date(2026, 11, 24)),
            ("Runs out today or tomorrow", ""),
        ),
        (
            Forecast(Verdict.RANGE, date(2026, 11, 20), date(2026, 11, 27)),
            ("Runs out today – Fri 27 Nov at this pace", ""),
        ),
        (
            Forecast(Verdict.RANGE, date(2026, 11, 23), date(2029, 11, 23)),
            ("Runs out today or later at this pace", ""),
        ),
        (Forecast(Verdict.FAR), ("More than two years at this pace", "")),
        (Forecast(Verdict.NOT_ENOUGH), ("", "Not enough history yet")),
    ],
)
def test_a_card_shows_a_date_large_and_its_absence_small(
    said: Forecast, words: tuple[str, str]
) -> None:
    """The whole sentence explains what the day means."""
    assert card_words(said, date(2026, 11, 23), ENGLISH) == words
