"""The language that a command speaks, as it was chosen or as the terminal is set."""

import ctypes
import locale
import os
import sys
from dataclasses import replace

from trayapp.core.i18n.language import Language, spoken
from trayapp.core.i18n.locales import LOCALES, nearest
from trayapp.services.files.catalogs import catalog, wanted


def person_language(chosen: str) -> Language:
    """Give the language that was chosen, else the terminal's, as the window does.

    Numbers are as the terminal is set where its own language is spoken.
    """
    own = nearest([*wanted(os.environ), *_set_in_windows()])
    code = chosen if chosen in LOCALES else own
    language = spoken(code, catalog(code))
    if code != own:
        return language
    try:
        locale.setlocale(locale.LC_ALL, "")
    except locale.Error:  # set to what is not installed here
        return language
    shape = locale.localeconv()
    return replace(
        language,
        decimal_point=str(shape["decimal_point"]) or ".",
        group_separator=str(shape["thousands_sep"]),
        symbol_first=shape["p_cs_precedes"] != 0,
    )


def _set_in_windows() -> list[str]:
    """Give what Windows speaks: its terminals seldom say it in a variable."""
    found: list[str] = []
    if sys.platform == "win32":
        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        found.append(locale.windows_locale.get(number, ""))
    return found
