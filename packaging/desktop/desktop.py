"""A private desktop without a screen: X, taskbar, notifications and keyring.

    python3 packaging/run.py desktop.desktop xfce --keyring locked -- COMMAND …

runs a command in one; tests and pictures use the class. It needs Linux. The class
starts all parts itself; its session bus can start only the services that it allows.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self, get_args

from desktop.parts import START_S, DesktopError, DesktopParts
from desktop.sessions import (
    NOTIFICATIONS_NAME,
    SCREEN,
    WATCHER_NAME,
    Bare,
    XEmbed,
    Xfce,
)
from desktop.shells import BareGnome, Gnome, Plasma
from desktop.wayland import Sway
from tooling.processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop.sessions import DesktopSession

__all__ = ["NOTIFICATIONS_NAME", "WATCHER_NAME", "Desktop", "DesktopError"]

DesktopKind = Literal["xfce", "plasma", "gnome", "gnome-bare", "xembed", "none", "sway"]
Keyring = Literal["unlocked", "locked", "absent"]

ACCESSIBILITY_NAME: Final = "org.a11y.Bus"
SECRETS_NAME: Final = "org.freedesktop.secrets"
KEYRING: Final = "gnome-keyring-daemon"
PASSWORD: Final = "a password of no worth"  # noqa: S105  # it locks an empty keyring

_SESSIONS: Final[Mapping[DesktopKind, type[DesktopSession]]] = {
    "xfce": Xfce,
    "plasma": Plasma,
    "gnome": Gnome,
    "gnome-bare": BareGnome,
    "xembed": XEmbed,
    "none": Bare,
    "sway": Sway,
}


class Desktop(DesktopParts):
    """A private session: home, display, session bus, keyring, tray, notifications.

    `kind` is the desktop that it is like; `session` knows its parts. Without
    `notifications`, the daemon is not started; Plasma and GNOME always have theirs.
    `prompter` allows the keyring to ask for the password; nothing answers it. `env`
    adds to the session's environment. That is in English, at UTC and without a proxy. A
    system bus exists in GNOME only, and has no services.
    """

    def __init__(  # noqa: PLR0913  # what a desktop is like
        self,
        kind: DesktopKind = "xfce",
        *,
        notifications: bool = True,
        keyring: Keyring = "unlocked",
        prompter: bool = True,
        env: Mapping[str, str] | None = None,
        size: tuple[int, int] = SCREEN,
    ) -> None:
        folder = Path(tempfile.mkdtemp(prefix="balance-tray-"))
        session = _SESSIONS[kind]
        super().__init__(folder, {**_session_env(folder), **session.env, **(env or {})})
        self.kind = kind
        self.home = folder / "home"
        self.session = session(self, self.home)
        self.session.size = size
        self._notifications = notifications
        self._keyring = keyring
        self._prompter = prompter

    def __enter__(self) -> Self:
        try:
            self._start_parts()
        except FileNotFoundError as exc:
            self.close()
            message = f"{exc.filename} is not installed; `dev.py test` installs it"
            raise DesktopError(message) from exc
        except BaseException:
            self.close()
            raise
        return self

    def screenshot(self, path: Path) -> None:
        """Save the whole screen as a picture."""
        self.session.screenshot(path)

    def restart_display(self) -> None:
        """Start a display after the end of the last one, as the next login does.

        The accessibility bus ends too. Its registry ends with the display, but later.
        """
        self.session.start_display()
        self.must("dbus-update-activation-environment", "DISPLAY")
        if self.has_name(ACCESSIBILITY_NAME):
            method = "org.freedesktop.DBus.GetConnectionUnixProcessID"
            asked = ("org.freedesktop.DBus", "/", method)
            reply = self.call(*asked, f"string:{ACCESSIBILITY_NAME}")
            os.kill(int(reply.split()[-1]), signal.SIGTERM)
            wait_until(
                lambda: not self.has_name(ACCESSIBILITY_NAME),
                "the end of the accessibility bus",
                START_S,
            )

    def start_taskbar(self) -> None:
        """Start the tray's host and return when it takes icons."""
        self.session.start_taskbar()

    def stop_taskbar(self) -> None:
        """End the tray's host, as a crash of the taskbar would."""
        self.session.stop_taskbar()

    def start_notifications(self) -> None:
        """Start the notification daemon and return when it takes notifications."""
        self.session.start_notifications()

    def stop_notifications(self) -> None:
        """End the notification daemon."""
        self.session.stop_notifications()

    def lock_keyring(self) -> None:
        """Lock the collection that holds the keys: reading one asks for a password."""
        method = "org.freedesktop.Secret.Service.Lock"
        login = "array:objpath:/org/freedesktop/secrets/collection/login"
        self.call(SECRETS_NAME, "/org/freedesktop/secrets", method, login)

    def unlock_keyring(self) -> None:
        """Restart the keyring with its password, as a login does."""
        self.stop_part(KEYRING)
        self._start_keyring()

    def _start_parts(self) -> None:
        for folder in (self.home, self.folder / "run"):
            folder.mkdir(mode=0o700)
        # The display comes first: what the bus starts inherits the bus's environment.
        self.session.start_display()
        self._start_session_bus()
        self.session.start_window_manager()
        if self._keyring != "absent":
            self._start_keyring()
        if self._keyring == "locked":
            self.lock_keyring()
        if self._notifications:
            self.start_notifications()
        self.start_taskbar()

    def _start_session_bus(self) -> None:
        names = [ACCESSIBILITY_NAME, *self.session.services]
        if self._prompter:
            names.append("org.gnome.keyring.SystemPrompter")
        address = self.env["DBUS_SESSION_BUS_ADDRESS"]
        self.start_bus(address, names, name="session-bus")

    def _start_keyring(self) -> None:
        args = ["--foreground", "--unlock", "--components=secrets"]
        self.start_part(KEYRING, *args, stdin=PASSWORD)
        self.await_part(KEYRING, lambda: self.has_name(SECRETS_NAME))


def _session_env(folder: Path) -> dict[str, str]:
    home = folder / "home"
    # Compiled files of a developer's Python stay where that developer put them.
    kept = {"PATH", "PYTHONPYCACHEPREFIX"} & os.environ.keys()
    return {name: os.environ[name] for name in kept} | {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "XDG_RUNTIME_DIR": f"{folder}/run",
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_DATA_HOME": f"{home}/.local/share",
        "XDG_STATE_HOME": f"{home}/.local/state",
        "XDG_CACHE_HOME": f"{home}/.cache",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/run/bus",
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/run/system-bus",
        "GSETTINGS_BACKEND": "memory",
        "GIO_USE_VFS": "local",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    }


def main() -> int:
    """Run a command in a desktop and return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kind", choices=get_args(DesktopKind))
    parser.add_argument("--keyring", choices=get_args(Keyring), default="unlocked")
    parser.add_argument("--no-notifications", action="store_true")
    parser.add_argument("command", nargs="+", metavar="-- COMMAND")
    asked = parser.parse_args()
    try:
        with Desktop(
            asked.kind,
            keyring=asked.keyring,
            notifications=not asked.no_notifications,
        ) as desktop:
            return subprocess.run(
                asked.command, env=desktop.env, check=False
            ).returncode
    except DesktopError as exc:
        print(exc, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
