"""Which system packages are missing, read from what dpkg says."""

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
