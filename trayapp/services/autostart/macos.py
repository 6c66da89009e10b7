"""Start at login on macOS: a launch agent of the person's own.

It is not loaded when it is switched on, which would start the program a second time:
macOS loads it at the next login.
"""

import os
import plistlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final, Protocol
from xml.parsers.expat import ExpatError

from trayapp.core.autostart.login import LaunchCommand, LoginEntryState, is_ours
from trayapp.core.errors import LoginUnchanged
from trayapp.services.files.atomic_write import describe_error, write_atomically

LABEL: Final = "balance-tray"
_ARGUMENTS: Final = "ProgramArguments"
_FOR_ALL: Final = 0o644
_PATIENCE_S: Final = 5.0


class Control(Protocol):
    """What is asked of `launchctl`."""

    def disabled(self) -> str:
        """Give which agents a person disabled, as it prints that; "" if unknown."""

    def enable(self, label: str) -> None:
        """Forget that an agent was disabled."""


class LaunchAgent:
    """The agent that starts this program."""

    def __init__(
        self, starter: LaunchCommand, control: Control, home: Path | None = None
    ) -> None:
        self._starter, self._control = starter, control
        home = Path.home() if home is None else home
        self._path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def look(self) -> LoginEntryState:
        """Read what macOS reads."""
        agent = self._read()
        command = _command(agent)
        wanted = command and agent.get("RunAtLoad") is True
        if not wanted or shutil.which(command[0]) is None:
            return (
                LoginEntryState.TEMPORARY
                if self._starter.is_temporary
                else LoginEntryState.OFF
            )
        if agent.get("Disabled") is True or self._is_disabled():
            return LoginEntryState.SWITCHED_OFF
        return LoginEntryState.ON

    def switch(self, *, on: bool) -> None:
        """Write the agent and have it enabled, or remove it."""
        if not on:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                raise LoginUnchanged(detail=describe_error(error)) from error
            return
        agent = self._read()
        command = _command(agent)
        own = not command or is_ours(command) or shutil.which(command[0]) is None
        agent.pop("Disabled", None)
        self._write({**agent, **(self._made() if own else {"RunAtLoad": True})})
        if self._is_disabled():
            self._control.enable(LABEL)

    def repair(self) -> bool:
        """Leave an agent alone that was disabled, or that a person changed."""
        agent = self._read()
        command = _command(agent)
        if not command or agent.get("Disabled") is True or self._is_disabled():
            return False
        is_there = shutil.which(command[0]) is not None
        if not self._starter.takes_over(command, is_there=is_there):
            return False
        self._write({**agent, _ARGUMENTS: list(self._starter.command)})
        return True

    def _made(self) -> dict[str, object]:
        return {
            "Label": LABEL,
            _ARGUMENTS: list(self._starter.command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }

    def _read(self) -> dict[str, object]:
        try:
            found = plistlib.loads(self._path.read_bytes())
        except (OSError, ValueError, ExpatError, plistlib.InvalidFileException):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, agent: dict[str, object]) -> None:
        try:
            raw = plistlib.dumps(agent)
            write_atomically(self._path, raw, prefix=f".{LABEL}-", mode=_FOR_ALL)
        except OSError as error:
            raise LoginUnchanged(detail=describe_error(error)) from error

    def _is_disabled(self) -> bool:
        """Read the line of our label; older systems write `true` for `disabled`."""
        line = rf'"{re.escape(LABEL)}"\s*=>\s*(disabled|true)\b'
        return re.search(line, self._control.disabled()) is not None


class Launchctl:
    """The system's own `launchctl`, for the person who is logged in."""

    def disabled(self) -> str:
        """Ask for the list; "" where it does not answer."""
        return self._run("print-disabled", _domain())

    def enable(self, label: str) -> None:
        """Enable an agent; where that fails, the next look says so."""
        self._run("enable", f"{_domain()}/{label}")

    def _run(self, *args: str) -> str:
        try:
            return subprocess.run(  # noqa: S603  # nothing of it is from outside
                ["/bin/launchctl", *args],
                capture_output=True,
                check=False,
                text=True,
                timeout=_PATIENCE_S,
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            return ""


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _command(agent: dict[str, object]) -> tuple[str, ...]:
    listed = agent.get(_ARGUMENTS)
    words = listed if isinstance(listed, list) else []
    return tuple(one for one in words if isinstance(one, str))
