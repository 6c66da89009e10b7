"""What all commands share: language, accounts, how they run and how they fail."""

import asyncio
import ctypes
import locale
import os
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from trayapp.cli.exit_codes import UNKNOWN
from trayapp.core.account import Account
from trayapp.core.errors import Failure
from trayapp.core.i18n.language import Language, language_for, mark
from trayapp.core.i18n.locales import LOCALES, closest_language
from trayapp.core.view.account_text import problem
from trayapp.services.files.catalogs import catalog, preferred_languages
from trayapp.services.files.config_file import Config, ConfigFile

# Translators: keep the command between the backquotes.
NO_ACCOUNTS: Final = mark(
    "No accounts yet: add one with `balance-tray account add NAME`."
)
_T = TypeVar("_T")


class CommandError(Exception):
    """A command failed; it has the message to print and the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def terminal_language(chosen: str) -> Language:
    """Give the chosen language, else the terminal's, as the window does.

    In the terminal's own language, numbers have the format of its locale. An argument
    may come from a person or from a program, so "1.234" is refused as ambiguous.
    """
    return replace(_written_language(chosen), decides_readings=False)


def _written_language(chosen: str) -> Language:
    own = closest_language([*preferred_languages(os.environ), *_set_in_windows()])
    code = chosen if chosen in LOCALES else own
    language = language_for(code, catalog(code))
    if code != own:
        return language
    try:
        locale.setlocale(locale.LC_ALL, "")
    except locale.Error:  # the locale is not installed
        return language
    shape = locale.localeconv()
    return replace(
        language,
        decimal_point=str(shape["decimal_point"]) or ".",
        group_separator=str(shape["thousands_sep"]),
        symbol_first=shape["p_cs_precedes"] != 0,
    )


def _set_in_windows() -> list[str]:
    """Give the language of Windows, whose terminals seldom set a variable."""
    languages: list[str] = []
    if sys.platform == "win32":
        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        languages.append(locale.windows_locale.get(number, ""))
    return languages


def load_config(file: ConfigFile, language: Language) -> Config:
    """Read the settings file; `CommandError` if it can't be read."""
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
    """Select accounts by their names, or all of them without names."""
    by_name = {account.name.casefold(): account for account in accounts}
    for name in names:
        if name.casefold() not in by_name:
            words = language.gettext("There is no account called {name}.")
            raise CommandError(words.format(name=repr(name)), code)
    return [by_name[name.casefold()] for name in names] or accounts


def explain(failure: Failure, language: Language) -> str:
    """Write an error in full, a line for each part."""
    return problem(failure, language, in_terminal=True).in_full("\n")


def run_async(work: Coroutine[object, object, _T]) -> _T:
    """Run a coroutine; do not wait for a keyring or a name lookup that hangs."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
