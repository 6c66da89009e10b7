"""The ledger on the command line, of what the program itself has recorded."""

import csv
import io
from decimal import Decimal

import pytest

from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Program

pytestmark = pytest.mark.e2e


def test_months_and_movements_of_what_was_read(
    program: Program, gateway: ScriptedGateway, key: str
) -> None:
    """A fall is spending, a rise a top-up, and the month adds up."""
    program.add_account("Shop", gateway.url, key)
    for amount in ("350.1200", "340.0000", "440.0000", "439.9900"):
        gateway.set_balance(key, amount, "EUR")
        program.run("check")
    moved = program.run("history", "Shop", "--what", "movements").stdout
    kinds = [row["kind"] for row in csv.DictReader(io.StringIO(moved))]
    assert kinds == ["spent", "top-up", "spent"]
    months = program.run("history", "Shop", "--what", "months").stdout
    (month,) = csv.DictReader(io.StringIO(months))
    amounts = {
        name: Decimal(month[name])
        for name in ("opening", "topped_up", "spent", "corrected", "closing")
    }
    assert amounts["closing"] == Decimal("439.99")
    assert amounts["topped_up"] == Decimal(100)
    assert amounts["closing"] == (
        amounts["opening"]
        + amounts["topped_up"]
        - amounts["spent"]
        + amounts["corrected"]
    )
