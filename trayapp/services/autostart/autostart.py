"""Start at login, in the way of this operating system.

The system's login entry is the only record: the program stores no copy. Thus a change
in the desktop's own settings counts here, too.
"""

import logging
import sys
from typing import Protocol

from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.errors import BalanceTrayError
from trayapp.services.autostart.launch_command import RunningProgram, launch_command_of

_log = logging.getLogger(__name__)


class Autostart(Protocol):
    """One system's login entry for this program."""

    def state(self) -> LoginEntryState:
        """Return what the system would do; an unreadable entry is off."""

    def switch(self, *, on: bool) -> None:
        """Switch start at login on or off; raises `LoginUnchanged`."""

    def repair(self) -> bool:
        """Make an entry start this copy of the program; return whether it was changed.

        It changes only an entry that starts another copy or a missing one, and that is
        not switched off. Raises `LoginUnchanged`.
        """


class NoAutostart:
    """For the demo and for tests, where start at login can't be chosen."""

    def state(self) -> LoginEntryState:
        """Return that the demo can't choose."""
        return LoginEntryState.DEMO

    def switch(self, *, on: bool) -> None:
        """Do nothing."""

    def repair(self) -> bool:
        """Change nothing."""
        return False


def system_autostart() -> Autostart:
    """Return the login entry of this system, for the program that runs."""
    command = launch_command_of(RunningProgram.this())
    if sys.platform == "win32":
        from trayapp.services.autostart.windows import (  # noqa: PLC0415  # its system
            RunKey,
            WindowsRegistry,
        )

        return RunKey(command, WindowsRegistry())
    if sys.platform == "darwin":
        from trayapp.services.autostart.macos import (  # noqa: PLC0415  # its system
            LaunchAgent,
            Launchctl,
        )

        return LaunchAgent(command, Launchctl())
    from trayapp.services.autostart.xdg import XdgAutostart  # noqa: PLC0415  # Linux only

    return XdgAutostart.of_user(command)


def repair_autostart(autostart: Autostart) -> None:
    """Repair it at the program's start; a failure is only logged.

    The settings then show that it is off, as it is for the desktop.
    """
    try:
        if autostart.repair():
            _log.info("start at login leads to this program again")
    except BalanceTrayError as error:
        _log.warning("start at login is not repaired: %s", error)
