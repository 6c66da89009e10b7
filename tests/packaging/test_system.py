"""Which system packages are missing, read from what dpkg says."""

from pathlib import Path

import system

LISTING = """\
installed\tlibegl1\t
installed\tlibglib2.0-0t64\tlibglib2.0-0 (= 2.80.0-6)
installed\tdbus\tdefault-dbus-session-bus, dbus-session-bus
config-files\txvfb\txserver
"""


def test_an_installed_package_is_not_missing() -> None:
    """Only what is not there is named, in order."""
    assert system.missing_packages(["trayer", "libegl1", "scrot"], LISTING) == [
        "scrot",
        "trayer",
    ]


def test_a_package_that_stands_in_for_another_counts() -> None:
    """Newer releases rename libraries; the old name must not be installed again."""
    assert system.missing_packages(["libglib2.0-0", "dbus-session-bus"], LISTING) == []


def test_a_removed_package_with_settings_left_is_missing() -> None:
    """Debian still lists what was removed but not purged."""
    assert system.missing_packages(["xvfb", "xserver"], LISTING) == ["xserver", "xvfb"]


def test_no_package_is_named_twice() -> None:
    """The lists for Qt, the desktop and the bundle are one each, and sorted."""
    for names in (system.QT, system.DESKTOP):
        assert list(names) == sorted(set(names))
    assert not set(system.QT) & set(system.DESKTOP)


def test_a_bundle_needs_python_as_a_library(tmp_path: Path) -> None:
    """Debian keeps it in a package apart; other Pythons bring it, or need none."""
    library = "libpython3.11.so.1.0"
    missing = system.bundle_packages(library, str(tmp_path))
    assert missing == ("binutils", "libpython3.11")

    (tmp_path / library).touch()
    assert system.bundle_packages(library, str(tmp_path)) == ("binutils",)
    assert system.bundle_packages("libpython3.11.a", str(tmp_path)) == ("binutils",)
    assert system.bundle_packages(None, None) == ("binutils",)
