"""The desktop entry that starts the program: its state, and how to switch it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from trayapp.core.autostart.desktop_entry import (
    DesktopEntry,
    command_line,
    command_words,
)
from trayapp.core.autostart.login import LaunchCommand, LoginEntryState, is_ours
from trayapp.core.i18n.language import mark

SUMMARY: Final = mark("The credit left on SMS-gateway accounts, in the system tray")
_DELAY_S: Final = "3"
_SWITCHES: Final = ("X-GNOME-Autostart-enabled", "X-MATE-Autostart-enabled")
_HIDDEN, _ONLY, _NOT = "Hidden", "OnlyShowIn", "NotShowIn"


def new_entry(launch: LaunchCommand, summaries: Mapping[str, str]) -> DesktopEntry:
    """Make the entry; `summaries` are by language code, "" for English.

    The delays let the taskbar start first on desktops that know them. On other desktops
    the program itself waits for the system tray.
    """
    return DesktopEntry.of(
        (
            ("Type", "Application"),
            ("Name", "Balance Tray"),
            *(
                (f"Comment[{code}]" if code else "Comment", words)
                for code, words in summaries.items()
            ),
            ("Exec", command_line(launch.command)),
            ("TryExec", launch.words[0]),
            ("Icon", "balance-tray"),
            ("Terminal", "false"),
            ("StartupNotify", "false"),
            ("X-GNOME-Autostart-enabled", "true"),
            ("X-GNOME-Autostart-Delay", _DELAY_S),
            ("X-MATE-Autostart-Delay", _DELAY_S),
            ("X-KDE-autostart-after", "panel"),
            ("X-LXQt-Need-Tray", "true"),
        )
    )


def login_state(
    entry: DesktopEntry, desktops: Iterable[str], is_there: Callable[[str], bool]
) -> LoginEntryState:
    """Give the state of an entry on a desktop, which has the names `desktops`.

    `is_there` says whether a program can be started. A switch that only another desktop
    knows counts too, as a person has set it.
    """
    command = command_words(entry.get("Exec") or "")
    needed = filter(None, (entry.get("TryExec"), command[0] if command else ""))
    is_program = entry.is_sound and entry.get("Type") in {None, "Application"}
    if not (is_program and command) or not all(map(is_there, needed)):
        return LoginEntryState.OFF
    return (
        LoginEntryState.ON
        if _is_wanted(entry, tuple(desktops))
        else LoginEntryState.SWITCHED_OFF
    )


def switched_on(
    entry: DesktopEntry,
    launch: LaunchCommand,
    desktops: Iterable[str],
    is_there: Callable[[str], bool],
) -> DesktopEntry:
    """Remove everything from an entry that keeps it from starting the program.

    A command that a person changed stays while it can be started.
    """
    command = command_words(entry.get("Exec") or "")
    if (
        is_ours(command)
        or login_state(entry, desktops, is_there) is LoginEntryState.OFF
    ):
        entry = with_command(entry, launch)
    for switch in _SWITCHES:
        if _has_value(entry, switch, "false"):
            entry = entry.with_value(switch, "true")
    entry = entry.with_value(_HIDDEN, None)
    here = tuple(desktops)
    only, never = _names_in(entry, _ONLY), _names_in(entry, _NOT)
    if only is not None and not set(only) & set(here):
        entry = entry.with_value(_ONLY, _joined((*only, *here[:1])) if here else None)
    if never is not None and set(never) & set(here):
        others = [name for name in never if name not in here]
        entry = entry.with_value(_NOT, _joined(others) if others else None)
    return entry


def switched_off(entry: DesktopEntry) -> DesktopEntry:
    """Mark an entry as hidden, and keep everything else of it."""
    return entry.with_value(_HIDDEN, "true")


def with_command(entry: DesktopEntry, launch: LaunchCommand) -> DesktopEntry:
    """Give the entry with the command of this program."""
    entry = entry.with_value("Type", "Application")
    if entry.get("Name") is None:
        entry = entry.with_value("Name", "Balance Tray")
    entry = entry.with_value("Exec", command_line(launch.command))
    return entry.with_value("TryExec", launch.words[0])


def repaired(
    entry: DesktopEntry,
    launch: LaunchCommand,
    desktops: Iterable[str],
    is_there: Callable[[str], bool],
) -> DesktopEntry | None:
    """Give the entry for this program if it starts another copy or a missing one.

    None keeps the entry, such as one that a person switched off.
    """
    command = command_words(entry.get("Exec") or "")
    if not (entry.is_sound and command and _is_wanted(entry, tuple(desktops))):
        return None
    if not launch.takes_over(command, is_there=is_there(command[0])):
        return None
    return with_command(entry, launch)


def holds_only_ours(entry: DesktopEntry, ours: DesktopEntry) -> bool:
    """Whether an entry has only our own keys and command, so that it can be deleted."""
    own_keys = {_HIDDEN, *ours.keys}
    command = command_words(entry.get("Exec") or "")
    return set(entry.keys) <= own_keys and is_ours(command)


def _is_wanted(entry: DesktopEntry, desktops: tuple[str, ...]) -> bool:
    if _has_value(entry, _HIDDEN, "true"):
        return False
    if any(_has_value(entry, switch, "false") for switch in _SWITCHES):
        return False
    only, never = _names_in(entry, _ONLY), _names_in(entry, _NOT) or ()
    if only is not None and not set(only) & set(desktops):
        return False
    return not set(never) & set(desktops)


def _has_value(entry: DesktopEntry, key: str, word: str) -> bool:
    return (entry.get(key) or "").strip().lower() == word


def _names_in(entry: DesktopEntry, key: str) -> tuple[str, ...] | None:
    value = entry.get(key)
    return None if value is None else tuple(filter(None, value.split(";")))


def _joined(names: Iterable[str]) -> str:
    return "".join(f"{name};" for name in names)
