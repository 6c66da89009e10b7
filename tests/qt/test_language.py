"""Numbers as the operating system has them set."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from gettext import NullTranslations

import pytest
from PySide6.QtCore import QObject

from trayapp.core.i18n.language import language_for
from trayapp.qt.language import person_language, words_of_qt

SAY = """
import json
from decimal import Decimal
from trayapp.qt.language import person_language
language = person_language()
amounts = ("1234.5", "12345.5", "-0.75")
said = [language.money(Decimal(one), "EUR") for one in amounts]
said.append(language.money(Decimal("1225"), "CREDITS"))
typed = said[1].strip("€\u00a0")
print(json.dumps([*said, str(language.typed_number(typed)), language.zone is None]))
"""
SAID = {
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


def said(**environment: str) -> list[object]:
    """Start a program in a language and let it write some amounts."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG"))
    }
    done = subprocess.run(
        [sys.executable, "-c", SAY],
        env={**kept, **environment, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: list[object] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(("name", "expected"), SAID.items(), ids=SAID)
def test_amounts_are_written_and_read_as_people_there_do(
    name: str, expected: list[str]
) -> None:
    """Where the marks stand, which they are, and from when thousands are grouped."""
    *written, typed, has_own_zone = said(LC_ALL=name)
    spaces = str.maketrans({"_": "\u00a0", "n": "\u202f"})
    assert written == [text.translate(spaces) for text in expected]
    assert typed == "12345.50"
    assert has_own_zone is True


def test_numbers_may_be_set_apart_from_the_language() -> None:
    """English words with German numbers is a usual choice."""
    amounts = said(LANG="en_US.UTF-8", LC_NUMERIC="de_DE.UTF-8")
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
def test_a_system_without_numbers_leaves_them_to_the_language(
    environment: dict[str, str],
) -> None:
    """Not a Spanish amount with an English point in it."""
    assert said(**environment)[:2] == ["1234,50\u00a0€", "12.345,50\u00a0€"]


def test_another_language_than_the_systems_has_its_own_numbers() -> None:
    """Whoever chooses Catalan on an English system reads Catalan amounts."""
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
    """One that is unknown here, as from a newer version, is none."""
    # Not the process's own ones: the C library would go on in that language.
    monkeypatch.setattr("os.environ", variables)
    assert person_language(chosen).code == code


@pytest.mark.parametrize(
    ("code", "paste"),
    [
        *(("en", ""), ("es", "&Pegar"), ("ca", "&Enganxa"), ("pt", "C&olar")),
        *(("fr", "Co&ller"), ("de", "Einf&ügen"), ("it", "&Incolla")),
    ],
)
def test_qt_speaks_the_same_language(code: str, paste: str, qapp: QObject) -> None:
    """In the menu of a field, for one, which is Qt's own."""
    words = words_of_qt(language_for(code, NullTranslations()), qapp)
    assert (words.translate("QLineEdit", "&Paste") or "") == paste
