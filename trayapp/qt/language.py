"""The language to speak, as it was chosen or as the system has it, read through Qt."""

import os
import sys
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator

from trayapp.core.i18n.language import Language, language_for
from trayapp.core.i18n.locales import LOCALES, closest_language
from trayapp.services.files.catalogs import catalog, preferred_languages


def person_language(chosen: str = "") -> Language:
    """Give the language that was chosen; the system's own for none or an unknown one.

    Numbers are as the system is set, which may differ from what is usual in its
    language; in another language they are as is usual there.
    """
    own = closest_language(_wanted())
    code = chosen if chosen in LOCALES else own
    language = language_for(code, catalog(code))
    return _as_set(language) if code == own else language


def words_of_qt(language: Language, parent: QObject) -> QTranslator:
    """Give what Qt itself says, such as Copy and Paste in the menu of a field.

    Empty where there is nothing in that language: then Qt speaks English.
    """
    translator = QTranslator(parent)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator.load(QLocale(language.code), "qtbase", "_", folder)
    return translator


def _wanted() -> Iterable[str]:
    if sys.platform in {"win32", "darwin"}:
        return QLocale.system().uiLanguages()
    # Not through Qt, which uses LANGUAGE even where gettext does not.
    return preferred_languages(os.environ)


def _as_set(language: Language) -> Language:
    locale = QLocale.system()
    if locale.language() is QLocale.Language.C or not _numbers_are_set():
        return language  # a system that says nothing gets what is usual
    groups_four = locale.groupSeparator() in locale.toString(1234)
    return replace(
        language,
        decimal_point=locale.decimalPoint(),
        group_separator=locale.groupSeparator(),
        groups_from=4 if groups_four else 5,
        symbol_first=locale.toCurrencyString(1, "¤").startswith("¤"),
    )


def _numbers_are_set() -> bool:
    """Say whether the system has a shape for numbers, not only a language.

    In a session of `C` that is asked for Spanish by LC_MESSAGES or LANGUAGE, Qt would
    write Spanish amounts with English marks.
    """
    if sys.platform in {"win32", "darwin"}:
        return True
    names = ("LC_ALL", "LC_NUMERIC", "LANG")
    said = next((os.environ[one] for one in names if os.environ.get(one)), "C")
    return said.partition(".")[0] not in {"C", "POSIX"}
