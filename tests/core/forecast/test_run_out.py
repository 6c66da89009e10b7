"""The run-out date is honest, never past, and sooner with more spending."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_readings import with_refunds
from trayapp.core.balance import Balance, Reading
from trayapp.core.forecast.run_out import (
    HORIZON,
    Forecast,
    Verdict,
    days_left,
    forecast,
)

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 23, tzinfo=UTC)  # a Monday's first moment
HOUR = timedelta(hours=1)
Costs = Callable[[datetime], int | Decimal]


def history(left: int | Decimal, days: int, costs: Costs) -> list[Reading]:
    """Make hourly readings that end now at `left`, each with its own spending."""
    amount, readings = Decimal(left), [Reading(Balance(Decimal(left), "EUR"), NOW)]
    for hours in range(1, days * 24 + 1):
        at = NOW - hours * HOUR
        amount += costs(at)
        readings.append(Reading(Balance(amount, "EUR"), at))
    return readings[::-1]


def steadily(_: datetime) -> int:
    """Spend 24 a day."""
    return 1


def in_office_hours(at: datetime) -> int:
    """Spend 30 a day, from Monday to Friday."""
    return 3 if at.weekday() < 5 and 8 <= at.hour < 18 else 0


def test_steady_spending_gives_a_narrow_range_around_the_day() -> None:
    """At 24 a day, 240 last for ten days."""
    said = forecast(history(240, 60, steadily), NOW, UTC)
    assert said.verdict is Verdict.RANGE
    assert said.first is not None
    assert said.last is not None
    assert said.first <= date(2026, 12, 2) <= said.last
    assert (said.last - said.first).days <= 5
    assert said.per_day == Decimal("24.00")


def test_weekends_have_their_own_pace() -> None:
    """At 30 a working day, 140 last to the Friday and over no weekend."""
    said = forecast(history(140, 56, in_office_hours), NOW, UTC)
    assert said.first is not None
    assert said.last is not None
    assert said.first <= date(2026, 11, 27) <= said.last
    assert {said.first.weekday(), said.last.weekday()} <= {0, 1, 2, 3, 4}


@pytest.mark.case("4", "every rise taken for a payment")
@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
@pytest.mark.parametrize(
    ("price", "unit"), [("0.0375", "EUR"), ("1", "CREDITS"), ("410", "IDR")]
)
def test_refunds_count_against_the_spending(
    share: float, price: str, unit: str
) -> None:
    """The range is that of an account which sends so much less, and as narrow."""
    readings = with_refunds(60, share, price=price, unit=unit)
    now, net = readings[-1].at, 1 - share
    said = forecast(readings, now, UTC)
    # The same messages without refunds, for a balance that lasts as long.
    without = with_refunds(60, 0, price=price, unit=unit)
    more = readings[-1].balance.amount / Decimal(net) - without[-1].balance.amount
    same = [
        Reading(Balance(one.balance.amount + more, unit), one.at) for one in without
    ]
    expected = forecast(same, now, UTC)
    assert said.verdict is expected.verdict is Verdict.RANGE
    assert None not in {said.first, said.last, expected.first, expected.last}
    days, days_expected = days_left(said, now.date()), days_left(expected, now.date())
    assert days is not None
    assert days_expected is not None
    for one, other in zip(days, days_expected, strict=True):
        assert abs(one - other) <= max(1, 0.05 * other)
    assert said.per_day is not None
    assert expected.per_day is not None
    assert abs(said.per_day / expected.per_day / Decimal(net) - 1) < Decimal("0.03")


@pytest.mark.case("4", "every rise taken for a payment")
def test_a_refund_on_the_next_day_comes_off_the_campaign() -> None:
    """A campaign on Monday comes back in part on Tuesday morning."""

    def campaigns(at: datetime) -> int:
        return 1 + (100 if at.weekday() == 0 and at.hour == 18 else 0)

    def refunded(at: datetime) -> int:
        return campaigns(at) - (30 if at.weekday() == 1 and at.hour == 3 else 0)

    with_them = forecast(history(1200, 70, refunded), NOW, UTC)
    assert with_them.verdict is Verdict.RANGE
    assert with_them.per_day is not None
    assert abs(with_them.per_day - (24 + Decimal(70) / 7)) < Decimal("1.5")


def test_recent_weeks_count_more() -> None:
    """With three times the spending for a month, the account runs out sooner."""
    since = NOW - timedelta(days=28)

    def faster(at: datetime) -> int:
        return 3 if at >= since else 1

    said = forecast(history(720, 100, faster), NOW, UTC)
    assert said.per_day is not None
    assert said.per_day > 48


def changing_by(share: str) -> Costs:
    """Spend 24 a day now, and so many times as much each week later."""

    def costs(at: datetime) -> Decimal:
        weeks = (NOW - at) / timedelta(weeks=1)
        return Decimal(f"{float(share) ** -weeks:.6f}")

    return costs


def near(day: date | None, year: int, month: int, of_month: int) -> bool:
    """Whether a day is within two days of another one."""
    return day is not None and abs(day - date(year, month, of_month)).days <= 2


@pytest.mark.parametrize(("share", "a_day"), [("1.04", "23.1"), ("0.96", "25.0")])
def test_a_trend_goes_on_for_a_while(share: str, a_day: str) -> None:
    """The mean of the last weeks alone would be further from the 24 of today."""
    said = forecast(history(2000, 112, changing_by(share)), NOW, UTC)
    assert said.per_day is not None
    assert abs(said.per_day - Decimal(a_day)) < Decimal("0.1")


def test_a_trend_fades() -> None:
    """Growth of 4 % a week for ever would use 6000 up in March."""
    said = forecast(history(6000, 112, changing_by("1.04")), NOW, UTC)
    assert near(said.first, 2027, 4, 27)
    assert near(said.last, 2027, 10, 10)


@pytest.mark.parametrize(("days", "a_day"), [(10, "21.37"), (14, "21.46")])
def test_a_weekday_borrows_from_working_days_only(days: int, a_day: str) -> None:
    """Few days are known. Those of the weekend say nothing about a Tuesday."""
    said = forecast(history(140, days, in_office_hours), NOW, UTC)
    assert said.per_day is not None
    assert abs(said.per_day - Decimal(a_day)) < Decimal("0.05")
    assert near(said.first, 2026, 11, 26)
    assert near(said.last, 2026, 11, 30)


def on_the_last_days(count: int) -> Costs:
    """Spend on the last `count` days alone."""
    return lambda at: int(NOW - at <= timedelta(days=count))


@pytest.mark.parametrize(
    ("days", "active", "verdict"),
    [
        (6, 3, Verdict.NOT_ENOUGH),
        (7, 3, Verdict.RANGE),
        (7, 2, Verdict.NOT_ENOUGH),
        (13, 2, Verdict.NOT_ENOUGH),
        (14, 2, Verdict.RANGE),
        (14, 1, Verdict.NOT_ENOUGH),
    ],
)
def test_a_forecast_needs_a_week_with_three_active_days_or_two_weeks_with_two(
    days: int, active: int, verdict: Verdict
) -> None:
    """One day less, or one active day less, is not enough."""
    said = forecast(history(50, days, on_the_last_days(active)), NOW, UTC)
    assert said.verdict is verdict


@pytest.mark.parametrize(("days", "idle"), [(7, None), (8, 8), (30, 30)])
def test_an_account_is_idle_after_more_than_a_week(days: int, idle: int | None) -> None:
    """A week without spending may be a holiday."""

    def until(at: datetime) -> int:
        return int((NOW - at).days >= days)

    said = forecast(history(50, 60, until), NOW, UTC)
    assert said.idle_days == idle
    assert (said.verdict is Verdict.IDLE) is (idle is not None)


def test_a_burst_is_dampened_and_not_ignored() -> None:
    """A day of 20 times the spending changes the pace a little."""
    day = (NOW - timedelta(days=10)).date()

    def burst(at: datetime) -> int:
        return 20 if at.date() == day else 1

    said = forecast(history(240, 60, burst), NOW, UTC)
    assert said.per_day is not None
    assert 24 < said.per_day < 27


def test_top_ups_and_corrections_are_no_spending() -> None:
    """Neither a rise nor a marked change affects the pace."""
    marked = NOW - 100 * HOUR

    def moved(at: datetime) -> int:
        if at + HOUR == marked:
            return 500
        return -1000 if at.day == 3 and at.hour == 5 else 1

    said = forecast(history(240, 60, moved), NOW, UTC, [marked])
    assert said.per_day == Decimal("24.00")


def test_a_gap_is_spread_over_its_days() -> None:
    """Spending in a gap counts, a part of it on each day."""
    whole = history(240, 60, steadily)
    holed = [one for one in whole if not 200 <= (NOW - one.at) / HOUR <= 400]
    assert forecast(holed, NOW, UTC) == forecast(whole, NOW, UTC)


@pytest.mark.parametrize("days", [0, 1, 5])
def test_a_few_days_are_not_enough(days: int) -> None:
    """A new account has no forecast."""
    assert forecast(history(99, days, steadily), NOW, UTC).verdict is Verdict.NOT_ENOUGH
    assert forecast([], NOW, UTC) == Forecast(Verdict.NOT_ENOUGH)


def test_a_balance_of_zero_is_empty() -> None:
    """It needs no history."""
    for left in (0, -5):
        said = forecast(history(left, 1, steadily), NOW, UTC)
        assert said.verdict is Verdict.EMPTY
        assert days_left(said, NOW.date()) == (0, 0)


def test_an_account_without_spending_is_idle() -> None:
    """After nine days without spending there is no run-out date."""
    since = NOW - timedelta(days=9)

    def until_then(at: datetime) -> int:
        return 1 if at < since else 0

    said = forecast(history(99, 60, until_then), NOW, UTC)
    assert said == Forecast(Verdict.IDLE, idle_days=9)
    assert days_left(said, NOW.date()) is None


def test_an_account_is_not_idle_between_weekly_campaigns() -> None:
    """Its usual breaks do not count as idle time."""

    def campaign(at: datetime) -> int:
        return 100 if at.weekday() == 0 and at.hour == 10 else 0

    said = forecast(history(250, 70, campaign), NOW, UTC)
    assert said.verdict is Verdict.RANGE
    assert said.first is not None
    assert said.first <= date(2026, 12, 7)  # the third Monday takes the rest


def test_a_balance_for_more_than_two_years_is_far() -> None:
    """Beyond two years there is no date."""
    said = forecast(history(10**6, 60, steadily), NOW, UTC)
    assert (said.verdict, said.first, said.last) == (Verdict.FAR, None, None)


def test_an_old_unit_does_not_count() -> None:
    """Spending in euros says nothing about credits."""
    said = forecast(
        [
            *history(240, 60, steadily)[:-1],
            Reading(Balance(Decimal(50), "CREDITS"), NOW),
        ],
        NOW,
        UTC,
    )
    assert said.verdict is Verdict.NOT_ENOUGH


def test_an_old_reading_never_gives_a_past_day() -> None:
    """Ten days' worth, read a month ago, gives today twice."""
    later = NOW + timedelta(days=30)
    said = forecast(history(240, 60, steadily), later, UTC)
    assert said.first == said.last == later.date()
    assert days_left(said, later.date() + timedelta(days=1)) == (0, 0)


AMOUNTS = st.decimals(-(10**15), 10**15, places=8) | st.integers(-1, 40).map(Decimal)
ZONES = st.sampled_from([UTC, MADRID, None])


@st.composite
def wild_histories(draw: st.DrawFn) -> list[Reading]:
    """Make any readings at any time, near and far, in any unit."""
    times = st.datetimes(
        min_value=datetime(2026, 6, 1),  # noqa: DTZ001  # hypothesis wants it naive
        max_value=datetime(2027, 1, 1),  # noqa: DTZ001  # as hypothesis wants it
        timezones=st.just(UTC),
    ) | st.datetimes(timezones=st.just(UTC))
    days = st.integers(0, 200).map(lambda days: NOW - timedelta(days=days))
    units = st.sampled_from(["EUR", "EUR", "EUR", "SMS"])
    readings = st.builds(
        Reading, st.builds(Balance, AMOUNTS, units), times | days | days
    )
    return draw(st.lists(readings, max_size=60))


@given(readings=wild_histories(), zone=ZONES, marked=st.booleans())
def test_it_never_raises_and_gives_no_past_day(
    readings: list[Reading], zone: ZoneInfo | None, *, marked: bool
) -> None:
    """Any readings give a forecast that can be shown."""
    corrections = [one.at for one in readings[::3]] if marked else []
    said = forecast(readings, NOW, zone, corrections)
    assert (said.verdict is Verdict.RANGE) == (said.first is not None)
    if said.first is not None and said.last is not None:
        today = NOW.astimezone(zone).date()
        assert today <= said.first <= said.last <= today + HORIZON


@st.composite
def daily_spending(draw: st.DrawFn) -> list[int]:
    """Draw the spending of each day of some weeks."""
    return draw(st.lists(st.integers(0, 100), min_size=7, max_size=60))


@given(
    costs=daily_spending(),
    left=st.integers(1, 5000),
    times=st.decimals("1.01", 20, places=2),
    topped_up=st.booleans(),
)
def test_it_moves_towards_today_as_spending_grows(
    costs: list[int], left: int, times: Decimal, *, topped_up: bool
) -> None:
    """With faster spending neither day is later."""

    def said(factor: Decimal) -> tuple[date, date]:
        def cost(at: datetime) -> Decimal:
            day = (NOW - at).days
            if topped_up and day % 11 == 3 and at.hour == 2:
                return Decimal(-700)
            return factor * costs[day] if at.hour % 8 == 1 else Decimal(0)

        answer = forecast(history(left, len(costs), cost), NOW, UTC)
        return answer.first or date.max, answer.last or date.max

    before, after = said(Decimal(1)), said(times)
    assert after[0] <= before[0]
    assert after[1] <= before[1]


def test_three_years_of_readings_are_quick() -> None:
    """The history window waits for it."""
    readings = history(2400, 1096, in_office_hours)
    best = min(_seconds(readings) for _ in range(5))
    assert best < 0.2  # 50 ms on an idle machine; test machines are busy


def _seconds(readings: list[Reading]) -> float:
    start = time.process_time()
    forecast(readings, NOW, MADRID)
    return time.process_time() - start
