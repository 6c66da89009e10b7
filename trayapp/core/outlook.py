"""What a forecast means to a person: plain words, messages, an amount to top up."""

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal, localcontext
from typing import Final

from trayapp.core.balance import Balance
from trayapp.core.dates import MONTHS, WEEKDAYS
from trayapp.core.forecast import HORIZON, Forecast, Verdict
from trayapp.core.language import Language

MESSAGES: Final = "SMS"
"""The unit in which a balance is a number of messages."""
_DIGITS: Final = 60
_SMALLEST_STEP: Final = Decimal(5)
_ROUNDED_TO: Final = Decimal(5)
"""A suggested amount has at least so many of the steps it is rounded up to."""
_WEEK: Final = 7


def sentence(said: Forecast, today: date, language: Language) -> str:
    """Say when an account runs out: "Thu 14 – Tue 19 Dec at this pace"."""
    translate, plural = language.gettext, language.ngettext
    if said.verdict is Verdict.EMPTY:
        return translate("Nothing left")
    if said.verdict is Verdict.FAR:
        return translate("More than two years at this pace")
    if said.verdict is Verdict.IDLE and said.idle_days is not None:
        return plural(
            "No spending for {n} day", "No spending for {n} days", said.idle_days
        ).format(n=said.idle_days)
    if said.first is None or said.last is None:
        return translate("Not enough history yet")
    # What was said yesterday may begin yesterday: nothing lies in the past.
    return _range(max(said.first, today), max(said.last, today), today, language)


def _range(first: date, last: date, today: date, language: Language) -> str:
    translate = language.gettext
    tomorrow = today + timedelta(days=1)
    if (first, last) == (today, tomorrow):
        return translate("Today or tomorrow")
    if last - today >= HORIZON:
        return translate("{first} or later at this pace").format(
            first=_day(first, today, language)
        )
    until = _day(last, today, language)
    if first == last:
        return translate("{day} at this pace").format(day=until)
    since = _day(first, today, language)
    if (first.year, first.month) == (last.year, last.month) and first != today:
        since = translate("{weekday} {day}").format(
            weekday=translate(WEEKDAYS[first.weekday()]), day=first.day
        )
    return translate("{first} – {last} at this pace").format(first=since, last=until)


def _day(day: date, today: date, language: Language) -> str:
    """Write a day: `Tue 19 Dec`, with its year where that isn't this one."""
    translate = language.gettext
    if day == today:
        return translate("Today")
    shape = (
        translate("{weekday} {day} {month}")
        if day.year == today.year
        else translate("{weekday} {day} {month} {year}")
    )
    return shape.format(
        weekday=translate(WEEKDAYS[day.weekday()]),
        day=day.day,
        month=translate(MONTHS[day.month - 1]),
        year=day.year,
    )


def card_words(said: Forecast, today: date, language: Language) -> tuple[str, str]:
    """Say a forecast beside a balance: loudly, or quietly; one of the two is empty.

    That nobody can say it yet is no news to put in large letters.
    """
    words = sentence(said, today, language)
    if said.verdict is Verdict.NOT_ENOUGH:
        return "", words[:1].lower() + words[1:]
    if said.verdict is not Verdict.RANGE:
        return words, ""
    if said.first == today:
        words = words[:1].lower() + words[1:]
    return language.gettext("Runs out {when}").format(when=words), ""


def messages_left(balance: Balance, price: Decimal | None) -> int | None:
    """Count the messages that a balance pays for, at a price typed in.

    The unit SMS needs no price. None where there is none above 0.
    """
    if balance.unit == MESSAGES:
        return max(0, int(balance.amount))
    if price is None or price <= 0:
        return None
    with localcontext(prec=_DIGITS):
        return max(0, int(balance.amount // price))


def messages_sentence(count: int, language: Language) -> str:
    """Say how many messages are left: "about 1,240 messages"."""
    return language.ngettext("about {n} message", "about {n} messages", count).format(
        n=language.number(Decimal(count))
    )


def top_up_for(
    said: Forecast, weeks: int, left: Decimal = Decimal(0)
) -> Decimal | None:
    """Suggest what to top up so that the account lasts `weeks` from now.

    `left` is what it has. Rounded up to 5, 10, 50, 100 …, whichever is a fifth of it
    or less. None if the pace isn't known or nothing is needed.
    """
    if said.per_day is None:
        return None
    needed = said.per_day * _WEEK * weeks - max(left, Decimal(0))
    if needed <= 0:
        return None
    step = _SMALLEST_STEP
    factor = 2
    while step * factor * _ROUNDED_TO <= needed:
        step *= factor
        factor = 7 - factor  # 5, 10, 50, 100, 500 …: by 2 and by 5 in turn
    with localcontext(prec=_DIGITS):
        return (needed / step).to_integral_value(ROUND_CEILING) * step
