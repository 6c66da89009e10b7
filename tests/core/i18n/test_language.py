"""The format of numbers and phrases."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.i18n.language import ENGLISH, Language, language_for
from trayapp.services.files.catalogs import catalog

SPANISH = Language(
    decimal_point=",", group_separator=".", groups_from=5, symbol_first=False
)
FRENCH = Language(decimal_point=",", group_separator="\u202f", symbol_first=False)
NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("digits", "unit", "english", "spanish"),
    [
        ("350.1200", "EUR", "€350.12", f"350,12{NBSP}€"),
        ("155.2493", "EUR", "€155.2493", f"155,2493{NBSP}€"),
        ("0.0000", "EUR", "€0.00", f"0,00{NBSP}€"),
        ("0.00005", "GBP", "£0.00005", f"0,00005{NBSP}£"),
        ("-5.0000", "USD", "-$5.00", f"-5,00{NBSP}$"),
        ("1225.0000", "CREDITS", f"1,225{NBSP}CREDITS", f"1225{NBSP}CREDITS"),
        ("12345.5000", "CREDITS", f"12,345.5{NBSP}CREDITS", f"12.345,5{NBSP}CREDITS"),
        ("-1", "SMS", f"-1{NBSP}SMS", f"-1{NBSP}SMS"),
        (
            "123456789012345.12345678",
            "EUR",
            "€123,456,789,012,345.12345678",
            f"123.456.789.012.345,12345678{NBSP}€",
        ),
    ],
)
def test_an_amount_has_the_locales_format(
    digits: str, unit: str, english: str, spanish: str
) -> None:
    """Decimal sign, groups and the currency's place follow the locale."""
    assert ENGLISH.money(Decimal(digits), unit) == english
    assert SPANISH.money(Decimal(digits), unit) == spanish


def test_hidden_amounts_are_three_dots() -> None:
    """Not even the length of an amount is visible."""
    discreet = replace(SPANISH, hides_amounts=True)
    said = {discreet.money(Decimal(one), "EUR") for one in ("0", "350.12", "123456")}
    assert said == {"•••"}


@given(st.decimals(-(10**14), 10**14, places=8))
def test_no_significant_decimal_is_lost(amount: Decimal) -> None:
    """The written amount reads back as the same number."""
    written = ENGLISH.number(amount, decimals=2).replace(",", "")
    assert Decimal(written) == amount


@pytest.mark.parametrize(
    ("typed", "language", "amount"),
    [
        ("12.50", ENGLISH, "12.50"),
        ("12,50", SPANISH, "12.50"),
        ("12.5", SPANISH, "12.5"),
        ("12,5", ENGLISH, "12.5"),
        ("1,234.5", ENGLISH, "1234.5"),
        ("1.234", SPANISH, "1234"),
        ("1.234,5", SPANISH, "1234.5"),
        ("1\u202f234,5", FRENCH, "1234.5"),
        (" 25 ", ENGLISH, "25"),
        ("0", ENGLISH, "0"),
    ],
)
def test_an_amount_is_read_as_it_is_typed(
    typed: str, language: Language, amount: str
) -> None:
    """Group separators are removed, and number pads have one decimal sign."""
    assert language.typed_number(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["", "-1", "ten", "1,2,3", "1.2.3", "1e3", "٣", "12.", "9" * 16, "NaN"]
)
def test_other_text_is_no_amount(typed: str) -> None:
    """Signs, words, exponents and other digits are rejected."""
    assert ENGLISH.typed_number(typed) is None


@given(st.decimals(0, 10**14, places=4), st.sampled_from([ENGLISH, SPANISH, FRENCH]))
def test_a_written_amount_can_be_typed_again(
    amount: Decimal, language: Language
) -> None:
    """The settings dialog shows a threshold and reads the same one back."""
    assert language.typed_number(language.number(amount)) == amount


def test_phrases_are_joined_as_in_each_language() -> None:
    """French has a no-break space before the semicolon."""
    french = language_for("fr", catalog("fr"))
    assert french.join_phrases(["un", "deux", "trois"]) == "un\u202f; deux\u202f; trois"
    assert ENGLISH.join_phrases(["one {n}", "two; three"]) == "one {n}; two; three"
    assert ENGLISH.join_phrases(["one"]) == "one"
    assert ENGLISH.join_phrases([]) == ""
