"""logind and NetworkManager, as far as they speak to everybody."""

import asyncio
from typing import Final

from jeepney import DBusAddress, HeaderFields, Message, new_signal
from jeepney.bus_messages import Monitoring, message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

LOGIND: Final = "org.freedesktop.login1"
SLEEP: Final = DBusAddress(
    "/org/freedesktop/login1", interface="org.freedesktop.login1.Manager"
)
_NETWORK: Final = "org.freedesktop.NetworkManager"
_STATE: Final = DBusAddress("/org/freedesktop/NetworkManager", interface=_NETWORK)
_PATIENCE_S: Final = 10.0


class SystemServices:
    """Both services, on one connection to a bus of the test's own."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection = open_dbus_connection(address)
        self._monitor = open_dbus_connection(address)
        for name in (LOGIND, _NETWORK):
            Proxy(message_bus, self._connection).RequestName(name)
        rule = "type='method_call',member='AddMatch'"
        Proxy(Monitoring(), self._monitor).BecomeMonitor([rule])

    def close(self) -> None:
        """Leave the bus, as when the services end."""
        self._monitor.close()
        self._connection.close()

    async def listened_to(self) -> str:
        """Wait until somebody listens to both; give their name on the bus."""
        names = [await asyncio.to_thread(self._next_listener) for _ in range(2)]
        assert names[0] == names[1]
        return names[0]

    def say(self, signal: Message) -> None:
        """Send a signal, whatever it is."""
        self._connection.send(signal)

    def sleeps(self, *, begins: bool) -> None:
        """Say that the computer goes to sleep, or woke up."""
        self.say(new_signal(SLEEP, "PrepareForSleep", "b", (begins,)))

    def network(self, state: int) -> None:
        """Say what the network has come to."""
        self.say(new_signal(_STATE, "StateChanged", "u", (state,)))

    def _next_listener(self) -> str:
        while True:
            message = self._monitor.receive(timeout=_PATIENCE_S)
            if message.header.fields.get(HeaderFields.member) == "AddMatch":
                return str(message.header.fields[HeaderFields.sender])
