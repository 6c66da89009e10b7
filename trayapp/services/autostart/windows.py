"""Start at login on Windows: a value in the person's `Run` key of the registry.

The Task Manager and the Settings store their own switch in a value of the same name
below `APPROVED`.
"""

import shutil
import subprocess
import sys
from typing import Final, Protocol

from trayapp.core.autostart.login import LaunchCommand, LoginEntryState
from trayapp.core.errors import LoginUnchanged

RUN: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED: Final = (
    r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
)
NAME: Final = "Balance Tray"
_LONGEST: Final = 260
"""Characters of a command; Windows runs no longer one."""
_OFF_BIT: Final = 1
"""This bit of the first byte means that a person switched it off. The byte is 3 or 7
then, and 2 or 6 if it is on."""


class Registry(Protocol):
    """The values below `HKEY_CURRENT_USER`; each may raise `OSError`."""

    def read(self, key: str, name: str) -> str | bytes | None:
        """Return a value, or None."""

    def write(self, key: str, name: str, value: str) -> None:
        """Set a text, and make the key if it is missing."""

    def remove(self, key: str, name: str) -> None:
        """Remove a value; a missing one is no error."""


class RunKey:
    """The value that starts this program."""

    def __init__(self, command: LaunchCommand, registry: Registry) -> None:
        self._launch_command, self._registry = command, registry

    def state(self) -> LoginEntryState:
        """Read the value and the person's own switch."""
        try:
            command = self._command()
            switch = self._registry.read(APPROVED, NAME)
        except OSError:
            return LoginEntryState.OFF
        if not command or shutil.which(command[0]) is None:
            return LoginEntryState.OFF
        return (
            LoginEntryState.SWITCHED_OFF
            if _is_off_switch(switch)
            else LoginEntryState.ON
        )

    def switch(self, *, on: bool) -> None:
        """Set or remove the value, and remove the person's own switch."""
        try:
            if on:
                self._write()
            else:
                self._registry.remove(RUN, NAME)
            self._registry.remove(APPROVED, NAME)
        except OSError as error:
            raise LoginUnchanged(detail=str(error)) from error

    def repair(self) -> bool:
        """Update the value, unless the person's own switch is off."""
        try:
            command = self._command()
            is_off = _is_off_switch(self._registry.read(APPROVED, NAME))
            if not command or is_off:
                return False
            is_there = shutil.which(command[0]) is not None
            if not self._launch_command.takes_over(command, is_there=is_there):
                return False
            self._write()
        except OSError as error:
            raise LoginUnchanged(detail=str(error)) from error
        return True

    def _command(self) -> tuple[str, ...]:
        value = self._registry.read(RUN, NAME)
        return split_command(value) if isinstance(value, str) else ()

    def _write(self) -> None:
        line = subprocess.list2cmdline(self._launch_command.command)
        if len(line) > _LONGEST:
            raise LoginUnchanged(detail=f"{len(line)} characters are too many for Run")
        self._registry.write(RUN, NAME, line)


def split_command(line: str) -> tuple[str, ...]:
    """Split a command into words; paths on Windows have no quotation marks."""
    words: list[str] = []
    rest = line.strip()
    while rest:
        if rest.startswith('"'):
            word, _, rest = rest[1:].partition('"')
        else:
            word, _, rest = rest.partition(" ")
        words.append(word)
        rest = rest.strip()
    return tuple(words)


def _is_off_switch(switch: str | bytes | None) -> bool:
    return isinstance(switch, bytes) and bool(switch[:1]) and bool(switch[0] & _OFF_BIT)


if sys.platform == "win32":
    import winreg

    class WindowsRegistry:
        """The values below `HKEY_CURRENT_USER`."""

        def read(self, key: str, name: str) -> str | bytes | None:
            """Return a text or bytes; None for a missing value or another type."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    value, _ = winreg.QueryValueEx(opened, name)
            except FileNotFoundError:
                return None
            return value if isinstance(value, str | bytes) else None

        def write(self, key: str, name: str, value: str) -> None:
            """Set a text, and make the key if it is missing."""
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

        def remove(self, key: str, name: str) -> None:
            """Remove a value; a missing one is no error."""
            access = winreg.KEY_SET_VALUE
            try:
                with winreg.OpenKey(
                    winreg.HKEY_CURRENT_USER, key, access=access
                ) as opened:
                    winreg.DeleteValue(opened, name)
            except FileNotFoundError:
                return
