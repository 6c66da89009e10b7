"""The exported ledger adds up in a spreadsheet, and no cell is a formula."""

import csv
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from gettext import NullTranslations
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.balance import Balance, Reading
from trayapp.core.history.export import (
    dated_readings_json,
    json_object,
    months_csv,
    months_json,
    movements_csv,
    movements_json,
    readings_csv,
    readings_json,
    spreadsheet_format,
)
from trayapp.core.history.ledger import months, movements
from trayapp.core.i18n.language import ENGLISH, language_for
from trayapp.core.i18n.locales import LOCALES

MADRID = ZoneInfo("Europe/Madrid")
LATE = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # 1 December in Madrid


def read(*amounts: str, unit: str = "EUR") -> list[Reading]:
    """Make readings a day apart."""
    return [
        Reading(Balance(Decimal(amount), unit), LATE + timedelta(days=index))
        for index, amount in enumerate(amounts)
    ]


def table(pieces: Iterable[str], delimiter: str = ",") -> list[dict[str, str]]:
    """Read a table as a spreadsheet does."""
    text = StringIO("".join(pieces).removeprefix("\ufeff"), newline="")
    return list(csv.DictReader(text, delimiter=delimiter))


def parsed(pieces: Iterable[str]) -> Any:  # noqa: ANN401  # JSON
    """Parse pieces of JSON."""
    return json.loads("".join(pieces))


def test_a_reading_has_its_digits_its_moment_and_its_local_date() -> None:
    """The time is in UTC for programs; the date is in the person's zone."""
    assert "".join(readings_csv(read("350.1200"))) == (
        "at,balance,currency\r\n2026-11-30T23:30:00.000Z,350.1200,EUR\r\n"
    )
    row = {"at": "2026-11-30T23:30:00.000Z", "balance": "350.1200", "currency": "EUR"}
    assert parsed(readings_json(read("350.1200"))) == [row]
    dated = parsed(dated_readings_json(read("350.1200"), MADRID))
    assert dated == [{**row, "date": "2026-12-01"}]


@given(
    st.lists(
        st.tuples(st.decimals(-100, 100, places=4), st.text(min_size=1, max_size=9)),
        max_size=9,
    )
)
def test_rows_of_json_are_written_as_pythons_writer_does(
    balances: list[tuple[Decimal, str]],
) -> None:
    """Each row is written alone, and the whole has the usual indents."""
    readings = [Reading(Balance(*balance), LATE) for balance in balances]
    text = "".join(readings_json(readings))
    rows = json.loads(text)
    assert text == json.dumps(rows, indent=2)
    assert [(Decimal(row["balance"]), row["currency"]) for row in rows] == balances
    whole = "".join(json_object({"a": ['"b"'], "rows": readings_json(readings)}))
    assert whole == json.dumps({"a": "b", "rows": rows}, indent=2)


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
    as_json = parsed(movements_json(moved, MADRID))
    assert (as_json[0]["gap"], as_json[0]["old_currency"]) == (True, None)


@given(st.lists(st.decimals(-(10**6), 10**15, places=8), min_size=1, max_size=40))
def test_every_months_row_adds_up(amounts: list[Decimal]) -> None:
    """The sum of a row's columns is its closing."""
    rows = months(read(*[format(one, "f") for one in amounts]), [], MADRID)
    for row in [*table(months_csv(rows)), *parsed(months_json(rows))]:
        opening, topped_up, spent, corrected, closing = (
            Decimal(row[name])
            for name in ("opening", "topped_up", "spent", "corrected", "closing")
        )
        assert opening + topped_up - spent + corrected == closing


@pytest.mark.case("4", "every rise taken for a payment")
def test_refunds_have_a_kind_and_a_column_of_their_own() -> None:
    """They come off the spending; the column says how much that was."""
    readings = read("10", "8", "8.5", "8")
    rows = table(movements_csv(movements(readings), UTC))
    assert [(row["kind"], row["amount"]) for row in rows] == [
        ("spent", "2"),
        ("refund", "0.5"),
        ("spent", "0.5"),
    ]
    (month,) = table(months_csv(months(readings, [], UTC)))
    assert list(month)[-1] == "refunded"
    assert (month["topped_up"], month["spent"], month["refunded"]) == (
        "0",
        "2.0",
        "0.5",
    )


def test_a_month_is_named_as_a_spreadsheet_reads_it() -> None:
    """Its row has year and month, and its unobserved hours."""
    rows = table(months_csv(months(read("10", "8"), [], MADRID)))
    assert [row["month"] for row in rows] == ["2026-12"]
    assert rows[0]["unobserved_hours"] == "24.00"


@pytest.mark.parametrize(
    "unit",
    ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n1", " =1", "\uff1d1", "\uff0b1"],
)
def test_no_cell_is_a_formula(unit: str) -> None:
    """A text that a spreadsheet would evaluate is quoted."""
    (row,) = table(readings_csv(read("-5.20", unit=unit)))
    assert row["currency"] == f"'{unit}"
    assert row["balance"] == "-5.20"


@given(st.text(min_size=1, max_size=16))
def test_any_unit_stays_in_its_cell(unit: str) -> None:
    """Commas, quotes and line ends make no second cell or row."""
    (row,) = table(readings_csv(read("1", unit=unit)))
    assert row["currency"].removeprefix("'") == unit.removeprefix("'")
    assert row["currency"][0] not in "=+-@\t\r"


HUMAN = "10", "a machine's format offered to people"


@pytest.mark.case(*HUMAN)
@pytest.mark.parametrize("code", sorted(set(LOCALES) - {"en"}))
def test_a_spreadsheet_with_a_decimal_comma_has_semicolons(code: str) -> None:
    """A mark tells Excel that the file is in UTF-8; a month is a whole date."""
    form = spreadsheet_format(language_for(code, NullTranslations()))
    rows = months(read("408.4000", "408.0000", "12345.6789"), [], MADRID)
    assert "".join(months_csv(rows, form)) == (
        "\ufeffmonth;currency;opening;topped_up;spent;corrected;closing;"
        "unobserved_hours;refunded\r\n"
        '2026-12-01;EUR;"408,4000";"11937,6789";"0,4000";0;"12345,6789";"48,00";0\r\n'
    )


@pytest.mark.case(*HUMAN)
def test_a_spreadsheet_with_a_decimal_point_has_commas() -> None:
    """There are no signs of thousands."""
    rows = months(read("1234.5000", "1234.4000"), [], MADRID)
    assert "".join(months_csv(rows, spreadsheet_format(ENGLISH))) == (
        "\ufeffmonth,currency,opening,topped_up,spent,corrected,closing,"
        "unobserved_hours,refunded\r\n"
        "2026-12-01,EUR,1234.5000,0,0.1000,0,1234.4000,24.00,0\r\n"
    )


@pytest.mark.case(*HUMAN)
@given(st.text(min_size=1, max_size=16), st.sampled_from(sorted(LOCALES)))
def test_a_units_signs_make_no_second_cell_in_any_format(unit: str, code: str) -> None:
    """LibreOffice may take comma, semicolon and tab for separators at once."""
    form = spreadsheet_format(language_for(code, NullTranslations()))
    header, row = "".join(readings_csv(read("1.5", unit=unit), form)).split("\r\n", 1)
    del header
    unquoted = re.sub(r'"(?:[^"]|"")*"', "", row.removesuffix("\r\n"))
    assert re.sub("[^,;\t\r\n]", "", unquoted) == form.delimiter * 2
    (cells,) = csv.reader(StringIO(row, newline=""), delimiter=form.delimiter)
    assert cells[2].removeprefix("'") == unit.removeprefix("'")


def test_an_empty_history_exports_its_header() -> None:
    """An account without readings can be exported too."""
    assert "".join(months_csv(())).count("\r\n") == 1
    assert parsed(movements_json((), UTC)) == []
