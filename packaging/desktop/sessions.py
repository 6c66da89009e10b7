"""What a kind of desktop consists of: the plain ones on X, put together from parts."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, ClassVar, Final

from desktop.parts import FILES, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from desktop.parts import Parts

WATCHER_NAME: Final = "org.kde.StatusNotifierWatcher"
NOTIFICATIONS_NAME: Final = "org.freedesktop.Notifications"
SCREEN: Final = (1280, 800)
_BACKGROUND: Final = "#3d5a73"


class Session:
    """The parts of one kind of desktop, in the order in which they are started.

    A part that a kind lacks, or that another of its parts brings along, is started by
    doing nothing.
    """

    env: ClassVar[Mapping[str, str]] = {}
    """What programs read of the desktop in their environment."""
    services: ClassVar[tuple[str, ...]] = ()
    """What the session bus may start when it is asked for it."""

    def __init__(self, parts: Parts, home: Path) -> None:
        self._parts = parts
        self._home = home
        self.size = SCREEN
        """Of the screen, in pixels; heeded on X11 alone."""

    def start_display(self) -> None:
        """Start what draws; there is no bus yet."""
        raise NotImplementedError

    def start_window_manager(self) -> None:
        """Start what places windows; on some desktops it is the desktop itself."""

    def start_notifications(self) -> None:
        """Start the notification daemon and return when it takes notifications."""

    def stop_notifications(self) -> None:
        """End the notification daemon."""

    def start_panel(self) -> None:
        """Start the tray's host and return when it takes icons."""

    def stop_panel(self) -> None:
        """End the tray's host, as a crash of the panel would."""

    def windows(self, pid: int) -> set[str]:
        """Give the titles of a process's windows that are on the screen."""
        raise NotImplementedError

    def active_window(self) -> str:
        """Give the title of the window that has the keyboard; empty for none."""
        raise NotImplementedError

    def screenshot(self, path: Path) -> None:
        """Save the whole screen as a picture."""
        raise NotImplementedError


class X11(Session):
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
        """Ask the X server for the process's windows that have a frame.

        An icon in the old kind of tray is a window as well, and a menu is.
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
        """Ask the window manager, through the X server."""
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
    """Xfce: a StatusNotifier panel and xfce4-notifyd."""

    env: ClassVar = {"XDG_CURRENT_DESKTOP": "XFCE", "XDG_SESSION_TYPE": "x11"}
    services = ("org.xfce.Xfconf",)

    def start_window_manager(self) -> None:
        """Start xfwm4 with settings that put each window into the middle."""
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

    def start_panel(self) -> None:
        """Start xfce4-panel."""
        part = self._parts.start_part("xfce4-panel", "--disable-wm-check")
        self._parts.await_part(part, lambda: self._parts.has_name(WATCHER_NAME))

    def stop_panel(self) -> None:
        """End xfce4-panel."""
        self._parts.stop_part("xfce4-panel")

    def log_in(self) -> None:
        """Start Xfce's session manager: it brings a panel, and what starts at login.

        There must be no panel.
        """
        part = self._parts.start_part("xfce4-session")
        self._parts.await_part(part, lambda: self._parts.has_name(WATCHER_NAME))

    def log_out(self) -> None:
        """Have the session manager end the panel and all that it knows, and itself."""
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
    """The same, with the old kind of tray, which X alone knows of."""

    def start_panel(self) -> None:
        """Start trayer."""
        part = self._parts.start_part(
            "trayer", *("--edge", "top", "--align", "right", "--height", "28")
        )
        find = ["xdotool", "search", "--onlyvisible", "--class", "trayer"]
        self._parts.await_part(part, lambda: self._parts.run(find).returncode == 0)

    def stop_panel(self) -> None:
        """End trayer."""
        self._parts.stop_part("trayer")
