"""The settings portal of a desktop, which tells whether it is light or dark.

    python3 packaging/desktop/portal.py dark

answers on the session bus until it is ended, as xdg-desktop-portal would. A line on its
standard input ("light", "dark") changes the scheme, and programs get the signal.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Final

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

NAME: Final = "org.freedesktop.portal.Desktop"
PATH: Final = "/org/freedesktop/portal/desktop"
SETTINGS: Final = "org.freedesktop.portal.Settings"
APPEARANCE: Final = "org.freedesktop.appearance"
SCHEME: Final = "color-scheme"
_SCHEMES: Final = {"dark": 1, "light": 2}


class Portal:
    """Answers what the scheme is, and says when it changes."""

    def __init__(self, scheme: str, bus: str = "SESSION") -> None:
        self._scheme = _SCHEMES[scheme]
        self._connection: DBusConnection = open_dbus_connection(bus)
        self._sending = threading.Lock()
        Proxy(message_bus, self._connection).RequestName(NAME)

    def serve(self) -> None:
        """Answer until the bus ends."""
        while True:
            try:
                message = self._connection.receive()
            except (OSError, EOFError):
                return
            if message.header.message_type is MessageType.method_call:
                self._send(self._answer(message))

    def change(self, scheme: str) -> None:
        """Become light or dark, and say so."""
        self._scheme = _SCHEMES[scheme]
        emitter = DBusAddress(PATH, interface=SETTINGS)
        body = (APPEARANCE, SCHEME, ("u", self._scheme))
        self._send(new_signal(emitter, "SettingChanged", "ssv", body))

    def _answer(self, message: Message) -> Message:
        member = message.header.fields.get(HeaderFields.member)
        if member == "ReadAll":
            values = {APPEARANCE: {SCHEME: ("u", self._scheme)}}
            return new_method_return(message, "a{sa{sv}}", (values,))
        if member in {"Read", "ReadOne"} and message.body == (APPEARANCE, SCHEME):
            value = ("u", self._scheme)
            # "Read" wraps it once more, for historical reasons.
            wrapped = value if member == "ReadOne" else ("v", value)
            return new_method_return(message, "v", (wrapped,))
        return new_error(message, f"{NAME}.Error.NotFound")

    def _send(self, message: Message) -> None:
        with self._sending:
            self._connection.send(message)


def main() -> int:
    """Serve, and change with each line that comes."""
    portal = Portal(sys.argv[1])
    threading.Thread(target=portal.serve, daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        portal.change(line.strip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
