"""What makes a command: the accounts it is about, how it runs and how it fails."""

import asyncio
import ctypes
import locale
import os
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from trayapp.core.account import Account
from trayapp.core.errors import Failure
from trayapp.core.i18n.language import Language, language_for, mark
from trayapp.core.i18n.locales import LOCALES, closest_language
from trayapp.core.view.account_text import problem
from trayapp.services.files.catalogs import catalog, preferred_languages
from trayapp.services.files.config_file import Config, ConfigFile

FAILED: Final = 1
USAGE: Final = 2
UNKNOWN: Final = 3
"""For `check`, in the order of monitoring plug-ins."""
# Translators: keep the command between the backquotes.
NO_ACCOUNTS: Final = mark(
    "No accounts yet: add one with `balance-tray account add NAME`."
)
_T = TypeVar("_T")


class CommandError(Exception):
    """A command can't be carried out: says why, and with which exit code to end."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def terminal_language(select_accounts: str) -> Language:
    """Give the language that was chosen, else the terminal's, as the window does.

    Numbers are as the terminal is set where its own language is spoken.
    """
    own = closest_language([*preferred_languages(os.environ), *_set_in_windows()])
    code = select_accounts if select_accounts in LOCALES else own
    language = language_for(code, catalog(code))
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


def load_config(file: ConfigFile, language: Language) -> Config:
    """Read the settings; a file that can't be read ends the command."""
    loaded = file.load()
    if loaded.problem is not None:
        raise CommandError(explain(loaded.problem, language), UNKNOWN)
    return loaded.config


def select_accounts(
    accounts: Sequence[Account],
    names: Sequence[str],
    language: Language,
    code: int = UNKNOWN,
) -> Sequence[Account]:
    """Pick accounts by their names, or all for none."""
    by_name = {one.name.casefold(): one for one in accounts}
    for name in names:
        if name.casefold() not in by_name:
            words = language.gettext("There is no account called {name}.")
            raise CommandError(words.format(name=repr(name)), code)
    return [by_name[name.casefold()] for name in names] or accounts


def explain(failure: Failure, language: Language) -> str:
    """Say an error in full, a line for each part of it."""
    return problem(failure, language).in_full("\n")


def run_async(work: Coroutine[object, object, _T]) -> _T:
    """Run to the end, without waiting for a keyring or a name lookup that hangs."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
