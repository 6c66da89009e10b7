"""The languages, the shape of their numbers, and which of them a person gets."""

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
def test_amounts_are_written_as_is_usual(code: str) -> None:
    """Point or comma, groups, and the place of the sign; and none of it is rounded."""
    language = language_for(code, NullTranslations())
    amounts = (*AMOUNTS, ("12345.0001", "SMS"))
    spaces = str.maketrans({"_": "\u00a0", "n": "\u202f"})
    assert [language.money(Decimal(amount), unit) for amount, unit in amounts] == [
        text.translate(spaces) for text in SAID[code]
    ]
    assert language.zone is None


@pytest.mark.parametrize("code", LOCALES)
def test_what_is_written_can_be_typed(code: str) -> None:
    """A threshold that the settings show is read as the same one."""
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
def test_a_person_gets_the_first_language_that_there_is(
    wanted: list[str], code: str
) -> None:
    """Of their list, whatever the region; English if there is none."""
    assert closest_language(wanted) == code
