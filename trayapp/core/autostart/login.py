"""Whether the program starts when a person logs in, and by which command."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from trayapp.core.i18n.language import Language, mark

MINIMIZED: Final = "--minimized"
_MODULE: Final = ("-m", "trayapp")


class LoginEntryState(Enum):
    """What the desktop itself would do at the next login."""

    ON = auto()
    OFF = auto()
    SWITCHED_OFF = auto()
    """It has our entry, which a person switched off in the desktop's own settings."""
    DEMO = auto()
    """Off, and not to be changed: what is shown is made up."""
    TEMPORARY = auto()
    """Off, and not to be changed: where the program is now it will not be for long."""

    @property
    def is_on(self) -> bool:
        """Whether the program would start."""
        return self is LoginEntryState.ON

    @property
    def can_change(self) -> bool:
        """Whether a person can choose here."""
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
    """Say in a sentence what belongs beside the choice."""
    usual = mark("It then starts in the tray, without a window.")
    return language.gettext(_ADVICE.get(login, usual))


@dataclass(frozen=True, slots=True)
class LaunchCommand:
    """What starts this program."""

    words: tuple[str, ...]
    """A path and, where that is Python's, what to run."""
    is_lasting: bool = True
    """False for a developer's checkout, which is tried out and takes over nothing."""
    is_temporary: bool = False
    """Whether its place is a made-up one that the next start does not have."""

    @property
    def command(self) -> tuple[str, ...]:
        """Give the command for a login."""
        return (*self.words, MINIMIZED)

    def takes_over(self, command: Sequence[str], *, is_there: bool) -> bool:
        """Say whether this is to start in the place of what an entry starts now.

        A command that a person changed is theirs. Another copy of the program is
        replaced, as after an update to another folder; one that the system itself
        installed is not, as long as it is there.
        """
        mine = tuple(command) == self.command
        if mine or not self.is_lasting or self.is_temporary or not is_ours(command):
            return False
        return not (is_there and command[0].startswith("/usr/"))


def is_ours(command: Sequence[str]) -> bool:
    """Say whether a command is one that this program would have written."""
    _, *rest = command or ("",)
    return tuple(rest) in {(MINIMIZED,), (*_MODULE, MINIMIZED)}
