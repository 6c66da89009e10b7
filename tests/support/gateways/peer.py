"""A server on raw sockets that responds as a test says, with HTTP or not."""

import asyncio
import contextlib
import socket
import ssl
import struct
import sys
from collections.abc import Awaitable, Callable

from gateways.loopback_server import PATIENCE_S, LoopbackServer


class Line:
    """The server's end of a connection."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        keep: Callable[[bytes], None],
    ) -> None:
        self._reader, self._writer, self._keep = reader, writer, keep
        self._first = b""

    async def hear(self) -> None:
        """Read one whole request, and keep it for the test."""
        head = self._first + await self._reader.readuntil(b"\r\n\r\n")
        self._first = b""
        _, _, after = head.lower().partition(b"content-length:")
        length = int(after.partition(b"\r\n")[0] or 0)
        self._keep(head + await self._reader.readexactly(length))

    async def hear_some(self) -> bytes:
        """Read available bytes, and keep them; `ConnectionError` at the end."""
        some = await self._reader.read(65_536)
        if not some:
            raise ConnectionResetError
        self._keep(some)
        return some

    async def hear_all(self) -> None:
        """Read and keep all bytes until the client hangs up."""
        with contextlib.suppress(ConnectionError):
            while True:
                await self.hear_some()

    async def send(self, data: bytes) -> None:
        """Send bytes; `ConnectionError` if the client has hung up."""
        self._writer.write(data)
        await self._writer.drain()

    async def has_more(self, leaving: asyncio.Event) -> bool:
        """Wait for another request; False at the client's end of the connection.

        When the server leaves, it hangs up first.
        """
        reading = asyncio.ensure_future(self._reader.read(1))
        left = asyncio.ensure_future(leaving.wait())
        await asyncio.wait(
            {reading, left}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED
        )
        left.cancel()
        if not reading.done() and leaving.is_set():
            if self._writer.can_write_eof():
                self._writer.write_eof()
            else:
                self._writer.close()
            await asyncio.wait({reading}, timeout=PATIENCE_S)
        assert reading.done(), "the client keeps the connection"
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            self._first = reading.result()
        return bool(self._first)

    async def gone(self, within: float = PATIENCE_S) -> bool:
        """Wait for the client to hang up; return whether it did."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            try:
                async with asyncio.timeout(within):
                    await self._reader.read()
            except TimeoutError:
                return False
        return True

    def reset(self) -> None:
        """Hang up with an RST, as a crashed server or a firewall does."""
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.transport.abort()

    async def close(self) -> None:
        """Close the connection if it is open."""
        self._writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await self._writer.wait_closed()


Answer = bytes | Callable[[Line], Awaitable[None]]
"""What a connection gets: bytes after its request, or something of its own."""


class Peer(LoopbackServer):
    """A server that gives its first request the first response, and so on.

    A response of its own kind needs a connection of its own. One request more than
    there are responses fails the test.
    """

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self._answers = list(answers)
        self.heard: list[bytes] = []
        self.connections = 0
        self.asked = asyncio.Event()

    @property
    def url(self) -> str:
        """The server's URL."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    def _keep(self, request: bytes) -> None:
        self.heard.append(request)
        self.asked.set()

    async def _treat(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        line = Line(reader, writer, self._keep)
        try:
            is_open = True
            while is_open:
                answer = self._answers.pop(0)
                if not isinstance(answer, bytes):
                    await answer(line)
                    return
                await line.hear()
                with contextlib.suppress(ConnectionError):
                    await line.send(answer)
                is_open = await line.has_more(self._leaving)
        finally:
            await line.close()
