"""The missing system packages, read from dpkg's list."""

from pathlib import Path

import pytest

from tooling import system
from tooling.steps import StepError

LISTING = """\
installed\tlibegl1\t
installed\tlibglib2.0-0t64\tlibglib2.0-0 (= 2.80.0-6)
installed\tdbus\tdefault-dbus-session-bus, dbus-session-bus
config-files\txvfb\txserver
"""


def test_an_installed_package_is_not_missing() -> None:
    """Only missing packages are named, in order."""
    assert system.missing_packages(["trayer", "libegl1", "scrot"], LISTING) == [
        "scrot",
        "trayer",
    ]


def test_a_package_that_stands_in_for_another_counts() -> None:
    """Newer releases rename libraries; the old name is not installed."""
    assert system.missing_packages(["libglib2.0-0", "dbus-session-bus"], LISTING) == []


def test_a_removed_package_with_settings_left_is_missing() -> None:
    """Debian still lists what was removed but not purged."""
    assert system.missing_packages(["xvfb", "xserver"], LISTING) == ["xserver", "xvfb"]


def test_no_package_is_named_twice() -> None:
    """The lists for Qt and the desktops are one each, and sorted."""
    lists = (system.QT, system.DESKTOP, system.SESSIONS, system.PEERS)
    for names in lists:
        assert list(names) == sorted(set(names))
    assert len(set().union(*lists)) == sum(len(names) for names in lists)


def test_an_installed_spreadsheet_program_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package without windows conflicts with the one that has them."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert system.spreadsheet_packages() == ("libreoffice-calc-nogui",)
    (tmp_path / "soffice").touch(mode=0o755)
    assert system.spreadsheet_packages() == ()


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fake apt, which has no `kwin-x11`; return its commands."""
    told = tmp_path / "told"
    for name, script in {
        "apt-get": f"""echo "$*" >> {told}; case "$*" in *kwin-x11*) exit 100; esac""",
        "dpkg-query": "exit 0",
    }.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return told


def test_a_package_that_this_release_lacks_is_named_and_left_out(
    apt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another Debian has other names; what it does have is installed."""
    system.ensure(["sway", "kwin-x11"])
    assert "no package kwin-x11\n" in capsys.readouterr().out
    last = apt.read_text().splitlines()[-1]
    assert last == "install --yes --no-install-recommends sway"


def test_what_fails_for_another_reason_is_raised(
    apt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unreachable mirror is not a missing package."""
    monkeypatch.setattr(system, "_can_be_installed", lambda _: True)
    with pytest.raises(StepError):
        system.ensure(["kwin-x11"])
    assert "update" in apt.read_text().splitlines()


def test_a_bundle_needs_python_as_a_library(tmp_path: Path) -> None:
    """Debian keeps it in a package apart; other Pythons bring it, or need none."""
    library = "libpython3.11.so.1.0"
    missing = system.bundle_packages(library, str(tmp_path))
    assert missing == ("binutils", "libpython3.11")

    (tmp_path / library).touch()
    assert system.bundle_packages(library, str(tmp_path)) == ("binutils",)
    assert system.bundle_packages("libpython3.11.a", str(tmp_path)) == ("binutils",)
    assert system.bundle_packages(None, None) == ("binutils",)
