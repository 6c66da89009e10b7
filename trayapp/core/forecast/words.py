"""A forecast in words, the messages that are left, and a suggested top-up."""

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
"""A suggested amount is at least this many of its rounding steps."""
_WEEK: Final = 7
_NEAR: Final = timedelta(days=183)
"""A day within this time is written without its year."""


class _Range(Enum):
    """The shapes of a range of days; each has a short and a whole sentence."""

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
        """Give the shape of a range that begins today or later."""
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


def run_out_words(forecast: Forecast, today: date, language: Language) -> str:
    """Say when an account runs out, in short: "Thu 14 – Tue 19 Dec at this pace"."""
    return _run_out(forecast, today, language, whole=False)


def run_out_sentence(forecast: Forecast, today: date, language: Language) -> str:
    """Say when an account runs out, in a whole sentence: "Runs out Thu 14 …"."""
    return _run_out(forecast, today, language, whole=True)


def _run_out(
    forecast: Forecast, today: date, language: Language, *, whole: bool
) -> str:
    translate, plural = language.gettext, language.ngettext
    if forecast.verdict is Verdict.EMPTY:
        return translate("Nothing left")
    if forecast.verdict is Verdict.FAR:
        return translate("More than two years at this pace")
    if forecast.verdict is Verdict.IDLE and forecast.idle_days is not None:
        return plural(
            "No spending for {n} day", "No spending for {n} days", forecast.idle_days
        ).format(n=forecast.idle_days)
    if forecast.first is None or forecast.last is None:
        return translate("Not enough history yet")
    # A forecast of yesterday may begin yesterday; no day is shown in the past.
    first, last = max(forecast.first, today), max(forecast.last, today)
    shape = _Range.of(first, last, today)
    end = last.year if last - today <= _NEAR else today.year
    begin: int | None = first.year if first - today <= _NEAR else today.year
    if shape is _Range.RANGE and first.year == last.year:
        # What both days share stands with the last one.
        begin = None if first.month == last.month else first.year
    return translate(shape.value[whole]).format(
        first=weekday_words(first, language, in_year=begin),
        last=weekday_words(last, language, in_year=end),
    )


def card_words(forecast: Forecast, today: date, language: Language) -> tuple[str, str]:
    """Give a card's run-out date and its small note; one of the two is empty.

    The note says that there is no forecast yet, which is not worth large letters.
    """
    if forecast.verdict is Verdict.NOT_ENOUGH:
        return "", language.gettext("Not enough history yet")
    return run_out_sentence(forecast, today, language), ""


def is_soon(forecast: Forecast | None, warn_days: int, today: date) -> bool:
    """Whether at most `warn_days` days are left; never with 0 `warn_days`."""
    days = days_left(forecast, today) if forecast is not None else None
    return days is not None and 0 < warn_days >= days[0]


def messages_left(balance: Balance, price: Decimal | None) -> int | None:
    """Count the messages that a balance pays for, at the price of one.

    The unit SMS needs no price. For others it is None without a price above 0.
    """
    if balance.unit == MESSAGES:
        return max(0, int(balance.amount))
    if price is None or price <= 0:
        return None
    with localcontext(prec=_DIGITS):
        return max(0, int(balance.amount // price))


def messages_sentence(count: int, language: Language) -> str:
    """Say how many messages are left: "about 1,240 messages"; empty if hidden."""
    if language.hides_amounts:
        return ""
    # Translators: how many messages the balance pays for.
    return language.ngettext("about {n} message", "about {n} messages", count).format(
        n=language.number(Decimal(count))
    )


def suggested_top_up(
    forecast: Forecast, weeks: int, left: Decimal = Decimal(0)
) -> Decimal | None:
    """Suggest what to top up so that the account lasts `weeks` from now.

    `left` is its balance. The amount is rounded up to a multiple of 5, 10, 50, 100 …,
    the largest that is at most a fifth of it. None without a pace or a need.
    """
    if forecast.per_day is None:
        return None
    needed = forecast.per_day * _WEEK * weeks - max(left, Decimal(0))
    if needed <= 0:
        return None
    step = _SMALLEST_STEP
    factor = 2
    while step * factor * _ROUNDED_TO <= needed:
        step *= factor
        factor = 7 - factor  # 5, 10, 50, 100, 500 …: by 2 and by 5 in turn
    with localcontext(prec=_DIGITS):
        return (needed / step).to_integral_value(ROUND_CEILING) * step
