"""Beside a balance stand its past, its future, and payments; without one, little."""

from datetime import datetime
from decimal import Decimal

from trayapp.core.account import Account
from trayapp.core.account_state import AccountState
from trayapp.core.alerts.pending_payment import PendingPayment
from trayapp.core.balance import Balance, Reading
from trayapp.core.chart.sparkline import RecentBalances
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.card_extra import beside

FAR = Forecast(Verdict.FAR, per_day=Decimal("7.5"))
UNSURE = Forecast(Verdict.NOT_ENOUGH)
SEEN = RecentBalances(
    Decimal(100), ((0.0, 1.0), (1.0, 0.5)), first=Decimal(100), most=Decimal(100)
)
PRICED = Account("a", "Shop", low_below=Decimal(10), price=Decimal("0.05"))


def known(now: datetime, amount: str, unit: str = "EUR") -> AccountState:
    """Give an account with a price, and a balance."""
    return AccountState(PRICED, Reading(Balance(Decimal(amount), unit), now))


def test_all_that_is_known_is_said(now: datetime) -> None:
    """The day loudly, the messages, the line, and the payment."""
    paid = PendingPayment("a", now)
    extra = beside(known(now, "50"), (FAR, SEEN, paid), now, ENGLISH)
    assert extra.run_out == "More than two years at this pace"
    assert "1,000" in extra.messages
    assert extra.sketch is not None
    assert extra.paid
    assert extra.note == ""


def test_what_nobody_knows_yet_is_said_quietly(now: datetime) -> None:
    """It is no news."""
    extra = beside(known(now, "50"), (UNSURE, None, None), now, ENGLISH)
    assert (extra.run_out, extra.note) == ("", "Not enough history yet")
    assert extra.sketch is None


def test_a_balance_in_messages_counts_none_beside_it(now: datetime) -> None:
    """It says that number itself."""
    assert beside(known(now, "50", "SMS"), (None,) * 3, now, ENGLISH).messages == ""


def test_without_a_balance_only_a_payment_is_said(now: datetime) -> None:
    """The rest was said of another address or sub-account."""
    paid = PendingPayment("a", now)
    extra = beside(AccountState(PRICED), (FAR, SEEN, paid), now, ENGLISH)
    assert (extra.run_out, extra.note, extra.messages, extra.sketch) == (
        *("", "", ""),
        None,
    )
    assert extra.paid
