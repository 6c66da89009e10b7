"""The kinds of alerts that watch the balance: what begins and ends them, and words."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.alerts.decision import Alert
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.alerts.notification import NotificationButton
from trayapp.core.alerts.phrases import (
    amount_left,
    days_words,
    duration_words,
    unit,
)
from trayapp.core.alerts.record import AlertKindRecord, Situation
from trayapp.core.i18n.dates import weekday_words
from trayapp.core.i18n.language import Language, mark
from trayapp.core.settings import AlertKind

_END_FACTOR: Final = Decimal("1.05")
"""A low balance ends 5 % above the limit, so an amount that hovers is sent once."""
_END_DAYS: Final = 2
"""Few days left end two days above the account's own number, for the same reason.

In time, `Outlook.is_settled` is the distance. An episode does not end while the gateway
contradicts itself, so a second implausible balance is not sent again."""
_DRAIN_OVER: Final = timedelta(days=1)
"""A drain ends after so long without one. A leak that pauses is the same leak."""

_TOP_UP: Final = (NotificationButton.TOP_UP, mark("Top up"))

# --- the balance is used up --------------------------------------------------------


def _empty(situation: Situation) -> Alert | None:
    # By the balance, not by the comparable amount: nothing is nothing in any unit.
    if situation.balance is None or situation.balance.amount > 0:
        return None
    return Alert(AlertKind.EMPTY, situation.account, situation.balance)


def _is_empty_over(situation: Situation) -> bool:
    return (
        situation.amount is not None
        and situation.outlook.is_settled
        and 0 < situation.amount >= situation.account.low_below
    )


def _known_empty(situation: Situation) -> AlertKind | None:
    """Name `EMPTY` if nothing is left and the person knows that, or soon will."""
    if situation.amount is None or situation.amount > 0:
        return None
    is_known = situation.is_sent(AlertKind.EMPTY)
    is_known_soon = situation.is_sending(AlertKind.EMPTY)
    return AlertKind.EMPTY if is_known or is_known_soon else None


def _empty_body(alert: Alert, language: Language) -> str:
    return language.gettext(
        "{amount} left. Messages are no longer sent until the account is topped up."
    ).format(amount=amount_left(alert, language))


EMPTY: Final = AlertKindRecord(
    kind=AlertKind.EMPTY,
    alert=_empty,
    is_over=_is_empty_over,
    compares_amounts=True,
    is_urgent=True,
    is_reminded=True,
    event=mark("the balance is used up"),
    reminder=mark("the balance is still used up"),
    body=_empty_body,
    topic="balance",
    button=_TOP_UP,
    log_text=mark("Balance used up"),
    option_label=mark("Balance is used &up"),
    option_help=mark("Nothing is sent any more until you top up."),
)

# --- unusual spending --------------------------------------------------------------


def _drain(situation: Situation) -> Alert | None:
    drain = situation.outlook.drain
    if situation.amount is None or not (drain or situation.is_pending(AlertKind.DRAIN)):
        return None
    return Alert(AlertKind.DRAIN, situation.account, situation.balance, drain=drain)


def _is_drain_over(situation: Situation) -> bool:
    last_drain_at = situation.memory.last_drain_at
    if situation.amount is None or last_drain_at is None:
        return False
    return situation.now - last_drain_at >= _DRAIN_OVER


def _forget_drain(memory: AlertMemory) -> AlertMemory:
    return replace(memory, last_drain_at=None)


def _drain_body(alert: Alert, language: Language) -> str:
    drain = alert.drain
    if drain is None:  # it was pending: how much it was is not known any more
        return language.gettext(
            "Far more was spent than is usual. {amount} left. If that is not you, "
            "revoke the API key in the panel."
        ).format(amount=amount_left(alert, language))
    # Translators: {time} is a length of time, such as "3 hours".
    return language.gettext(
        "{spent} spent in {time}; about {usual} a day is usual. {amount} left. If "
        "that is not you, revoke the API key in the panel."
    ).format(
        spent=language.money(drain.spent, unit(alert)),
        time=duration_words(drain.within, language),
        usual=language.money(drain.normal.per_day, unit(alert)),
        amount=amount_left(alert, language),
    )


DRAIN: Final = AlertKindRecord(
    kind=AlertKind.DRAIN,
    alert=_drain,
    is_over=_is_drain_over,
    compares_amounts=True,
    is_urgent=True,
    forget=_forget_drain,
    event=mark("unusual spending"),
    body=_drain_body,
    topic="drain",
    # Translators: a button: it opens the web page of the account.
    button=(NotificationButton.TOP_UP, mark("Open panel")),
    log_text=mark("Unusual spending"),
    option_label=mark("Unusual spen&ding"),
    option_help=mark(
        "Spending far above this account's own normal: a leaked key, a runaway script."
    ),
)

# --- the balance is low ------------------------------------------------------------


def _low(situation: Situation) -> Alert | None:
    if (
        situation.amount is None
        or not 0 < situation.account.low_below > situation.amount
    ):
        return None
    return Alert(
        AlertKind.LOW, situation.account, situation.balance, days=situation.memory.days
    )


def _is_low_over(situation: Situation) -> bool:
    if situation.amount is None or not situation.outlook.is_settled:
        return False
    return 0 < situation.amount >= situation.account.low_below * _END_FACTOR


def _low_body(alert: Alert, language: Language) -> str:
    return language.gettext(
        "{amount} left, less than {limit}. Top up before messages stop."
    ).format(
        amount=amount_left(alert, language),
        limit=language.money(alert.account.low_below, unit(alert)),
    )


LOW: Final = AlertKindRecord(
    kind=AlertKind.LOW,
    alert=_low,
    is_over=_is_low_over,
    compares_amounts=True,
    is_reminded=True,
    covered_by=_known_empty,
    # Translators: what happened, after an account's name: "Shop: low balance".
    event=mark("low balance"),
    reminder=mark("the balance is still low"),
    body=_low_body,
    topic="balance",
    button=_TOP_UP,
    log_text=mark("Low balance"),
    option_label=mark("&Low balance"),
    option_help=mark("Below the amount that is set in each account."),
)

# --- few days are left -------------------------------------------------------------


def _low_days(situation: Situation) -> Alert | None:
    days, limit = situation.memory.days, situation.account.warn_days
    if situation.amount is None or situation.amount <= 0 or days is None:
        return None
    if not limit or days[0] > limit:
        return None
    return Alert(AlertKind.LOW_DAYS, situation.account, situation.balance, days=days)


def _is_low_days_over(situation: Situation) -> bool:
    days, limit = situation.memory.days, situation.account.warn_days
    far = situation.outlook.far or (days is not None and days[0] >= limit + _END_DAYS)
    is_known = situation.amount is not None and situation.outlook.is_settled
    return is_known and (far or not limit)


def _low_days_covered_by(situation: Situation) -> AlertKind | None:
    """Name `LOW` if this turn sent the low balance. That alert has the days in it.

    An earlier one does not count: it was low for weeks, and now it goes fast.
    """
    return AlertKind.LOW if AlertKind.LOW in situation.sent else None


def _low_days_body(alert: Alert, language: Language) -> str:
    return language.gettext(
        "{amount} left. A bank transfer takes two working days: top up in time."
    ).format(amount=amount_left(alert, language))


def _low_days_line(alert: Alert, language: Language) -> str:
    if alert.days is None:
        return ""
    return days_words(alert.days, language).rstrip(".")


LOW_DAYS: Final = AlertKindRecord(
    kind=AlertKind.LOW_DAYS,
    alert=_low_days,
    is_over=_is_low_days_over,
    compares_amounts=True,
    is_reminded=True,
    covered_by=_low_days_covered_by,
    # A little that comes back to an empty account is then no news.
    implied_by=_known_empty,
    event=mark("the balance runs out soon"),
    body=_low_days_body,
    line=_low_days_line,
    topic="balance",
    button=_TOP_UP,
    log_text=mark("Few days left"),
    option_label=mark("Runs out &soon"),
    option_help=mark("As many days ahead as are set in each account."),
)

# --- topped up ---------------------------------------------------------------------


def _topped_up(situation: Situation) -> Alert | None:
    top_up = situation.memory.unreported_top_up
    if situation.amount is None or top_up <= 0:
        return None
    return Alert(AlertKind.TOPPED_UP, situation.account, situation.balance, rise=top_up)


def _is_top_up_spent(situation: Situation) -> bool:
    return situation.amount is not None and situation.amount <= 0


def _forget_rise(memory: AlertMemory) -> AlertMemory:
    return replace(memory, unreported_top_up=Decimal(0))


def _topped_up_body(alert: Alert, language: Language) -> str:
    translate, left = language.gettext, amount_left(alert, language)
    if alert.unseen_since is not None:
        paid = alert.unseen_since.astimezone(language.zone)
        return translate(
            "You said that you paid ({date}); no top-up was seen since. {amount} left."
        ).format(date=weekday_words(paid, language, in_year=paid.year), amount=left)
    rise = language.money(alert.rise, unit(alert)) if alert.rise is not None else ""
    return translate("{rise} came in; the balance is {amount} now.").format(
        rise=rise, amount=left
    )


TOPPED_UP: Final = AlertKindRecord(
    kind=AlertKind.TOPPED_UP,
    alert=_topped_up,
    is_over=_is_top_up_spent,
    compares_amounts=True,
    is_event=True,
    forget=_forget_rise,
    event=mark("topped up"),
    body=_topped_up_body,
    topic="balance",  # it takes the low balance off the screen
    button=_TOP_UP,
    log_text=mark("Top-up arrived"),
    option_label=mark("T&opped up"),
    option_help=mark("Says that a payment has arrived, and how much it was."),
)
