"""Desktops whose shell is more than one part at once: GNOME and KDE Plasma."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from desktop.parts import FILES, DesktopError
from desktop.sessions import NOTIFICATIONS_NAME, WATCHER_NAME, X11
from tooling.processes import wait_until

_APPEAR_S: Final = 20.0
_COLOURS: Final = Path("/usr/share/color-schemes/BreezeLight.colors")
_EXTENSION: Final = "ubuntu-appindicators@ubuntu.com"
_SHELL: Final = ("org.gnome.Shell", "/org/gnome/Shell")


class Plasma(X11):
    """KDE Plasma: plasmashell has the taskbar and shows notifications."""

    env: ClassVar = {
        "XDG_CURRENT_DESKTOP": "KDE",
        "XDG_SESSION_TYPE": "x11",
        "KDE_FULL_SESSION": "true",
        "QT_QUICK_BACKEND": "software",
    }
    services = ("org.kde.ActivityManager", "org.kde.kglobalaccel")

    def start_display(self) -> None:
        """Start the X server, in a session of the Plasma that is installed."""
        # kded does nothing in a session of another version.
        version = "6" if shutil.which("kded6") else "5"
        self._parts.tell(KDE_SESSION_VERSION=version)
        super().start_display()

    def start_window_manager(self) -> None:
        """Start KWin, and the daemon that knows of the tray's icons."""
        config = self._home / ".config"
        config.mkdir(parents=True)
        shutil.copy(FILES / "kwinrc", config)
        if _COLOURS.exists():  # as a login writes them down for programs
            shutil.copy(_COLOURS, config / "kdeglobals")
        self._start_window_manager("kwin_x11", "--no-kactivities")
        part = self._parts.start_part(f"kded{self._parts.env['KDE_SESSION_VERSION']}")
        self._parts.await_part(part, lambda: self._parts.has_name(WATCHER_NAME))

    def start_taskbar(self) -> None:
        """Start plasmashell, and with it the notifications."""
        part = self._parts.start_part("plasmashell", "--no-respawn")
        self._parts.await_part(part, lambda: self._parts.has_name(NOTIFICATIONS_NAME))
        pid = str(self._parts.pid_of(part))
        find = ["xdotool", "search", "--onlyvisible", "--pid", pid, "--name", "Plasma"]
        self._parts.await_part(part, lambda: self._parts.run(find).returncode == 0)
        self._parts.await_part(part, self._has_host)

    def stop_taskbar(self) -> None:
        """End plasmashell, and with it the notifications."""
        self._parts.stop_part("plasmashell")

    def _has_host(self) -> bool:
        properties = "org.freedesktop.DBus.Properties.Get"
        asked = (f"string:{WATCHER_NAME}", "string:IsStatusNotifierHostRegistered")
        reply = self._parts.call(
            WATCHER_NAME, "/StatusNotifierWatcher", properties, *asked
        )
        return "boolean true" in reply


class BareGnome(X11):
    """GNOME as it comes: notifications, and no tray at all."""

    env: ClassVar = {
        "XDG_CURRENT_DESKTOP": "GNOME",
        "XDG_SESSION_DESKTOP": "gnome",
        "XDG_SESSION_TYPE": "x11",
        "GSETTINGS_BACKEND": "keyfile",
    }
    services = ("org.gnome.Shell.Notifications",)

    def start_window_manager(self) -> None:
        """Start GNOME Shell, and have it show an empty desktop."""
        settings = self._home / ".config/glib-2.0/settings"
        settings.mkdir(parents=True)
        shutil.copy(FILES / "gnome.keyfile", settings / "keyfile")
        # It doesn't start without a system bus, but needs no service on it.
        address = self._parts.env["DBUS_SYSTEM_BUS_ADDRESS"]
        self._parts.start_bus(address, (), name="system-bus")
        part = self._parts.start_part("gnome-shell", "--x11", "--unsafe-mode")
        for name in (_SHELL[0], NOTIFICATIONS_NAME):
            self._parts.await_part(part, partial(self._parts.has_name, name))
        self._parts.await_part(
            part, lambda: self.evaluate("Main.layoutManager._startingUp") is False
        )
        self.evaluate("Main.overview.hide()")
        self._parts.await_part(
            part, lambda: self.evaluate("Main.overview.visible") is False
        )
        # It reports a missing login manager, which is right here.
        self.evaluate("Main.messageTray.getSources().forEach(one => one.destroy())")

    def evaluate(self, script: str) -> object:
        """Run JavaScript in the shell, and give what comes of it."""
        asked = ("org.gnome.Shell.Eval", f"string:{script}")
        reply = self._parts.call(*_SHELL, *asked).strip()
        _, done, answer = [*reply.split(maxsplit=2), ""][:3]
        if done != "true":
            message = f"GNOME Shell does not understand {script}: {answer}"
            raise DesktopError(message)
        return json.loads(answer or "null")


class Gnome(BareGnome):
    """GNOME with the extension that shows StatusNotifier icons."""

    def start_taskbar(self) -> None:
        """Turn the extension on."""
        self._switch("EnableExtension")
        wait_until(lambda: self._parts.has_name(WATCHER_NAME), WATCHER_NAME, _APPEAR_S)

    def stop_taskbar(self) -> None:
        """Turn the extension off."""
        self._switch("DisableExtension")
        wait_until(
            lambda: not self._parts.has_name(WATCHER_NAME), WATCHER_NAME, _APPEAR_S
        )

    def _switch(self, method: str) -> None:
        self._parts.call(
            *_SHELL, f"org.gnome.Shell.Extensions.{method}", f"string:{_EXTENSION}"
        )
