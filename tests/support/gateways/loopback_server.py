"""The base of the tests' servers, which wait for the end of their connections."""

import asyncio
import ssl
from typing import Final, Self

PATIENCE_S: Final = 10.0


class LoopbackServer:
    """A server on a free port of the loopback.

    Leaving the `async with` waits until all connections have ended. A connection that
    the client keeps open fails the test. One that the client keeps for its next request
    ends sooner if the server hangs up, so that a test need not wait for that.
    """

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self._lines: list[asyncio.Task[None]] = []
        self._leaving = asyncio.Event()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", 0, ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._leaving.set()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*self._lines)

    @property
    def tasks(self) -> frozenset[asyncio.Task[None]]:
        """The tasks that serve the connections."""
        return frozenset(self._lines)

    def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._lines.append(asyncio.create_task(self._treat(reader, writer)))

    async def _treat(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection, and close it."""
        raise NotImplementedError
