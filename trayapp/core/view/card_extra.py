"""What stands on a card beside the balance: its past, its future, and payments."""

from datetime import datetime

from trayapp.core.account_state import AccountState
from trayapp.core.alerts.pending_payment import PendingPayment, pending_payment_text
from trayapp.core.chart.sparkline import RecentBalances, sparkline
from trayapp.core.forecast.run_out import Forecast
from trayapp.core.forecast.words import (
    MESSAGES,
    card_words,
    messages_left,
    messages_sentence,
)
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import Extra


def beside(
    known: AccountState,
    said: tuple[Forecast | None, RecentBalances | None, PendingPayment | None],
    now: datetime,
    language: Language,
) -> Extra:
    """Put into words what was `said` of an account besides its balance.

    Without a balance that was of another address or sub-account, and only a payment
    that is waited for counts.
    """
    forecast, seen, paid = said
    waited = pending_payment_text(paid, now, language) if paid is not None else ""
    if known.reading is None:
        return Extra(paid=waited)
    balance = known.reading.balance
    loud, quiet = "", ""
    if forecast is not None:
        today = now.astimezone(language.zone).date()
        loud, quiet = card_words(forecast, today, language)
    # A balance in messages says that number itself.
    count = messages_left(balance, known.account.price)
    if balance.unit == MESSAGES:
        count = None
    line = None
    if seen is not None:
        line = sparkline(seen, balance, known.account.low_below, language)
    return Extra(
        run_out=loud,
        note=quiet,
        messages=messages_sentence(count, language) if count is not None else "",
        paid=waited,
        sketch=line,
    )
