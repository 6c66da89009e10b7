"""What "I have paid" waits for."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.alerts.pending_payment import PendingPayment, pending_payment_text
from trayapp.core.i18n.language import Language

MADRID = ZoneInfo("Europe/Madrid")
LANGUAGE = Language(zone=MADRID)


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("2026-11-23 16:00", "2026-11-24 09:00"),
        ("2026-11-23 00:30", "2026-11-24 09:00"),
        ("2026-11-27 10:00", "2026-11-30 09:00"),
        ("2026-11-28 10:00", "2026-11-30 09:00"),
        ("2026-11-29 23:59", "2026-11-30 09:00"),
        ("2026-10-23 10:00", "2026-10-26 09:00"),
    ],
)
def test_the_next_working_day_begins_at_nine(said: str, due: str) -> None:
    """Over a week-end, and over a clock change."""
    at = datetime.fromisoformat(said).replace(tzinfo=MADRID).astimezone(UTC)
    shown = PendingPayment("a", at).due(MADRID).astimezone(MADRID)
    assert f"{shown:%Y-%m-%d %H:%M}" == due


def test_it_is_due_from_that_morning_on(now: datetime) -> None:
    """Not a minute before."""
    paid = PendingPayment("a", now)
    due = paid.due(UTC)
    assert not paid.is_due(due - timedelta(minutes=1), UTC)
    assert paid.is_due(due, UTC)
    assert paid.is_due(due + timedelta(days=9), UTC)


def test_what_was_said_in_the_future_is_not_waited_for_for_years(
    now: datetime,
) -> None:
    """The clock was wrong then."""
    paid = PendingPayment("a", now + timedelta(days=400))
    assert paid.is_due(now, UTC)


@given(
    st.datetimes(
        datetime(2000, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
        datetime(2037, 1, 1),  # noqa: DTZ001  # as hypothesis wants it
        timezones=st.just(UTC),
    )
)
def test_it_is_always_a_working_day_soon(at: datetime) -> None:
    """Four days away at most, from a Friday's first minute."""
    due = PendingPayment("a", at).due(MADRID)
    assert due.astimezone(MADRID).weekday() < 5
    assert timedelta(0) < due - at < timedelta(days=4)


def test_it_says_what_is_waited_for(now: datetime) -> None:
    """When it was said, and when the reminder comes, in the person's zone."""
    assert pending_payment_text(PendingPayment("a", now), now, LANGUAGE) == (
        "You said you paid (13:00). "
        "If no top-up is seen, a reminder comes (24 Nov, 09:00)."
    )
