"""Start at login on Linux: an entry in the desktop's autostart folder."""

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trayapp.core.autostart.desktop_entry import DesktopEntry
from trayapp.core.autostart.login import LaunchCommand, LoginEntryState
from trayapp.core.autostart.login_entry import (
    SUMMARY,
    holds_only_ours,
    login_state,
    new_entry,
    repaired,
    switched_off,
    switched_on,
)
from trayapp.core.errors import LoginUnchanged
from trayapp.core.i18n.locales import LOCALES, SOURCE
from trayapp.services.files.atomic_write import describe_error, write_atomically
from trayapp.services.files.catalogs import catalog

_FILE: Final = Path("autostart/balance-tray.desktop")
_NO_HOME: Final = Path("/nonexistent")
_LARGEST: Final = 65_536
_FOR_ALL: Final = 0o644
_TEMPORARY: Final = ".balance-tray-"
"""A desktop starts only files that end in `.desktop`."""


class XdgAutostart:
    """The person's own entry, or else the first one of the system for all users."""

    def __init__(
        self, command: LaunchCommand, own: Path, others: tuple[Path, ...], desktops: str
    ) -> None:
        """Take the configuration folders, and the desktop's names joined by colons."""
        self._launch_command = command
        self._own = own / _FILE
        self._others = tuple(folder / _FILE for folder in others)
        self._desktops = tuple(filter(None, desktops.split(":")))

    @classmethod
    def of_user(
        cls, command: LaunchCommand, environment: Mapping[str, str] = os.environ
    ) -> "XdgAutostart":
        """Find the folders by the XDG base directory specification."""
        own = Path(environment.get("XDG_CONFIG_HOME", ""))
        if not own.is_absolute():
            # A user without a home has no such folder, not even a relative one.
            home = Path(environment.get("HOME", ""))
            own = (home if home.is_absolute() else _NO_HOME) / ".config"
        folders = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        others = tuple(
            Path(folder) for folder in folders.split(":") if folder.startswith("/")
        )
        return cls(command, own, others, environment.get("XDG_CURRENT_DESKTOP", ""))

    def state(self) -> LoginEntryState:
        """Read the entry that the desktop reads."""
        entry = self._effective_entry()
        if entry is None:
            return LoginEntryState.OFF
        return login_state(entry, self._desktops, _is_there)

    def switch(self, *, on: bool) -> None:
        """Write or remove the person's entry; one with other content is only marked."""
        entry = self._effective_entry()
        if on:
            if entry is None or not entry.is_sound:
                entry = self._new()
            there = _is_there
            self._write(switched_on(entry, self._launch_command, self._desktops, there))
        elif entry is not None:
            self._switch_off(entry)

    def repair(self) -> bool:
        """Update the person's own entry, never the system's."""
        entry = _read(self._own)
        if entry is None:
            return False
        new = repaired(entry, self._launch_command, self._desktops, _is_there)
        if new is not None:
            self._write(new)
        return new is not None

    def _effective_entry(self) -> DesktopEntry | None:
        """Return the entry that the desktop reads; the own one hides the system's."""
        for path in (self._own, *self._others):
            if os.path.lexists(path):
                return _read(path)
        return None

    def _switch_off(self, entry: DesktopEntry) -> None:
        must_stay = self._own.is_symlink() or any(map(os.path.lexists, self._others))
        if must_stay or not holds_only_ours(entry, self._new()):
            self._write(switched_off(entry))
            return
        try:
            self._own.unlink(missing_ok=True)
        except OSError as error:
            raise LoginUnchanged(detail=describe_error(error)) from error

    def _new(self) -> DesktopEntry:
        others = (code for code in LOCALES if code != SOURCE)
        translated = {code: catalog(code).gettext(SUMMARY) for code in sorted(others)}
        return new_entry(self._launch_command, {"": SUMMARY, **translated})

    def _write(self, entry: DesktopEntry) -> None:
        # A symbolic link stays one: some people keep such files in one place.
        target = Path(os.path.realpath(self._own))
        try:
            # A path may hold bytes that are not UTF-8.
            raw = entry.text.encode("utf-8", errors="surrogateescape")
            write_atomically(target, raw, prefix=_TEMPORARY, mode=_FOR_ALL)
        except OSError as error:
            raise LoginUnchanged(detail=describe_error(error)) from error


def _is_there(program: str) -> bool:
    return shutil.which(program) is not None


def _read(path: Path) -> DesktopEntry | None:
    """Read an entry; None for an unreadable, irregular or huge file."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            raw = file.read(_LARGEST + 1)
    except OSError:
        return None
    if len(raw) > _LARGEST:
        return None
    return DesktopEntry.parse(raw.decode("utf-8", errors="surrogateescape"))
