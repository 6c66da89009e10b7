"""A private desktop without a screen: X, panel, notifications, keyring, nothing shared.

    python3 packaging/desktop.py xfce --keyring locked -- COMMAND …

runs a command in one; tests and `dev.py` use the class. Linux only. What the desktop
consists of is started here, part by part: its session bus can start nothing else.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self, get_args

from processes import Family, WaitTimeoutError, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Panel = Literal["xfce", "xembed", "none"]
Keyring = Literal["unlocked", "locked", "absent"]

WATCHER_NAME: Final = "org.kde.StatusNotifierWatcher"
NOTIFICATIONS_NAME: Final = "org.freedesktop.Notifications"
SECRETS_NAME: Final = "org.freedesktop.secrets"

KEYRING: Final = "gnome-keyring-daemon"
FILES: Final = Path(__file__).with_name("desktop-files")
SERVICES: Final = Path("/usr/share/dbus-1/services")
PASSWORD: Final = "a password of no worth"  # noqa: S105 - it locks an empty keyring
BACKGROUND: Final = "#3d5a73"
START_S: Final = 20.0
LOG_LINES: Final = 15


class DesktopError(Exception):
    """A part of the desktop failed; the message names it and ends with its log."""


class Desktop(Family):
    """A session of its own: home, X display, session bus, keyring, tray, notifications.

    `prompter` says whether the keyring can put up its question for the password; nobody
    answers it. `env` adds to the session's environment, which is in English, at UTC,
    without a system bus and without a proxy.
    """

    def __init__(
        self,
        panel: Panel = "xfce",
        *,
        notifications: bool = True,
        keyring: Keyring = "unlocked",
        prompter: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> None:
        folder = Path(tempfile.mkdtemp(prefix="balance-tray-"))
        super().__init__(folder, {**_session_env(folder, panel), **(env or {})})
        self.panel = panel
        self.home = folder / "home"
        self._notifications = notifications
        self._keyring = keyring
        self._prompter = prompter
        self._parts: dict[str, subprocess.Popen[str]] = {}

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

    def has_name(self, bus_name: str) -> bool:
        """Whether somebody owns a name on the session bus now."""
        method = "org.freedesktop.DBus.NameHasOwner"
        reply = self._call("org.freedesktop.DBus", "/", method, f"string:{bus_name}")
        return reply.strip() == "boolean true"

    def wait_for_name(self, bus_name: str, timeout_s: float = START_S) -> None:
        """Return when somebody owns a name on the session bus."""
        wait_until(lambda: self.has_name(bus_name), bus_name, timeout_s)

    def screenshot(self, path: Path) -> None:
        """Save the whole screen as a picture."""
        self._must("scrot", "--overwrite", str(path))

    def start_panel(self) -> None:
        """Start the tray's host and return when it takes icons."""
        if self.panel == "xfce":
            self._start_part("xfce4-panel", "--disable-wm-check")
            self._await_part("xfce4-panel", lambda: self.has_name(WATCHER_NAME))
        elif self.panel == "xembed":
            self._start_part("trayer", "--edge", "top", "--align", "right")
            find = ["xdotool", "search", "--onlyvisible", "--class", "trayer"]
            self._await_part("trayer", lambda: self.run(find).returncode == 0)

    def stop_panel(self) -> None:
        """End the tray's host, as a crash of the panel would."""
        self._stop_part("xfce4-panel" if self.panel == "xfce" else "trayer")

    def start_notifications(self) -> None:
        """Start the notification daemon and return when it takes notifications."""
        # Debian keeps the daemon off the PATH, in a folder named for the machine.
        service = SERVICES / "org.xfce.xfce4-notifyd.Notifications.service"
        text = service.read_text() if service.exists() else ""
        found = re.search(r"^Exec=(\S+)", text, re.MULTILINE)
        part = self._start_part(found[1] if found else "xfce4-notifyd")
        self._await_part(part, lambda: self.has_name(NOTIFICATIONS_NAME))

    def stop_notifications(self) -> None:
        """End the notification daemon."""
        self._stop_part("xfce4-notifyd")

    def lock_keyring(self) -> None:
        """Lock the collection that holds the keys: reading one asks for a password."""
        method = "org.freedesktop.Secret.Service.Lock"
        login = "array:objpath:/org/freedesktop/secrets/collection/login"
        self._call(SECRETS_NAME, "/org/freedesktop/secrets", method, login)

    def unlock_keyring(self) -> None:
        """Start the keyring anew with its password, as logging in does."""
        self._stop_part(KEYRING)
        self._start_keyring()

    def _start_parts(self) -> None:
        for folder in (self.home, self.folder / "run"):
            folder.mkdir(mode=0o700)
        # The display comes first: what the bus starts inherits the bus's environment.
        self._start_display()
        self._start_bus()
        self._start_window_manager()
        if self._keyring != "absent":
            self._start_keyring()
        if self._keyring == "locked":
            self.lock_keyring()
        if self._notifications:
            self.start_notifications()
        self.start_panel()

    def _start_bus(self) -> None:
        services = self.folder / "services"
        services.mkdir()
        names = ["org.a11y.Bus", "org.xfce.Xfconf"]
        if self._prompter:
            names.append("org.gnome.keyring.SystemPrompter")
        for service in [SERVICES / f"{name}.service" for name in names]:
            if service.exists():
                shutil.copy(service, services)
        config = self.folder / "bus.conf"
        template = (FILES / "bus.conf").read_text()
        config.write_text(template.format(run=self.folder / "run", services=services))
        self._start_telling_part(
            "dbus-daemon", f"--config-file={config}", "--nofork", "--print-address={}"
        )

    def _start_display(self) -> None:
        screen = ["-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]
        number = self._start_telling_part("Xvfb", *screen, "-displayfd", "{}")
        self._env["DISPLAY"] = f":{number}"

    def _start_window_manager(self) -> None:
        if self.panel == "xfce":
            channels = self.home / ".config/xfce4/xfconf/xfce-perchannel-xml"
            channels.mkdir(parents=True)
            for channel in FILES.glob("*.xml"):
                shutil.copy(channel, channels)
            manager = self._start_part("xfwm4", "--compositor=off")
        else:
            manager = self._start_part("openbox")
        check = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
        self._await_part(manager, lambda: "window id" in self.run(check).stdout)
        self._must("xsetroot", "-solid", BACKGROUND)

    def _start_keyring(self) -> None:
        args = ["--foreground", "--unlock", "--components=secrets"]
        self._start_part(KEYRING, *args, stdin=PASSWORD)
        self._await_part(KEYRING, lambda: self.has_name(SECRETS_NAME))

    def _start_part(self, program: str, *args: str, stdin: str = "") -> str:
        name = Path(program).name
        part = self.spawn([program, *args], stdin=subprocess.PIPE)
        self._parts[name] = part
        if part.stdin:
            part.stdin.write(stdin)
            part.stdin.close()
        return name

    def _start_telling_part(self, program: str, *args: str) -> str:
        """Start a part that writes its address into a descriptor when it is ready."""
        readable, writable = os.pipe()
        with os.fdopen(readable) as pipe:
            try:
                arguments = [arg.format(writable) for arg in args]
                self._parts[program] = self.spawn(
                    [program, *arguments], pass_fds=[writable]
                )
            finally:
                os.close(writable)
            told, _, _ = select.select([pipe], [], [], START_S)
            address = pipe.readline().strip() if told else ""
        if not address:
            raise self._failure(program)
        return address

    def _await_part(self, name: str, ready: Callable[[], bool]) -> None:
        part = self._parts[name]
        try:
            wait_until(lambda: ready() or part.poll() is not None, name, START_S)
        except WaitTimeoutError as exc:
            raise self._failure(name) from exc
        if part.poll() is not None:
            raise self._failure(name)

    def _stop_part(self, name: str) -> None:
        self.stop(self._parts.pop(name))

    def _failure(self, name: str) -> DesktopError:
        last = self.log(name).splitlines()[-LOG_LINES:]
        return DesktopError("\n  ".join([f"{name} did not start:", *last]))

    def _call(self, service: str, path: str, method: str, argument: str) -> str:
        destination = ["--session", "--print-reply=literal", f"--dest={service}"]
        return self._must("dbus-send", *destination, path, method, argument)

    def _must(self, program: str, *args: str, stdin: str = "") -> str:
        done = self.run([program, *args], stdin=stdin)
        if done.returncode != 0:
            message = f"{program} failed:\n  {done.stdout.strip()}"
            raise DesktopError(message)
        return done.stdout


def _session_env(folder: Path, panel: Panel) -> dict[str, str]:
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
        "XDG_CURRENT_DESKTOP": "XFCE" if panel == "xfce" else "Openbox",
        "XDG_SESSION_TYPE": "x11",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/run/bus",
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/run/no-system-bus",
        "GSETTINGS_BACKEND": "memory",
        "GIO_USE_VFS": "local",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    }


def main() -> int:
    """Run a command in a desktop and return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("panel", choices=get_args(Panel))
    parser.add_argument("--keyring", choices=get_args(Keyring), default="unlocked")
    parser.add_argument("--no-notifications", action="store_true")
    parser.add_argument("command", nargs="+", metavar="-- COMMAND")
    asked = parser.parse_args()
    try:
        with Desktop(
            asked.panel,
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
