"""The built program: it starts anywhere, and has no unneeded files."""

import os
import re
import shutil
import subprocess
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

import pytest

from desktop.desktop import Desktop
from desktop.tray_probe import NoTrayIconError, TrayItem, has_balance
from tooling.processes import wait_until

pytestmark = [pytest.mark.bundle, pytest.mark.e2e]


@pytest.fixture
def executable() -> Path:
    """Find the built program; `dev.py test` builds it."""
    return Path(os.environ["BALANCE_TRAY_BUNDLE"])


def test_it_knows_its_version(executable: Path) -> None:
    """The version comes from metadata, which the bundle has to include."""
    with Desktop("none", notifications=False, keyring="absent") as desktop:
        said = desktop.run([executable, "--version"])

    assert version("balance-tray") in said.stdout
    assert said.returncode == 0


def test_it_shows_a_balance_without_any_python(executable: Path) -> None:
    """In a session whose PATH has nothing, the demo's balance reaches the tray."""
    with (
        Desktop("xfce") as desktop,
        TrayItem(desktop.env["DBUS_SESSION_BUS_ADDRESS"]) as tray,
    ):
        program = desktop.spawn([executable, "--demo"], env={"PATH": "/nowhere"})

        def balance_is_shown() -> bool:
            try:
                return has_balance(tray.tooltip())
            except NoTrayIconError:
                return False

        wait_until(balance_is_shown, "a balance in the tray", 30)
        desktop.run([executable, "--quit"], env={"PATH": "/nowhere"})
        assert program.wait(10) == 0


def test_no_link_leads_nowhere(executable: Path) -> None:
    """Trimming leaves no broken link."""
    assert [file for file in executable.parent.rglob("*") if not file.exists()] == []


def test_every_library_has_its_licence(executable: Path) -> None:
    """The notice names each third-party file by a pattern."""
    inside = executable.parent / "_internal"
    notice = (inside / "licenses/NOTICE.md").read_text()
    patterns = re.findall(r"`([^`]+)`", notice)
    files = [one for one in inside.rglob("*.so*") if not one.is_symlink()]
    ours = [one for one in files if not {"plugins", "lib-dynload"} & {*one.parts}]

    assert [
        one.name
        for one in ours
        if not any(fnmatch(one.name, pattern) for pattern in patterns)
    ] == []
    assert all([*one.rglob("*LICEN[SC]E*")] for one in python_packages(inside))


def python_packages(inside: Path) -> list[Path]:
    """Give the descriptions of Python's packages; Qt's licence is in the notice."""
    return [
        one
        for one in inside.glob("*.dist-info")
        if not one.name.startswith(("pyside6", "shiboken6"))
    ]


def test_it_is_found_whole(executable: Path) -> None:
    """Its self-test finds every part, on a real screen."""
    with Desktop("none", notifications=False, keyring="absent") as desktop:
        said = desktop.run([executable, "--self-test"], env={"QT_QPA_PLATFORM": "xcb"})

    assert "FAILED" not in said.stdout
    assert said.returncode == 0


def test_nothing_tells_where_it_was_built(executable: Path) -> None:
    """No library looks for others in a folder of the machine that built it."""
    files = [one for one in executable.parent.rglob("*.so*") if not one.is_symlink()]
    objdump = shutil.which("objdump")
    assert objdump
    listed = subprocess.check_output([objdump, "-p", *files], text=True)
    places = re.findall(r"R(?:UN)?PATH\s+(\S+)", listed)

    assert [one for one in places if not one.startswith("$ORIGIN")] == []


def test_it_stays_small(executable: Path) -> None:
    """It has less than 110 MB: it starts and downloads faster."""
    files = [one for one in executable.parent.rglob("*") if not one.is_symlink()]

    assert sum(one.stat().st_size for one in files if one.is_file()) < 110_000_000


def test_it_brings_no_toolkit_of_the_machine_that_built_it(executable: Path) -> None:
    """Qt's GTK theme, QML and PDF are left out, and what only they needed."""
    names = {file.name for file in executable.parent.rglob("*")}
    parts = ("libgtk", "libgdk", "libQt6Qml", "libQt6Quick", "libQt6Pdf", "libqgtk3")

    assert [name for name in names if name.startswith(parts)] == []
