"""The rule of payments: which rises are top-ups, and which are refunds."""

from datetime import UTC, timedelta
from decimal import Decimal

import pytest

from sample_readings import HOUR, NOON, read, with_refunds
from trayapp.core.balance import Balance, Reading
from trayapp.core.history.ledger import MovementKind, months, movements

CASE = pytest.mark.case("4", "every rise taken for a payment")
DAY = timedelta(days=1)
TOP_UP, SPENT, REFUND = MovementKind.TOP_UP, MovementKind.SPENT, MovementKind.REFUND


def steady(
    days: int, a_day: str, start: str = "200", unit: str = "EUR"
) -> list[Reading]:
    """Make hourly readings up to noon that spend evenly."""
    an_hour = Decimal(a_day) / 24
    return [
        Reading(
            Balance(Decimal(start) - an_hour * hour, unit),
            NOON - (days * 24 - hour) * HOUR,
        )
        for hour in range(days * 24 + 1)
    ]


def then(readings: list[Reading], *changes: str, every: timedelta = HOUR) -> None:
    """Add readings, each with a change from the one before it."""
    for change in changes:
        last = readings[-1]
        amount = last.balance.amount + Decimal(change)
        readings.append(Reading(Balance(amount, last.balance.unit), last.at + every))


def kind_of_last(readings: list[Reading]) -> MovementKind:
    """Return the kind of the last movement."""
    return movements(readings)[-1].kind


@CASE
@pytest.mark.parametrize(
    ("price", "unit"),
    [("0.0375", "EUR"), ("1", "CREDITS"), ("31.5", "COP"), ("410", "IDR")],
)
@pytest.mark.parametrize("share", [0.05, 0.2])
def test_refunds_of_40_days_are_no_top_ups(share: float, price: str, unit: str) -> None:
    """Each top-up is a payment, in any currency, and in whole credits too."""
    readings = with_refunds(40, share, price=price, unit=unit)
    moved = movements(readings)
    paid = [change.amount / Decimal(price) for change in moved if change.kind is TOP_UP]
    assert paid
    assert all(amount > 1400 for amount in paid)
    assert sum(change.kind is REFUND for change in moved) > 40


@CASE
def test_months_have_the_net_spending() -> None:
    """What was refunded was not spent, and each month adds up."""
    readings = with_refunds(60, 0.2)
    moved = movements(readings)
    rows = months(readings, [], UTC)
    spent = sum(change.amount for change in moved if change.kind is SPENT)
    refunded = sum(change.amount for change in moved if change.kind is REFUND)
    assert sum(row.spent for row in rows) == spent - refunded
    assert sum(row.refunded for row in rows) == refunded > 0
    assert all(row.corrected == 0 for row in rows)


@CASE
def test_a_rise_of_cents_is_never_a_payment() -> None:
    """Not even on an account without any history, or one that is used up."""
    assert kind_of_last(read("20.00", "20.05")) is REFUND
    assert kind_of_last(read("0.00", "0.05")) is REFUND
    assert kind_of_last(read("3000", "3001", unit="CREDITS")) is REFUND
    assert kind_of_last(read("2000000", "2000400", unit="IDR")) is REFUND


@CASE
@pytest.mark.parametrize("share", ["0.1", "0.3", "0.45"])
def test_a_part_of_a_failed_campaign_is_a_refund(share: str) -> None:
    """It comes back within hours, or on the next day, at once or in parts."""
    back = Decimal(200) * Decimal(share)
    for after in (("-1",), ("-1",) * 8, ("-1",) * 30):
        readings = steady(10, "2", "500")
        then(readings, "-200", *after, str(back))
        assert kind_of_last(readings) is REFUND
        readings = steady(10, "2", "500")
        then(readings, "-200", *after, str(back / 2), "-0.1", str(back / 2))
        assert {change.kind for change in movements(readings)} == {SPENT, REFUND}


@CASE
def test_a_small_payment_each_week_is_a_top_up() -> None:
    """10 EUR a week on an account that spends 2 a day."""
    readings = steady(5, "2", "14")
    for _ in range(4):
        then(readings, "10", *["-0.09"] * (24 * 7 - 1))
    kinds = [change.kind for change in movements(readings)]
    assert kinds.count(TOP_UP) == 4
    assert REFUND not in kinds


@CASE
def test_a_payment_right_after_a_campaign_is_a_top_up() -> None:
    """It repeats a former payment, or is round and comes to an account that is low."""
    repeated = read("20", "120")
    then(repeated, *["-0.5"] * 48, "400", "-380", "-1", "99.9")
    assert kind_of_last(repeated) is TOP_UP
    low = steady(10, "2", "540")
    then(low, "-500", "-1", "100")
    assert kind_of_last(low) is TOP_UP
    used_up = read("350.1200", "4.5000", "4.5000", "40.1200")
    assert kind_of_last(used_up) is TOP_UP
    assert kind_of_last(read("350.1200", "4.5000", "30.1200")) is REFUND
    odd = steady(10, "2", "560")
    then(odd, "-500", "-1", "101.25")
    assert kind_of_last(odd) is REFUND


@CASE
def test_a_rise_after_a_long_gap_is_a_payment() -> None:
    """Spending of a week ago is not refunded; a rise of cents is still none."""
    readings = steady(10, "20", "500")
    then(readings, "30", every=7 * DAY)
    assert kind_of_last(readings) is TOP_UP
    readings = steady(10, "20", "500")
    then(readings, "0.4", every=7 * DAY)
    assert kind_of_last(readings) is REFUND


@CASE
def test_spending_in_a_gap_counts_by_the_day() -> None:
    """700 EUR in a week are 100 a day: then 80 are a payment."""
    readings = read("1000", "300", every=7 * DAY)
    then(readings, "80")
    assert kind_of_last(readings) is TOP_UP
    readings = read("1000", "300", every=7 * DAY)
    then(readings, "40")
    assert kind_of_last(readings) is REFUND


@CASE
def test_spending_is_refunded_once() -> None:
    """What came back already can't come back again."""
    readings = steady(10, "2", "500")
    then(readings, "-200", "90", "-0.1", "90")
    assert [change.kind for change in movements(readings)][-3:] == [
        REFUND,
        SPENT,
        TOP_UP,
    ]


@CASE
def test_a_correction_stays_one_and_is_no_spending() -> None:
    """A marked fall of 400 makes no later payment a refund."""
    readings = steady(10, "2", "500")
    then(readings, "-400", "50", "0.05")
    marks = [readings[-3].at]
    kinds = [change.kind for change in movements(readings, marks)]
    assert kinds[-3:] == [MovementKind.CORRECTION, TOP_UP, REFUND]
    marks = [reading.at for reading in readings[-3:]]
    kinds = [change.kind for change in movements(readings, marks)]
    assert kinds[-3:] == [MovementKind.CORRECTION] * 3


@CASE
def test_a_refund_in_the_next_month_corrects_it() -> None:
    """A month without spending has none below 0."""
    readings = steady(2, "24", "100")
    then(readings, "-30", every=NOON.replace(hour=22, day=30) - NOON)
    then(readings, "2", every=4 * HOUR)
    november, december = months(readings, [], UTC)
    assert november.refunded == 0
    assert december.spent == 0
    assert december.corrected == december.refunded == Decimal(2)


@CASE
def test_only_one_day_of_the_last_three_is_the_measure() -> None:
    """60 on each of three days make 40 a payment, and 25 a refund."""
    for rise, kind in (("40", TOP_UP), ("25", REFUND)):
        readings = read("500")
        then(readings, "-60", "-60", "-60", every=timedelta(hours=25))
        then(readings, rise)
        assert kind_of_last(readings) is kind


@CASE
@pytest.mark.parametrize(("hours", "kind"), [(70, REFUND), (74, TOP_UP)])
def test_spending_is_refunded_within_three_days(hours: int, kind: MovementKind) -> None:
    """Of a campaign of 200 nothing comes back after that."""
    readings = read("700", "500")
    then(readings, *["-0.01"] * (hours - 1), "51.5")
    assert kind_of_last(readings) is kind


@CASE
def test_spending_in_another_unit_is_no_measure() -> None:
    """200 EUR say nothing about 51 credits."""
    readings = read("700", "500")
    last = readings[-1]
    readings.append(Reading(Balance(Decimal(3000), "CREDITS"), last.at + 5 * HOUR))
    then(readings, "-2", "51")
    assert kind_of_last(readings) is TOP_UP
