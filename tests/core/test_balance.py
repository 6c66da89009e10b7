"""The parser of an amount and its unit is exact or rejects them."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.balance import Balance, JsonNumber, exact_amount, read_balance
from trayapp.core.errors import UnexpectedReply
from trayapp.core.i18n.language import ENGLISH

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


READ = {
    # The number of the JSON: the amount, and the digits of `check --json`.
    "27964.000000000004": ("27964.00000000", "27964.000000000004"),
    "27963.999999999996": ("27964.00000000", "27963.999999999996"),
    "0.30000000000000004": ("0.30000000", "0.30000000000000004"),
    "1.0e-5": ("0.000010", "0.000010"),
    "-1E-5": ("-0.00001", "-0.00001"),
    "1e3": ("1000", "1000"),
    "2.5E+2": ("250", "250"),
    "1.2345e4": ("12345", "12345"),
    "1.4210854715202004e-14": ("0E-8", "0.000000000000014210854715202004"),
    "-1.4210854715202004e-14": ("0E-8", "-0.000000000000014210854715202004"),
    "-0": ("0", "0"),
    "-0.0": ("0.0", "0.0"),
    "0e0": ("0", "0"),
    "-0e5": ("0", "0"),
    "9.99999999999999e14": ("999999999999999", "999999999999999"),
}


@pytest.mark.case("part 8", "a bounded number of valid JSON is refused")
@pytest.mark.parametrize(("number", "expected"), READ.items())
def test_a_number_of_valid_json_is_read(number: str, expected: tuple[str, str]) -> None:
    """Binary rounding does not count; what the gateway sent is kept."""
    balance = read_balance(JsonNumber(number), "EUR")
    assert (str(balance.amount), balance.digits) == expected
    assert Decimal(balance.digits) == Decimal(number)
    assert Balance.from_digits(balance.digits, "EUR") == balance


@pytest.mark.case("part 8", "a bounded number of valid JSON is refused")
@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("27964.000000000004", "€27,964.00"),
        ("1.4210854715202004e-14", "€0.00"),
        ("-1.4210854715202004e-14", "€0.00"),
        ("1.0e-5", "€0.00001"),
    ],
)
def test_a_person_sees_no_binary_rounding(number: str, words: str) -> None:
    """A spent balance with such a rest is 0, and so it is empty."""
    balance = read_balance(JsonNumber(number), "EUR")
    assert ENGLISH.money(balance.amount, balance.unit) == words


@pytest.mark.case("part 8", "a bounded number of valid JSON is refused")
@pytest.mark.parametrize(
    "number",
    [
        *("1e15", "1e16", "9" * 16, "-1e99", "1e999", "1e-999", "1e-401", "1e400"),
        *("1e999999999", "1E-999999999", "0." + "9" * 401, "9" * 5_000, "0e9999"),
        *("0." + "9" * 5_000, "1e" + "9" * 5_000),
    ],
    ids=lambda number: number[:12],
)
def test_a_number_out_of_bounds_is_no_amount(number: str) -> None:
    """Nobody has such a balance; and an exponent must cost neither time nor memory."""
    with pytest.raises(UnexpectedReply):
        read_balance(JsonNumber(number), "EUR")


@given(st.floats(min_value=-999_999_999_999_999, max_value=999_999_999_999_999))
def test_every_float_that_is_an_amount_is_read(number: float) -> None:
    """Whatever JSON another program writes of it."""
    balance = read_balance(JsonNumber(json.dumps(number)), "EUR")
    assert abs(balance.amount - Decimal(repr(number))) <= Decimal("0.00000001")
    assert balance.amount.is_signed() == (balance.amount < 0)


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
