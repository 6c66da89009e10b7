"""Until when notifications are held back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.alerts.snooze import Snooze, SnoozeChoice, quiet_now, until
from trayapp.core.i18n.dates import wall_clock_moment
from trayapp.core.settings import QuietHours

MADRID = ZoneInfo("Europe/Madrid")
ZONES = st.sampled_from(
    [
        MADRID,
        ZoneInfo("America/New_York"),
        ZoneInfo("Pacific/Apia"),
        ZoneInfo("Asia/Kolkata"),
        ZoneInfo("Australia/Lord_Howe"),
        UTC,
        None,
    ]
)
MOMENTS = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    datetime(2037, 1, 1),  # noqa: DTZ001  # as hypothesis wants it
    timezones=st.just(UTC),
)
NIGHT = QuietHours(time(22), time(7, 30))


def local(*when: int) -> datetime:
    """Give a time of Madrid's clock, in UTC."""
    return datetime(*when, tzinfo=MADRID).astimezone(UTC)  # type: ignore[arg-type,misc]  # five numbers


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (SnoozeChoice.HOUR, local(2026, 11, 26, 16, 20)),
        (SnoozeChoice.EIGHT_HOURS, local(2026, 11, 26, 23, 20)),
        (SnoozeChoice.TOMORROW, local(2026, 11, 27, 9, 0)),
        (SnoozeChoice.MONDAY, local(2026, 11, 30, 9, 0)),
        (SnoozeChoice.OFF, None),
    ],
)
def test_each_choice_has_its_end(
    choice: SnoozeChoice, expected: datetime | None
) -> None:
    """On a Thursday afternoon."""
    assert until(choice, local(2026, 11, 26, 15, 20), MADRID) == expected


def test_on_a_monday_the_next_one_is_meant() -> None:
    """Early as it may be."""
    monday = local(2026, 11, 30, 8, 0)
    assert until(SnoozeChoice.MONDAY, monday, MADRID) == local(2026, 12, 7, 9, 0)


def test_nine_oclock_stays_nine_oclock_across_a_clock_change() -> None:
    """The night in which clocks go back has 25 hours."""
    evening = local(2026, 10, 24, 21, 0)
    assert until(SnoozeChoice.TOMORROW, evening, MADRID) == local(2026, 10, 25, 9, 0)
    assert local(2026, 10, 25, 9, 0) - evening == timedelta(hours=13)


def test_eight_hours_are_eight_hours_across_a_clock_change() -> None:
    """Whatever the clock on the wall shows then."""
    evening = local(2026, 10, 24, 21, 0)
    end = until(SnoozeChoice.EIGHT_HOURS, evening, MADRID)
    assert end == evening + timedelta(hours=8)


def test_a_time_that_the_clock_leaves_out_comes_as_much_later() -> None:
    """At the end of March there is no half past two."""
    moment = wall_clock_moment(
        datetime(2026, 3, 29, tzinfo=UTC).date(), time(2, 30), MADRID
    )
    assert moment == local(2026, 3, 29, 3, 30)


@given(st.sampled_from(SnoozeChoice), MOMENTS, ZONES)
def test_a_snooze_holds_from_now_to_its_end(
    choice: SnoozeChoice, now: datetime, zone: ZoneInfo | None
) -> None:
    """In any zone, whatever clock change lies between."""
    end = until(choice, now, zone)
    if end is None:
        assert choice is SnoozeChoice.OFF
        assert not Snooze(end).holds(now)
        return
    assert timedelta(0) < end - now < timedelta(days=8)
    assert Snooze(end).holds(now)
    assert not Snooze(end).holds(end)
    if choice in {SnoozeChoice.TOMORROW, SnoozeChoice.MONDAY}:
        assert end.astimezone(zone).time() == time(9)


def test_an_end_beyond_any_choice_holds_nothing(now: datetime) -> None:
    """It was made by a clock that was wrong, or came with a backup."""
    snooze = Snooze(now)
    assert not snooze.holds(now - timedelta(days=400))


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [
        (21, 59, False),
        (22, 0, True),
        (0, 0, True),
        (7, 29, True),
        (7, 30, False),
        (12, 0, False),
    ],
)
def test_quiet_hours_go_over_midnight(*, hour: int, minute: int, quiet: bool) -> None:
    """By the clock on the wall; the end is not part of them."""
    assert quiet_now(NIGHT, local(2026, 11, 23, hour, minute), MADRID) is quiet


def test_quiet_hours_within_a_day_are_that_alone() -> None:
    """A siesta."""
    siesta = QuietHours(time(14), time(17))
    said = [
        quiet_now(siesta, local(2026, 11, 23, hour, 0), MADRID)
        for hour in (13, 14, 16, 17, 23)
    ]
    assert said == [False, True, True, False, False]


def test_no_quiet_hours_are_never_quiet(now: datetime) -> None:
    """Nor are those that end when they begin."""
    assert not quiet_now(None, now, UTC)
    assert not quiet_now(QuietHours(time(12), time(12)), now, UTC)


@given(MOMENTS, ZONES)
def test_quiet_hours_follow_the_wall_across_clock_changes(
    now: datetime, zone: ZoneInfo | None
) -> None:
    """What the clock shows decides, in both of the hours that it shows twice."""
    shown = now.astimezone(zone).time()
    assert quiet_now(NIGHT, now, zone) is (shown >= time(22) or shown < time(7, 30))
