"""What makes a command: the accounts it is about, how it runs and how it fails."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Final, TypeVar

from trayapp.core.account import Account
from trayapp.core.errors import Failure
from trayapp.core.i18n.language import Language, mark
from trayapp.core.view.account_text import problem
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


def load(file: ConfigFile, language: Language) -> Config:
    """Read the settings; a file that can't be read ends the command."""
    loaded = file.load()
    if loaded.problem is not None:
        raise CommandError(explain(loaded.problem, language), UNKNOWN)
    return loaded.config


def chosen(
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


def run(work: Coroutine[object, object, _T]) -> _T:
    """Run to the end, without waiting for a keyring or a name lookup that hangs."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
