"""The state of an entry on a desktop, and how our switch changes it."""

import pytest

from trayapp.core.autostart.desktop_entry import DesktopEntry
from trayapp.core.autostart.login import LaunchCommand, LoginEntryState
from trayapp.core.autostart.login_entry import (
    holds_only_ours,
    login_state,
    new_entry,
    repaired,
    switched_off,
    switched_on,
)

HERE = LaunchCommand(("/here/balance-tray",))
XFCE = ("XFCE",)
NEW = new_entry(HERE, {"": "It watches", "de": "Es wacht"})
THEIRS = DesktopEntry.of(
    [("Type", "Application"), ("Exec", "env A=1 b"), ("X-Their", "x")]
)


def everything_exists(_: str) -> bool:
    """Find every program."""
    return True


def nothing_exists(_: str) -> bool:
    """Find no program."""
    return False


def switch_on(entry: DesktopEntry) -> DesktopEntry:
    """Switch an entry on, on Xfce."""
    return switched_on(entry, HERE, XFCE, everything_exists)


def test_a_new_entry_has_all_keys_of_the_desktops() -> None:
    """It has TryExec, an icon, and delays for the taskbar."""
    assert NEW.text == (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=Balance Tray\n"
        "Comment=It watches\n"
        "Comment[de]=Es wacht\n"
        "Exec=/here/balance-tray --minimized\n"
        "TryExec=/here/balance-tray\n"
        "Icon=balance-tray\n"
        "Terminal=false\n"
        "StartupNotify=false\n"
        "X-GNOME-Autostart-enabled=true\n"
        "X-GNOME-Autostart-Delay=3\n"
        "X-MATE-Autostart-Delay=3\n"
        "X-KDE-autostart-after=panel\n"
        "X-LXQt-Need-Tray=true\n"
    )
    assert login_state(NEW, XFCE, everything_exists) is LoginEntryState.ON


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Hidden", "true"),
        ("X-GNOME-Autostart-enabled", "false"),
        ("X-MATE-Autostart-enabled", "False"),
        ("OnlyShowIn", "GNOME;KDE;"),
        ("OnlyShowIn", ""),
        ("NotShowIn", "KDE;XFCE;"),
    ],
)
def test_the_desktops_switches_are_off_and_ours_is_on(key: str, value: str) -> None:
    """Each desktop's settings have their own key."""
    entry = NEW.with_value(key, value)
    assert login_state(entry, XFCE, everything_exists) is LoginEntryState.SWITCHED_OFF
    assert login_state(switch_on(entry), XFCE, everything_exists) is LoginEntryState.ON


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Hidden", "false"),
        ("X-GNOME-Autostart-enabled", "true"),
        ("OnlyShowIn", "XFCE;"),
        ("NotShowIn", "KDE;"),
    ],
)
def test_other_values_stay_when_it_is_switched_on(key: str, value: str) -> None:
    """They do not keep it from starting."""
    entry = NEW.with_value(key, value)
    assert login_state(entry, XFCE, everything_exists) is LoginEntryState.ON
    assert switch_on(entry).with_value("Hidden", None) == entry.with_value(
        "Hidden", None
    )


def test_lists_keep_their_other_desktops() -> None:
    """The present desktop is added to a list or removed from it."""
    entry = NEW.with_value("OnlyShowIn", "GNOME;KDE;").with_value(
        "NotShowIn", "XFCE;MATE;"
    )
    assert switch_on(entry).get("OnlyShowIn") == "GNOME;KDE;XFCE;"
    assert switch_on(entry).get("NotShowIn") == "MATE;"
    assert switch_on(NEW.with_value("NotShowIn", "XFCE;")).get("NotShowIn") is None


def test_a_desktop_without_a_name_is_in_no_list() -> None:
    """A list of other desktops is then removed."""
    entry = NEW.with_value("OnlyShowIn", "KDE;")
    assert login_state(entry, (), everything_exists) is LoginEntryState.SWITCHED_OFF
    assert switched_on(entry, HERE, (), everything_exists).get("OnlyShowIn") is None


def test_a_missing_program_is_off() -> None:
    """Our switch then writes the command of this program."""
    entry = new_entry(LaunchCommand(("/gone/balance-tray",)), {})
    assert login_state(entry, XFCE, nothing_exists) is LoginEntryState.OFF
    new = switched_on(entry, HERE, XFCE, nothing_exists)
    assert new.get("Exec") == "/here/balance-tray --minimized"
    assert new.get("TryExec") == "/here/balance-tray"


def test_exec_and_tryexec_must_both_exist() -> None:
    """Desktops check both."""
    entry = NEW.with_value("TryExec", "/gone")
    assert login_state(entry, XFCE, lambda name: name != "/gone") is LoginEntryState.OFF


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[Desktop Entry]\nName=N\n",
        "Exec=a\n",
        "words\n[Desktop Entry]\nExec=a\n",
        "[Desktop Entry]\nType=Link\nExec=a\n",
    ],
)
def test_an_entry_that_starts_nothing_is_off(text: str) -> None:
    """As when a person emptied the file instead of removing it."""
    entry = DesktopEntry.parse(text)
    assert login_state(entry, XFCE, everything_exists) is LoginEntryState.OFF


def test_a_command_that_a_person_changed_stays() -> None:
    """It stays while it can be started; other values stay always."""
    off = switched_off(THEIRS)
    assert login_state(off, XFCE, everything_exists) is LoginEntryState.SWITCHED_OFF
    assert switch_on(off) == THEIRS
    new = switched_on(off, HERE, XFCE, nothing_exists)
    assert new.get("Exec") == "/here/balance-tray --minimized"
    assert new.get("X-Their") == "x"


def test_switching_on_replaces_another_copys_command() -> None:
    """A person switches it on in this copy."""
    old = new_entry(LaunchCommand(("/old/balance-tray",)), {})
    assert switch_on(switched_off(old)).get("Exec") == "/here/balance-tray --minimized"


def test_a_moved_programs_entry_is_repaired() -> None:
    """Exec and TryExec change, and nothing else."""
    old = new_entry(LaunchCommand(("/old/balance-tray",)), {}).with_value(
        "X-Their", "x"
    )
    new = repaired(old, HERE, XFCE, nothing_exists)
    assert new is not None
    assert new == old.with_value("Exec", NEW.get("Exec")).with_value(
        "TryExec", NEW.get("TryExec")
    )


@pytest.mark.parametrize(
    "entry",
    [
        NEW,
        THEIRS,
        DesktopEntry.parse(""),
        switched_off(new_entry(LaunchCommand(("/old/balance-tray",)), {})),
        new_entry(LaunchCommand(("/old/b",)), {}).with_value(
            "X-GNOME-Autostart-enabled", "false"
        ),
    ],
)
def test_a_right_foreign_or_disabled_entry_is_not_repaired(entry: DesktopEntry) -> None:
    """A start then writes nothing."""
    assert repaired(entry, HERE, XFCE, nothing_exists) is None


def test_an_entry_with_a_foreign_key_is_not_only_ours() -> None:
    """It is hidden then, not removed."""
    assert holds_only_ours(NEW, NEW)
    assert holds_only_ours(NEW.with_value("Hidden", "false"), NEW)
    assert not holds_only_ours(NEW.with_value("X-Their", "x"), NEW)
    assert not holds_only_ours(NEW.with_value("Exec", "env A=1 b"), NEW)
    assert not holds_only_ours(DesktopEntry.parse(f"{NEW.text}[Other]\n"), NEW)
