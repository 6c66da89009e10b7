"""Start at login on macOS: a launch agent in the person's home.

Switching it on does not load it, because that would start the program a second time.
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
_TIMEOUT_S: Final = 5.0


class AgentControl(Protocol):
    """The commands of `launchctl` that are used here."""

    def disabled(self) -> str:
        """Return its list of disabled agents, as it prints it; "" if unknown."""

    def enable(self, label: str) -> None:
        """Enable an agent that a person disabled."""


class LaunchAgent:
    """The agent that starts this program."""

    def __init__(
        self, command: LaunchCommand, control: AgentControl, home: Path | None = None
    ) -> None:
        self._launch_command, self._control = command, control
        home = Path.home() if home is None else home
        self._path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    def state(self) -> LoginEntryState:
        """Read the agent and the person's own switch."""
        agent = self._read()
        command = _command(agent)
        runs_at_load = command and agent.get("RunAtLoad") is True
        if not runs_at_load or shutil.which(command[0]) is None:
            return (
                LoginEntryState.TEMPORARY
                if self._launch_command.is_temporary
                else LoginEntryState.OFF
            )
        if agent.get("Disabled") is True or self._is_disabled():
            return LoginEntryState.SWITCHED_OFF
        return LoginEntryState.ON

    def switch(self, *, on: bool) -> None:
        """Write and enable the agent, or remove it."""
        if not on:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                raise LoginUnchanged(detail=describe_error(error)) from error
            return
        agent = self._read()
        command = _command(agent)
        is_replaced = (
            not command or is_ours(command) or shutil.which(command[0]) is None
        )
        agent.pop("Disabled", None)
        self._write(
            {**agent, **(self._new_agent() if is_replaced else {"RunAtLoad": True})}
        )
        if self._is_disabled():
            self._control.enable(LABEL)

    def repair(self) -> bool:
        """Update the agent, unless it is disabled or a person changed it."""
        agent = self._read()
        command = _command(agent)
        if not command or agent.get("Disabled") is True or self._is_disabled():
            return False
        is_there = shutil.which(command[0]) is not None
        if not self._launch_command.takes_over(command, is_there=is_there):
            return False
        self._write({**agent, _ARGUMENTS: list(self._launch_command.command)})
        return True

    def _new_agent(self) -> dict[str, object]:
        return {
            "Label": LABEL,
            _ARGUMENTS: list(self._launch_command.command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }

    def _read(self) -> dict[str, object]:
        try:
            agent = plistlib.loads(self._path.read_bytes())
        except (OSError, ValueError, ExpatError, plistlib.InvalidFileException):
            return {}
        return agent if isinstance(agent, dict) else {}

    def _write(self, agent: dict[str, object]) -> None:
        try:
            raw = plistlib.dumps(agent)
            write_atomically(self._path, raw, prefix=f".{LABEL}-", mode=_FOR_ALL)
        except OSError as error:
            raise LoginUnchanged(detail=describe_error(error)) from error

    def _is_disabled(self) -> bool:
        """Look for our label in the list; older systems write `true` for `disabled`."""
        line = rf'"{re.escape(LABEL)}"\s*=>\s*(disabled|true)\b'
        return re.search(line, self._control.disabled()) is not None


class Launchctl:
    """The system's own `launchctl`, for the person who is logged in."""

    def disabled(self) -> str:
        """Print the list; "" if `launchctl` fails."""
        return self._run("print-disabled", _domain())

    def enable(self, label: str) -> None:
        """Enable an agent; `state` shows whether that succeeded."""
        self._run("enable", f"{_domain()}/{label}")

    def _run(self, *args: str) -> str:
        try:
            return subprocess.run(  # noqa: S603  # no argument is from outside
                ["/bin/launchctl", *args],
                capture_output=True,
                check=False,
                text=True,
                timeout=_TIMEOUT_S,
            ).stdout
        except (OSError, subprocess.TimeoutExpired):
            return ""


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _command(agent: dict[str, object]) -> tuple[str, ...]:
    listed = agent.get(_ARGUMENTS)
    words = listed if isinstance(listed, list) else []
    return tuple(word for word in words if isinstance(word, str))
