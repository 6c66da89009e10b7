"""Parts of an alert's sentences that several kinds share."""

from datetime import timedelta
from typing import Final

from trayapp.core.alerts.decision import Alert
from trayapp.core.i18n.language import Language

_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_HOURS_OF_TWO_DAYS: Final = 48


def unit(alert: Alert) -> str:
    """Give the balance's unit; empty if no balance is known."""
    return alert.balance.unit if alert.balance is not None else ""


def amount_left(alert: Alert, language: Language) -> str:
    """Write the balance with its unit; empty if it is unknown."""
    if alert.balance is None:
        return ""
    return language.money(alert.balance.amount, alert.balance.unit)


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


def duration_words(duration: timedelta, language: Language) -> str:
    """Say a length of time, in minutes, hours or days."""
    minutes = max(1, round(duration / _MINUTE))
    plural = language.ngettext
    if duration < _HOUR:
        return plural("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = round(duration / _HOUR)
    if hours < _HOURS_OF_TWO_DAYS:
        return plural("{n} hour", "{n} hours", hours).format(n=hours)
    days = hours // 24
    return plural("{n} day", "{n} days", days).format(n=days)
