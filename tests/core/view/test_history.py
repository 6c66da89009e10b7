"""The history window's page, and the request for a top-up."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from trayapp.core.account import Account
from trayapp.core.balance import Balance, Reading
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.history import AccountHistory, history_page, top_up_request

ACCOUNT = Account("a", "Shop", low_below=Decimal(10))
QUARTER = timedelta(minutes=15)
SAID = Forecast(
    Verdict.RANGE, date(2026, 12, 3), date(2026, 12, 8), per_day=Decimal("7.5")
)


def readings(now: datetime, *amounts: str) -> list[Reading]:
    """Make one reading an hour, the last one now."""
    return [
        Reading(
            Balance(Decimal(amount), "EUR"),
            now - timedelta(hours=len(amounts) - 1 - number),
        )
        for number, amount in enumerate(amounts)
    ]


def test_the_page_has_chart_forecast_months_and_rises(now: datetime) -> None:
    """All of them describe the same readings."""
    past = AccountHistory(
        ACCOUNT, readings(now, "100", "90", "190", "185"), (), QUARTER
    )
    page = history_page(past, SAID, now, ENGLISH)
    assert (page.account_id, page.title) == ("a", "Shop")
    assert page.chart.run_out == (date(2026, 12, 3), date(2026, 12, 8))
    assert [amount for _, amount in page.chart.top_ups] == [Decimal(100)]
    assert page.forecast_words == "Runs out Thu 3 – Tue 8 Dec at this pace"
    assert "four of five" in page.caveat
    (month,) = page.months
    assert (month.opening, month.closing) == ("€100.00", "€185.00")
    assert (month.topped_up, month.spent, month.corrected) == (
        "€100.00",
        "€15.00",
        "€0.00",
    )
    (rise,) = page.movements
    assert rise.words == "11:00: +€100.00"
    assert not rise.is_correction


def test_a_correction_is_no_top_up(now: datetime) -> None:
    """The rise is marked, and the month still adds up."""
    rows = readings(now, "100", "190")
    page = history_page(
        AccountHistory(ACCOUNT, rows, {rows[1].at}, QUARTER), SAID, now, ENGLISH
    )
    assert page.chart.top_ups == ()
    assert page.movements[0].is_correction
    assert page.months[0].corrected == "€90.00"
    assert page.months[0].topped_up == "€0.00"


def test_a_long_interval_makes_no_gaps(now: datetime) -> None:
    """With one request a day the chart still has a line."""
    past = AccountHistory(ACCOUNT, readings(now, "1"), (), timedelta(hours=24))
    page = history_page(past, SAID, now, ENGLISH)
    assert page.chart.gap_after >= timedelta(hours=48)


def test_without_readings_the_page_has_no_balances(now: datetime) -> None:
    """Its forecast says that there is no history."""
    nothing = Forecast(Verdict.NOT_ENOUGH)
    page = history_page(AccountHistory(ACCOUNT, [], (), QUARTER), nothing, now, ENGLISH)
    assert (page.months, page.movements, page.caveat) == ((), (), "")
    assert "history" in page.forecast_words.lower()


def test_the_request_names_account_balance_day_and_amount(now: datetime) -> None:
    """It has all that a payer needs."""
    reading = readings(now, "60")[0]
    text = top_up_request(ACCOUNT, reading, SAID, now.date(), ENGLISH)
    assert text.splitlines() == [
        "Please top up the SMS account Shop.",
        "Balance: €60.00",
        "Runs out: Thu 3 – Tue 8 Dec at this pace",
        "Suggested top-up for 4 weeks: €150.00",
        "Panel: https://app.smsup.es",
    ]


def test_without_a_pace_no_amount_is_suggested(now: datetime) -> None:
    """An unknown need has no amount."""
    reading = readings(now, "60")[0]
    nothing = Forecast(Verdict.NOT_ENOUGH)
    text = top_up_request(ACCOUNT, reading, nothing, now.date(), ENGLISH)
    assert "Suggested" not in text


@pytest.mark.case("also 1", "a record whose time can't be true")
@pytest.mark.parametrize("count", [0, 1, 4])
def test_balances_with_an_impossible_time_are_listed(now: datetime, count: int) -> None:
    """Up to three of them, with time and amount."""
    wrong = [
        Reading(Balance(Decimal(50), "EUR"), datetime(1970, 1, day, tzinfo=UTC))
        for day in range(1, count + 1)
    ]
    past = AccountHistory(ACCOUNT, readings(now, "1"), (), QUARTER, wrong)
    page = history_page(past, SAID, now, ENGLISH)
    assert page.impossible == tuple(one.at for one in wrong)
    assert page.impossible_words.count("€50.00") == min(count, 3)
    assert ("…" in page.impossible_words) is (count > 3)
    assert ("1 Jan 1970" in page.impossible_words) is (count > 0)


@pytest.mark.case("4", "every rise taken for a payment")
def test_a_month_says_what_was_refunded(now: datetime) -> None:
    """Only if something was; a refund is no top-up."""
    past = AccountHistory(ACCOUNT, readings(now, "50", "48", "48.50"), (), QUARTER)
    page = history_page(past, SAID, now, ENGLISH)
    (month,) = page.months
    assert (month.spent, month.refunded) == ("€1.50", "€0.50")
    assert page.movements == ()
    assert page.chart.top_ups == ()
    past = AccountHistory(ACCOUNT, readings(now, "50", "48"), (), QUARTER)
    assert history_page(past, SAID, now, ENGLISH).months[0].refunded == ""
