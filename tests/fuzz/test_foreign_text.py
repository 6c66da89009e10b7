"""Foreign text on the screen and in exports."""

import contextlib
import csv
import re
from datetime import UTC, timedelta
from io import StringIO

from hypothesis import given, settings
from hypothesis import strategies as st

from fuzzing.targets import NOON, TextTarget
from trayapp.core.balance import Balance, Reading
from trayapp.core.history.export import escape_formula, movements_csv, readings_csv
from trayapp.core.history.ledger import movements

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
UNITS = st.text(max_size=10) | st.sampled_from(["EUR", "=1+1", "-x", "@A1", "+", "\t="])
BALANCES = st.builds(Balance, st.decimals(-(10**9), 10**9, places=4), UNITS)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_text_becomes_one_visible_line(data: bytes) -> None:
    """It has at most the limit, and a second pass changes nothing."""
    with contextlib.closing(TextTarget()) as shown:
        shown(data)


@settings(max_examples=300)
@given(st.lists(BALANCES, max_size=5))
def test_no_cell_of_an_export_is_a_formula(balances: list[Balance]) -> None:
    """With any units; a negative amount is a number."""
    readings = [
        Reading(one, NOON + timedelta(days=day)) for day, one in enumerate(balances)
    ]
    told = movements(readings, ())
    for pieces in (readings_csv(readings), movements_csv(told, UTC)):
        for row in csv.reader(StringIO("".join(pieces), newline="")):
            for cell in row:
                assert NUMBER.fullmatch(cell) or cell == escape_formula(cell)
