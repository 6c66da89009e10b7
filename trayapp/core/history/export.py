"""The ledger as CSV and JSON, with every digit."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from io import StringIO
from typing import Final

from trayapp.core.balance import Reading
from trayapp.core.history.ledger import Month, Movement

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet reads a text that begins with one of these as a formula."""
_CENT: Final = Decimal("0.01")

# The columns in their order. Programs rely on them, so new ones come last.
_READING: Final = ("at", "balance", "currency", "date")
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
)

_Cell = str | Decimal | bool | None
_Row = Mapping[str, _Cell]


def readings_csv(readings: Iterable[Reading], zone: tzinfo | None) -> str:
    """Write the readings, each with its time in UTC and its date in the zone."""
    return _csv(_READING, _reading_rows(readings, zone))


def readings_json(readings: Iterable[Reading], zone: tzinfo | None) -> str:
    """Write the readings as a list; a balance is a string and keeps every digit."""
    return _json(_reading_rows(readings, zone))


def movements_csv(movements: Iterable[Movement], zone: tzinfo | None) -> str:
    """Write top-ups, spending, corrections and changes of the unit."""
    return _csv(_MOVEMENT, _movement_rows(movements, zone))


def movements_json(movements: Iterable[Movement], zone: tzinfo | None) -> str:
    """Write the movements as a list; an amount is a string."""
    return _json(_movement_rows(movements, zone))


def months_csv(months: Iterable[Month]) -> str:
    """Write a row for each month: opening + topped_up - spent + corrected = closing."""
    return _csv(_MONTH, _month_rows(months))


def months_json(months: Iterable[Month]) -> str:
    """Write the months as a list; an amount is a string."""
    return _json(_month_rows(months))


def _reading_rows(readings: Iterable[Reading], zone: tzinfo | None) -> Iterator[_Row]:
    for reading in readings:
        yield {
            "at": _rfc3339(reading.at),
            "balance": reading.balance.amount,
            "currency": reading.balance.unit,
            "date": _local_date(reading.at, zone),
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
            "month": f"{month.first:%Y-%m}",
            "currency": month.unit,
            "opening": month.opening,
            "topped_up": month.topped_up,
            "spent": month.spent,
            "corrected": month.corrected,
            "closing": month.closing,
            "unobserved_hours": hours,
        }


def _csv(columns: Sequence[str], rows: Iterable[_Row]) -> str:
    """Write a table by RFC 4180: its lines end in CR LF on every system.

    Open a file for it with `newline=""`.
    """
    text = StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([_cell(row[name]) for name in columns] for row in rows)
    return text.getvalue()


def escape_formula(text: str) -> str:
    """Quote a text that a spreadsheet would read as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: _Cell) -> str:
    """Format a value: a number stays a number, and a text is never a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value, "f")
        case _:
            return escape_formula(value)


def _json(rows: Iterable[_Row]) -> str:
    return json.dumps(
        [
            {
                name: format(value, "f") if isinstance(value, Decimal) else value
                for name, value in row.items()
            }
            for row in rows
        ],
        indent=2,
        ensure_ascii=False,
    )


def _rfc3339(moment: datetime) -> str:
    return (
        moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _local_date(moment: datetime, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).date().isoformat()
