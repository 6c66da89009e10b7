"""LibreOffice opens the exported tables as a person's double click does."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from trayapp.core.balance import Balance, Reading
from trayapp.core.history.export import (
    FOR_PROGRAMS,
    months_csv,
    readings_csv,
    spreadsheet_format,
)
from trayapp.core.history.ledger import Month, months
from trayapp.core.i18n.language import language_for
from trayapp.services.files.catalogs import catalog

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.case("10", "a machine's format offered to people"),
    pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice"),
]

_PROPOSED: Final = "44/59/9,34,76,1,,0,false,false"
"""What LibreOffice proposes in its import dialog on a new profile, as filter options.

Its registry has these defaults (`Office.Calc/Dialogs/CSVImport`). Comma, semicolon and
tab are separators all at once. Quotes enclose texts. The language is that of the
profile. `QuotedFieldAsText` and `DetectSpecialNumbers` are off. The dialog finds the
character set (76 is UTF-8) by the mark at the file's beginning.
"""
_ENGLISH: Final = "44,34,76,1,,1033,false,false"
"""What README tells a person to choose for the command line's CSV: English (USA)."""
_LOCALES: Final = {
    "en": "en-US",
    "es": "es-ES",
    "ca": "ca-ES",
    "pt": "pt-PT",
    "fr": "fr-FR",
    "de": "de-DE",
    "it": "it-IT",
}
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop>
</item></oor:items>
"""
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_AMOUNTS: Final = ("opening", "topped_up", "spent", "corrected", "closing")
_FORMULAS: Final = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", " =1+1", "\uff1d1+1")
_Cell = tuple[str, str]
"""The type of a cell (`float`, `date` or `string`) and its value."""


class Calc:
    """LibreOffice with a profile in one locale."""

    def __init__(self, folder: Path, locale: str) -> None:
        self._folder, self._profile = folder, folder / "profile"
        (self._profile / "user").mkdir(parents=True)
        (self._profile / "user" / "registrymodifications.xcu").write_text(
            _PROFILE.format(locale=locale)
        )

    def opened(self, options: str, *texts: str) -> list[list[list[_Cell]]]:
        """Open files with these texts; give the cells of each, row by row."""
        files = [self._folder / f"{number}.csv" for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8", newline="")
        subprocess.run(
            [
                str(shutil.which("soffice")),
                f"-env:UserInstallation={self._profile.as_uri()}",
                "--headless",
                "--norestore",
                "--convert-to",
                "fods",
                f"--infilter=Text - txt - csv (StarCalc):{options}",
                "--outdir",
                self._folder,
                *files,
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return [_cells(file.with_suffix(".fods")) for file in files]


def _cells(document: Path) -> list[list[_Cell]]:
    """Read the cells that are not empty."""
    rows = ET.parse(document).getroot().iter(f"{_TABLE}table-row")  # noqa: S314  # LibreOffice wrote it
    cells = [
        [
            _cell(cell)
            for cell in row
            if _type(cell)
            for _ in range(int(cell.get(f"{_TABLE}number-columns-repeated", "1")))
        ]
        for row in rows
    ]
    return [row for row in cells if row]


def _type(cell: ET.Element) -> str:
    return cell.get(f"{_OFFICE}value-type", "")


def _cell(cell: ET.Element) -> _Cell:
    value = cell.get(f"{_OFFICE}value") or cell.get(f"{_OFFICE}date-value")
    words = ("".join(text.itertext()) for text in cell.iter(_TEXT))
    return _type(cell), value or "\n".join(words)


def read(*balances: tuple[str, str]) -> Iterator[Reading]:
    """Make readings of these amounts and units, twenty days apart."""
    for number, (amount, unit) in enumerate(balances):
        at = datetime(2026, 9, 5, 12, tzinfo=UTC) + number * timedelta(days=20)
        yield Reading(Balance(Decimal(amount), unit), at)


MONTHS: Final[Sequence[Month]] = months(
    read(
        ("408.4000", "EUR"),
        ("499.0000", "EUR"),
        ("123456789.1234", "EUR"),
        ("-5.2500", "EUR"),
        ("0.0005", "EUR"),
    ),
    (),
    UTC,
)


@pytest.mark.parametrize("code", _LOCALES)
def test_months_open_with_numbers_dates_and_right_sums(
    tmp_path: Path, code: str
) -> None:
    """No cell that begins like a formula is calculated."""
    form = spreadsheet_format(language_for(code, catalog(code)))
    sums = ["", ""] + [f"=SUM({c}2:{c}{len(MONTHS) + 1})" for c in "CDEFG"]
    table = "".join(months_csv(MONTHS, form)) + form.delimiter.join(sums) + "\r\n"
    units = "".join(readings_csv(read(*(("1.5", unit) for unit in _FORMULAS)), form))
    opened, names = Calc(tmp_path, _LOCALES[code]).opened(_PROPOSED, table, units)
    header, *rows, total = opened
    columns = [name for _, name in header]
    assert columns[:2] == ["month", "currency"]
    assert len(rows) == len(MONTHS)
    for row, month in zip(rows, MONTHS, strict=True):
        cells = dict(zip(columns, row, strict=True))
        assert cells["month"] == ("date", month.first.isoformat())
        assert cells["currency"] == ("string", "EUR")
        for name in _AMOUNTS:
            assert _number(cells[name]) == pytest.approx(float(getattr(month, name)))
        assert _number(cells["unobserved_hours"]) > 0
    for cell, name in zip(total, _AMOUNTS, strict=True):
        expected = sum(getattr(month, name) for month in MONTHS)
        assert _number(cell) == pytest.approx(float(expected))
    assert [row[1] for row in names[1:]] == [("float", "1.5")] * len(_FORMULAS)
    assert [row[2][0] for row in names[1:]] == ["string"] * len(_FORMULAS)
    assert [row[2][1].strip() for row in names[1:]] == [
        f"'{unit}".replace("\t", "") for unit in _FORMULAS
    ]


def test_the_command_lines_table_opens_if_a_person_chooses_english(
    tmp_path: Path,
) -> None:
    """README says so; a program reads it as it is."""
    text = "".join(
        readings_csv(read(("408.4000", "EUR"), ("1.5", "EUR")), FOR_PROGRAMS)
    )
    (rows,) = Calc(tmp_path, "es-ES").opened(_ENGLISH, text)
    assert [row[1] for row in rows[1:]] == [("float", "408.4"), ("float", "1.5")]


def _number(cell: _Cell) -> float:
    kind, value = cell
    assert kind == "float"
    return float(value)
