"""Whether the program starts when a person logs in, and by which command."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from trayapp.core.i18n.language import Language, mark

MINIMIZED: Final = "--minimized"
_MODULE: Final = ("-m", "trayapp")


class LoginEntryState(Enum):
    """What the desktop does at the next login."""

    ON = auto()
    OFF = auto()
    SWITCHED_OFF = auto()
    """A person switched our entry off in the desktop's settings."""
    DEMO = auto()
    """Off and fixed, as the accounts are made up."""
    TEMPORARY = auto()
    """Off and fixed, as the program's present location is temporary."""

    @property
    def is_on(self) -> bool:
        """Whether the program starts at login."""
        return self is LoginEntryState.ON

    @property
    def can_change(self) -> bool:
        """Whether a person can change the state."""
        return self not in {LoginEntryState.DEMO, LoginEntryState.TEMPORARY}


_ADVICE: Final = {
    LoginEntryState.SWITCHED_OFF: mark(
        "It is switched off in the desktop's own settings; a tick switches it on again."
    ),
    LoginEntryState.DEMO: mark("The demo leaves your desktop as it is."),
    LoginEntryState.TEMPORARY: mark(
        "Move Balance Tray to the Applications folder first, and open it from there."
    ),
}


def login_advice(login: LoginEntryState, language: Language) -> str:
    """Give the sentence below the option in the settings."""
    usual = mark("It then starts in the tray, without a window.")
    return language.gettext(_ADVICE.get(login, usual))


@dataclass(frozen=True, slots=True)
class LaunchCommand:
    """The command that starts this program."""

    words: tuple[str, ...]
    """A path, and with Python's path what it runs."""
    is_lasting: bool = True
    """False for a developer's checkout, which replaces no installed copy."""
    is_temporary: bool = False
    """Whether the system gave the program a location for this start only."""

    @property
    def command(self) -> tuple[str, ...]:
        """The command for a login: without a window."""
        return (*self.words, MINIMIZED)

    def takes_over(self, command: Sequence[str], *, is_there: bool) -> bool:
        """Whether this command is to replace the one in an entry.

        A command that a person changed is not replaced. Another copy of the program is
        replaced, as after an update in another folder. A copy below /usr is not
        replaced while it exists.
        """
        is_same = tuple(command) == self.command
        if is_same or not self.is_lasting or self.is_temporary or not is_ours(command):
            return False
        return not (is_there and command[0].startswith("/usr/"))


def is_ours(command: Sequence[str]) -> bool:
    """Whether this program writes such commands."""
    _, *rest = command or ("",)
    return tuple(rest) in {(MINIMIZED,), (*_MODULE, MINIMIZED)}
