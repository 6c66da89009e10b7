"""A notification server on the session bus, whose faults tests can set."""

import socket
import threading
from dataclasses import dataclass
from typing import Any, Final, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

from tooling.processes import wait_until

NAME: Final = "org.freedesktop.Notifications"
ADDRESS: Final = DBusAddress("/org/freedesktop/Notifications", NAME, NAME)
_WITHIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class ReceivedNotification:
    """One notification, as the server received it."""

    app: str
    replaces: int
    icon: str
    title: str
    body: str
    actions: tuple[str, ...]
    hints: dict[str, tuple[str, Any]]
    expires: int
    sender: str


class NotificationServer:
    """A notification server that counts ids from one, and that tests control."""

    def __init__(self, *capabilities: str, name: str = "Test") -> None:
        self.shown: list[ReceivedNotification] = []
        self.hangs = False
        self.refuses = False
        self.replies: dict[str, tuple[str | None, tuple[Any, ...]]] = {}
        """The signature and the body that a method replies with instead of its own."""
        self.holds: set[str] = set()
        """The methods that do their work, and reply only at `release`."""
        self.dies_on = ""
        """The method whose call ends the server, before it replies."""
        self._held: list[Message] = []
        self._capabilities, self._name = list(capabilities), name
        self._stopping = threading.Event()
        self._connection = open_dbus_connection("SESSION")
        self._bus = Proxy(message_bus, self._connection, timeout=_WITHIN_S)
        self._bus.RequestName(NAME)
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._connection.close()

    @property
    def is_alive(self) -> bool:
        """Whether it still serves."""
        return self._thread.is_alive()

    def press(self, number: int, action: str) -> None:
        """Signal that a person pressed a button."""
        self.signal("ActionInvoked", "us", (number, action))

    def dismiss(self, number: int) -> None:
        """Signal that a notification was closed."""
        self.signal("NotificationClosed", "uu", (number, 2))

    def signal(
        self, signal: str, signature: str | None, body: tuple[object, ...]
    ) -> None:
        """Broadcast a signal."""
        self._connection.send(new_signal(ADDRESS, signal, signature, body))

    def release(self) -> None:
        """Send the replies that are held, and hold no more."""
        self.holds = set()
        for reply in self._held:
            self._connection.send(reply)
        self._held.clear()

    def wait_for(self, count: int) -> None:
        """Wait until so many notifications are on the screen."""
        wait_until(lambda: len(self.shown) >= count, f"{count} shown", _WITHIN_S)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                message = self._connection.receive(timeout=0.02)
            except TimeoutError:
                continue
            except OSError:  # the bus ended
                return
            if message.header.message_type is not MessageType.method_call:
                continue
            member = str(message.header.fields[HeaderFields.member])
            if member == self.dies_on:
                self._connection.sock.shutdown(socket.SHUT_RDWR)
                return
            if self.hangs:
                continue
            reply = self._reply(member, message)
            if member in self.holds:
                self._held.append(reply)
            else:
                self._connection.send(reply)

    def _reply(self, member: str, call: Message) -> Message:
        if self.refuses:
            return new_error(call, "org.freedesktop.DBus.Error.LimitsExceeded")
        if member == "Notify":
            self._show(call)
        if member in self.replies:
            return new_method_return(call, *self.replies[member])
        match member:
            case "GetCapabilities":
                return new_method_return(call, "as", (self._capabilities,))
            case "GetServerInformation":
                return new_method_return(
                    call, "ssss", (self._name, "Tests", "1", "1.2")
                )
            case _:
                return new_method_return(call, "u", (call.body[1] or len(self.shown),))

    def _show(self, call: Message) -> None:
        app, replaces, icon, title, body, actions, hints, expires = call.body
        sender = str(call.header.fields[HeaderFields.sender])
        texts = (app, replaces, icon, title, body, tuple(actions))
        self.shown.append(ReceivedNotification(*texts, hints, expires, sender))
