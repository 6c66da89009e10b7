"""Signals that a program sends in the name of another one."""

from jeepney import HeaderFields, Message
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy

_WITHIN_S = 10.0


def send_to_all(stranger: DBusConnection, *signals: Message) -> None:
    """Broadcast signals, and send them to each connection alone."""
    bus = Proxy(message_bus, stranger, timeout=_WITHIN_S)
    (names,) = bus.ListNames()
    for signal in signals:
        stranger.send(signal)
        for name in names:
            if name.startswith(":"):
                signal.header.fields[HeaderFields.destination] = name
                stranger.send(signal)
    bus.ListNames()  # the bus has passed all of them on
