"""The languages, the format of their numbers, and the choice of one."""

from decimal import Decimal
from gettext import NullTranslations

import pytest

from trayapp.core.i18n.language import language_for
from trayapp.core.i18n.locales import LOCALES, closest_language

SAID = {
    "en": ("€350.12", "-€1,234.50", "1,225_CREDITS", "12,345.0001_SMS"),
    "es": ("350,12_€", "-1234,50_€", "1225_CREDITS", "12.345,0001_SMS"),
    "ca": ("350,12_€", "-1.234,50_€", "1.225_CREDITS", "12.345,0001_SMS"),
    "pt": ("350,12_€", "-1234,50_€", "1225_CREDITS", "12n345,0001_SMS"),
    "fr": ("350,12_€", "-1n234,50_€", "1n225_CREDITS", "12n345,0001_SMS"),
    "de": ("350,12_€", "-1.234,50_€", "1.225_CREDITS", "12.345,0001_SMS"),
    "it": ("350,12_€", "-1234,50_€", "1225_CREDITS", "12.345,0001_SMS"),
}
"""`_` is a no-break space, `n` a narrow one."""
AMOUNTS = (("350.1200", "EUR"), ("-1234.5", "EUR"), ("1225", "CREDITS"))


@pytest.mark.parametrize("code", LOCALES)
def test_amounts_have_the_format_of_each_language(code: str) -> None:
    """Decimal sign, groups and the currency's place; nothing is rounded."""
    language = language_for(code, NullTranslations())
    amounts = (*AMOUNTS, ("12345.0001", "SMS"))
    spaces = str.maketrans({"_": "\u00a0", "n": "\u202f"})
    assert [language.money(Decimal(amount), unit) for amount, unit in amounts] == [
        text.translate(spaces) for text in SAID[code]
    ]
    assert language.zone is None


@pytest.mark.parametrize("code", LOCALES)
def test_a_written_amount_can_be_typed_in_each_language(code: str) -> None:
    """The settings show a threshold and read the same one back."""
    language = language_for(code, NullTranslations())
    for amount in ("0", "0.05", "999.5", "1234", "1234.5678", "1234567.8"):
        written = language.number(Decimal(amount))
        assert language.typed_number(written) == Decimal(amount)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (["es"], "es"),
        (["pt-BR"], "pt"),
        (["ca_ES.UTF-8@valencia"], "ca"),
        (["gl", "eu", "fr_CA"], "fr"),
        (["ja", "zh_CN"], "en"),
        (["C", "de"], "en"),
        (["POSIX"], "en"),
        (["DE-at"], "de"),
        (["", "español"], "en"),
        ([], "en"),
    ],
)
def test_the_first_known_language_of_a_list_is_chosen(
    wanted: list[str], code: str
) -> None:
    """The region does not matter; without a known one it is English."""
    assert closest_language(wanted) == code
