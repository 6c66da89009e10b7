"""The language of the program: the chosen one, or the system's, with its numbers."""

import os
import sys
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator

from trayapp.core.i18n.language import Language, language_for
from trayapp.core.i18n.locales import LOCALES, closest_language
from trayapp.services.files.catalogs import catalog, preferred_languages


def person_language(chosen: str = "") -> Language:
    """Return the chosen language; for none or an unknown one, the system's.

    In the system's language, numbers have the system's format, which a person may have
    set. In another language they have that language's usual format.
    """
    system_code = closest_language(_system_languages())
    code = chosen if chosen in LOCALES else system_code
    language = language_for(code, catalog(code))
    return _with_system_numbers(language) if code == system_code else language


def qt_translator(language: Language, parent: QObject) -> QTranslator:
    """Load the translations of Qt's own texts, such as Copy and Paste in a menu.

    The translator is empty if Qt has none in that language; Qt's texts are English
    then.
    """
    translator = QTranslator(parent)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator.load(QLocale(language.code), "qtbase", "_", folder)
    return translator


def _system_languages() -> Iterable[str]:
    if sys.platform in {"win32", "darwin"}:
        return QLocale.system().uiLanguages()
    # Not through Qt, which uses LANGUAGE even where gettext does not.
    return preferred_languages(os.environ)


def _with_system_numbers(language: Language) -> Language:
    locale = QLocale.system()
    if locale.language() is QLocale.Language.C or not _has_number_format():
        return language  # with the usual format
    groups_four = locale.groupSeparator() in locale.toString(1234)
    return replace(
        language,
        decimal_point=locale.decimalPoint(),
        group_separator=locale.groupSeparator(),
        groups_from=4 if groups_four else 5,
        symbol_first=locale.toCurrencyString(1, "¤").startswith("¤"),
    )


def _has_number_format() -> bool:
    """Return whether the system sets a format for numbers, not only a language.

    If the locale is `C` and LC_MESSAGES or LANGUAGE sets Spanish, Qt would write
    Spanish amounts with English separators.
    """
    if sys.platform in {"win32", "darwin"}:
        return True
    names = ("LC_ALL", "LC_NUMERIC", "LANG")
    locale = next((os.environ[name] for name in names if os.environ.get(name)), "C")
    return locale.partition(".")[0] not in {"C", "POSIX"}
