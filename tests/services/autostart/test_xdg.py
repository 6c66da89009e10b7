"""Start at login on Linux, with the files that a desktop would read."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from trayapp.core.autostart.login import LaunchCommand, LoginEntryState
from trayapp.core.errors import LoginUnchanged
from trayapp.services.autostart.xdg import XdgAutostart

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has no such files")


class Home:
    """A person's configuration, the system's, and a program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.own = folder / "config/autostart/balance-tray.desktop"
        self.system = folder / "xdg/autostart/balance-tray.desktop"
        self.autostart = self.of(self.program("my apps/100% $me/balance-tray"))

    def program(self, name: str) -> Path:
        """Make a program."""
        path = self.folder / name
        path.parent.mkdir(parents=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return path

    def of(self, program: Path, **kinds: bool) -> XdgAutostart:
        """Give what this copy of the program sees."""
        environment = {
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CONFIG_DIRS": f"{self.folder / 'none'}:{self.folder / 'xdg'}",
            "XDG_CURRENT_DESKTOP": "ubuntu:GNOME",
        }
        starter = LaunchCommand((str(program),), **kinds)
        return XdgAutostart.of_user(starter, environment)

    def install_for_all(self) -> None:
        """Have the system start the program for everybody."""
        self.autostart.switch(on=True)
        self.system.parent.mkdir(parents=True)
        self.own.rename(self.system)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home where nothing starts at login."""
    return Home(tmp_path)


def test_on_and_off(home: Home) -> None:
    """Nothing stays behind."""
    assert home.autostart.look() is LoginEntryState.OFF
    home.autostart.switch(on=True)
    assert home.autostart.look() is LoginEntryState.ON
    home.autostart.switch(on=False)
    assert home.autostart.look() is LoginEntryState.OFF
    assert list(home.own.parent.iterdir()) == []
    home.autostart.switch(on=False)


def test_the_file_is_one_that_everybody_may_read(home: Home) -> None:
    """As all in that folder are; the desktop's own tools can check it."""
    home.autostart.switch(on=True)
    assert stat.S_IMODE(home.own.stat().st_mode) == 0o644
    assert [one.name for one in home.own.parent.iterdir()] == [home.own.name]
    try:
        done = subprocess.run(
            ["desktop-file-validate", home.own],  # noqa: S607  # where it is
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("desktop-file-validate is not installed")
    assert (done.returncode, done.stdout) == (0, "")


def test_it_is_described_in_all_languages(home: Home) -> None:
    """In the list that a desktop shows of it."""
    home.autostart.switch(on=True)
    text = home.own.read_text()
    assert "Comment=The credit left on SMS-gateway accounts" in text
    for code in ("ca", "de", "es", "fr", "it", "pt"):
        assert f"Comment[{code}]=" in text
        assert f"Comment[{code}]=The" not in text


def test_what_a_person_switched_off_in_the_desktop_is_off(home: Home) -> None:
    """And a tick switches it on, in the same file."""
    home.autostart.switch(on=True)
    with home.own.open("a") as file:
        file.write("X-GNOME-Autostart-enabled=false\nX-Their=x\n")
    assert home.autostart.look() is LoginEntryState.SWITCHED_OFF
    home.autostart.switch(on=True)
    assert home.autostart.look() is LoginEntryState.ON
    assert "X-Their=x\n" in home.own.read_text()


def test_a_file_that_holds_more_than_ours_is_marked_and_kept(home: Home) -> None:
    """Somebody put that there."""
    home.autostart.switch(on=True)
    with home.own.open("a") as file:
        file.write("X-Their=x\n")
    home.autostart.switch(on=False)
    assert home.autostart.look() is LoginEntryState.SWITCHED_OFF
    assert home.own.read_text().endswith("X-Their=x\nHidden=true\n")


def test_what_the_system_starts_for_everybody_is_on(home: Home) -> None:
    """It is switched off for this person alone."""
    home.install_for_all()
    before = home.system.read_text()
    assert home.autostart.look() is LoginEntryState.ON
    home.autostart.switch(on=False)
    assert home.autostart.look() is LoginEntryState.SWITCHED_OFF
    home.autostart.switch(on=True)
    assert home.autostart.look() is LoginEntryState.ON
    assert home.system.read_text() == before


def test_an_own_file_hides_the_systems_whatever_is_in_it(home: Home) -> None:
    """So the specification says, and desktops do."""
    home.install_for_all()
    home.own.write_text("")
    assert home.autostart.look() is LoginEntryState.OFF
    home.autostart.switch(on=True)
    assert home.autostart.look() is LoginEntryState.ON


def test_a_link_stays_one(home: Home) -> None:
    """People keep such files in one place."""
    home.autostart.switch(on=True)
    kept = home.folder / "dotfiles.desktop"
    home.own.rename(kept)
    home.own.symlink_to(kept)
    home.autostart.switch(on=False)
    assert home.own.is_symlink()
    assert "Hidden=true" in kept.read_text()
    home.autostart.switch(on=True)
    assert home.own.is_symlink()
    assert home.autostart.look() is LoginEntryState.ON


def test_a_moved_program_is_followed(home: Home) -> None:
    """At its next start, by the copy that runs."""
    home.autostart.switch(on=True)
    moved = home.of(home.program("new/balance-tray"))
    Path(home.folder / "my apps/100% $me/balance-tray").unlink()
    assert moved.look() is LoginEntryState.OFF, "the desktop would start nothing"
    assert moved.repair() is True
    assert moved.look() is LoginEntryState.ON
    assert moved.repair() is False


def test_a_checkout_follows_nothing(home: Home) -> None:
    """A developer's run leaves the program alone that is installed."""
    home.autostart.switch(on=True)
    before = home.own.read_text()
    tried = home.of(home.program("src/balance-tray"), is_lasting=False)
    assert tried.repair() is False
    assert home.own.read_text() == before


def test_nothing_is_repaired_where_nothing_is(home: Home) -> None:
    """A start at login is never switched on by itself."""
    assert home.autostart.repair() is False
    assert not home.own.exists()
    home.install_for_all()
    other = home.of(home.program("new/balance-tray"))
    assert other.repair() is False
    assert not home.own.exists()


def test_what_is_no_file_is_read_by_nobody(home: Home) -> None:
    """A pipe is not waited for, and a huge file not read."""
    home.own.parent.mkdir(parents=True)
    os.mkfifo(home.own)
    assert home.autostart.look() is LoginEntryState.OFF
    home.own.unlink()
    home.own.write_bytes(b"[Desktop Entry]\nExec=true\n" + bytes(100_000))
    assert home.autostart.look() is LoginEntryState.OFF


def test_what_can_not_be_written_is_an_error_in_words(home: Home) -> None:
    """And what the desktop has is still shown."""
    home.own.mkdir(parents=True)
    (home.own / "something").touch()
    with pytest.raises(LoginUnchanged, match="Is a directory"):
        home.autostart.switch(on=True)
    assert home.autostart.look() is LoginEntryState.OFF
    home.autostart.switch(on=False)


def test_a_folder_that_is_none_is_an_error_in_words(home: Home) -> None:
    """Whoever made a file of that name."""
    home.own.parent.parent.mkdir()
    home.own.parent.touch()
    with pytest.raises(LoginUnchanged):
        home.autostart.switch(on=True)
    assert home.autostart.look() is LoginEntryState.OFF


def test_an_entry_that_can_not_be_removed_is_an_error_in_words(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is still on."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(home.own))

    home.autostart.switch(on=True)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(LoginUnchanged, match="Permission denied"):
        home.autostart.switch(on=False)
    assert home.autostart.look() is LoginEntryState.ON


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
def test_the_folder_is_where_the_specification_says(
    environment: dict[str, str], own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never in the folder in which the program happens to be started."""
    asked: list[str] = []

    def lexists(path: str | Path) -> bool:
        asked.append(str(path))
        return False

    monkeypatch.setattr(os.path, "lexists", lexists)
    XdgAutostart.of_user(LaunchCommand(("a",)), environment).look()
    entry = "autostart/balance-tray.desktop"
    assert asked == [f"{own}/{entry}", f"/etc/xdg/{entry}"]
