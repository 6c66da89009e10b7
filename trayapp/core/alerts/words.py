"""What an alert says: its headline, its sentences, and its one line among others."""

from datetime import timedelta
from typing import Final

from trayapp.core.alerts.decision import Alert
from trayapp.core.i18n.dates import weekday_words
from trayapp.core.i18n.language import Language, mark
from trayapp.core.i18n.plain_text import one_line
from trayapp.core.settings import AlertKind

_LONGEST_NAME: Final = 60
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_HOURS_OF_TWO_DAYS: Final = 48

_EVENTS: Final = {
    # Translators: what happened, after an account's name: "Shop: low balance".
    AlertKind.LOW: mark("low balance"),
    AlertKind.LOW_DAYS: mark("the balance runs out soon"),
    AlertKind.EMPTY: mark("the balance is used up"),
    AlertKind.REJECTED: mark("the API key is rejected"),
    AlertKind.DRAIN: mark("unusual spending"),
    AlertKind.UNREACHABLE: mark("no balance for a long time"),
    AlertKind.TOPPED_UP: mark("topped up"),
}
_STILL: Final = {
    AlertKind.LOW: mark("the balance is still low"),
    AlertKind.EMPTY: mark("the balance is still used up"),
}
_UNSEEN: Final = mark("no top-up seen")


def urgent(alert: Alert) -> bool:
    """Say whether messages have stopped, or money is going, at this moment."""
    return alert.kind in {AlertKind.EMPTY, AlertKind.REJECTED, AlertKind.DRAIN}


def headline(alert: Alert, language: Language) -> str:
    """Say of which account it is and what happened."""
    name = one_line(alert.account.name, _LONGEST_NAME)
    # Translators: an account's name, and what happened to it.
    words = language.gettext("{name}: {event}")
    return words.format(name=name, event=_event(alert, language))


def _event(alert: Alert, language: Language) -> str:
    words = _EVENTS[alert.kind]
    if alert.again:
        words = _STILL.get(alert.kind, words)
    if alert.unseen_since is not None:
        words = _UNSEEN
    return language.gettext(words)


def body(alert: Alert, language: Language) -> str:
    """Say how things stand and what to do about it."""
    translate = language.gettext
    left = _left(alert, language)
    match alert.kind:
        case AlertKind.LOW:
            limit = _limit(alert, language)
            said = translate(
                "{amount} left, less than {limit}. Top up before messages stop."
            ).format(amount=left, limit=limit)
        case AlertKind.LOW_DAYS:
            said = translate(
                "{amount} left. A bank transfer takes two working days: top up in time."
            ).format(amount=left)
        case AlertKind.EMPTY:
            said = translate(
                "{amount} left. Messages are no longer sent until the account is "
                "topped up."
            ).format(amount=left)
        case AlertKind.REJECTED:
            said = translate(
                "The key may be wrong or revoked: enter the new one. Or this "
                "computer's IP address is blocked: allow it in the account's API "
                "settings. The balance is not watched until then."
            )
        case AlertKind.DRAIN:
            said = _drained(alert, language)
        case AlertKind.UNREACHABLE:
            said = _without(alert, language)
        case AlertKind.TOPPED_UP:
            said = _topped_up(alert, language)
    days = days_words(alert.days, language) if alert.days is not None else ""
    return " ".join(filter(None, (days, said)))


def line(alert: Alert, language: Language) -> str:
    """Say it in one line, for a notification about several accounts."""
    name = one_line(alert.account.name, 40)
    parts = [_event(alert, language), _left(alert, language)]
    if alert.kind is AlertKind.LOW_DAYS and alert.days is not None:
        parts.insert(0, days_words(alert.days, language).rstrip("."))
        del parts[1]
    words = language.gettext("{name}: {event}")
    return words.format(name=name, event=", ".join(filter(None, parts)))


def days_words(days: tuple[int, int], language: Language) -> str:
    """Say in how many days it runs out, the first and the last if they differ."""
    first, last = max(days[0], 0), max(days[1], 0)
    translate = language.gettext
    if last == 0:
        return translate("It runs out today at this pace.")
    if first == 0:
        words = language.ngettext(
            "It runs out within {n} day at this pace.",
            "It runs out within {n} days at this pace.",
            last,
        )
        return words.format(n=last)
    if first == last:
        words = language.ngettext(
            "It runs out in {n} day at this pace.",
            "It runs out in {n} days at this pace.",
            last,
        )
        return words.format(n=last)
    return translate("It runs out in {first} to {last} days at this pace.").format(
        first=first, last=last
    )


def _left(alert: Alert, language: Language) -> str:
    if alert.balance is None:
        return ""
    return language.money(alert.balance.amount, alert.balance.unit)


def _limit(alert: Alert, language: Language) -> str:
    unit = alert.balance.unit if alert.balance is not None else ""
    return language.money(alert.account.low_below, unit)


def _drained(alert: Alert, language: Language) -> str:
    drain, unit = alert.drain, alert.balance.unit if alert.balance is not None else ""
    if drain is None:  # told later than it was seen
        return language.gettext(
            "Far more was spent than is usual. {amount} left. If that is not you, "
            "revoke the API key in the panel."
        ).format(amount=_left(alert, language))
    # Translators: {time} is a length of time, such as "3 hours".
    return language.gettext(
        "{spent} spent in {time}; about {usual} a day is usual. {amount} left. If "
        "that is not you, revoke the API key in the panel."
    ).format(
        spent=language.money(drain.spent, unit),
        time=_span(drain.within, language),
        usual=language.money(drain.normal.per_day, unit),
        amount=_left(alert, language),
    )


def _without(alert: Alert, language: Language) -> str:
    translate = language.gettext
    # Translators: {time} is a length of time, such as "3 hours".
    said = translate("For {time} no question was answered with a balance.").format(
        time=_span(alert.without or timedelta(0), language)
    )
    if alert.balance is None:
        return said
    last = translate("The last one was {amount}; it may be less now.").format(
        amount=_left(alert, language)
    )
    return f"{said} {last}"


def _topped_up(alert: Alert, language: Language) -> str:
    translate, left = language.gettext, _left(alert, language)
    if alert.unseen_since is not None:
        paid = alert.unseen_since.astimezone(language.zone)
        return translate(
            "You said that you paid ({date}); no top-up was seen since. {amount} left."
        ).format(date=weekday_words(paid, language, in_year=paid.year), amount=left)
    unit = alert.balance.unit if alert.balance is not None else ""
    risen = language.money(alert.rise, unit) if alert.rise is not None else ""
    return translate("{rise} came in; the balance is {amount} now.").format(
        rise=risen, amount=left
    )


def _span(span: timedelta, language: Language) -> str:
    """Say a length of time, in minutes, hours or days."""
    minutes = max(1, round(span / _MINUTE))
    plural = language.ngettext
    if span < _HOUR:
        return plural("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = round(span / _HOUR)
    if hours < _HOURS_OF_TWO_DAYS:
        return plural("{n} hour", "{n} hours", hours).format(n=hours)
    days = hours // 24
    return plural("{n} day", "{n} days", days).format(n=days)
