"""Finds the command that starts this program at the next login."""

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
_WINDOWED: Final = "balance-tray.exe"
_TRANSLOCATED: Final = "/AppTranslocation/"


@dataclass(frozen=True, slots=True)
class RunningProgram:
    """How this process was started."""

    executable: Path
    called: str
    """Its first argument: the name that it was started by."""
    package: Path
    """The folder of its package `trayapp`."""
    scripts: tuple[Path, ...]
    """The folders into which pip installs commands."""
    environment: Mapping[str, str]
    is_frozen: bool
    is_windows: bool

    @classmethod
    def this(cls) -> "RunningProgram":
        """Describe this process."""
        schemes = (sysconfig.get_default_scheme(), _user_scheme())
        return cls(
            executable=Path(sys.executable),
            called=sys.argv[0],
            package=Path(trayapp.__file__).resolve().parent,
            scripts=tuple(
                Path(sysconfig.get_path("scripts", scheme)) for scheme in schemes
            ),
            environment=os.environ,
            is_frozen=bool(getattr(sys, "frozen", False)),
            is_windows=sys.platform == "win32",
        )


def launch_command_of(run: RunningProgram) -> LaunchCommand:
    """Return the command that starts this program, by a path that outlives updates."""
    if run.is_frozen:
        passing = _TRANSLOCATED in str(run.executable)
        return LaunchCommand((_frozen(run),), is_temporary=passing)
    lasting = not (run.package.parent / "pyproject.toml").is_file()
    return LaunchCommand(_installed(run), is_lasting=lasting)


def _frozen(run: RunningProgram) -> str:
    """Return the path by which people start the bundle, or else its own file.

    On Windows it is never the command-line program, which would open a terminal. An
    AppImage runs from a temporary mount, so its own path counts. Its variables do not
    count if another AppImage started this program.
    """
    image = run.environment.get("APPIMAGE", "")
    mounted = run.environment.get("APPDIR", "")
    if image and mounted and run.executable.is_relative_to(mounted):
        return image
    if run.is_windows and (windowed := run.executable.with_name(_WINDOWED)).is_file():
        return str(windowed)
    command = shutil.which(_NAME, path=run.environment.get("PATH", ""))
    if command and Path(command).resolve() == run.executable.resolve():
        return str(Path(command).absolute())
    return str(run.executable)


def _installed(run: RunningProgram) -> tuple[str, ...]:
    python = str(run.executable)
    if run.is_windows:  # pip's command would open a terminal
        windowed = run.executable.with_name("pythonw.exe")
        return (str(windowed) if windowed.is_file() else python, "-m", "trayapp")
    called = Path(run.called).absolute()
    for script in (called, *(folder / _NAME for folder in run.scripts)):
        if script.name == _NAME and script.is_file():
            return (str(script),)
    return (python, "-m", "trayapp")


def _user_scheme() -> str:
    return sysconfig.get_preferred_scheme("user")
