"""Reports over the system bus that the computer resumed or came online (Linux)."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from jeepney import HeaderFields, MatchRule, Message, MessageType
from jeepney.bus_messages import message_bus

from trayapp.services.desktop.dbus_connection import BUS_ERRORS, connect
from trayapp.services.log.log_faults import log_faults

_CONNECT_S: Final = 5.0
_RETRY_S: Final = 600.0
"""Seconds until a missing or lost bus is connected again."""
_ONLINE: Final = 60
"""NetworkManager's lowest state in which more than the local network is reached."""
_SLEEP: Final = MatchRule(
    type="signal",
    sender="org.freedesktop.login1",
    path="/org/freedesktop/login1",
    interface="org.freedesktop.login1.Manager",
    member="PrepareForSleep",
)
_NETWORK: Final = MatchRule(
    type="signal",
    sender="org.freedesktop.NetworkManager",
    path="/org/freedesktop/NetworkManager",
    interface="org.freedesktop.NetworkManager",
    member="StateChanged",
)

_log = logging.getLogger(__name__)


class ResumeMonitor:
    """Receives the signals of logind and NetworkManager.

    Neither has to run: then the scheduler notices a sleep by itself, somewhat later.
    """

    def __init__(
        self, *, on_resume: Callable[[], None], on_online: Callable[[], None]
    ) -> None:
        """Call `on_resume` after a sleep, and `on_online` when the network is up."""
        self._on_resume, self._on_online = on_resume, on_online

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            with log_faults("listening to the system bus"):
                try:
                    await self._listen()
                except BUS_ERRORS as error:
                    _log.debug("no signals from the system: %s", type(error).__name__)
            await asyncio.sleep(_RETRY_S)

    async def _listen(self) -> None:
        async with asyncio.timeout(_CONNECT_S):
            connection = await connect("SYSTEM")
        try:
            for rule in (_SLEEP, _NETWORK):
                await connection.send(message_bus.AddMatch(rule))
            while True:
                self._handle(await connection.receive())
        finally:
            await connection.close()

    def _handle(self, message: Message) -> None:
        """Handle a broadcast signal of the two services.

        The match rules pass only their signals. But any program may send a signal to
        this connection alone, which does not count.
        """
        fields = message.header.fields
        if (
            message.header.message_type is not MessageType.signal
            or HeaderFields.destination in fields
        ):
            return
        match fields.get(HeaderFields.member), *message.body:
            case "PrepareForSleep", False:
                _log.info("the computer woke up")
                self._on_resume()
            case "StateChanged", int(state) if state >= _ONLINE:
                _log.info("the computer came online")
                self._on_online()
