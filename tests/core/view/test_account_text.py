"""Every sentence and number that the screen shows about an account."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.account import Account
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.sparkline import RecentBalances
from trayapp.core.errors import NoConnection, Unauthorized
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import (
    CardDetails,
    age,
    card,
    card_details,
    snoozed_until,
    totals,
)

ACCOUNT = Account("a", "Main", low_below=Decimal(10))


def state_with(now: datetime, amount: str, **change: object) -> AccountState:
    """Make the state of an account that was read at noon."""
    reading = Reading(Balance(Decimal(amount), "EUR"), now)
    account = replace(ACCOUNT, **change)  # type: ignore[arg-type]  # a field of Account
    return AccountState(account, reading)


def rejected(one: AccountState, now: datetime) -> AccountState:
    """Apply a rejected key."""
    return one.apply(Outcome(one.account.id, now, Unauthorized().as_failure()))


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(days=-365), "Before the clock was changed"),
        (timedelta(minutes=-2), "Before the clock was changed"),
        (timedelta(seconds=-5), "Just now"),
        (timedelta(seconds=59), "Just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=40), "40 days ago"),
    ],
)
def test_an_age_is_in_minutes_hours_or_days(
    now: datetime, passed: timedelta, words: str
) -> None:
    """A clock that was set back gives no age."""
    assert age(state_with(now, "1"), now + passed, ENGLISH) == words


def test_a_card_names_the_limit_of_a_low_balance(now: datetime) -> None:
    """The words say what it is below."""
    shown = card(state_with(now, "5"), now, ENGLISH)
    assert (shown.amount, shown.status_words) == ("€5.00", "Low: below €10.00")
    assert shown.problem is None


def test_a_card_keeps_an_old_low_balance_beside_the_error(now: datetime) -> None:
    """The network is down, and the balance was low before."""
    offline = state_with(now, "5").apply(Outcome("a", now, NoConnection().as_failure()))
    shown = card(offline, now + timedelta(hours=2), ENGLISH)
    assert shown.status_words == "Unreachable; last known: low"
    assert (shown.amount, shown.age) == ("€5.00", "2 hours ago")
    assert shown.problem is not None
    assert shown.problem.title == "The gateway can't be reached"


def test_a_card_takes_its_details_in_words(now: datetime) -> None:
    """Run-out date, messages and payment; all are empty by default."""
    one = state_with(now, "5")
    extra = CardDetails("Thu 14 – Tue 19 Dec", "about 100 messages", "Paid on Monday")
    shown = card(one, now, ENGLISH, extra)
    assert shown.details == extra
    assert card(one, now, ENGLISH).details == CardDetails()


def in_unit(now: datetime, amount: str, unit: str) -> AccountState:
    """Make the state of an account with this balance."""
    return AccountState(ACCOUNT, Reading(Balance(Decimal(amount), unit), now))


def test_totals_add_up_each_unit_separately(now: datetime) -> None:
    """Euros with euros, credits with credits, exactly."""
    accounts = (
        in_unit(now, "400.1", "EUR"),
        in_unit(now, "3100", "CREDITS"),
        in_unit(now, "12.30", "EUR"),
    )
    assert totals(accounts, ENGLISH) == "€412.40 + 3,100\u00a0CREDITS"


def test_totals_count_the_unknown_balances(now: datetime) -> None:
    """An unknown balance is not 0."""
    euros = in_unit(now, "1", "EUR")
    assert totals((euros, AccountState(ACCOUNT)), ENGLISH) == "€1.00; 1 account unknown"


def test_one_balance_or_none_has_no_total(now: datetime) -> None:
    """It would repeat the balance."""
    assert totals((in_unit(now, "1", "EUR"),), ENGLISH) == ""
    assert totals((AccountState(ACCOUNT), AccountState(ACCOUNT)), ENGLISH) == ""
    assert totals((), ENGLISH) == ""


@given(st.lists(st.tuples(st.integers(-(10**22), 10**22), st.sampled_from("AB"))))
def test_totals_are_exact(amounts: list[tuple[int, str]]) -> None:
    """However many and however long; an unused unit is not named."""
    now = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    plain = replace(ENGLISH, group_separator="")
    accounts = tuple(
        in_unit(now, str(Decimal(amount).scaleb(-8)), unit) for amount, unit in amounts
    )
    said = totals(accounts, plain).split(" + ") if len(amounts) > 1 else []
    expected = {
        unit: sum(amount for amount, other in amounts if other == unit)
        for _, unit in amounts
    }
    shown = {one.split("\u00a0")[1]: one.split("\u00a0")[0] for one in said}
    if len(amounts) > 1:
        assert {unit: Decimal(one) for unit, one in shown.items()} == {
            unit: Decimal(amount).scaleb(-8) for unit, amount in expected.items()
        }


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (2.5, "Snoozed until 14:30"),
        (21, "Snoozed until tomorrow, 09:00"),
        (24 * 7 - 3, "Snoozed until Monday, 09:00"),
    ],
)
def test_a_snooze_ends_today_tomorrow_or_on_a_weekday(
    now: datetime, hours: float, words: str
) -> None:
    """Today has the time only."""
    assert snoozed_until(now + timedelta(hours=hours), now, ENGLISH) == words


FAR = Forecast(Verdict.FAR, per_day=Decimal("7.5"))
UNSURE = Forecast(Verdict.NOT_ENOUGH)
SEEN = RecentBalances(
    Decimal(100), ((0.0, 1.0), (1.0, 0.5)), first=Decimal(100), highest=Decimal(100)
)
PRICED = Account("a", "Shop", low_below=Decimal(10), price=Decimal("0.05"))


def priced(now: datetime, amount: str, unit: str = "EUR") -> AccountState:
    """Make the state of an account with a price and a balance."""
    return AccountState(PRICED, Reading(Balance(Decimal(amount), unit), now))


def test_card_details_have_all_parts(now: datetime) -> None:
    """Run-out date, messages, sparkline and payment."""
    paid = PendingPayment("a", now)
    extra = card_details(priced(now, "50"), (FAR, SEEN, paid), now, ENGLISH)
    assert extra.run_out == "More than two years at this pace"
    assert "1,000" in extra.messages
    assert extra.sparkline is not None
    assert extra.pending_payment
    assert extra.note == ""


def test_a_missing_forecast_is_a_note(now: datetime) -> None:
    """It is not in large letters."""
    extra = card_details(priced(now, "50"), (UNSURE, None, None), now, ENGLISH)
    assert (extra.run_out, extra.note) == ("", "Not enough history yet")
    assert extra.sparkline is None


def test_a_balance_in_messages_has_no_count_of_messages(now: datetime) -> None:
    """The balance is that number."""
    assert (
        card_details(priced(now, "50", "SMS"), (None,) * 3, now, ENGLISH).messages == ""
    )


def test_without_a_balance_only_the_payment_is_shown(now: datetime) -> None:
    """The other parts are of another address or sub-account."""
    paid = PendingPayment("a", now)
    extra = card_details(AccountState(PRICED), (FAR, SEEN, paid), now, ENGLISH)
    assert (extra.run_out, extra.note, extra.messages, extra.sparkline) == (
        *("", "", ""),
        None,
    )
    assert extra.pending_payment
