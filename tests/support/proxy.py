"""Proxies on loopback: they connect whoever asks to one port of this machine."""

import asyncio
import base64
import contextlib
import ssl
from typing import Final

from listening import Listening

_SUCCEEDED: Final = 0
_HOST_UNREACHABLE: Final = 4
_NOBODY: Final = 0xFF
_BY_PASSWORD: Final = 2

Login = tuple[str, str]


class _Proxy(Listening):
    """What all proxies do: greet, connect, and carry bytes both ways.

    Without a port there is nobody to connect to.
    """

    def __init__(
        self,
        port: int | None,
        *,
        login: Login | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(tls)
        self._to, self._login = port, login
        self.asked: list[str] = []
        """The places that it was asked to connect to."""
        self.carried = bytearray()
        """All that clients said to the other side."""

    async def _treat(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            if await self._greet(reader, writer) and self._to is not None:
                await self._carry(reader, writer, self._to)
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    async def _greet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Speak the proxy's own protocol; say whether to connect."""
        raise NotImplementedError

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int
    ) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        back = asyncio.create_task(_copy(there_reader, writer, bytearray()))
        await _copy(reader, there_writer, self.carried)
        await back
        there_writer.close()
        with contextlib.suppress(ConnectionError):
            await there_writer.wait_closed()


class HttpProxy(_Proxy):
    """A proxy that is asked with CONNECT, as companies have it."""

    async def _greet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.split(" ")[1])
        if self._login is not None:
            known = base64.b64encode(":".join(self._login).encode()).decode()
            if f"Basic {known}\r\n" not in head:
                writer.write(b"HTTP/1.1 407 Log in\r\nContent-Length: 0\r\n\r\n")
                return False
        if self._to is None:
            writer.write(b"HTTP/1.1 503 Alas\r\nContent-Length: 0\r\n\r\n")
            return False
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return True


class SocksProxy(_Proxy):
    """A SOCKS5 proxy (RFC 1928, RFC 1929), as `ssh -D` is one."""

    async def _greet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        _, count = await reader.readexactly(2)
        offered = await reader.readexactly(count)
        wanted = _BY_PASSWORD if self._login is not None else 0
        if wanted not in offered:
            writer.write(bytes([5, _NOBODY]))
            return False
        writer.write(bytes([5, wanted]))
        if self._login is not None:
            await reader.readexactly(1)
            said = (await _sized(reader), await _sized(reader))
            writer.write(bytes([1, int(said != self._login)]))
            if said != self._login:
                return False
        # Version, command, reserved, and 3: a name, for the proxy to look up.
        assert await reader.readexactly(4) == bytes([5, 1, 0, 3])
        name = await _sized(reader)
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append(f"{name}:{port}")
        status = _HOST_UNREACHABLE if self._to is None else _SUCCEEDED
        writer.write(bytes([5, status, 0, 1, 127, 0, 0, 1, 0, 0]))
        return status == _SUCCEEDED


async def _sized(reader: asyncio.StreamReader) -> str:
    (length,) = await reader.readexactly(1)
    return (await reader.readexactly(length)).decode()


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray
) -> None:
    """Pass on what comes, to its end."""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while piece := await reader.read(65_536):
            kept += piece
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(ConnectionError, OSError, RuntimeError):
        writer.close()
