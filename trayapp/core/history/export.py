"""The ledger as text for spreadsheets and programs: CSV and JSON, every digit kept."""

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
"""How a text begins that a spreadsheet would take for a formula."""
_CENT: Final = Decimal("0.01")

# The columns, in their order: programs rely on the names, so new ones come last.
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
    """Write readings with their time in UTC and the zone's date."""
    return _csv(_READING, _reading_rows(readings, zone))


def readings_json(readings: Iterable[Reading], zone: tzinfo | None) -> str:
    """Write readings as a list; a balance is a string, so that no digit is lost."""
    return _json(_reading_rows(readings, zone))


def movements_csv(movements: Iterable[Movement], zone: tzinfo | None) -> str:
    """Write top-ups, spending, corrections and changes of the unit."""
    return _csv(_MOVEMENT, _movement_rows(movements, zone))


def movements_json(movements: Iterable[Movement], zone: tzinfo | None) -> str:
    """Write the movements as a list; an amount is a string."""
    return _json(_movement_rows(movements, zone))


def months_csv(months: Iterable[Month]) -> str:
    """Write a row a month: opening + topped_up - spent + corrected = closing."""
    return _csv(_MONTH, _month_rows(months))


def months_json(months: Iterable[Month]) -> str:
    """Write the months as a list; an amount is a string."""
    return _json(_month_rows(months))


def _reading_rows(readings: Iterable[Reading], zone: tzinfo | None) -> Iterator[_Row]:
    for one in readings:
        yield {
            "at": _rfc3339(one.at),
            "balance": one.balance.amount,
            "currency": one.balance.unit,
            "date": _local_date(one.at, zone),
        }


def _movement_rows(
    movements: Iterable[Movement], zone: tzinfo | None
) -> Iterator[_Row]:
    for one in movements:
        yield {
            "since": _rfc3339(one.since),
            "at": _rfc3339(one.at),
            "kind": one.kind.value,
            "amount": one.amount,
            "currency": one.unit,
            "old_currency": one.old_unit,
            "gap": one.is_gap(),
            "date": _local_date(one.at, zone),
        }


def _month_rows(months: Iterable[Month]) -> Iterator[_Row]:
    for one in months:
        hours = Decimal(one.unobserved // timedelta(seconds=36)) * _CENT
        yield {
            "month": f"{one.first:%Y-%m}",
            "currency": one.unit,
            "opening": one.opening,
            "topped_up": one.topped_up,
            "spent": one.spent,
            "corrected": one.corrected,
            "closing": one.closing,
            "unobserved_hours": hours,
        }


def _csv(columns: Sequence[str], rows: Iterable[_Row]) -> str:
    """Write a table as RFC 4180 has it: its lines end in CR LF on every system.

    Whoever writes it to a file does so as it is (`newline=""`).
    """
    text = StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([_cell(row[name]) for name in columns] for row in rows)
    return text.getvalue()


def escape_formula(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: _Cell) -> str:
    """Write a value so that a number stays one and a text is never a formula."""
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
