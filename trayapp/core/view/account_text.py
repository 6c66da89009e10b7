"""Every sentence and number that a person sees of an account, from values."""

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
    """For "Copy details": never shown by itself."""

    def in_full(self, between: str = " ") -> str:
        """Say all of it: what happened, why, what to do, and the detail."""
        detail = f"({self.detail})" if self.detail else ""
        said = (f"{self.title}.", self.reason, self.advice, detail)
        return between.join(filter(None, said))


@dataclass(frozen=True, slots=True)
class Card:
    """One account as the window shows it."""

    account_id: str
    name: str
    amount: str
    """With its unit, in the locale's format; a dash if it is unknown."""
    balance_status: Status
    """How that amount stands, whatever happened since."""
    status: Status
    status_words: str
    age: str
    problem: Problem | None
    panel_url: str
    asking: bool
    run_out: str = ""
    """The run-out day in words; empty if nobody can say it."""
    messages: str = ""
    """How many messages are left, in words; empty if that is not known."""
    pending_payment: str = ""
    """That a person said they paid, and what is waited for; empty if not."""
    sparkline: Sparkline | None = None
    """How the balance came to be; None if too little is known of that."""
    note: str = ""
    """Why nobody can say yet when it runs out; empty where that is said or unknown."""
    amount_to_copy: str = ""
    """The amount as it is copied, even where it is hidden; empty for the one shown."""


@dataclass(frozen=True, slots=True)
class CardDetails:
    """What a card says besides what is known of the balance itself, in words."""

    run_out: str = ""
    messages: str = ""
    pending_payment: str = ""
    note: str = ""
    """What is said quietly where nobody can say when it runs out."""
    sparkline: Sparkline | None = None


_NO_DETAILS: Final = CardDetails()


def card(
    known: AccountState,
    now: datetime,
    language: Language,
    extra: CardDetails = _NO_DETAILS,
) -> Card:
    """Say all that the window shows of an account."""
    return Card(
        account_id=known.account.id,
        name=known.account.name,
        amount=amount(known, language),
        balance_status=known.balance_status,
        status=known.status,
        status_words=status_sentence(known, language),
        age=age(known, now, language),
        problem=problem(known.failure, language) if known.failure else None,
        panel_url=known.account.panel_url,
        asking=known.asking,
        run_out=extra.run_out,
        note=extra.note,
        messages=extra.messages,
        pending_payment=extra.pending_payment,
        sparkline=extra.sparkline,
    )


def card_details(
    known: AccountState,
    said: tuple[Forecast | None, RecentBalances | None, PendingPayment | None],
    now: datetime,
    language: Language,
) -> CardDetails:
    """Put into words what was `said` of an account besides its balance.

    Without a balance that was of another address or sub-account, and only a payment
    that is waited for counts.
    """
    forecast, seen, paid = said
    waited = pending_payment_text(paid, now, language) if paid is not None else ""
    if known.reading is None:
        return CardDetails(pending_payment=waited)
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
    return CardDetails(
        run_out=loud,
        note=quiet,
        messages=messages_sentence(count, language) if count is not None else "",
        pending_payment=waited,
        sparkline=line,
    )


def amount(known: AccountState, language: Language) -> str:
    """Write the last known balance, or a dash: unknown is never 0."""
    if known.reading is None:
        return "—"
    return language.money(known.reading.balance.amount, known.reading.balance.unit)


def status_sentence(known: AccountState, language: Language) -> str:
    """Name an account's state, and what it is measured against."""
    translate = language.gettext
    if known.status is Status.UNKNOWN and known.asking:
        return translate("Asking the gateway…")
    words = status_words(known.status, language)
    if known.status is Status.LOW and known.reading is not None:
        limit = language.money(known.account.low_below, known.reading.balance.unit)
        return translate("Low: below {limit}").format(limit=limit)
    if known.failure is not None and known.balance_status in _LAST_KNOWN:
        return translate(_LAST_KNOWN[known.balance_status]).format(state=words)
    return words


def age(known: AccountState, now: datetime, language: Language) -> str:
    """Say how old the balance is, as one says it."""
    translate, plural = language.gettext, language.ngettext
    if known.reading is None:
        return translate("No balance yet")
    passed = now - known.reading.at
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


def problem(failure: Failure, language: Language) -> Problem:
    """Give an error's title, reason and advice in the person's language."""
    kind, translate = failure.kind, language.gettext
    return Problem(
        title=translate(kind.title),
        reason=translate(kind.reason) if kind.reason else "",
        advice=translate(kind.advice) if kind.advice else "",
        remedy=kind.remedy,
        detail=failure.detail,
    )


def line(known: AccountState, now: datetime, language: Language) -> str:
    """Say an account in one line, the amount first after its name.

    The time is the clock's, not an age: a line that stands for a while stays true.
    """
    translate = language.gettext
    name = shorten(known.account.name, _NAME_IN_A_LINE)
    words = status_words(known.status, language)
    if known.reading is None:
        if known.asking or known.status is Status.UNKNOWN:
            words = translate("asking…")
        return name_and_status(name, words, language)
    shape = (
        # Translators: {time} is when the balance was read, a time or a day and a time.
        translate("{name}: {amount}, as of {time}")
        if known.status is Status.OK
        else translate("{name}: {amount}, {state}, as of {time}")
    )
    return shape.format(
        name=name,
        amount=amount(known, language),
        state=words,
        time=clock_time(known.reading.at, now, language),
    )


def name_and_status(name: str, state: str, language: Language) -> str:
    """Say of whom, or of what, and how it is."""
    return language.gettext("{name}: {state}").format(name=name, state=state)


def totals(accounts: tuple[AccountState, ...], language: Language) -> str:
    """Add up what is left, each unit for itself: `€412.40 + 3,100 CREDITS`.

    Empty for one account, and where amounts are hidden. What is not known is not
    counted, and that is said.
    """
    sums: dict[str, Decimal] = {}
    for one in accounts:
        if one.reading is not None:
            balance = one.reading.balance
            sums[balance.unit] = sums.get(balance.unit, Decimal(0)) + balance.amount
    if len(accounts) < _SEVERAL or not sums or language.hides_amounts:
        return ""
    said = " + ".join(language.money(amount, unit) for unit, amount in sums.items())
    if unknown := sum(one.reading is None for one in accounts):
        words = language.ngettext(
            "{sums}; {n} account unknown", "{sums}; {n} accounts unknown", unknown
        )
        return words.format(sums=said, n=unknown)
    return said


def snoozed_until(until: datetime, now: datetime, language: Language) -> str:
    """Say until when notifications are snoozed, as one says it within a week."""
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
