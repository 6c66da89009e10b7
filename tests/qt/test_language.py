"""The language and its numbers, as the operating system sets them."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from gettext import NullTranslations

import pytest
from PySide6.QtCore import QObject

from trayapp.core.i18n.language import language_for
from trayapp.qt.language import person_language, qt_translator

WRITE = """
import json
from decimal import Decimal
from trayapp.qt.language import person_language
language = person_language()
amounts = ("1234.5", "12345.5", "-0.75")
texts = [language.money(Decimal(amount), "EUR") for amount in amounts]
texts.append(language.money(Decimal("1225"), "CREDITS"))
typed = texts[1].strip("€\u00a0")
print(json.dumps([*texts, str(language.typed_number(typed)), language.zone is None]))
"""
EXPECTED = {
    "de_DE.UTF-8": ["1.234,50_€", "12.345,50_€", "-0,75_€", "1.225_CREDITS"],
    "es_ES.UTF-8": ["1234,50_€", "12.345,50_€", "-0,75_€", "1225_CREDITS"],
    "en_US.UTF-8": ["€1,234.50", "€12,345.50", "-€0.75", "1,225_CREDITS"],
    "fr_FR.UTF-8": ["1n234,50_€", "12n345,50_€", "-0,75_€", "1n225_CREDITS"],
    "C": ["€1,234.50", "€12,345.50", "-€0.75", "1,225_CREDITS"],
    "C.UTF-8": ["€1,234.50", "€12,345.50", "-€0.75", "1,225_CREDITS"],
}
"""`_` is a no-break space, `n` a narrow one."""
pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="not set by the environment there"
)


def written_in(**environment: str) -> list[object]:
    """Run a program in a locale, and return the amounts that it writes."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG"))
    }
    process = subprocess.run(
        [sys.executable, "-c", WRITE],
        env={**variables, **environment, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    texts: list[object] = json.loads(process.stdout)
    return texts


@pytest.mark.parametrize(("name", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_amounts_have_the_format_of_the_locale(name: str, expected: list[str]) -> None:
    """Locales differ in the symbols, their place, and in grouping."""
    *written, typed, has_own_zone = written_in(LC_ALL=name)
    spaces = str.maketrans({"_": "\u00a0", "n": "\u202f"})
    assert written == [text.translate(spaces) for text in expected]
    assert typed == "12345.50"
    assert has_own_zone is True


def test_numbers_may_have_another_locale_than_texts() -> None:
    """English texts with German numbers are a common choice."""
    amounts = written_in(LANG="en_US.UTF-8", LC_NUMERIC="de_DE.UTF-8")
    assert str(amounts[0]).strip("€\u00a0") == "1.234,50"


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_MESSAGES": "es_ES.UTF-8", "LANG": "C.UTF-8"},
        {"LC_MESSAGES": "es_ES.UTF-8", "LANG": "C", "LANGUAGE": "es"},
        {"LANG": "es_ES.UTF-8", "LC_NUMERIC": "C"},
        {"LC_MESSAGES": "es_ES.UTF-8"},
    ],
)
def test_without_a_number_format_the_languages_usual_one_counts(
    environment: dict[str, str],
) -> None:
    """Otherwise a Spanish amount has an English decimal point."""
    assert written_in(**environment)[:2] == ["1234,50\u00a0€", "12.345,50\u00a0€"]


def test_a_chosen_language_has_its_usual_numbers() -> None:
    """Catalan on an English system has Catalan amounts."""
    language = person_language("ca")
    assert language.code == "ca"
    assert language.money(Decimal("1234.5"), "EUR") == "1.234,50\u00a0€"
    assert language.zone is None


@pytest.mark.parametrize(
    ("chosen", "variables", "code"),
    [
        ("", {"LC_ALL": "it_IT.UTF-8"}, "it"),
        ("", {"LANG": "en_US.UTF-8", "LANGUAGE": "gl:ca:es"}, "ca"),
        ("", {"LANG": "C.UTF-8", "LANGUAGE": "es"}, "en"),
        ("de", {"LC_ALL": "it_IT.UTF-8"}, "de"),
        ("xx", {"LC_ALL": "it_IT.UTF-8"}, "it"),
        ("", {"LC_ALL": "ja_JP.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_systems(
    chosen: str,
    variables: dict[str, str],
    code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An unknown one, as from a newer version, does not count."""
    # Not the real environment, as the C library would keep that language.
    monkeypatch.setattr("os.environ", variables)
    assert person_language(chosen).code == code


@pytest.mark.parametrize(
    ("code", "paste"),
    [
        *(("en", ""), ("es", "&Pegar"), ("ca", "&Enganxa"), ("pt", "C&olar")),
        *(("fr", "Co&ller"), ("de", "Einf&ügen"), ("it", "&Incolla")),
    ],
)
def test_qts_texts_have_the_same_language(code: str, paste: str, qapp: QObject) -> None:
    """The menu of a field, for one, is Qt's own."""
    translator = qt_translator(language_for(code, NullTranslations()), qapp)
    assert (translator.translate("QLineEdit", "&Paste") or "") == paste
