"""The command that starts a bundle, an installed program, or a checkout."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import trayapp
from trayapp.core.autostart.login import LaunchCommand
from trayapp.services.autostart.launch_command import RunningProgram, launch_command_of

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="its files are made executable"
)


class ProgramFolder:
    """A folder with programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def program(self, name: str) -> Path:
        """Make a program."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return path

    def bundle(
        self,
        executable: Path,
        environment: Mapping[str, str],
        *,
        windows: bool = False,
    ) -> LaunchCommand:
        """Return the launch command of a running bundle."""
        return launch_command_of(
            RunningProgram(
                executable,
                "",
                executable.parent,
                (),
                environment,
                is_frozen=True,
                is_windows=windows,
            )
        )

    def installed(self, called: str, *, windows: bool = False) -> LaunchCommand:
        """Return the launch command of a running program that pip installed."""
        python = self.program("venv/bin/python")
        package = self.folder / "venv" / "lib" / "trayapp"
        return launch_command_of(
            RunningProgram(
                python,
                called,
                package,
                (python.parent,),
                {},
                is_frozen=False,
                is_windows=windows,
            )
        )


@pytest.fixture
def folder(tmp_path: Path) -> ProgramFolder:
    """Make an empty folder."""
    return ProgramFolder(tmp_path)


# --- a bundle ---------------------------------------------------------------------


def test_a_bundle_is_started_by_its_own_file(folder: ProgramFolder) -> None:
    """The path is where a person unpacked it."""
    program = folder.program("my apps/balance-tray")
    assert folder.bundle(program, {"PATH": ""}) == LaunchCommand((str(program),))


def test_a_bundle_that_was_installed_keeps_its_short_name(
    folder: ProgramFolder,
) -> None:
    """A link in PATH outlives an update."""
    program = folder.program("lib/balance-tray/balance-tray")
    short = folder.folder / "bin" / "balance-tray"
    short.parent.mkdir()
    short.symlink_to(program)
    path = {"PATH": str(short.parent)}
    assert folder.bundle(program, path) == LaunchCommand((str(short),))


def test_another_copy_in_path_is_not_started(folder: ProgramFolder) -> None:
    """It may be an older version."""
    program = folder.program("new/balance-tray")
    path = {"PATH": str(folder.program("bin/balance-tray").parent)}
    assert folder.bundle(program, path) == LaunchCommand((str(program),))


def test_an_appimage_is_started_by_its_own_file(folder: ProgramFolder) -> None:
    """The program runs from a temporary mount."""
    program = folder.program("mount/usr/balance-tray")
    inside = {"APPIMAGE": "/x/y z.AppImage", "APPDIR": str(folder.folder / "mount")}
    assert folder.bundle(program, inside) == LaunchCommand(("/x/y z.AppImage",))


def test_the_variables_of_another_appimage_do_not_count(folder: ProgramFolder) -> None:
    """The terminal that started the program may be an AppImage."""
    program = folder.program("balance-tray")
    other = {"APPIMAGE": "/x/terminal.AppImage", "APPDIR": "/tmp/.mount_term"}  # noqa: S108  # never opened
    assert folder.bundle(program, other) == LaunchCommand((str(program),))


def test_on_windows_the_program_without_a_terminal_is_started(
    folder: ProgramFolder,
) -> None:
    """It is so if the command-line program runs, too."""
    windowed = folder.program("balance-tray.exe")
    other = folder.program("balance-tray-cli.exe")
    for program in (windowed, other):
        started = folder.bundle(program, {"PATH": ""}, windows=True)
        assert started == LaunchCommand((str(windowed),))


def test_a_program_that_macos_translocated_is_temporary(folder: ProgramFolder) -> None:
    """Its path differs at each start."""
    path = "AppTranslocation/0A1B/d/Balance Tray.app/Contents/MacOS/balance-tray"
    program = folder.program(path)
    assert folder.bundle(program, {}) == LaunchCommand(
        (str(program),), is_temporary=True
    )


# --- pip --------------------------------------------------------------------------


def test_an_installed_command_is_started_by_its_path(folder: ProgramFolder) -> None:
    """Pipx links to the command, and the link outlives an update."""
    called = str(folder.program("home/.local/bin/balance-tray"))
    assert folder.installed(called) == LaunchCommand((called,))


def test_a_module_with_an_installed_command_is_started_by_that(
    folder: ProgramFolder,
) -> None:
    """A person may have run `python -m trayapp`."""
    command = folder.program("venv/bin/balance-tray")
    started = folder.installed("/x/trayapp/__main__.py")
    assert started == LaunchCommand((str(command),))


def test_a_module_without_a_command_is_run_as_a_module(folder: ProgramFolder) -> None:
    """The same Python runs it."""
    started = folder.installed("/x/trayapp/__main__.py")
    assert started.words[1:] == ("-m", "trayapp")
    assert started.words[0] == str(folder.folder / "venv/bin/python")


def test_on_windows_no_terminal_is_opened(folder: ProgramFolder) -> None:
    """pythonw.exe runs the module, if it exists."""
    folder.program("venv/bin/balance-tray")
    called = "balance-tray"
    python = str(folder.folder / "venv/bin/python")
    assert folder.installed(called, windows=True).words[0] == python
    windowed = folder.program("venv/bin/pythonw.exe")
    words = folder.installed(called, windows=True).words
    assert words == (str(windowed), "-m", "trayapp")


# --- a checkout -------------------------------------------------------------------


def test_this_process_runs_from_a_checkout() -> None:
    """Its command can be started, and replaces no other copy's entry."""
    run = RunningProgram.this()
    assert run.package == Path(trayapp.__file__).parent
    command = launch_command_of(run)
    assert not command.is_lasting
    assert Path(command.words[0]).is_file()
