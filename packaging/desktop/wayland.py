"""A desktop on Wayland: sway with waybar and mako."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, ClassVar

from desktop.parts import FILES
from desktop.sessions import NOTIFICATIONS_NAME, WATCHER_NAME, DesktopSession

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Sway(DesktopSession):
    """Sway: a compositor that has no X server beside it."""

    env: ClassVar = {
        "XDG_CURRENT_DESKTOP": "sway",
        "XDG_SESSION_TYPE": "wayland",
        "WLR_BACKENDS": "headless",
        "WLR_RENDERER": "pixman",
        "WLR_LIBINPUT_NO_DEVICES": "1",
    }

    def start_display(self) -> None:
        """Start sway; programs find it by the name of its socket."""
        run = self._parts.folder / "run"
        self._parts.tell(SWAYSOCK=f"{run}/sway.sock")
        command = ["sway", "--config", str(FILES / "sway.conf")]
        if os.geteuid() == 0:
            # It refuses root: let it see another number. Its files stay root's own.
            user = ["--user", "--map-user=1000", "--map-group=1000"]
            command = ["unshare", *user, *command]
        part = self._parts.start_part(*command, name="sway")
        self._parts.await_part(part, lambda: any(self._sockets(run)))
        self._parts.tell(WAYLAND_DISPLAY=next(self._sockets(run)))
        answers = ["swaymsg", "-t", "get_version"]
        self._parts.await_part(part, lambda: self._parts.run(answers).returncode == 0)

    def start_notifications(self) -> None:
        """Start mako."""
        part = self._parts.start_part("mako")
        self._parts.await_part(part, lambda: self._parts.has_name(NOTIFICATIONS_NAME))

    def stop_notifications(self) -> None:
        """End mako."""
        self._parts.stop_part("mako")

    def start_taskbar(self) -> None:
        """Start waybar."""
        files = ("--config", f"{FILES}/waybar.json", "--style", f"{FILES}/waybar.css")
        part = self._parts.start_part("waybar", *files)
        self._parts.await_part(part, lambda: self._parts.has_name(WATCHER_NAME))

    def stop_taskbar(self) -> None:
        """End waybar."""
        self._parts.stop_part("waybar")

    def windows(self, pid: int) -> set[str]:
        """Ask sway for the process's windows."""
        return {
            node["name"] or ""
            for node in self._nodes()
            if node.get("pid") == pid and node["visible"]
        }

    def active_window(self) -> str:
        """Ask sway for the window with the keyboard."""
        focused = (one["name"] for one in self._nodes() if one["focused"])
        return next((name or "" for name in focused), "")

    def screenshot(self, path: Path) -> None:
        """Save what sway shows."""
        self._parts.must("grim", str(path))

    def _nodes(self) -> Iterator[dict[str, Any]]:
        """Give all windows, as sway tells of them."""
        tree = json.loads(self._parts.must("swaymsg", "-r", "-t", "get_tree"))
        waiting = [tree]
        while waiting:
            node = waiting.pop()
            if "pid" in node:
                yield node
            waiting += [*node["nodes"], *node["floating_nodes"]]

    @staticmethod
    def _sockets(run: Path) -> Iterator[str]:
        return (one.name for one in run.glob("wayland-*") if one.is_socket())
