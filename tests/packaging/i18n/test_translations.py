"""The tool for translators: it loses no translation and finds each fault."""

import gettext
from pathlib import Path

import pytest

from i18n import translations

SOURCE = """
translate, plural = language.gettext, language.ngettext
# Translators: said at the door.
title = mark("Welcome")
words = translate("Hello, {name}…").format(name=name)
menu.addAction(translate("&Open"))
last = translate("Bye.")
days = plural("{n} day", "{n} days", n).format(n=n)
rises = plural("topped up once", "topped up {n} times", n).format(n=n)
"""
SPANISH = """
msgid "Welcome"
msgstr "Bienvenida"

msgid "Hello, {name}…"
msgstr "Hola, {name}…"

msgid "&Open"
msgstr "&Abrir"

msgid "Bye."
msgstr "Adiós."

msgid "{n} day"
msgid_plural "{n} days"
msgstr[0] "{n} día"
msgstr[1] "{n} días"

msgid "topped up once"
msgid_plural "topped up {n} times"
msgstr[0] "recargada una vez"
msgstr[1] "recargada {n} veces"
"""
HEADER = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: es\\n"
"""


class Checkout:
    """A program of a few lines with its translations."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.code = folder / "trayapp" / "words.py"
        self.code.parent.mkdir()
        self.code.write_text(SOURCE, encoding="utf-8")
        locale = folder / "resources" / "locale"
        locale.mkdir(parents=True)
        self.template = locale / "balance-tray.pot"
        self.spanish, self.compiled = locale / "es.po", locale / "es.mo"
        self.spanish.write_text(HEADER + SPANISH, encoding="utf-8")
        monkeypatch.setattr(translations, "ROOT", folder)
        monkeypatch.setattr(translations, "FOLDER", locale)
        monkeypatch.setattr(translations, "TEMPLATE", self.template)

    def change(self, before: str, after: str) -> None:
        """Change something in the Spanish file."""
        text = self.spanish.read_text(encoding="utf-8")
        assert before in text
        self.spanish.write_text(text.replace(before, after), encoding="utf-8")

    def problems(self) -> list[str]:
        """Return the faults of Spanish."""
        return list(translations.problems(["es"]))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """Return a checkout with a complete Spanish translation."""
    made = Checkout(tmp_path, monkeypatch)
    translations.update(["es"])
    return made


def test_what_is_complete_has_no_problem(checkout: Checkout) -> None:
    """The program reads it, too."""
    assert checkout.problems() == []
    with checkout.compiled.open("rb") as file:
        spanish = gettext.GNUTranslations(file)
    assert spanish.gettext("&Open") == "&Abrir"
    assert spanish.ngettext("{n} day", "{n} days", 1) == "{n} día"
    assert spanish.ngettext("{n} day", "{n} days", 0) == "{n} días"


def test_a_second_run_changes_nothing(checkout: Checkout) -> None:
    """Files have no date, no version, and a fixed order."""
    files = (checkout.template, checkout.spanish, checkout.compiled)
    before = [file.read_bytes() for file in files]
    translations.update(["es"])
    assert [file.read_bytes() for file in files] == before
    assert b"said at the door" in before[0]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("Bienvenida", "", "es: untranslated: 'Welcome'"),
        ('msgid "Welcome"', '#, fuzzy\nmsgid "Welcome"', "es: fuzzy: 'Welcome'"),
        ("Hola, {name}…", "Hola, {nombre}…", "es: placeholders differ in "),
        ("Hola, {name}…", "Hola…", "es: placeholders differ in "),
        ("Hola, {name}…", "Hola, {name}.", "es: begins or ends otherwise"),
        ("Hola, {name}…", "Hola, {name…", "es: placeholders differ in "),
        ("{n} días", "días", "es: placeholders differ in "),
        ("Adiós.", "Adiós", "es: begins or ends otherwise"),
        ("&Abrir", "Abrir", "es: needs as many & in "),
        ("&Abrir", "&A&brir", "es: needs as many & in "),
        ('msgstr[1] "{n} días"\n', "", "es: untranslated: '{n} day'"),
        ('"Welcome"', '"Goodbye"', "es: not in the program: 'Goodbye'"),
    ],
)
def test_each_fault_is_reported(
    checkout: Checkout, before: str, after: str, problem: str
) -> None:
    """It has the language and the sentence; so has an outdated .mo file."""
    checkout.change(before, after)
    said = checkout.problems()
    assert [one for one in said if one.startswith(problem)]
    assert said[-1] == "es.mo: not made of es.po; run `dev.py translate`"


def test_what_an_editor_guessed_stays_a_guess(checkout: Checkout) -> None:
    """A person has to remove the fuzzy mark."""
    checkout.change('msgid "Welcome"', '#, fuzzy\nmsgid "Welcome"')
    translations.update(["es"])
    assert checkout.problems() == ["es: fuzzy: 'Welcome'"]


def test_the_form_for_one_may_say_the_number_in_a_word(checkout: Checkout) -> None:
    """Both are right: a word as in English, and a number."""
    checkout.change("recargada una vez", "recargada {n} vez")
    translations.update(["es"])
    assert checkout.problems() == []


def test_a_day_may_end_with_a_point_that_english_has_not(checkout: Checkout) -> None:
    """German writes a day as an ordinal with a point."""
    checkout.code.write_text(SOURCE + 'day = translate("on {day}")\n', "utf-8")
    translations.update(["es"])
    text = checkout.spanish.read_text(encoding="utf-8")
    empty = 'msgid "on {day}"\nmsgstr ""'
    assert empty in text
    checkout.spanish.write_text(text.replace(empty, empty[:-2] + '"el {day}."'))
    translations.update(["es"])
    assert checkout.problems() == []


def test_a_sentence_that_changed_needs_a_new_translation(checkout: Checkout) -> None:
    """The old translation stays until it is cleaned or used again."""
    checkout.code.write_text(SOURCE.replace("Welcome", "Be welcome"), encoding="utf-8")
    assert checkout.problems()[0] == (
        "balance-tray.pot: not what the code says; run `dev.py translate`"
    )
    translations.update(["es"])
    assert checkout.problems() == [
        "es: not in the program any more: 'Welcome'",
        "es: untranslated: 'Be welcome'",
    ]
    checkout.code.write_text(SOURCE, encoding="utf-8")
    translations.update(["es"])
    assert checkout.problems() == []
    checkout.code.write_text(SOURCE.replace("Welcome", "Be welcome"), encoding="utf-8")
    translations.update(["es"], clean=True)
    assert checkout.problems() == ["es: untranslated: 'Be welcome'"]


def test_a_new_language_begins_empty(checkout: Checkout) -> None:
    """Its new file has every sentence, and its own plural forms."""
    translations.update(["fr"])
    problems = list(translations.problems(["fr"]))
    assert len(problems) == 6
    assert all(one.startswith("fr: untranslated: ") for one in problems)
    words = (checkout.spanish.parent / "fr.po").read_text(encoding="utf-8")
    assert '"Plural-Forms: nplurals=2; plural=(n > 1);"' in words
