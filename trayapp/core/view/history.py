"""The history window of an account, its chart in words, and the request to top up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.account import Account
from trayapp.core.balance import Reading
from trayapp.core.chart.axis import TimeAxis, milliseconds
from trayapp.core.chart.plot import ChartData, visible_readings
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.forecast.words import (
    run_out_sentence,
    run_out_words,
    suggested_top_up,
)
from trayapp.core.history.ledger import (
    GAP_AFTER,
    Month,
    MovementKind,
    months,
    movements,
    observed,
)
from trayapp.core.i18n.dates import clock_time, day_words, moment_words, month_words
from trayapp.core.i18n.language import Language, mark

_WEEKS: Final = 4
_LISTED: Final = 3
"""The window lists this many of the balances with an impossible time."""
_RISES: Final = 50
"""The window lists this many of the newest rises."""
_GAP_INTERVALS: Final = 3
"""With a long interval, a gap is this many intervals without a reading."""
_CAVEAT: Final = mark(
    "Reckoned from what was spent in the last 16 weeks, weekdays and weekends apart. "
    "It knows no holidays, campaigns or price changes to come: about four of five "
    "times the day lies inside the range."
)


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """The stored readings of an account."""

    account: Account
    readings: Sequence[Reading]
    """The oldest first."""
    corrections: Collection[datetime]
    """The times of the readings that a person marked as a correction."""
    interval: timedelta
    """Between two requests to the gateway."""
    impossible: Sequence[Reading] = ()
    """Readings whose time can't be true; they are not among `readings`."""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A row of the months' table: formatted amounts that add up."""

    month: str
    opening: str
    topped_up: str
    spent: str
    corrected: str
    closing: str
    refunded: str = ""
    """What `spent` is already without; empty without refunds."""


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A rise of the balance, in words."""

    at: datetime
    words: str
    is_correction: bool
    """Whether a person marked it as a correction, not as a top-up."""
    can_toggle: bool
    """Whether a person can change `is_correction`."""


@dataclass(frozen=True, slots=True)
class HistoryView:
    """All that the history window shows of one account."""

    account_id: str
    title: str
    """The account's name."""
    chart: ChartData
    forecast_words: str
    """The run-out date, or why there is none."""
    caveat: str
    """The limits of the forecast; empty without a run-out date."""
    months: tuple[MonthRow, ...]
    """The newest first."""
    movements: tuple[MovementRow, ...]
    """The newest first."""
    impossible: tuple[datetime, ...] = ()
    """The times of the readings whose time can't be true."""
    impossible_words: str = ""
    """Their balances and times in a sentence; empty without them."""


@dataclass(frozen=True, slots=True)
class Readout:
    """One reading in words."""

    amount: str
    """With every digit."""
    when: str
    note: str
    """The top-up that came with it; empty without one."""

    @property
    def sentence(self) -> str:
        """All of it, for a screen reader."""
        return ", ".join(filter(None, (self.amount, self.when, self.note)))


def history_page(
    history: AccountHistory, forecast: Forecast, now: datetime, language: Language
) -> HistoryView:
    """Make all that the history window shows.

    A million readings take seconds, so do not call it on the GUI thread.
    """
    account, readings, corrections = (
        history.account,
        history.readings,
        history.corrections,
    )
    counted = observed(readings)
    unit = counted[-1].balance.unit if counted else ""
    gap_after = max(GAP_AFTER, history.interval * _GAP_INTERVALS)
    all_movements = movements(readings, corrections)
    rises = [
        movement
        for movement in all_movements
        if movement.kind is MovementKind.TOP_UP
        or (movement.kind is MovementKind.CORRECTION and movement.amount > 0)
    ]
    today = now.astimezone(language.zone).date()
    run_out = None
    if (
        forecast.verdict is Verdict.RANGE
        and forecast.first is not None
        and forecast.last
    ):
        run_out = (forecast.first, forecast.last)
    return HistoryView(
        account_id=account.id,
        title=account.name,
        chart=ChartData(
            readings=counted,
            threshold=account.low_below,
            top_ups=tuple(
                (rise.at, rise.amount)
                for rise in rises
                if rise.kind is MovementKind.TOP_UP and rise.unit == unit
            ),
            run_out=run_out,
            now=now,
            unit=unit,
            gap_after=gap_after,
        ),
        forecast_words=run_out_sentence(forecast, today, language),
        caveat=language.gettext(_CAVEAT) if run_out else "",
        months=tuple(
            _month_row(month, language)
            for month in reversed(
                months(readings, corrections, language.zone, gap_after)
            )
        ),
        movements=tuple(
            MovementRow(
                at=rise.at,
                words=language.gettext("{day}: +{amount}").format(
                    day=clock_time(rise.at, now, language),
                    amount=language.money(rise.amount, rise.unit),
                ),
                is_correction=rise.kind is MovementKind.CORRECTION,
                can_toggle=True,
            )
            for rise in reversed(rises[-_RISES:])
        ),
        impossible=tuple(reading.at for reading in history.impossible),
        impossible_words=_impossible_words(history.impossible, language),
    )


def _impossible_words(readings: Sequence[Reading], language: Language) -> str:
    """List balances whose time can't be true; empty without any."""
    if not readings:
        return ""
    balances = [
        f"{moment_words(reading.at, language)}: "
        f"{language.money(reading.balance.amount, reading.balance.unit)}"
        for reading in readings[:_LISTED]
    ]
    if len(readings) > _LISTED:
        balances.append("…")
    # Translators: {balances} is a list of times and amounts.
    return language.ngettext(
        "{n} balance has an impossible time and does not count, as the clock was wrong "
        "({balances}).",
        "{n} balances have an impossible time and do not count, as the clock was wrong "
        "({balances}).",
        len(readings),
    ).format(n=len(readings), balances=language.join_phrases(balances))


def _month_row(month: Month, language: Language) -> MonthRow:
    def money(amount: Decimal) -> str:
        return language.money(amount, month.unit)

    return MonthRow(
        month=month_words(month.first, language),
        opening=money(month.opening),
        topped_up=money(month.topped_up),
        spent=money(month.spent),
        corrected=money(month.corrected),
        closing=money(month.closing),
        refunded=money(month.refunded) if month.refunded else "",
    )


def readout(data: ChartData, index: int, language: Language) -> Readout:
    """Describe the reading at an index of the series, and its top-up."""
    series = data.series
    reading = series.readings[index]
    before = series.times[index - 1] if index else -1
    topped_up = sum(
        amount
        for moment, amount in data.top_ups
        if before < milliseconds(moment) <= series.times[index]
    )
    note = ""
    if topped_up:
        added = language.money(topped_up, data.unit)
        # Translators: after an amount and a time, as in "€30.00, Mon 14 Dec, …".
        note = language.gettext("topped up by {amount}").format(amount=added)
    return Readout(
        amount=language.money(reading.balance.amount, reading.balance.unit),
        when=moment_words(reading.at, language),
        note=note,
    )


def chart_summary(data: ChartData, time: TimeAxis, language: Language) -> str:
    """Describe the visible part of the chart, for a screen reader."""
    translate, series = language.gettext, data.series
    shown = visible_readings(series, time)
    if not shown:
        return translate("The chart grows as balances are read.")
    lowest, _ = series.extremes(shown.start, shown.stop)
    least = series.values.index(lowest, shown.start, shown.stop)

    def day(index: int) -> str:
        at = series.readings[index].at.astimezone(language.zone)
        return day_words(at.date(), language)

    def money(index: int) -> str:
        return language.money(series.readings[index].balance.amount, data.unit)

    last = shown[-1]
    is_fresh = data.now - series.readings[last].at <= data.gap_after
    if len(shown) == 1:
        alone = (
            translate("{amount} now") if is_fresh else translate("{amount} on {day}")
        )
        return alone.format(amount=money(last), day=day(last))
    whole = (
        translate("From {before} on {first} to {after} now")
        if is_fresh
        else translate("From {before} on {first} to {after} on {last}")
    )
    parts = [
        whole.format(
            before=money(shown[0]),
            first=day(shown[0]),
            after=money(last),
            last=day(last),
        )
    ]
    if count := sum(time.contains(milliseconds(moment)) for moment, _ in data.top_ups):
        # Translators: one of several phrases between semicolons; so is the next.
        parts.append(
            language.ngettext("topped up once", "topped up {n} times", count).format(
                n=count
            )
        )
    parts.append(
        translate("lowest {amount} on {day}").format(
            amount=money(least), day=day(least)
        )
    )
    return language.join_phrases(parts)


def top_up_request(
    account: Account,
    reading: Reading,
    forecast: Forecast,
    today: date,
    language: Language,
) -> str:
    """Write the request for a top-up: account, balance, run-out date and amount."""
    translate = language.gettext
    balance = reading.balance
    lines = [
        translate("Please top up the SMS account {name}.").format(name=account.name),
        translate("Balance: {amount}").format(
            amount=language.money(balance.amount, balance.unit)
        ),
        # Translators: then a day or a range of days, or why nobody can say it.
        translate("Runs out: {when}").format(
            when=run_out_words(forecast, today, language)
        ),
    ]
    suggested = suggested_top_up(forecast, _WEEKS, max(balance.amount, Decimal(0)))
    if suggested is not None:
        lines.append(
            language.ngettext(
                "Suggested top-up for {weeks} week: {amount}",
                "Suggested top-up for {weeks} weeks: {amount}",
                _WEEKS,
            ).format(weeks=_WEEKS, amount=language.money(suggested, balance.unit))
        )
    if account.website_url:
        # Translators: the web page on which the account is topped up.
        lines.append(translate("Panel: {url}").format(url=account.website_url))
    return "\n".join(lines)
