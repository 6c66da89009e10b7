"""The exported ledger adds up in a spreadsheet, and no cell is a formula."""

import csv
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.balance import Balance, Reading
from trayapp.core.history.export import (
    months_csv,
    months_json,
    movements_csv,
    movements_json,
    readings_csv,
    readings_json,
)
from trayapp.core.history.ledger import months, movements

MADRID = ZoneInfo("Europe/Madrid")
LATE = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # 1 December in Madrid


def read(*amounts: str, unit: str = "EUR") -> list[Reading]:
    """Make readings a day apart."""
    return [
        Reading(Balance(Decimal(amount), unit), LATE + timedelta(days=index))
        for index, amount in enumerate(amounts)
    ]


def table(text: str) -> list[dict[str, str]]:
    """Read a table as a spreadsheet does."""
    return list(csv.DictReader(StringIO(text, newline="")))


def test_a_reading_has_its_digits_its_moment_and_its_local_date() -> None:
    """The time is in UTC for programs; the date is in the person's zone."""
    assert readings_csv(read("350.1200"), MADRID) == (
        "at,balance,currency,date\r\n"
        "2026-11-30T23:30:00.000Z,350.1200,EUR,2026-12-01\r\n"
    )
    assert json.loads(readings_json(read("350.1200"), MADRID)) == [
        {
            "at": "2026-11-30T23:30:00.000Z",
            "balance": "350.1200",
            "currency": "EUR",
            "date": "2026-12-01",
        }
    ]


def test_movements_name_their_kind() -> None:
    """A downward correction is a negative number, not a text."""
    readings = [*read("10", "8", "6", "0"), *read(*["7"] * 5, unit="SMS")[4:]]
    moved = movements(readings, [readings[2].at])
    rows = table(movements_csv(moved, MADRID))
    assert [row["kind"] for row in rows] == [
        "spent",
        "correction",
        "spent",
        "unit-changed",
    ]
    assert [row["amount"] for row in rows] == ["2", "-2", "6", "0"]
    assert rows[3]["old_currency"] == "EUR"
    assert rows[0]["gap"] == "yes"
    as_json = json.loads(movements_json(moved, MADRID))
    assert (as_json[0]["gap"], as_json[0]["old_currency"]) == (True, None)


@given(st.lists(st.decimals(-(10**6), 10**15, places=8), min_size=1, max_size=40))
def test_every_months_row_adds_up(amounts: list[Decimal]) -> None:
    """The sum of a row's columns is its closing."""
    rows = months(read(*[format(one, "f") for one in amounts]), [], MADRID)
    for row in [*table(months_csv(rows)), *json.loads(months_json(rows))]:
        opening, topped_up, spent, corrected, closing = (
            Decimal(row[name])
            for name in ("opening", "topped_up", "spent", "corrected", "closing")
        )
        assert opening + topped_up - spent + corrected == closing


def test_a_month_is_named_as_a_spreadsheet_reads_it() -> None:
    """Its row has year and month, and its unobserved hours."""
    rows = table(months_csv(months(read("10", "8"), [], MADRID)))
    assert [row["month"] for row in rows] == ["2026-12"]
    assert rows[0]["unobserved_hours"] == "24.00"


@pytest.mark.parametrize("unit", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(unit: str) -> None:
    """A text that a spreadsheet would evaluate is quoted."""
    (row,) = table(readings_csv(read("-5.20", unit=unit), UTC))
    assert row["currency"] == f"'{unit}"
    assert row["balance"] == "-5.20"


@given(st.text(min_size=1, max_size=16))
def test_any_unit_stays_in_its_cell(unit: str) -> None:
    """Commas, quotes and line ends make no second cell or row."""
    (row,) = table(readings_csv(read("1", unit=unit), UTC))
    assert row["currency"].removeprefix("'") == unit.removeprefix("'")
    assert row["currency"][0] not in "=+-@\t\r"


def test_an_empty_history_exports_its_header() -> None:
    """An account without readings can be exported too."""
    assert months_csv(()).count("\r\n") == 1
    assert json.loads(movements_json((), UTC)) == []
