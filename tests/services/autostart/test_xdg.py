"""Start at login on Linux, with the files that a desktop reads."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from trayapp.core.autostart.login import LaunchCommand, LoginEntryState
from trayapp.core.errors import LoginUnchanged
from trayapp.services.autostart.xdg import XdgAutostart

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no such files"
)


class Home:
    """A person's configuration folder, the system's, and a program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.own = folder / "config/autostart/balance-tray.desktop"
        self.system = folder / "xdg/autostart/balance-tray.desktop"
        self.autostart = self.autostart_of(
            self.program("my apps/100% $me/balance-tray")
        )

    def program(self, name: str) -> Path:
        """Make a program."""
        path = self.folder / name
        path.parent.mkdir(parents=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return path

    def autostart_of(self, program: Path, **kinds: bool) -> XdgAutostart:
        """Return the login entry of this copy of the program."""
        environment = {
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CONFIG_DIRS": f"{self.folder / 'none'}:{self.folder / 'xdg'}",
            "XDG_CURRENT_DESKTOP": "ubuntu:GNOME",
        }
        command = LaunchCommand((str(program),), **kinds)
        return XdgAutostart.of_user(command, environment)

    def install_for_all(self) -> None:
        """Make the system start the program for all users."""
        self.autostart.switch(on=True)
        self.system.parent.mkdir(parents=True)
        self.own.rename(self.system)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Make a home without login entries."""
    return Home(tmp_path)


def test_on_and_off(home: Home) -> None:
    """Switching it off leaves no file."""
    assert home.autostart.state() is LoginEntryState.OFF
    home.autostart.switch(on=True)
    assert home.autostart.state() is LoginEntryState.ON
    home.autostart.switch(on=False)
    assert home.autostart.state() is LoginEntryState.OFF
    assert list(home.own.parent.iterdir()) == []
    home.autostart.switch(on=False)


def test_the_file_is_valid_and_world_readable(home: Home) -> None:
    """All files in that folder are; the desktop's own tool checks it."""
    home.autostart.switch(on=True)
    assert stat.S_IMODE(home.own.stat().st_mode) == 0o644
    assert [file.name for file in home.own.parent.iterdir()] == [home.own.name]
    try:
        process = subprocess.run(
            ["desktop-file-validate", home.own],  # noqa: S607  # found in PATH
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("desktop-file-validate is not installed")
    assert (process.returncode, process.stdout) == (0, "")


def test_the_entry_is_described_in_all_languages(home: Home) -> None:
    """The desktop shows the description in its list."""
    home.autostart.switch(on=True)
    text = home.own.read_text()
    assert "Comment=The credit left on SMS-gateway accounts" in text
    for code in ("ca", "de", "es", "fr", "it", "pt"):
        assert f"Comment[{code}]=" in text
        assert f"Comment[{code}]=The" not in text


def test_an_entry_that_the_desktop_switched_off_is_off(home: Home) -> None:
    """It can be switched on again, in the same file."""
    home.autostart.switch(on=True)
    with home.own.open("a") as file:
        file.write("X-GNOME-Autostart-enabled=false\nX-Their=x\n")
    assert home.autostart.state() is LoginEntryState.SWITCHED_OFF
    home.autostart.switch(on=True)
    assert home.autostart.state() is LoginEntryState.ON
    assert "X-Their=x\n" in home.own.read_text()


def test_an_entry_with_other_content_is_marked_and_kept(home: Home) -> None:
    """A person may have added that content."""
    home.autostart.switch(on=True)
    with home.own.open("a") as file:
        file.write("X-Their=x\n")
    home.autostart.switch(on=False)
    assert home.autostart.state() is LoginEntryState.SWITCHED_OFF
    assert home.own.read_text().endswith("X-Their=x\nHidden=true\n")


def test_an_entry_for_all_users_is_on(home: Home) -> None:
    """It can be switched off for this person alone."""
    home.install_for_all()
    before = home.system.read_text()
    assert home.autostart.state() is LoginEntryState.ON
    home.autostart.switch(on=False)
    assert home.autostart.state() is LoginEntryState.SWITCHED_OFF
    home.autostart.switch(on=True)
    assert home.autostart.state() is LoginEntryState.ON
    assert home.system.read_text() == before


def test_an_own_file_hides_the_systems(home: Home) -> None:
    """By the specification this is so even for an empty file."""
    home.install_for_all()
    home.own.write_text("")
    assert home.autostart.state() is LoginEntryState.OFF
    home.autostart.switch(on=True)
    assert home.autostart.state() is LoginEntryState.ON


def test_a_symbolic_link_stays_one(home: Home) -> None:
    """Some people keep such files in one place."""
    home.autostart.switch(on=True)
    target = home.folder / "dotfiles.desktop"
    home.own.rename(target)
    home.own.symlink_to(target)
    home.autostart.switch(on=False)
    assert home.own.is_symlink()
    assert "Hidden=true" in target.read_text()
    home.autostart.switch(on=True)
    assert home.own.is_symlink()
    assert home.autostart.state() is LoginEntryState.ON


def test_the_entry_of_a_moved_program_is_updated(home: Home) -> None:
    """The copy that runs updates it at its start."""
    home.autostart.switch(on=True)
    moved = home.autostart_of(home.program("new/balance-tray"))
    Path(home.folder / "my apps/100% $me/balance-tray").unlink()
    assert moved.state() is LoginEntryState.OFF, "the desktop would start nothing"
    assert moved.repair() is True
    assert moved.state() is LoginEntryState.ON
    assert moved.repair() is False


def test_a_checkout_repairs_nothing(home: Home) -> None:
    """A developer's run leaves the installed program's entry alone."""
    home.autostart.switch(on=True)
    before = home.own.read_text()
    checkout = home.autostart_of(home.program("src/balance-tray"), is_lasting=False)
    assert checkout.repair() is False
    assert home.own.read_text() == before


def test_a_missing_entry_is_not_repaired(home: Home) -> None:
    """The program never switches start at login on by itself."""
    assert home.autostart.repair() is False
    assert not home.own.exists()
    home.install_for_all()
    other = home.autostart_of(home.program("new/balance-tray"))
    assert other.repair() is False
    assert not home.own.exists()


def test_an_irregular_or_huge_file_is_not_read(home: Home) -> None:
    """Opening a pipe does not block."""
    home.own.parent.mkdir(parents=True)
    os.mkfifo(home.own)
    assert home.autostart.state() is LoginEntryState.OFF
    home.own.unlink()
    home.own.write_bytes(b"[Desktop Entry]\nExec=true\n" + bytes(100_000))
    assert home.autostart.state() is LoginEntryState.OFF


def test_an_entry_that_cannot_be_written_is_an_error(home: Home) -> None:
    """The state can be read."""
    home.own.mkdir(parents=True)
    (home.own / "something").touch()
    with pytest.raises(LoginUnchanged, match="Is a directory"):
        home.autostart.switch(on=True)
    assert home.autostart.state() is LoginEntryState.OFF
    home.autostart.switch(on=False)


def test_a_file_in_place_of_the_folder_is_an_error(home: Home) -> None:
    """The state is off then."""
    home.own.parent.parent.mkdir()
    home.own.parent.touch()
    with pytest.raises(LoginUnchanged):
        home.autostart.switch(on=True)
    assert home.autostart.state() is LoginEntryState.OFF


def test_an_entry_that_cannot_be_removed_is_an_error(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays on."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(home.own))

    home.autostart.switch(on=True)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(LoginUnchanged, match="Permission denied"):
        home.autostart.switch(on=False)
    assert home.autostart.state() is LoginEntryState.ON


@pytest.mark.parametrize(
    ("environment", "own"),
    [
        ({"HOME": "/h"}, "/h/.config"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "/c"}, "/c"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "relative"}, "/h/.config"),
        ({}, "/nonexistent/.config"),
        ({"HOME": "relative"}, "/nonexistent/.config"),
    ],
)
def test_the_folder_is_found_by_the_specification(
    environment: dict[str, str], own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never depends on the working directory."""
    paths: list[str] = []

    def lexists(path: str | Path) -> bool:
        paths.append(str(path))
        return False

    monkeypatch.setattr(os.path, "lexists", lexists)
    XdgAutostart.of_user(LaunchCommand(("a",)), environment).state()
    entry = "autostart/balance-tray.desktop"
    assert paths == [f"{own}/{entry}", f"/etc/xdg/{entry}"]
