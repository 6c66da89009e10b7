"""The program's tray icon as a taskbar knows it: read and clicked over D-Bus."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Self

from jeepney import (
    DBusAddress,
    MessageType,
    Properties,
    new_method_call,
)
from jeepney.io.blocking import (
    open_dbus_connection,
)

if TYPE_CHECKING:
    from jeepney import Message

WATCHER: Final = DBusAddress(
    "/StatusNotifierWatcher",
    bus_name="org.kde.StatusNotifierWatcher",
    interface="org.kde.StatusNotifierWatcher",
)
REPLY_S: Final = 5.0


class NoTrayIconError(Exception):
    """No icon is registered with the taskbar, or it went away during a call."""


class TrayItem:
    """The first icon of a session's tray, over a connection of its own.

    Use it as a context manager. `bus` is an address, or the session of this process.
    Every method raises `NoTrayIconError` while there is no icon.
    """

    def __init__(self, bus: str = "SESSION") -> None:
        self._connection = open_dbus_connection(bus)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def count(self) -> int:
        """Return the number of icons in the taskbar, the program's or not."""
        _, registered = self._get(WATCHER, "RegisteredStatusNotifierItems")
        return len(registered)

    def tooltip(self) -> str:
        """Return the whole tooltip."""
        _, (_, _, title, text) = self._get(self._item(), "ToolTip")
        return "\n".join(part for part in (title, text) if part)

    def icon_name(self) -> str:
        """Return the icon's name in the theme; empty when it has pixels instead."""
        _, name = self._get(self._item(), "IconName")
        return str(name)

    def menu(self) -> list[str]:
        """Return the labels of the menu's visible entries, without separators."""
        item = self._item()
        _, path = self._get(item, "Menu")
        menu = DBusAddress(path, item.bus_name, "com.canonical.dbusmenu")
        self._call(menu, "AboutToShow", "i", (0,))
        body = (0, 1, ["label", "type", "visible"])
        _, (_, _, entries) = self._call(menu, "GetLayout", "iias", body)
        shown = [entry[1][1] for entry in entries]
        return [
            entry["label"][1].replace("_", "")
            for entry in shown
            if "label" in entry and entry.get("visible", ("b", True))[1]
        ]

    def activate(self) -> None:
        """Click on the icon."""
        self._call(self._item(), "Activate", "ii", (0, 0))

    def _item(self) -> DBusAddress:
        _, registered = self._get(WATCHER, "RegisteredStatusNotifierItems")
        if not registered:
            message = "the taskbar has no tray icon"
            raise NoTrayIconError(message)
        name, _, path = registered[0].partition("/")
        # GNOME's extension puts an "@" between the two.
        name = name.rstrip("@")
        return DBusAddress(f"/{path}", name, "org.kde.StatusNotifierItem")

    def _get(self, address: DBusAddress, name: str) -> tuple[str, Any]:
        """Return a property's signature and value."""
        ((signature, value),) = self._reply(Properties(address).get(name))
        return signature, value

    def _call(
        self, address: DBusAddress, method: str, signature: str, body: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        return self._reply(new_method_call(address, method, signature, body))

    def _reply(self, message: Message) -> tuple[Any, ...]:
        reply = self._connection.send_and_get_reply(message, timeout=REPLY_S)
        if reply.header.message_type is MessageType.error:
            raise NoTrayIconError(*reply.body)
        return reply.body


def has_balance(tooltip: str) -> bool:
    """Whether a line of a tooltip names an amount after the account's name."""
    return bool(re.search(r": [^,\n]*\d", tooltip))
