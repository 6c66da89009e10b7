"""The system's own list of what starts at login: looked at, switched, repaired.

What stands there is the only truth: nothing of it is kept anywhere else, so that what
a person does in the desktop's own settings counts here too.
"""

import contextlib
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.errors import BalanceTrayError
from trayapp.services.autostart.launch_command import RunningProgram, launch_command_of

_log = logging.getLogger(__name__)


class Autostart(Protocol):
    """One system's way to start programs at login."""

    def look(self) -> LoginEntryState:
        """Say what the system would do; what can't be read it would skip."""

    def switch(self, *, on: bool) -> None:
        """Have the program started, or not; `LoginUnchanged` if that can't be."""

    def repair(self) -> bool:
        """Have an entry of ours start this program again; say whether it had to be.

        Only where it would start another copy, or one that is gone, and nobody switched
        it off. Raises `LoginUnchanged`.
        """


class NoAutostart:
    """Where there is nothing to choose: in the demo and in tests."""

    def look(self) -> LoginEntryState:
        """Say that it can't be chosen here."""
        return LoginEntryState.DEMO

    def switch(self, *, on: bool) -> None:
        """Do nothing."""

    def repair(self) -> bool:
        """Find nothing."""
        return False


def own_autostart() -> Autostart:
    """Give the one of this system, for the program that runs."""
    starter = launch_command_of(RunningProgram.this())
    if sys.platform == "win32":
        from trayapp.services.autostart.windows import (  # noqa: PLC0415  # there alone
            RunKey,
            WindowsRegistry,
        )

        return RunKey(starter, WindowsRegistry())
    if sys.platform == "darwin":
        from trayapp.services.autostart.macos import (  # noqa: PLC0415  # there alone
            LaunchAgent,
            Launchctl,
        )

        return LaunchAgent(starter, Launchctl())
    from trayapp.services.autostart.xdg import XdgAutostart  # noqa: PLC0415  # as above

    return XdgAutostart.of_user(starter)


@contextmanager
def switched(autostart: Autostart, on: bool | None) -> Iterator[None]:  # noqa: FBT001  # None leaves it
    """Switch it, and back again if anything fails within; None leaves it as it is."""
    if on is None or autostart.look().is_on is on:
        yield
        return
    autostart.switch(on=on)
    try:
        yield
    except BaseException:
        with contextlib.suppress(BalanceTrayError):
            autostart.switch(on=not on)
        raise


def repair(autostart: Autostart) -> None:
    """Repair it at the start; what can't be repaired is a line in the log.

    Then the settings show that it is off, which is what the desktop makes of it.
    """
    try:
        if autostart.repair():
            _log.info("start at login leads to this program again")
    except BalanceTrayError as error:
        _log.warning("start at login is not repaired: %s", error)
