"""Proxies on loopback, which connect each client to one port of this machine."""

import asyncio
import base64
import contextlib
import ssl
from typing import Final

from gateways.loopback_server import LoopbackServer

_SUCCEEDED: Final = 0
_HOST_UNREACHABLE: Final = 4
_NO_METHOD: Final = 0xFF
_PASSWORD: Final = 2

Login = tuple[str, str]


class _Proxy(LoopbackServer):
    """A proxy that does a handshake, connects, and copies bytes both ways.

    Without a port it can't reach the target.
    """

    def __init__(
        self,
        port: int | None,
        *,
        login: Login | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(tls)
        self._port, self._login = port, login
        self.asked: list[str] = []
        """The hosts and ports in the requests."""
        self.carried = bytearray()
        """All bytes that clients sent to the target."""

    async def _treat(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            if await self._shake_hands(reader, writer) and self._port is not None:
                await self._carry(reader, writer, self._port)
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    async def _shake_hands(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Do the handshake of the protocol; return whether to connect."""
        raise NotImplementedError

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int
    ) -> None:
        target_reader, target_writer = await asyncio.open_connection("127.0.0.1", port)
        back = asyncio.create_task(_copy(target_reader, writer, bytearray()))
        await _copy(reader, target_writer, self.carried)
        await back
        target_writer.close()
        with contextlib.suppress(ConnectionError):
            await target_writer.wait_closed()


class HttpProxy(_Proxy):
    """An HTTP proxy (CONNECT), as companies have it."""

    async def _shake_hands(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.split(" ")[1])
        if self._login is not None:
            expected = base64.b64encode(":".join(self._login).encode()).decode()
            if f"Basic {expected}\r\n" not in head:
                writer.write(b"HTTP/1.1 407 Log in\r\nContent-Length: 0\r\n\r\n")
                return False
        if self._port is None:
            writer.write(b"HTTP/1.1 503 Alas\r\nContent-Length: 0\r\n\r\n")
            return False
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return True


class SocksProxy(_Proxy):
    """A SOCKS5 proxy (RFC 1928, RFC 1929), like that of `ssh -D`."""

    async def _shake_hands(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        _, count = await reader.readexactly(2)
        offered = await reader.readexactly(count)
        method = _PASSWORD if self._login is not None else 0
        if method not in offered:
            writer.write(bytes([5, _NO_METHOD]))
            return False
        writer.write(bytes([5, method]))
        if self._login is not None:
            await reader.readexactly(1)
            login = (await _read_sized(reader), await _read_sized(reader))
            writer.write(bytes([1, int(login != self._login)]))
            if login != self._login:
                return False
        # Version, command, reserved, and 3: a name that the proxy looks up.
        assert await reader.readexactly(4) == bytes([5, 1, 0, 3])
        name = await _read_sized(reader)
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append(f"{name}:{port}")
        status = _HOST_UNREACHABLE if self._port is None else _SUCCEEDED
        writer.write(bytes([5, status, 0, 1, 127, 0, 0, 1, 0, 0]))
        return status == _SUCCEEDED


async def _read_sized(reader: asyncio.StreamReader) -> str:
    (length,) = await reader.readexactly(1)
    return (await reader.readexactly(length)).decode()


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, copied: bytearray
) -> None:
    """Copy bytes until the end of the stream."""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while chunk := await reader.read(65_536):
            copied += chunk
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(ConnectionError, OSError, RuntimeError):
        writer.close()
