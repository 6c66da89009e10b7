"""The desktop portal's proxy resolver, on a private bus."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jeepney import (
    DBusErrorResponse,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

PORTAL = "org.freedesktop.portal.Desktop"
Answer = Callable[[Message], Message | None]


class ProxyPortal:
    """Replies to each lookup; the reply may be changed while it runs."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self.asked: list[str] = []
        """The URLs that were looked up."""
        self.answer: Answer = proxies("direct://")
        Proxy(message_bus, connection).RequestName(PORTAL)

    def serve(self) -> None:
        """Reply until the connection is closed."""
        with contextlib.suppress(OSError, EOFError, DBusErrorResponse):
            while True:
                message = self._connection.receive()
                fields = message.header.fields
                if (
                    message.header.message_type is MessageType.method_call
                    and fields[HeaderFields.member] == "Lookup"
                ):
                    self.asked.append(message.body[0])
                    reply = self.answer(message)
                    if reply is not None:
                        self._connection.send(reply)


def proxies(*urls: str) -> Answer:
    """Reply with these proxies."""
    return lambda call: new_method_return(call, "as", (list(urls),))


def malformed(call: Message) -> Message:
    """Reply with a number."""
    return new_method_return(call, "u", (7,))


def failing(call: Message) -> Message:
    """Reply with an error."""
    return new_error(call, f"{PORTAL}.Error.Failed")


def silent(_: Message) -> None:
    """Reply nothing."""


@contextmanager
def proxy_portal(address: str) -> Iterator[ProxyPortal]:
    """Run a portal on a bus."""
    with open_dbus_connection(address) as connection:
        portal = ProxyPortal(connection)
        thread = threading.Thread(target=portal.serve, daemon=True)
        thread.start()
        yield portal
