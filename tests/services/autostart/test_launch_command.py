"""Which command starts what runs: bundled, installed, or from a checkout."""

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


class Machine:
    """A folder of programs."""

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
        """Run a bundled program."""
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
        """Run what pip installed."""
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
def machine(tmp_path: Path) -> Machine:
    """Give an empty machine."""
    return Machine(tmp_path)


# --- a bundle ---------------------------------------------------------------------


def test_a_bundle_is_started_by_its_own_file(machine: Machine) -> None:
    """Where it was unpacked."""
    program = machine.program("my apps/balance-tray")
    assert machine.bundle(program, {"PATH": ""}) == LaunchCommand((str(program),))


def test_a_bundle_that_was_installed_keeps_its_short_name(machine: Machine) -> None:
    """The one on the way that programs are looked for, which outlives an update."""
    program = machine.program("lib/balance-tray/balance-tray")
    short = machine.folder / "bin" / "balance-tray"
    short.parent.mkdir()
    short.symlink_to(program)
    path = {"PATH": str(short.parent)}
    assert machine.bundle(program, path) == LaunchCommand((str(short),))


def test_another_copy_of_that_name_is_not_started(machine: Machine) -> None:
    """It may be an older one."""
    program = machine.program("new/balance-tray")
    path = {"PATH": str(machine.program("bin/balance-tray").parent)}
    assert machine.bundle(program, path) == LaunchCommand((str(program),))


def test_an_appimage_is_started_by_its_own_file(machine: Machine) -> None:
    """What runs lies in a folder that the next start does not have."""
    program = machine.program("mount/usr/balance-tray")
    inside = {"APPIMAGE": "/x/y z.AppImage", "APPDIR": str(machine.folder / "mount")}
    assert machine.bundle(program, inside) == LaunchCommand(("/x/y z.AppImage",))


def test_the_variables_of_another_appimage_are_not_ours(machine: Machine) -> None:
    """As when it was started from a terminal that is one."""
    program = machine.program("balance-tray")
    other = {"APPIMAGE": "/x/terminal.AppImage", "APPDIR": "/tmp/.mount_term"}  # noqa: S108  # never opened
    assert machine.bundle(program, other) == LaunchCommand((str(program),))


def test_of_the_two_programs_for_windows_the_one_without_a_terminal_is_started(
    machine: Machine,
) -> None:
    """Whichever of them runs."""
    silent = machine.program("balance-tray.exe")
    other = machine.program("balance-tray-cli.exe")
    for program in (silent, other):
        started = machine.bundle(program, {"PATH": ""}, windows=True)
        assert started == LaunchCommand((str(silent),))


def test_a_program_that_macos_moved_aside_is_passing(machine: Machine) -> None:
    """Its path is another one at each start."""
    place = "AppTranslocation/0A1B/d/Balance Tray.app/Contents/MacOS/balance-tray"
    program = machine.program(place)
    assert machine.bundle(program, {}) == LaunchCommand(
        (str(program),), is_temporary=True
    )


# --- pip --------------------------------------------------------------------------


def test_an_installed_command_is_started_as_it_was(machine: Machine) -> None:
    """Such as pipx' link to it, which outlives an update."""
    called = str(machine.program("home/.local/bin/balance-tray"))
    assert machine.installed(called) == LaunchCommand((called,))


def test_a_module_that_has_a_command_is_started_by_that(machine: Machine) -> None:
    """Somebody ran it as `python -m trayapp`."""
    command = machine.program("venv/bin/balance-tray")
    started = machine.installed("/x/trayapp/__main__.py")
    assert started == LaunchCommand((str(command),))


def test_a_module_without_a_command_is_run_as_one(machine: Machine) -> None:
    """By the same Python."""
    started = machine.installed("/x/trayapp/__main__.py")
    assert started.words[1:] == ("-m", "trayapp")
    assert started.words[0] == str(machine.folder / "venv/bin/python")


def test_on_windows_no_terminal_is_opened(machine: Machine) -> None:
    """Where there is the Python that has none."""
    machine.program("venv/bin/balance-tray")
    called = "balance-tray"
    python = str(machine.folder / "venv/bin/python")
    assert machine.installed(called, windows=True).words[0] == python
    silent = machine.program("venv/bin/pythonw.exe")
    words = machine.installed(called, windows=True).words
    assert words == (str(silent), "-m", "trayapp")


# --- a checkout -------------------------------------------------------------------


def test_this_very_run_is_a_checkouts() -> None:
    """It can be started, and takes over nothing."""
    run = RunningProgram.this()
    assert run.package == Path(trayapp.__file__).parent
    started = launch_command_of(run)
    assert not started.is_lasting
    assert Path(started.words[0]).is_file()
