"""The desktop entry that starts the program: what it means, and how it is switched."""

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


def new_entry(starter: LaunchCommand, summaries: Mapping[str, str]) -> DesktopEntry:
    """Make the entry; `summaries` by the codes of their languages, "" for English.

    The delays are for the panel to come first, where a desktop heeds one; elsewhere
    the program itself waits for the panel.
    """
    return DesktopEntry.of(
        (
            ("Type", "Application"),
            ("Name", "Balance Tray"),
            *(
                (f"Comment[{code}]" if code else "Comment", words)
                for code, words in summaries.items()
            ),
            ("Exec", command_line(starter.command)),
            ("TryExec", starter.words[0]),
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
    """Say what a desktop makes of an entry; `desktops` are the names it goes by.

    `is_there` says whether a program can be started. A switch counts that only another
    desktop heeds, too: it was a person who said no.
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
    starter: LaunchCommand,
    desktops: Iterable[str],
    is_there: Callable[[str], bool],
) -> DesktopEntry:
    """Take away whatever keeps an entry from starting the program.

    A command that a person changed stays, as long as it can be started.
    """
    command = command_words(entry.get("Exec") or "")
    if (
        is_ours(command)
        or login_state(entry, desktops, is_there) is LoginEntryState.OFF
    ):
        entry = with_command(entry, starter)
    for switch in _SWITCHES:
        if _says(entry, switch, "false"):
            entry = entry.with_value(switch, "true")
    entry = entry.with_value(_HIDDEN, None)
    here = tuple(desktops)
    only, never = _listed(entry, _ONLY), _listed(entry, _NOT)
    if only is not None and not set(only) & set(here):
        entry = entry.with_value(_ONLY, _list((*only, *here[:1])) if here else None)
    if never is not None and set(never) & set(here):
        left = [one for one in never if one not in here]
        entry = entry.with_value(_NOT, _list(left) if left else None)
    return entry


def switched_off(entry: DesktopEntry) -> DesktopEntry:
    """Mark an entry as one that is not to be started, and keep all else of it."""
    return entry.with_value(_HIDDEN, "true")


def with_command(entry: DesktopEntry, starter: LaunchCommand) -> DesktopEntry:
    """Have an entry start this program."""
    entry = entry.with_value("Type", "Application")
    if entry.get("Name") is None:
        entry = entry.with_value("Name", "Balance Tray")
    entry = entry.with_value("Exec", command_line(starter.command))
    return entry.with_value("TryExec", starter.words[0])


def repaired(
    entry: DesktopEntry,
    starter: LaunchCommand,
    desktops: Iterable[str],
    is_there: Callable[[str], bool],
) -> DesktopEntry | None:
    """Give the entry for this program if it starts another copy, or one that is gone.

    None leaves it as it is, as one that a person switched off.
    """
    command = command_words(entry.get("Exec") or "")
    if not (entry.is_sound and command and _is_wanted(entry, tuple(desktops))):
        return None
    if not starter.takes_over(command, is_there=is_there(command[0])):
        return None
    return with_command(entry, starter)


def holds_only_ours(entry: DesktopEntry, ours: DesktopEntry) -> bool:
    """Say whether nothing is lost with an entry: all in it is what we write."""
    known = {_HIDDEN, *ours.keys}
    command = command_words(entry.get("Exec") or "")
    return set(entry.keys) <= known and is_ours(command)


def _is_wanted(entry: DesktopEntry, desktops: tuple[str, ...]) -> bool:
    if _says(entry, _HIDDEN, "true"):
        return False
    if any(_says(entry, switch, "false") for switch in _SWITCHES):
        return False
    only, never = _listed(entry, _ONLY), _listed(entry, _NOT) or ()
    if only is not None and not set(only) & set(desktops):
        return False
    return not set(never) & set(desktops)


def _says(entry: DesktopEntry, key: str, word: str) -> bool:
    return (entry.get(key) or "").strip().lower() == word


def _listed(entry: DesktopEntry, key: str) -> tuple[str, ...] | None:
    said = entry.get(key)
    return None if said is None else tuple(filter(None, said.split(";")))


def _list(names: Iterable[str]) -> str:
    return "".join(f"{one};" for one in names)
