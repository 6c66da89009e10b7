"""Every sentence and number that the screen shows about an account, as values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.account_state import AccountState
from trayapp.core.alerts.pending_payment import PendingPayment, pending_payment_text
from trayapp.core.chart.sparkline import RecentBalances, Sparkline, sparkline
from trayapp.core.errors import Failure, Remedy
from trayapp.core.errors.status import Status
from trayapp.core.forecast.run_out import Forecast
from trayapp.core.forecast.words import (
    MESSAGES,
    card_words,
    messages_left,
    messages_sentence,
)
from trayapp.core.i18n.dates import clock_time
from trayapp.core.i18n.language import Language, mark
from trayapp.core.i18n.plain_text import shorten
from trayapp.core.view.names import status_words

_NAME_IN_A_LINE: Final = 40
_SEVERAL: Final = 2
_DAYS: Final = (
    # Translators: whole weekdays, as in "Snoozed until Monday, 09:00".
    *(mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday")),
    *(mark("Friday"), mark("Saturday"), mark("Sunday")),
)

_LAST_KNOWN: Final = {
    # Translators: {state} says why it isn't known now, such as "Unreachable".
    Status.SOON: mark("{state}; last known: few days left"),
    # Translators: {state} says why it isn't known now, such as "Unreachable".
    Status.LOW: mark("{state}; last known: low"),
    # Translators: {state} says why it isn't known now, such as "Unreachable".
    Status.EMPTY: mark("{state}; last known: empty"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a person reads it."""

    title: str
    reason: str
    advice: str
    remedy: Remedy
    detail: str
    """For "Copy details" alone; the screen never shows it by itself."""

    def in_full(self, separator: str = " ") -> str:
        """Join title, reason, advice and detail."""
        detail = f"({self.detail})" if self.detail else ""
        parts = (f"{self.title}.", self.reason, self.advice, detail)
        return separator.join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class CardDetails:
    """What a card says besides the balance: forecast, messages, payment, sparkline."""

    run_out: str = ""
    """The run-out date in words; empty without a forecast."""
    messages: str = ""
    """How many messages are left, in words; empty if unknown."""
    pending_payment: str = ""
    """A payment that was announced and does not show yet; may be empty."""
    note: str = ""
    """Why there is no run-out date yet, in small print; empty if `run_out` has one."""
    sparkline: Sparkline | None = None
    """The last two weeks; None if there are too few readings."""


_NO_DETAILS: Final = CardDetails()


@dataclass(frozen=True, slots=True)
class Card:
    """One account as a card in the window shows it."""

    account_id: str
    name: str
    amount: str
    """With its unit, in the locale's format; a dash for an unknown balance."""
    balance_status: Status
    """How the last known balance stands, whatever failed since."""
    status: Status
    status_words: str
    age: str
    problem: Problem | None
    website_url: str
    is_refreshing: bool
    details: CardDetails = _NO_DETAILS
    amount_to_copy: str = ""
    """What "Copy" copies if `amount` is hidden; empty if it copies `amount`."""


def card(
    state: AccountState,
    now: datetime,
    language: Language,
    details: CardDetails = _NO_DETAILS,
) -> Card:
    """Make the card that the window shows for an account."""
    return Card(
        account_id=state.account.id,
        name=state.account.name,
        amount=amount(state, language),
        balance_status=state.balance_status,
        status=state.status,
        status_words=status_sentence(state, language),
        age=age(state, now, language),
        problem=state_problem(state, language),
        website_url=state.account.website_url,
        is_refreshing=state.is_refreshing,
        details=details,
    )


def card_details(
    state: AccountState,
    parts: tuple[Forecast | None, RecentBalances | None, PendingPayment | None],
    now: datetime,
    language: Language,
) -> CardDetails:
    """Put the forecast, recent balances and pending payment into words.

    Without a balance only the payment counts. The others were then made for another
    address or sub-account.
    """
    forecast, recent, payment = parts
    payment_words = ""
    if payment is not None:
        payment_words = pending_payment_text(payment, now, language)
    if state.reading is None:
        return CardDetails(pending_payment=payment_words)
    balance = state.reading.balance
    run_out, note = "", ""
    if forecast is not None:
        today = now.astimezone(language.zone).date()
        run_out, note = card_words(forecast, today, language)
    # A balance in messages says that number itself.
    count = messages_left(balance, state.account.price)
    if balance.unit == MESSAGES:
        count = None
    line = None
    if recent is not None:
        line = sparkline(recent, balance, state.account.low_below, language)
    return CardDetails(
        run_out=run_out,
        note=note,
        messages=messages_sentence(count, language) if count is not None else "",
        pending_payment=payment_words,
        sparkline=line,
    )


def amount(state: AccountState, language: Language) -> str:
    """Write the last known balance; an unknown one is a dash, never 0."""
    if state.reading is None:
        return "—"
    return language.money(state.reading.balance.amount, state.reading.balance.unit)


def status_sentence(state: AccountState, language: Language) -> str:
    """Name an account's status, with the limit or the last known balance's status."""
    translate = language.gettext
    if state.status is Status.UNKNOWN and state.is_refreshing:
        return translate("Asking the gateway…")
    words = status_words(state.status, language)
    if state.status is Status.LOW and state.reading is not None:
        limit = language.money(state.account.low_below, state.reading.balance.unit)
        return translate("Low: below {limit}").format(limit=limit)
    if state.failure is not None and state.balance_status in _LAST_KNOWN:
        return translate(_LAST_KNOWN[state.balance_status]).format(state=words)
    return words


def age(state: AccountState, now: datetime, language: Language) -> str:
    """Write the balance's age in whole minutes, hours or days."""
    translate, plural = language.gettext, language.ngettext
    if state.reading is None:
        return translate("No balance yet")
    passed = now - state.reading.at
    if passed < -timedelta(minutes=1):
        return translate("Before the clock was changed")
    if passed < timedelta(minutes=1):
        return translate("Just now")
    if passed < timedelta(hours=1):
        minutes = int(passed / timedelta(minutes=1))
        return plural("{n} minute ago", "{n} minutes ago", minutes).format(n=minutes)
    if passed < timedelta(days=1):
        hours = int(passed / timedelta(hours=1))
        return plural("{n} hour ago", "{n} hours ago", hours).format(n=hours)
    return plural("{n} day ago", "{n} days ago", passed.days).format(n=passed.days)


def state_problem(
    state: AccountState, language: Language, *, in_terminal: bool = False
) -> Problem | None:
    """Translate an account's error; None if there is none."""
    if state.failure is None:
        return None
    is_first = state.reading is None
    return problem(state.failure, language, is_first=is_first, in_terminal=in_terminal)


def problem(
    failure: Failure,
    language: Language,
    *,
    is_first: bool = False,
    in_terminal: bool = False,
) -> Problem:
    """Translate an error's title, reason and advice.

    `is_first` says that the account never had a balance. `in_terminal` says that the
    person reads it in a terminal, which has no buttons.
    """
    kind, translate = failure.kind, language.gettext
    usual = (in_terminal and kind.terminal_advice) or kind.advice
    advice = (kind.first_advice if is_first else "", usual)
    return Problem(
        title=translate(kind.title),
        reason=translate(kind.reason) if kind.reason else "",
        advice=" ".join(map(translate, filter(None, advice))),
        remedy=kind.remedy,
        detail=failure.detail,
    )


def line(state: AccountState, now: datetime, language: Language) -> str:
    """Write an account in one line: its name, its amount, its status, the time.

    The time is a clock time, not an age, so a line on the screen stays true.
    """
    translate = language.gettext
    name = shorten(state.account.name, _NAME_IN_A_LINE)
    words = status_words(state.status, language)
    if state.reading is None:
        if state.is_refreshing or state.status is Status.UNKNOWN:
            words = translate("asking…")
        return name_and_status(name, words, language)
    shape = (
        # Translators: {time} is when the balance was read, a time or a day and a time.
        translate("{name}: {amount}, as of {time}")
        if state.status is Status.OK
        else translate("{name}: {amount}, {state}, as of {time}")
    )
    return shape.format(
        name=name,
        amount=amount(state, language),
        state=words,
        time=clock_time(state.reading.at, now, language),
    )


def name_and_status(name: str, status: str, language: Language) -> str:
    """Join a name and its status: "Shop: Low"."""
    return language.gettext("{name}: {state}").format(name=name, state=status)


def totals(states: tuple[AccountState, ...], language: Language) -> str:
    """Add up the balances, each unit separately: `€412.40 + 3,100 CREDITS`.

    Empty for a single account and where amounts are hidden. Unknown balances are not
    counted; their number is appended.
    """
    sums: dict[str, Decimal] = {}
    for state in states:
        if state.reading is not None:
            balance = state.reading.balance
            sums[balance.unit] = sums.get(balance.unit, Decimal(0)) + balance.amount
    if len(states) < _SEVERAL or not sums or language.hides_amounts:
        return ""
    total = " + ".join(language.money(amount, unit) for unit, amount in sums.items())
    if unknown := sum(state.reading is None for state in states):
        words = language.ngettext(
            "{sums}; {n} account unknown", "{sums}; {n} accounts unknown", unknown
        )
        return words.format(sums=total, n=unknown)
    return total


def snoozed_until(until: datetime, now: datetime, language: Language) -> str:
    """Name the end of a snooze: its time, tomorrow, or a weekday within a week."""
    translate = language.gettext
    local, today = until.astimezone(language.zone), now.astimezone(language.zone)
    days = (local.date() - today.date()).days
    if days <= 0:
        words = translate("Snoozed until {time}")
    elif days == 1:
        words = translate("Snoozed until tomorrow, {time}")
    else:
        words = translate("Snoozed until {day}, {time}")
    day = translate(_DAYS[local.weekday()])
    return words.format(day=day, time=f"{local:%H:%M}")
