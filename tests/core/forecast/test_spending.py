"""The normal spending of an account, and what is a drain."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from trayapp.core.balance import Balance, Reading
from trayapp.core.forecast.spending import (
    Drain,
    NormalSpending,
    drain,
    drain_from,
    normal_spending,
    spending,
)

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
CAMPAIGN = Decimal(60)


def history(days: int, *last_costs: str, campaigns: bool = False) -> list[Reading]:
    """Make readings each 20 minutes at 2.16 EUR a day, the last ones as given."""
    amount, readings = Decimal(1000), []
    count = days * 72
    for index in range(count):
        at = NOW - (count - 1 - index) * HOUR / 3
        amount -= Decimal("0.03")
        if campaigns and at.weekday() == 0 and at.hour == 10 and at.minute == 0:
            amount -= CAMPAIGN
        from_last = count - index
        if from_last <= len(last_costs):
            amount -= Decimal(last_costs[-from_last])
        readings.append(Reading(Balance(amount, "EUR"), at))
    return readings


def test_spending_far_above_normal_is_a_drain() -> None:
    """38 EUR in 20 minutes is one, where 2 EUR a day are normal."""
    said = drain(history(30, "38"), NOW, UTC)
    assert isinstance(said, Drain)
    assert (said.spent, said.within) == (Decimal("38.03"), HOUR / 3)
    assert said.normal.per_day == Decimal("2.160")


def test_a_slow_drain_is_found_within_a_day() -> None:
    """Small parts are added up."""
    said = drain(history(30, *["0.20"] * 36), NOW, UTC)
    assert said is not None
    assert said.within < 12 * HOUR


def test_ordinary_days_are_no_drain() -> None:
    """Twice the usual hour is not worth an alert."""
    assert drain(history(30, "0.06", "0.06", "0.06"), NOW, UTC) is None


@pytest.mark.parametrize("days", [16, 30])
def test_a_known_weekly_campaign_is_no_drain(days: int) -> None:
    """Every Monday at ten it spends 60 EUR, this Monday too."""
    assert drain(history(days, campaigns=True), NOW, UTC) is None


def test_a_campaign_that_doubles_is_a_drain() -> None:
    """A known campaign covers about its own amount again."""
    said = drain(history(30, "70", campaigns=True), NOW, UTC)
    assert said is not None


def test_a_drain_does_not_make_itself_normal() -> None:
    """Hours later it is still found, when it is the busiest day itself."""
    readings = history(30, "38", *["0"] * 40)
    assert drain(readings, NOW, UTC) is not None


@pytest.mark.parametrize("days", [0, 1, 13])
def test_without_enough_history_there_is_no_drain(days: int) -> None:
    """A new account has no normal spending."""
    readings = history(days, "38")
    assert normal_spending(readings, NOW, UTC) is None
    assert drain(readings, NOW, UTC) is None


def test_an_idle_account_has_no_normal_spending() -> None:
    """Its first spending in weeks may be anything."""
    asleep = [
        Reading(Balance(Decimal(50), "EUR"), NOW - hours * HOUR)
        for hours in range(30 * 24, 0, -1)
    ]
    woken = [*asleep, Reading(Balance(Decimal(10), "EUR"), NOW)]
    assert drain(woken, NOW, UTC) is None


def test_a_correction_is_no_drain() -> None:
    """A marked change is no spending."""
    assert drain(history(30, "38"), NOW, UTC, [NOW]) is None


def test_unobserved_days_add_up() -> None:
    """A weekend's spending, first read on Monday, counts as three days."""
    normal = NormalSpending(Decimal(2), Decimal(1), Decimal(3), "EUR")
    assert not normal.is_drain(Decimal(8), timedelta(hours=60))
    assert normal.is_drain(Decimal(8), timedelta(hours=1))


def test_a_changed_unit_is_no_drain() -> None:
    """From 935 euros to 40 credits nothing was spent."""
    readings = [*history(30), Reading(Balance(Decimal(40), "CREDITS"), NOW + HOUR)]
    assert drain(readings, NOW + HOUR, UTC) is None


def test_a_day_of_readings_is_enough_where_normal_is_known() -> None:
    """`drain_from` needs the last day only, not the months before."""
    readings = history(30, "38")
    normal = normal_spending(readings, NOW, UTC)
    assert normal is not None
    said = drain_from(normal, readings[-73:], NOW)
    assert said == drain(readings, NOW, UTC)
    assert said is not None


def test_a_payment_is_no_drain() -> None:
    """A top-up of 500 is no spending of 500."""
    readings = history(30)
    paid = Balance(readings[-1].balance.amount + 500, "EUR")
    assert drain([*readings, Reading(paid, NOW + HOUR)], NOW + HOUR, UTC) is None


@pytest.mark.case("4", "every rise taken for a payment")
def test_what_was_refunded_is_no_drain() -> None:
    """A campaign that came back in part cost less than a drain does."""
    assert drain(history(30, "3"), NOW, UTC) is not None
    refunded = history(30, "3", "-0.90", "0", "-0.90", "0", "0")
    assert drain(refunded, NOW, UTC) is None


@pytest.mark.parametrize(
    ("days", "active", "is_known"), [(14, 3, True), (13, 3, False), (14, 2, False)]
)
def test_normal_spending_needs_two_weeks_with_three_active_days(
    days: int, active: int, *, is_known: bool
) -> None:
    """One day less, or one active day less, is not enough."""
    begin = NOW.replace(hour=0) - timedelta(days=days + 1)
    amount, readings = Decimal(100), []
    for hour in range(days * 24 + 1):
        amount -= int(0 < hour <= active * 24)
        readings.append(Reading(Balance(amount, "EUR"), begin + hour * HOUR))
    now = readings[-1].at + timedelta(days=1)
    assert (normal_spending(readings, now, UTC) is not None) is is_known


SAO_PAULO = ZoneInfo("America/Sao_Paulo")
MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize("zone", [UTC, MADRID, SAO_PAULO, ZoneInfo("Pacific/Auckland")])
@pytest.mark.parametrize("hour", [0, 12, 23])
def test_an_hour_belongs_to_its_local_day(zone: ZoneInfo, hour: int) -> None:
    """Spending in a day's first or last hour counts for that day, over clock changes.

    In Madrid a day in October has 25 hours, and one in March 23.
    """
    for spent_on in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 4)):
        begin = datetime.combine(spent_on - timedelta(days=3), time.min, zone)
        end = datetime.combine(spent_on + timedelta(days=4), time.min, zone)
        hours = (end.astimezone(UTC) - begin.astimezone(UTC)) // HOUR
        amount, readings = Decimal(100), []
        for number in range(hours + 1):
            at = begin.astimezone(UTC) + number * HOUR
            before = (at - HOUR).astimezone(zone)
            spends = before.date() == spent_on and before.hour == hour
            amount -= 5 * int(spends and number > 0)
            readings.append(Reading(Balance(amount, "EUR"), at))
        past = spending(readings, (), zone, timedelta(days=10))
        assert past is not None
        active = [day for day in past.days if day.spent > 0]
        assert [day.weekday for day in active] == [spent_on.weekday()]
        assert [day.age for day in active] == [4]
        assert len(past.days) == 7 if hour == 12 else past.days


def test_the_rest_of_the_last_day_is_its_share_of_the_profile() -> None:
    """At 18:00 a quarter of an even day is left, in the zone."""
    readings = [
        Reading(Balance(Decimal(500 - hour), "EUR"), NOW + hour * HOUR)
        for hour in range(10 * 24 + 1)
    ]
    last = readings[-1].at  # 14:00 UTC, 15:00 in Madrid
    for zone, left in ((UTC, 10 / 24), (MADRID, 9 / 24)):
        past = spending(readings, (), zone, timedelta(days=20))
        assert past is not None
        assert past.last_day == last.astimezone(zone).date()
        assert past.left_of_last_day == pytest.approx(left)
