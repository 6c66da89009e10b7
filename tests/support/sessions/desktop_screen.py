"""What a desktop itself shows: its notification server, and the icon in its taskbar."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

from desktop.shells import BareGnome
from tooling.processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop.atspi import Accessible, ScreenReader
    from desktop.desktop import Desktop

_WITHIN_S: Final = 10.0
_SERVER: Final = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications")
SERVERS: Final = {
    "xfce": "Xfce Notify Daemon",
    "plasma": "Plasma",
    "gnome": "gnome-shell",
    "gnome-bare": "gnome-shell",
    "xembed": "dunst",
    "none": "dunst",
    "sway": "mako",
}
"""What the notification server of each kind of desktop calls itself."""
_TASKBARS: Final = {
    "xfce": QRect(640, 0, 640, 28),
    "plasma": QRect(640, 756, 640, 44),
    "gnome": QRect(640, 0, 640, 32),
    "xembed": QRect(640, 0, 640, 28),
    "sway": QRect(640, 0, 640, 30),
}
"""Where the icon is, on each desktop with a tray."""
_NEAR: Final = 24
_SEEN: Final = 40
"""So many pixels of a state's colour there are in the smallest icon."""


def server_name(desktop: Desktop) -> str:
    """Ask the notification server who it is."""
    asked = f"{_SERVER[0]}.GetServerInformation"
    said = desktop.call(*_SERVER, asked)
    return said.strip().partition("   ")[0]


def wait_for_notification(desktop: Desktop, screen: ScreenReader, title: str) -> None:
    """Wait until the desktop's own server shows a notification, and nobody else."""
    assert server_name(desktop).startswith(SERVERS[desktop.kind])
    shown: Callable[[], bool] = {
        "xfce": lambda: _is_drawn(screen, "xfce4-notifyd", "label", title),
        "plasma": lambda: _is_drawn(screen, "plasmashell", "notification", title),
        "gnome": lambda: title in _banner(desktop),
        "gnome-bare": lambda: title in _banner(desktop),
        "xembed": lambda: _is_on_top(desktop, "Dunst"),
        "none": lambda: _is_on_top(desktop, "Dunst"),
        "sway": lambda: title in _list(desktop),
    }[desktop.kind]
    wait_until(shown, f"the notification {title!r} on the screen", _WITHIN_S)


def wait_for_icon(desktop: Desktop, picture: Path, colour: str) -> None:
    """Wait until the taskbar shows an icon in a state's colour; `picture` is left."""
    wanted = QColor(colour)

    def is_seen() -> bool:
        desktop.screenshot(picture)
        taskbar = QImage(str(picture)).copy(_TASKBARS[desktop.kind])
        near = [
            True
            for x in range(taskbar.width())
            for y in range(taskbar.height())
            if _is_near(taskbar.pixelColor(x, y), wanted)
        ]
        return len(near) >= _SEEN

    wait_until(is_seen, f"an icon of the colour {colour}", _WITHIN_S)


def drawn(screen: ScreenReader, program: str) -> list[Accessible]:
    """Give what a program has on the screen besides its windows' contents."""
    return [one for one in screen.program(program).children() if one.has("showing")]


def _is_drawn(screen: ScreenReader, program: str, role: str, text: str) -> bool:
    with contextlib.suppress(AssertionError):
        screen.program(program).find(role, text, within_s=0)
        return True
    return False


def _banner(desktop: Desktop) -> str:
    """Give the title of the banner that GNOME Shell shows now."""
    assert isinstance(desktop.session, BareGnome)
    tray = "Main.messageTray"
    said = desktop.session.evaluate(
        f"{tray}._bannerBin.visible && {tray}._banner ? {tray}._notification.title : ''"
    )
    return str(said)


def _is_on_top(desktop: Desktop, window_class: str) -> bool:
    find = ["xdotool", "search", "--onlyvisible", "--class", window_class]
    return desktop.run(find).returncode == 0


def _list(desktop: Desktop) -> str:
    """Ask mako for what it shows now; the forms that `makoctl` prints differ."""
    return desktop.call(
        _SERVER[0], "/fr/emersion/Mako", "fr.emersion.Mako.ListNotifications"
    )


def _is_near(one: QColor, other: QColor) -> bool:
    pairs = (
        (one.red(), other.red()),
        (one.green(), other.green()),
        (one.blue(), other.blue()),
    )
    return all(abs(first - second) < _NEAR for first, second in pairs)
