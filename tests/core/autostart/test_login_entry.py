"""What a desktop makes of an entry, and what our switches do to it."""

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


def there(_: str) -> bool:
    """Find every program."""
    return True


def gone(_: str) -> bool:
    """Find none."""
    return False


def on(entry: DesktopEntry) -> DesktopEntry:
    """Switch an entry on, on Xfce."""
    return switched_on(entry, HERE, XFCE, there)


def test_a_new_entry_says_all_that_desktops_want_to_know() -> None:
    """A command that is looked for first, a picture, and to wait for the panel."""
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
    assert login_state(NEW, XFCE, there) is LoginEntryState.ON


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
def test_a_person_can_switch_it_off_and_a_tick_switches_it_on(
    key: str, value: str
) -> None:
    """In the desktop's own settings, each of which does it in its own way."""
    entry = NEW.with_value(key, value)
    assert login_state(entry, XFCE, there) is LoginEntryState.SWITCHED_OFF
    assert login_state(on(entry), XFCE, there) is LoginEntryState.ON


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Hidden", "false"),
        ("X-GNOME-Autostart-enabled", "true"),
        ("OnlyShowIn", "XFCE;"),
        ("NotShowIn", "KDE;"),
    ],
)
def test_what_does_not_keep_it_from_starting_stays(key: str, value: str) -> None:
    """Also when it is switched on."""
    entry = NEW.with_value(key, value)
    assert login_state(entry, XFCE, there) is LoginEntryState.ON
    assert on(entry).with_value("Hidden", None) == entry.with_value("Hidden", None)


def test_other_desktops_keep_what_is_said_of_them() -> None:
    """The one that is here is added to the list, or taken from it."""
    entry = NEW.with_value("OnlyShowIn", "GNOME;KDE;").with_value(
        "NotShowIn", "XFCE;MATE;"
    )
    assert on(entry).get("OnlyShowIn") == "GNOME;KDE;XFCE;"
    assert on(entry).get("NotShowIn") == "MATE;"
    assert on(NEW.with_value("NotShowIn", "XFCE;")).get("NotShowIn") is None


def test_a_desktop_without_a_name_is_none_of_those_listed() -> None:
    """A list of others is then taken away, not added to."""
    entry = NEW.with_value("OnlyShowIn", "KDE;")
    assert login_state(entry, (), there) is LoginEntryState.SWITCHED_OFF
    assert switched_on(entry, HERE, (), there).get("OnlyShowIn") is None


def test_a_program_that_is_gone_is_not_started() -> None:
    """The box shows that, and a tick has it start this one."""
    entry = new_entry(LaunchCommand(("/gone/balance-tray",)), {})
    assert login_state(entry, XFCE, gone) is LoginEntryState.OFF
    new = switched_on(entry, HERE, XFCE, gone)
    assert new.get("Exec") == "/here/balance-tray --minimized"
    assert new.get("TryExec") == "/here/balance-tray"


def test_each_of_both_names_of_the_program_is_needed() -> None:
    """As desktops look for either."""
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
def test_what_starts_nothing_is_off(text: str) -> None:
    """As when somebody emptied the file instead of removing it."""
    entry = DesktopEntry.parse(text)
    assert login_state(entry, XFCE, there) is LoginEntryState.OFF


def test_a_command_that_a_person_changed_stays() -> None:
    """As long as it can be started; what else stands there stays in any case."""
    off = switched_off(THEIRS)
    assert login_state(off, XFCE, there) is LoginEntryState.SWITCHED_OFF
    assert on(off) == THEIRS
    new = switched_on(off, HERE, XFCE, gone)
    assert new.get("Exec") == "/here/balance-tray --minimized"
    assert new.get("X-Their") == "x"


def test_an_entry_of_another_copy_leads_here_once_it_is_ticked() -> None:
    """The person ticks it in this one."""
    old = new_entry(LaunchCommand(("/old/balance-tray",)), {})
    assert on(switched_off(old)).get("Exec") == "/here/balance-tray --minimized"


def test_a_moved_program_is_followed() -> None:
    """By both names, and nothing else changes."""
    old = new_entry(LaunchCommand(("/old/balance-tray",)), {}).with_value(
        "X-Their", "x"
    )
    new = repaired(old, HERE, XFCE, gone)
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
def test_nothing_is_repaired_that_is_right_foreign_or_off(entry: DesktopEntry) -> None:
    """A start writes nothing that nobody needs."""
    assert repaired(entry, HERE, XFCE, gone) is None


def test_an_entry_with_a_key_of_somebody_else_is_not_ours_alone() -> None:
    """It is marked then, not removed."""
    assert holds_only_ours(NEW, NEW)
    assert holds_only_ours(NEW.with_value("Hidden", "false"), NEW)
    assert not holds_only_ours(NEW.with_value("X-Their", "x"), NEW)
    assert not holds_only_ours(NEW.with_value("Exec", "env A=1 b"), NEW)
    assert not holds_only_ours(DesktopEntry.parse(f"{NEW.text}[Other]\n"), NEW)
