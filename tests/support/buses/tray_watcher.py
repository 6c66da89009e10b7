"""A StatusNotifier watcher on a session bus, with a host or without one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Self

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

_NAME: Final = "org.kde.StatusNotifierWatcher"
_ADDRESS: Final = DBusAddress("/StatusNotifierWatcher", _NAME, _NAME)


class TrayWatcher:
    """Takes every icon, and says whether anybody shows them.

    Use it as a context manager; `bus` is the session bus's address.
    """

    def __init__(self, bus: str) -> None:
        self.has_host = False
        self._stopping = threading.Event()
        self._connection = open_dbus_connection(bus)
        Proxy(message_bus, self._connection).RequestName(_NAME)
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._connection.close()

    def host_comes(self) -> None:
        """Have somebody show the icons from now on."""
        self.has_host = True
        said = new_signal(_ADDRESS, "StatusNotifierHostRegistered")
        self._connection.send(said)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                message = self._connection.receive(timeout=0.02)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(message))

    def _answer(self, call: Message) -> Message:
        match call.header.fields[HeaderFields.member]:
            case "Get" if call.body[1] == "IsStatusNotifierHostRegistered":
                return new_method_return(call, "v", (("b", self.has_host),))
            case "RegisterStatusNotifierItem":
                return new_method_return(call)
            case _:
                return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")
