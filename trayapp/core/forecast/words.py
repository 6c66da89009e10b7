"""What a forecast means to a person: plain words, messages, an amount to top up."""

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal, localcontext
from enum import Enum
from typing import Final

from trayapp.core.balance import Balance
from trayapp.core.forecast.run_out import HORIZON, Forecast, Verdict, days_left
from trayapp.core.i18n.dates import weekday_words
from trayapp.core.i18n.language import Language, mark

MESSAGES: Final = "SMS"
"""The unit in which a balance is a number of messages."""
_DIGITS: Final = 60
_SMALLEST_STEP: Final = Decimal(5)
_ROUNDED_TO: Final = Decimal(5)
"""A suggested amount has at least so many of the steps it is rounded up to."""
_WEEK: Final = 7
_NEAR: Final = timedelta(days=183)
"""A day that is no farther away needs no year, even if that is the next one."""


class _Range(Enum):
    """The shapes that a range of days has: what is said of it alone, and loudly."""

    NOW = mark("Today or tomorrow"), mark("Runs out today or tomorrow")
    TODAY = mark("Today at this pace"), mark("Runs out today at this pace")
    FROM_TODAY = (
        # Translators: {last} is a day, such as "Tue 19 Dec".
        mark("Today – {last} at this pace"),
        mark("Runs out today – {last} at this pace"),
    )
    TODAY_OR_LATER = (
        mark("Today or later at this pace"),
        mark("Runs out today or later at this pace"),
    )
    OR_LATER = (
        # Translators: {first} is a day, such as "Tue 19 Dec".
        mark("{first} or later at this pace"),
        mark("Runs out {first} or later at this pace"),
    )
    # Translators: {last} is a day, such as "Tue 19 Dec".
    ONE_DAY = mark("{last} at this pace"), mark("Runs out {last} at this pace")
    RANGE = (
        # Translators: both are days: "Thu 14 – Tue 19 Dec at this pace".
        mark("{first} – {last} at this pace"),
        mark("Runs out {first} – {last} at this pace"),
    )

    @classmethod
    def of(cls, first: date, last: date, today: date) -> "_Range":
        """Give the shape of a range; nothing in it is past."""
        if first == today:
            if last - today >= HORIZON:
                return cls.TODAY_OR_LATER
            if last == today:
                return cls.TODAY
            soon = last == today + timedelta(days=1)
            return cls.NOW if soon else cls.FROM_TODAY
        if last - today >= HORIZON:
            return cls.OR_LATER
        return cls.ONE_DAY if first == last else cls.RANGE


def run_out_words(said: Forecast, today: date, language: Language) -> str:
    """Say when an account runs out: "Thu 14 – Tue 19 Dec at this pace"."""
    return _said(said, today, language, loudly=False)


def run_out_sentence(said: Forecast, today: date, language: Language) -> str:
    """Say it where nothing around tells what these days are: "Runs out Thu 14 …"."""
    return _said(said, today, language, loudly=True)


def _said(said: Forecast, today: date, language: Language, *, loudly: bool) -> str:
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
    first, last = max(said.first, today), max(said.last, today)
    shape = _Range.of(first, last, today)
    end = last.year if last - today <= _NEAR else today.year
    begin: int | None = first.year if first - today <= _NEAR else today.year
    if (
        shape is _Range.RANGE and first.year == last.year
    ):  # what both share stands at the end
        begin = None if first.month == last.month else first.year
    return translate(shape.value[loudly]).format(
        first=weekday_words(first, language, in_year=begin),
        last=weekday_words(last, language, in_year=end),
    )


def card_words(said: Forecast, today: date, language: Language) -> tuple[str, str]:
    """Say a forecast beside a balance: loudly, or quietly; one of the two is empty.

    That nobody can say it yet is no news to put in large letters.
    """
    if said.verdict is Verdict.NOT_ENOUGH:
        return "", language.gettext("Not enough history yet")
    return run_out_sentence(said, today, language), ""


def is_soon(said: Forecast | None, warn_days: int, today: date) -> bool:
    """Whether few days are left, as the alert for it counts them; never for 0 days."""
    days = days_left(said, today) if said is not None else None
    return days is not None and 0 < warn_days >= days[0]


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
    """Say how many messages are left: "about 1,240 messages"; nothing if hidden."""
    if language.hides_amounts:
        return ""
    # Translators: how many messages the balance pays for.
    return language.ngettext("about {n} message", "about {n} messages", count).format(
        n=language.number(Decimal(count))
    )


def suggested_top_up(
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
