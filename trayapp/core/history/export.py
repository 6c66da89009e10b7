"""The ledger as CSV and JSON, with every digit, row by row.

All functions give pieces of text, so that a long history is never in memory as a whole.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.history.ledger import Month, Movement
from trayapp.core.i18n.language import Language

_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet reads a text that begins with one of these as a formula. The last four
are full-width forms, which Excel takes for the others in Japanese and Chinese."""
_CENT: Final = Decimal("0.01")
_ROWS_OF_A_PIECE: Final = 1_000


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """How a table is written: for programs, or for the spreadsheet of a person."""

    delimiter: str = ","
    decimal_point: str = "."
    line_end: str = "\r\n"
    """As RFC 4180 has it. Open a file with `newline=""`, or Python changes it."""
    prefix: str = ""
    """Stands before the table."""
    has_whole_dates: bool = False
    """Whether a month is written as its first day: a spreadsheet takes 2026-11 for
    text."""

    def cell(self, value: "_Cell") -> str:
        """Write a value: a number stays a number, and a text is never a formula."""
        match value:
            case None:
                return ""
            case bool():
                return "yes" if value else "no"
            case Decimal():
                return self._quoted(self._number(value))
            case date():
                return f"{value:%Y-%m-%d}" if self.has_whole_dates else f"{value:%Y-%m}"
            case _:
                return self._quoted(escape_formula(value))

    def _number(self, value: Decimal) -> str:
        return format(value, "f").replace(".", self.decimal_point)

    def _quoted(self, text: str) -> str:
        """Quote a text with a separator, also with one of another format.

        LibreOffice proposes comma, semicolon and tab at once, so a decimal comma would
        end its cell.
        """
        return '"' + text.replace('"', '""') + '"' if _SEPARATOR.search(text) else text


_SEPARATOR: Final = re.compile(r'[,;\t\r\n"]')
FOR_PROGRAMS: Final = CsvFormat()
_DECIMAL_COMMA: Final = ","
_BYTE_ORDER_MARK: Final = "\ufeff"
"""Excel takes a file without it for one in the encoding of old Windows programs."""


def spreadsheet_format(language: Language) -> CsvFormat:
    """Give the format that spreadsheets read where numbers are as in this language.

    Where the decimal sign is a comma, LibreOffice and Excel take a point for the sign
    of thousands, and Excel separates cells by semicolons. Dates are in ISO 8601, which
    both take for dates in every language.
    """
    if language.decimal_point == _DECIMAL_COMMA:
        return CsvFormat(";", ",", prefix=_BYTE_ORDER_MARK, has_whole_dates=True)
    return CsvFormat(prefix=_BYTE_ORDER_MARK, has_whole_dates=True)


# The columns in their order. Programs rely on them, so new ones come last.
_READING: Final = ("at", "balance", "currency")
_MOVEMENT: Final = (
    "since",
    "at",
    "kind",
    "amount",
    "currency",
    "old_currency",
    "gap",
    "date",
)
_MONTH: Final = (
    "month",
    "currency",
    "opening",
    "topped_up",
    "spent",
    "corrected",
    "closing",
    "unobserved_hours",
    "refunded",
)

_Cell = str | Decimal | date | bool | None
_Row = Mapping[str, _Cell]


def readings_csv(
    readings: Iterable[Reading], form: CsvFormat = FOR_PROGRAMS
) -> Iterator[str]:
    """Write the readings, each with its time in UTC."""
    text_cell = lru_cache(form.cell)
    rows = (
        f"{_rfc3339(reading.at)}{form.delimiter}{form.cell(reading.balance.amount)}"
        f"{form.delimiter}{text_cell(reading.balance.unit)}{form.line_end}"
        for reading in readings
    )
    yield _header(_READING, form)
    yield from _pieces(rows)


def readings_json(readings: Iterable[Reading]) -> Iterator[str]:
    """Write the readings as a list; a balance is a string and keeps every digit."""
    return _json(map(_reading_row, readings))


def dated_readings_json(
    readings: Iterable[Reading], zone: tzinfo | None
) -> Iterator[str]:
    """Write the readings, each with its date in the zone besides."""
    return _json(
        {**_reading_row(reading), "date": _local_date(reading.at, zone)}
        for reading in readings
    )


def movements_csv(
    movements: Iterable[Movement],
    zone: tzinfo | None,
    form: CsvFormat = FOR_PROGRAMS,
) -> Iterator[str]:
    """Write top-ups, spending, refunds, corrections and changes of the unit."""
    return _csv(_MOVEMENT, _movement_rows(movements, zone), form)


def movements_json(movements: Iterable[Movement], zone: tzinfo | None) -> Iterator[str]:
    """Write the movements as a list; an amount is a string."""
    return _json(_movement_rows(movements, zone))


def months_csv(
    months: Iterable[Month], form: CsvFormat = FOR_PROGRAMS
) -> Iterator[str]:
    """Write a row for each month: opening + topped_up - spent + corrected = closing.

    `refunded` is contained in them already: mostly it has reduced `spent`.
    """
    return _csv(_MONTH, _month_rows(months), form)


def months_json(months: Iterable[Month]) -> Iterator[str]:
    """Write the months as a list; an amount is a string."""
    return _json(_month_rows(months))


def json_object(members: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Write an object whose values are pieces of JSON already."""
    start = "{\n"
    for name, pieces in members.items():
        yield f"{start}  {json.dumps(name)}: "
        for piece in pieces:
            yield piece.replace("\n", "\n  ")
        start = ",\n"
    yield "\n}"


def _reading_row(reading: Reading) -> _Row:
    return {
        "at": _rfc3339(reading.at),
        "balance": reading.balance.amount,
        "currency": reading.balance.unit,
    }


def _movement_rows(
    movements: Iterable[Movement], zone: tzinfo | None
) -> Iterator[_Row]:
    for movement in movements:
        yield {
            "since": _rfc3339(movement.since),
            "at": _rfc3339(movement.at),
            "kind": movement.kind.value,
            "amount": movement.amount,
            "currency": movement.unit,
            "old_currency": movement.old_unit,
            "gap": movement.is_gap(),
            "date": _local_date(movement.at, zone),
        }


def _month_rows(months: Iterable[Month]) -> Iterator[_Row]:
    for month in months:
        hours = Decimal(month.unobserved // timedelta(seconds=36)) * _CENT
        yield {
            "month": month.first,
            "currency": month.unit,
            "opening": month.opening,
            "topped_up": month.topped_up,
            "spent": month.spent,
            "corrected": month.corrected,
            "closing": month.closing,
            "unobserved_hours": hours,
            "refunded": month.refunded,
        }


def _csv(
    columns: Sequence[str], rows: Iterable[_Row], form: CsvFormat
) -> Iterator[str]:
    yield _header(columns, form)
    yield from _pieces(
        form.delimiter.join(form.cell(row[name]) for name in columns) + form.line_end
        for row in rows
    )


def _header(columns: Sequence[str], form: CsvFormat) -> str:
    return form.prefix + form.delimiter.join(columns) + form.line_end


def escape_formula(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would read as a formula."""
    # Some spreadsheets leave out blanks and line ends before a formula.
    begins = text.lstrip().startswith(_FORMULA) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if begins else text


def _json(rows: Iterable[_Row]) -> Iterator[str]:
    """Write a list of objects, in ASCII: not every terminal has all letters."""
    written = map(_json_row, rows)
    first = next(written, None)
    if first is None:
        yield "[]"
        return
    yield f"[\n{first}"
    yield from _pieces(f",\n{row}" for row in written)
    yield "\n]"


def _json_row(row: _Row) -> str:
    members = (f'    "{name}": {_json_value(value)}' for name, value in row.items())
    return "  {\n" + ",\n".join(members) + "\n  }"


def _json_value(value: _Cell) -> str:
    match value:
        case Decimal():
            return f'"{value:f}"'
        case date():
            return f'"{value:%Y-%m}"'
        case _:
            return json.dumps(value)


def _pieces(rows: Iterable[str]) -> Iterator[str]:
    """Join rows to pieces that are worth a call of the system."""
    rows = iter(rows)
    while piece := "".join(islice(rows, _ROWS_OF_A_PIECE)):
        yield piece


def _rfc3339(moment: datetime) -> str:
    return (
        moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _local_date(moment: datetime, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).date().isoformat()
