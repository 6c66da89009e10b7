"""The parser of an amount and its unit is exact or rejects them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.balance import JsonNumber, exact_amount, read_balance
from trayapp.core.errors import UnexpectedReply

PLAIN = st.from_regex(
    r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,8})?", fullmatch=True, alphabet="-.0123456789"
)


@given(PLAIN)
def test_every_plain_amount_keeps_all_its_digits(digits: str) -> None:
    """Any plain digits from the gateway give the same number."""
    balance = read_balance(digits, "EUR")
    assert Decimal(digits) == balance.amount
    assert digits.removeprefix("-") == balance.digits.removeprefix("-")


@pytest.mark.parametrize("amount", ["350.1200", JsonNumber("350.1200")])
def test_an_amount_may_be_a_string_or_a_number(amount: str) -> None:
    """Both forms give the same digits, trailing zeros included."""
    assert read_balance(amount, "EUR").digits == "350.1200"


def test_minus_zero_is_zero() -> None:
    """A zero has no sign."""
    assert read_balance("-0.0000", "EUR").digits == "0.0000"


@pytest.mark.parametrize(
    "amount",
    [
        "",
        " 1",
        "1 ",
        "+1",
        "1.",
        ".5",
        "1e5",
        "1E+400",
        "NaN",
        "Infinity",
        "-Infinity",
        "1_000",
        "1,5",
        "1,234.50",
        "\uff11\uff12.5",
        "\u0663.\u0665",
        "1\n",
        "0x10",
        "9" * 16,
        "9" * 5000,
        "1.123456789",
        True,
        None,
        5,
        5.5,
        ["1"],
        {"a": 1},
    ],
)
def test_anything_but_plain_digits_is_no_amount(amount: object) -> None:
    """Exponents, NaN, blanks, other digits and other types are rejected."""
    with pytest.raises(UnexpectedReply):
        read_balance(amount, "EUR")


@pytest.mark.parametrize(
    "unit", ["EUR", "CREDITS", "SMS", "crédits", "€", "X-1", "A.B"]
)
def test_units_are_an_open_list(unit: str) -> None:
    """Any short word is a unit and keeps its spelling."""
    assert read_balance("1", unit).unit == unit


@pytest.mark.parametrize(
    "unit",
    [
        "",
        "  ",
        "E UR",
        "<b>EUR</b>",
        "EUR\u202e",
        "E\nUR",
        "\u3164",
        "EUR\uffa0",
        "cre\u0301ditos",
        "\u05e9\u05e7\u05dc",
        "\ufdfc",
        "E\u0663",
        "000",
        "\u0665",
        "-",
        ".EUR",
        "X" * 17,
        None,
        1,
        JsonNumber("1"),
    ],
)
def test_a_unit_is_one_short_visible_word(unit: object) -> None:
    """Blanks, markup and invisible characters are rejected.

    So are a digit at the amount's end and right-to-left characters, as they would
    change how the amount reads.
    """
    with pytest.raises(UnexpectedReply):
        read_balance("1", unit)


@given(st.text(max_size=40))
def test_exact_amount_never_raises(text: str) -> None:
    """Any text gives a finite amount or None."""
    amount = exact_amount(text)
    assert amount is None or amount.is_finite()
