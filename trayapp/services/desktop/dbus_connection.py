"""A connection to a message bus, and what jeepney raises where the bus has a fault."""

import asyncio
from typing import Final

from jeepney.auth import BEGIN, Authenticator
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusConnection, DBusRouter, Proxy
from jeepney.io.common import RouterClosed
from jeepney.wrappers import DBusErrorResponse

BUS_ERRORS: Final = (
    OSError,
    EOFError,
    KeyError,
    RuntimeError,
    ValueError,
    DBusErrorResponse,
    RouterClosed,
    asyncio.InvalidStateError,
)
"""jeepney's exceptions for a missing bus, an invalid address, or a missing server.

They include those for a bus that is lost before a reply arrives."""


async def connect(bus: str) -> DBusConnection:
    """Open a connection to the bus "SESSION" or "SYSTEM"; raise one of `BUS_ERRORS`.

    A failure or a cancellation closes the socket. jeepney's own function leaves it
    open, and Python 3.11.2 never collects it.
    """
    reader, writer = await asyncio.open_unix_connection(get_bus(bus))
    try:
        authenticator = Authenticator()
        for line in authenticator:
            writer.write(line)
            authenticator.feed(await _received(reader))
        writer.write(BEGIN)
        connection = DBusConnection(reader, writer)
        async with DBusRouter(connection) as router:
            (connection.unique_name,) = await Proxy(message_bus, router).Hello()
    except BaseException:
        writer.close()
        raise
    return connection


async def _received(reader: asyncio.StreamReader) -> bytes:
    reply = await reader.read(1_024)
    if not reply:
        message = "the bus hung up during the authentication"
        raise EOFError(message)
    return reply
