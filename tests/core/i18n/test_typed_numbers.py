"""A number is read as it is typed, or refused; it is never misread."""

from decimal import Decimal
from gettext import NullTranslations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.i18n.language import Language, language_for
from trayapp.core.i18n.locales import LOCALES
from trayapp.core.i18n.typed_numbers import (
    AmbiguousNumberError,
    UnreadableNumberError,
    read_number,
)

TYPED = "also 3", "what a person types is read as they write it"
UNITS = ("EUR", "USD", "GBP", "CREDITS", "SMS")
AMOUNTS = st.decimals(0, 10**14, places=8) | st.decimals(0, 10**4, places=3)
CODES = st.sampled_from(sorted(LOCALES))


def speaking(code: str) -> Language:
    """Give a language with its own format of numbers."""
    return language_for(code, NullTranslations())


@pytest.mark.case(*TYPED)
@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1\u2019234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("1 234 567", "1234567"),
        ("1234,5", "1234.5"),
        ("1234.567", "1234.567"),
        ("0.125", "0.125"),
        ("0,045", "0.045"),
        (".5", "0.5"),
        ("12,50 €", "12.50"),
        ("€12.50", "12.50"),
        ("$ 1,234.50", "1234.50"),
        ("25 EUR", "25"),
        ("25 euros", "25"),
        ("1225\u00a0CREDITS", "1225"),
        ("+25", "25"),
        ("007", "7"),
    ],
)
@pytest.mark.parametrize("code", [None, *LOCALES])
def test_a_clear_number_is_read_alike_in_every_language(
    code: str | None, typed: str, amount: str
) -> None:
    """Its own signs tell thousands from decimals."""
    own = speaking(code) if code else Language(decides_readings=False)
    assert own.read_number(typed) == Decimal(amount)


@pytest.mark.case(*TYPED)
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "€",
        ".",
        ",",
        "-1",
        "\u22121",
        "(5)",
        "ten",
        "25k",
        "25 mil",
        "2 Mio",
        "€25 EUR",
        "1e3",
        "NaN",
        "0x10",
        "1_000",
        "12.",
        "1 23",
        "12 34",
        "1,2,3",
        "1.2.3",
        "1.234,567,8",
        "1.234.567,8.9",
        "1,234,56",
        "0.125.000",
        "1 234'567",
        "1.234.56",
        "\u0663",
        "\u0661\u0662\u0663",
        "\uff11\uff12\uff13",
        "1\u066c234",
        "1\u066b5",
        "1\n234",
        "9" * 16,
        "0.123456789",
    ],
)
@pytest.mark.parametrize("code", LOCALES)
def test_anything_else_is_refused(code: str, typed: str) -> None:
    """Signs, words, other digits and badly grouped thousands are no amount."""
    with pytest.raises(UnreadableNumberError):
        speaking(code).read_number(typed)
    assert speaking(code).typed_number(typed) is None


@pytest.mark.case(*TYPED)
@pytest.mark.parametrize("typed", ["1.234", "1,234", "12.500", "€123,456"])
def test_without_a_language_one_sign_before_three_digits_is_ambiguous(
    typed: str,
) -> None:
    """The error has both readings."""
    with pytest.raises(AmbiguousNumberError) as caught:
        read_number(typed)
    assert caught.value.whole == caught.value.fraction * 1000
    assert caught.value.whole == Decimal("".join(filter(str.isdigit, typed)))


@pytest.mark.case(*TYPED)
@pytest.mark.parametrize(
    ("code", "typed", "amount"),
    [
        ("en", "1,234", "1234"),
        ("en", "1.234", "1.234"),
        *((code, "1.234", "1234") for code in ("es", "ca", "de", "it")),
        *((code, "1,234", "1.234") for code in ("es", "ca", "de", "it", "fr", "pt")),
        ("fr", "1.234", None),
        ("pt", "1.234", None),
    ],
)
def test_the_own_signs_of_a_language_decide(
    code: str, typed: str, amount: str | None
) -> None:
    """A sign that the language does not use leaves both readings."""
    if amount is not None:
        assert speaking(code).read_number(typed) == Decimal(amount)
    else:
        with pytest.raises(AmbiguousNumberError):
            speaking(code).read_number(typed)


@pytest.mark.case(*TYPED)
@given(AMOUNTS, CODES, st.sampled_from(UNITS))
def test_what_is_shown_can_be_typed(amount: Decimal, code: str, unit: str) -> None:
    """A person copies an amount from the window into a field of the same language."""
    language = speaking(code)
    shown = (
        language.number(amount),
        language.number(amount, decimals=2),
        language.understood_number(amount),
        language.money(amount, unit),
    )
    assert {language.read_number(text) for text in shown} == {amount}


@pytest.mark.case(*TYPED)
@given(AMOUNTS, CODES, CODES)
def test_the_two_readings_can_be_typed_in_any_language(
    amount: Decimal, shown_in: str, typed_in: str
) -> None:
    """The words that refuse an ambiguous number name texts which are read."""
    text = speaking(shown_in).plain_number(amount)
    assert speaking(typed_in).read_number(text) == amount
    assert read_number(text) == amount


@given(st.text("0123456789.,' \u00a0€-+e", max_size=12), CODES)
def test_a_number_is_read_alike_in_two_languages_or_is_ambiguous(
    typed: str, code: str
) -> None:
    """Only the language's own signs make a difference, and only of thousand times."""
    own = speaking(code).typed_number(typed)
    readings: set[Decimal | None] = {None}
    try:
        readings = {read_number(typed)}
    except AmbiguousNumberError as error:
        readings |= {error.whole, error.fraction}
    except UnreadableNumberError:
        pass
    assert own in readings
