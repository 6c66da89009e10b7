"""What jeepney raises where D-Bus, or who is asked on it, is not as it should be."""

import asyncio
from typing import Final

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
"""What jeepney raises when there is no bus, a broken address, or no server on it, and
when the bus is lost between a reply and who waits for it."""
