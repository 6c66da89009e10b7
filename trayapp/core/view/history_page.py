"""Makes the history window's page of an account, and the request to top it up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.account import Account
from trayapp.core.balance import Reading
from trayapp.core.chart.plot import ChartData
from trayapp.core.forecast.run_out import Forecast, Verdict
from trayapp.core.forecast.words import sentence, top_up_for, whole_sentence
from trayapp.core.history.ledger import (
    GAP_AFTER,
    Month,
    MovementKind,
    months,
    movements,
)
from trayapp.core.i18n.dates import clock_time, month_words
from trayapp.core.i18n.language import Language, mark
from trayapp.core.view.history_view import HistoryView, MonthRow, MovementRow

_WEEKS: Final = 4
_RISES: Final = 50
"""How many of the newest rises the window lists."""
_SILENCE: Final = 3
"""Intervals without a reading that count as a gap, for slow polls."""
_CAVEAT: Final = mark(
    "Reckoned from what was spent in the last 16 weeks, weekdays and weekends apart. "
    "It knows no holidays, campaigns or price changes to come: about four of five "
    "times the day lies inside the range."
)


@dataclass(frozen=True, slots=True)
class Past:
    """What is stored of an account."""

    account: Account
    readings: Sequence[Reading]
    """The oldest first."""
    marked: Collection[datetime]
    """The times of the readings whose rise or fall a person called a correction."""
    interval: timedelta
    """Between two questions to the gateway."""


def history_page(
    past: Past, said: Forecast, now: datetime, language: Language
) -> HistoryView:
    """Say all that the history window shows.

    With a million readings this takes seconds: not on the GUI thread.
    """
    account, readings, marked = past.account, past.readings, past.marked
    unit = readings[-1].balance.unit if readings else ""
    silence = max(GAP_AFTER, past.interval * _SILENCE)
    moved = movements(readings, marked)
    rises = [
        one
        for one in moved
        if one.kind is MovementKind.TOP_UP
        or (one.kind is MovementKind.CORRECTION and one.amount > 0)
    ]
    today = now.astimezone(language.zone).date()
    run_out = None
    if said.verdict is Verdict.RANGE and said.first is not None and said.last:
        run_out = (said.first, said.last)
    return HistoryView(
        account_id=account.id,
        title=account.name,
        chart=ChartData(
            readings=tuple(readings),
            threshold=account.low_below,
            top_ups=tuple(
                (one.at, one.amount)
                for one in rises
                if one.kind is MovementKind.TOP_UP and one.unit == unit
            ),
            run_out=run_out,
            now=now,
            unit=unit,
            silence=silence,
        ),
        forecast_words=whole_sentence(said, today, language),
        caveat=language.gettext(_CAVEAT) if run_out else "",
        months=tuple(
            _month_row(one, language)
            for one in reversed(months(readings, marked, language.zone, silence))
        ),
        movements=tuple(
            MovementRow(
                at=one.at,
                words=language.gettext("{day}: +{amount}").format(
                    day=clock_time(one.at, now, language),
                    amount=language.money(one.amount, one.unit),
                ),
                is_correction=one.kind is MovementKind.CORRECTION,
                can_toggle=True,
            )
            for one in reversed(rises[-_RISES:])
        ),
    )


def top_up_request(
    account: Account, reading: Reading, said: Forecast, today: date, language: Language
) -> str:
    """Write what one sends to the person who pays: account, balance, day, amount."""
    translate = language.gettext
    balance = reading.balance
    lines = [
        translate("Please top up the SMS account {name}.").format(name=account.name),
        translate("Balance: {amount}").format(
            amount=language.money(balance.amount, balance.unit)
        ),
        # Translators: then a day or a range of days, or why nobody can say it.
        translate("Runs out: {when}").format(when=sentence(said, today, language)),
    ]
    suggested = top_up_for(said, _WEEKS, max(balance.amount, Decimal(0)))
    if suggested is not None:
        lines.append(
            language.ngettext(
                "Suggested top-up for {weeks} week: {amount}",
                "Suggested top-up for {weeks} weeks: {amount}",
                _WEEKS,
            ).format(weeks=_WEEKS, amount=language.money(suggested, balance.unit))
        )
    if account.panel_url:
        # Translators: the web page on which the account is topped up.
        lines.append(translate("Panel: {url}").format(url=account.panel_url))
    return "\n".join(lines)


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
    )
