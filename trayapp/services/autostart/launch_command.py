"""Finds out which command starts this very program, at the next login too."""

import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trayapp
from trayapp.core.autostart.login import LaunchCommand

_NAME: Final = "balance-tray"
_SILENT: Final = "balance-tray.exe"
_TRANSLOCATED: Final = "/AppTranslocation/"


@dataclass(frozen=True, slots=True)
class RunningProgram:
    """How this program was started."""

    executable: Path
    called: str
    """What it was started as; its first argument."""
    package: Path
    """The folder of its code."""
    scripts: tuple[Path, ...]
    """Where pip puts the commands of what it installs."""
    environment: Mapping[str, str]
    is_frozen: bool
    is_windows: bool

    @classmethod
    def this(cls) -> "RunningProgram":
        """Describe the process itself."""
        schemes = (sysconfig.get_default_scheme(), _user_scheme())
        return cls(
            executable=Path(sys.executable),
            called=sys.argv[0],
            package=Path(trayapp.__file__).resolve().parent,
            scripts=tuple(Path(sysconfig.get_path("scripts", one)) for one in schemes),
            environment=os.environ,
            is_frozen=bool(getattr(sys, "frozen", False)),
            is_windows=sys.platform == "win32",
        )


def launch_command_of(run: RunningProgram) -> LaunchCommand:
    """Give the command that starts what runs now, by a name that outlives updates."""
    if run.is_frozen:
        passing = _TRANSLOCATED in str(run.executable)
        return LaunchCommand((_frozen(run),), is_temporary=passing)
    lasting = not (run.package.parent / "pyproject.toml").is_file()
    return LaunchCommand(_installed(run), is_lasting=lasting)


def _frozen(run: RunningProgram) -> str:
    """Give the name by which people find the program, or else its own file.

    On Windows that is never the one for the terminal, which would open one. An AppImage
    runs from a folder that is there meanwhile only; its variables are also seen by
    whatever is started from another AppImage.
    """
    image = run.environment.get("APPIMAGE", "")
    mounted = run.environment.get("APPDIR", "")
    if image and mounted and run.executable.is_relative_to(mounted):
        return image
    if run.is_windows and (silent := run.executable.with_name(_SILENT)).is_file():
        return str(silent)
    found = shutil.which(_NAME, path=run.environment.get("PATH", ""))
    if found and Path(found).resolve() == run.executable.resolve():
        return str(Path(found).absolute())
    return str(run.executable)


def _installed(run: RunningProgram) -> tuple[str, ...]:
    python = str(run.executable)
    if run.is_windows:  # where the command itself opens a terminal
        silent = run.executable.with_name("pythonw.exe")
        return (str(silent) if silent.is_file() else python, "-m", "trayapp")
    called = Path(run.called).absolute()
    for script in (called, *(folder / _NAME for folder in run.scripts)):
        if script.name == _NAME and script.is_file():
            return (str(script),)
    return (python, "-m", "trayapp")


def _user_scheme() -> str:
    return sysconfig.get_preferred_scheme("user")
