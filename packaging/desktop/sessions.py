"""The parts of each kind of desktop; here those on X with separate parts."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, ClassVar, Final

from desktop.parts import FILES, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from desktop.parts import DesktopParts

WATCHER_NAME: Final = "org.kde.StatusNotifierWatcher"
NOTIFICATIONS_NAME: Final = "org.freedesktop.Notifications"
SCREEN: Final = (1280, 800)
_BACKGROUND: Final = "#3d5a73"


class DesktopSession:
    """The parts of one kind of desktop, in the order in which they are started.

    The start of a part does nothing where a kind lacks it, or has it in another part.
    """

    env: ClassVar[Mapping[str, str]] = {}
    """The environment by which programs recognise the desktop."""
    services: ClassVar[tuple[str, ...]] = ()
    """The services that the session bus may start."""

    def __init__(self, parts: DesktopParts, home: Path) -> None:
        self._parts = parts
        self._home = home
        self.size = SCREEN
        """Of the screen, in pixels; used on X11 only."""

    def start_display(self) -> None:
        """Start the display server; there is no bus yet."""
        raise NotImplementedError

    def start_window_manager(self) -> None:
        """Start the window manager, which is the whole desktop in some sessions."""

    def start_notifications(self) -> None:
        """Start the notification daemon and return when it takes notifications."""

    def stop_notifications(self) -> None:
        """End the notification daemon."""

    def start_taskbar(self) -> None:
        """Start the tray's host and return when it takes icons."""

    def stop_taskbar(self) -> None:
        """End the tray's host, as a crash of the taskbar would."""

    def windows(self, pid: int) -> set[str]:
        """Return the titles of a process's visible windows."""
        raise NotImplementedError

    def active_window(self) -> str:
        """Return the title of the active window; empty for none."""
        raise NotImplementedError

    def screenshot(self, path: Path) -> None:
        """Save the whole screen as a picture."""
        raise NotImplementedError


class X11(DesktopSession):
    """Any desktop on an X server without a screen."""

    def start_display(self) -> None:
        """Start the X server, which finds a free number for itself."""
        width, height = self.size
        screen = ["-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        number = self._parts.start_telling_part(
            "Xvfb", *screen, "-noreset", "-displayfd", "{}"
        )
        self._parts.tell(DISPLAY=f":{number}")

    def windows(self, pid: int) -> set[str]:
        """Return the titles of the process's windows that have a frame.

        Icons in an XEmbed tray and menus are windows without one.
        """
        find = ["xdotool", "search", "--onlyvisible", "--pid", str(pid)]
        found = self._parts.run(find).stdout.split()  # or an error: one has just gone
        numbers = {int(one) for one in found if one.isdigit()}
        listed = self._parts.run(["xprop", "-root", "_NET_CLIENT_LIST"]).stdout
        framed = {int(one, 16) for one in re.findall(r"0x[0-9a-f]+", listed)}
        name = ["xdotool", "getwindowname"]
        return {
            self._parts.run([*name, str(one)]).stdout.strip()
            for one in numbers & framed
        }

    def active_window(self) -> str:
        """Return the active window's title, as the window manager tells."""
        done = self._parts.run(["xdotool", "getactivewindow", "getwindowname"])
        return done.stdout.strip() if done.returncode == 0 else ""

    def screenshot(self, path: Path) -> None:
        """Save what the X server shows."""
        self._parts.must("scrot", "--overwrite", str(path))

    def _start_window_manager(self, program: str, *args: str) -> None:
        manager = self._parts.start_part(program, *args)
        check = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
        self._parts.await_part(
            manager, lambda: "window id" in self._parts.run(check).stdout
        )


class Xfce(X11):
    """Xfce: xfce4-panel with a StatusNotifier tray, and xfce4-notifyd."""

    env: ClassVar = {"XDG_CURRENT_DESKTOP": "XFCE", "XDG_SESSION_TYPE": "x11"}
    services = ("org.xfce.Xfconf",)

    def start_window_manager(self) -> None:
        """Start xfwm4 with settings that centre each window."""
        channels = self._home / ".config/xfce4/xfconf/xfce-perchannel-xml"
        channels.mkdir(parents=True)
        for channel in FILES.glob("*.xml"):
            shutil.copy(channel, channels)
        self._start_window_manager("xfwm4", "--compositor=off")
        self._parts.must("xsetroot", "-solid", _BACKGROUND)

    def start_notifications(self) -> None:
        """Start xfce4-notifyd."""
        # Debian keeps the daemon off the PATH, in a folder named for the machine.
        service = SERVICES / "org.xfce.xfce4-notifyd.Notifications.service"
        text = service.read_text() if service.exists() else ""
        found = re.search(r"^Exec=(\S+)", text, re.MULTILINE)
        part = self._parts.start_part(found[1] if found else "xfce4-notifyd")
        self._parts.await_part(part, lambda: self._parts.has_name(NOTIFICATIONS_NAME))

    def stop_notifications(self) -> None:
        """End xfce4-notifyd."""
        self._parts.stop_part("xfce4-notifyd")

    def start_taskbar(self) -> None:
        """Start xfce4-panel."""
        part = self._parts.start_part("xfce4-panel", "--disable-wm-check")
        self._parts.await_part(part, lambda: self._parts.has_name(WATCHER_NAME))

    def stop_taskbar(self) -> None:
        """End xfce4-panel."""
        self._parts.stop_part("xfce4-panel")

    def log_in(self) -> None:
        """Start Xfce's session manager, which starts a taskbar and login entries.

        There must be no taskbar yet.
        """
        part = self._parts.start_part("xfce4-session")
        self._parts.await_part(part, lambda: self._parts.has_name(WATCHER_NAME))

    def log_out(self) -> None:
        """Log out: the session manager ends its clients and itself."""
        self._parts.must("xfce4-session-logout", "--logout", "--fast")
        self._parts.join_part("xfce4-session")


class Bare(X11):
    """A window manager and a notification daemon, and no tray at all."""

    env: ClassVar = {"XDG_CURRENT_DESKTOP": "Openbox", "XDG_SESSION_TYPE": "x11"}

    def start_window_manager(self) -> None:
        """Start openbox."""
        self._start_window_manager("openbox")
        self._parts.must("xsetroot", "-solid", _BACKGROUND)

    def start_notifications(self) -> None:
        """Start dunst."""
        part = self._parts.start_part("dunst")
        self._parts.await_part(part, lambda: self._parts.has_name(NOTIFICATIONS_NAME))

    def stop_notifications(self) -> None:
        """End dunst."""
        self._parts.stop_part("dunst")


class XEmbed(Bare):
    """The same with an XEmbed tray, the older kind of X."""

    def start_taskbar(self) -> None:
        """Start trayer."""
        part = self._parts.start_part(
            "trayer", *("--edge", "top", "--align", "right", "--height", "28")
        )
        find = ["xdotool", "search", "--onlyvisible", "--class", "trayer"]
        self._parts.await_part(part, lambda: self._parts.run(find).returncode == 0)

    def stop_taskbar(self) -> None:
        """End trayer."""
        self._parts.stop_part("trayer")
