"""What the history window shows, and what its chart says in words."""

from dataclasses import dataclass
from datetime import datetime

from trayapp.core.chart.axis import TimeAxis, milliseconds
from trayapp.core.chart.plot import ChartData, within
from trayapp.core.i18n.dates import day_words, moment_words
from trayapp.core.i18n.language import Language


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in words; the amounts add up."""

    month: str
    opening: str
    topped_up: str
    spent: str
    corrected: str
    closing: str


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A rise of the balance."""

    at: datetime
    words: str
    is_correction: bool
    """Whether a person said that nobody paid for it."""
    can_toggle: bool
    """Whether a person may say so, or take it back."""


@dataclass(frozen=True, slots=True)
class HistoryView:
    """All that the history window shows of one account."""

    account_id: str
    title: str
    """The account's name."""
    chart: ChartData
    forecast_words: str
    """When the credit runs out, or why nobody can say."""
    caveat: str
    """What the forecast can't know."""
    months: tuple[MonthRow, ...]
    """The newest first."""
    movements: tuple[MovementRow, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True)
class Readout:
    """One reading in words."""

    amount: str
    """Every digit of it."""
    when: str
    note: str
    """What came with it; empty for nothing."""

    @property
    def sentence(self) -> str:
        """All of it, to be spoken."""
        return ", ".join(filter(None, (self.amount, self.when, self.note)))


def readout(data: ChartData, place: int, language: Language) -> Readout:
    """Say the reading at a place of the series, and the top-up that it showed."""
    series = data.series
    reading = series.readings[place]
    before = series.times[place - 1] if place else -1
    topped_up = sum(
        amount
        for moment, amount in data.top_ups
        if before < milliseconds(moment) <= series.times[place]
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


def summary(data: ChartData, time: TimeAxis, language: Language) -> str:
    """Say what the chart shows between its ends, for whoever doesn't see it."""
    translate, series = language.gettext, data.series
    shown = within(series, time)
    if not shown:
        return translate("The chart grows as balances are read.")
    lowest, _ = series.extremes(shown.start, shown.stop)
    least = series.values.index(lowest, shown.start, shown.stop)

    def day(place: int) -> str:
        at = series.readings[place].at.astimezone(language.zone)
        return day_words(at.date(), language)

    def money(place: int) -> str:
        return language.money(series.readings[place].balance.amount, data.unit)

    last = shown[-1]
    is_fresh = data.now - series.readings[last].at <= data.silence
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
    if count := sum(time.holds(milliseconds(moment)) for moment, _ in data.top_ups):
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
    return language.series(parts)
