"""Finds a message bus and connects to it; names jeepney's errors for a lost bus."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Final

from jeepney.auth import BEGIN, Authenticator
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusConnection, DBusRouter, Proxy
from jeepney.io.blocking import prep_socket
from jeepney.io.common import RouterClosed
from jeepney.wrappers import DBusErrorResponse

from trayapp.services.desktop.session_bus import OFF, own_sockets

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
"""What `connect` and jeepney raise for a missing bus or a missing server.

They include jeepney's errors for a bus that is lost before a reply arrives."""
_CONNECT_S: Final = 2.0
"""A bus replies at once; one that is stopped must not hide the next one."""
_SYSTEM_PATHS: Final = (
    "/run/dbus/system_bus_socket",
    "/var/run/dbus/system_bus_socket",
)


class NoBusError(OSError):
    """No bus can be reached at any of its places."""


def bus_paths(bus: str) -> tuple[str, ...]:
    """List where the bus "SESSION" or "SYSTEM" may listen, the likeliest place first.

    A variable names the place. Cron and other services set none, and that of a session
    that has ended is stale. So the standard places follow, as in libdbus and sd-bus. A
    session's socket there must belong to the user.
    """
    address = os.environ.get(f"DBUS_{bus}_BUS_ADDRESS", "")
    if address == OFF:
        return ()
    standard = _SYSTEM_PATHS if bus == "SYSTEM" else tuple(own_sockets())
    return tuple(dict.fromkeys((*_addressed(address), *standard)))


def bus_socket(bus: str) -> socket.socket:
    """Open a blocking connection to a bus, past authentication; `NoBusError`."""
    for path in bus_paths(bus):
        with contextlib.suppress(*BUS_ERRORS):
            return prep_socket(path, timeout=_CONNECT_S)
    raise NoBusError


async def connect(bus: str) -> DBusConnection:
    """Open a connection to the bus "SESSION" or "SYSTEM"; `NoBusError` without one."""
    for path in bus_paths(bus):
        with contextlib.suppress(*BUS_ERRORS):
            async with asyncio.timeout(_CONNECT_S):
                return await _connect_to(path)
    raise NoBusError


def _addressed(address: str) -> Iterator[str]:
    """Give the sockets of an address; one that can't be read names none."""
    for part in address.split(";"):
        with contextlib.suppress(ValueError, KeyError, RuntimeError):
            yield get_bus(part)


async def _connect_to(path: str) -> DBusConnection:
    """Connect to one socket.

    A failure or a cancellation closes the socket. jeepney's own function leaves it
    open, and Python 3.11.2 never collects it.
    """
    reader, writer = await asyncio.open_unix_connection(path)
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
