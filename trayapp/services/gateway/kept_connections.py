"""The connections to gateways, and those that are kept for the next request.

A burst of requests to many accounts needs few handshakes. A few seconds after it, all
connections are closed.
"""

import asyncio
import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import httpcore
import httpx

from trayapp.services.gateway.connector import Connector
from trayapp.services.gateway.observed_stream import ending_of

_MOST_KEPT: Final = 8
"""As many requests run side by side; more hosts than that keep none for long."""
_CLOCK_STEP_S: Final = 1.0
"""How much the clock may be corrected while a connection is kept."""


@dataclass(frozen=True, slots=True)
class ConnectionTimes:
    """How long a connection is used, in seconds."""

    rest_s: float = 0.01
    """Between two requests. A second response that arrives within it is noticed. Each
    request takes longer by it, so a thousand accounts allow no more."""
    keep_s: float = 3.0
    """After the last request."""
    first_byte_s: float = 5.0
    """For a response on a used connection, which may be dead."""
    slow_s: float = 2.0
    """A connection with a slower response is not kept: `first_byte_s` could be less
    than the gateway needs."""


class OutOfStep(httpx.RemoteProtocolError):
    """More responses than requests arrived: this one may be another account's."""


class Connection:
    """One connection to a gateway; it carries one request at a time.

    A pool of httpcore that has no other connection opens it. A shared pool never
    forgets a request that was cancelled during a proxy's handshake.
    """

    def __init__(
        self,
        pool: httpcore.AsyncConnectionPool,
        connector: Connector,
        times: ConnectionTimes,
    ) -> None:
        self._transport = _PoolTransport(pool)
        self._connector = connector
        self._times = times
        self._requests = 0
        self._began_at = 0.0
        self.free_since = 0.0
        """The loop's time at which the last response was complete."""

    @property
    def is_reused(self) -> bool:
        """Whether an earlier request used the connection."""
        return self._requests > 1

    @property
    def has_response(self) -> bool:
        """Whether any byte of the response arrived."""
        stream = self._connector.stream
        return stream is not None and bool(stream.received)

    @property
    def is_quiet(self) -> bool:
        """Whether it is open, and nothing arrived since the last response."""
        stream = self._connector.stream
        return stream is not None and stream.is_quiet

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the response's body is read from the connection."""
        self._requests += 1
        self._began_at = _now()
        stream = self._connector.stream
        if stream is not None:
            stream.begin(self._times.first_byte_s)
        return await self._transport.handle_async_request(request)

    async def finish(self) -> bool:
        """Return whether it may be kept, as the response's body is read.

        Raises `OutOfStep` if more than this response arrived on a used connection. Its
        first response is the first request's, whatever follows.
        """
        stream, now = self._connector.stream, _now()
        if stream is None:
            return False
        ending = ending_of(bytes(stream.received))
        stream.end()
        if self.is_reused and not ending.has_excess:
            await self.wait_for_bytes(self._times.rest_s)
        if self.is_reused and (ending.has_excess or stream.has_early_bytes):
            message = "more responses than requests"
            raise OutOfStep(message)
        self.free_since = now
        is_fast = now - self._began_at < self._times.slow_s
        return ending.can_continue and is_fast and stream.is_quiet

    async def rest(self) -> bool:
        """Wait until it is quiet for long enough; return whether it stayed quiet."""
        left = self.free_since + self._times.rest_s - _now()
        if left > 0:
            await self.wait_for_bytes(left)
        return self.is_quiet

    async def wait_for_bytes(self, timeout_s: float) -> None:
        """Wait until something arrives between two requests, or it ends."""
        if self._connector.stream is not None:
            await self._connector.stream.wait_for_bytes(timeout_s)

    async def aclose(self) -> None:
        """Close it, whatever its state is."""
        try:
            if self._connector.stream is not None:
                await self._connector.stream.aclose()
            await self._transport.aclose()
        finally:
            await self._connector.aclose()


@dataclass(eq=False, slots=True)
class _Kept:
    """A connection that waits for the next request."""

    key: Hashable
    connection: Connection
    kept_at: float
    """On the wall clock, which runs on while the computer sleeps."""
    closing: "asyncio.Task[None] | None" = None
    """Closes it in time."""


class KeptConnections:
    """The connections of one event loop that wait for a request."""

    def __init__(self, times: ConnectionTimes) -> None:
        self._times = times
        self._kept: list[_Kept] = []

    async def add(self, key: Hashable, connection: Connection) -> None:
        """Keep a connection for a few seconds, for a request with the same key."""
        while len(self._kept) >= _MOST_KEPT:
            oldest = self._kept[0]
            self._remove(oldest)
            await oldest.connection.aclose()
        kept = _Kept(key, connection, time.time())
        kept.closing = asyncio.create_task(self._close_in_time(kept))
        self._kept.append(kept)

    async def take(self, key: Hashable) -> Connection | None:
        """Return a connection that is fit for another request; None if there is none.

        It is the one that rested longest, so that it rarely has to be waited for.
        """
        for kept in tuple(self._kept):
            if kept.key != key or not self._remove(kept):
                continue
            try:
                if not self._is_stale(kept) and await kept.connection.rest():
                    return kept.connection
            except BaseException:
                await kept.connection.aclose()
                raise
            await kept.connection.aclose()
        return None

    async def close(self, key: Hashable | None = None) -> None:
        """Close the connections that are kept for a key, or all."""
        for kept in tuple(self._kept):
            if key in {None, kept.key} and self._remove(kept):
                await kept.connection.aclose()

    def _remove(self, kept: _Kept) -> bool:
        """Take a connection out; return False if it was already."""
        if kept not in self._kept:
            return False
        self._kept.remove(kept)
        if kept.closing is not None:
            kept.closing.cancel()
        return True

    def _is_stale(self, kept: _Kept) -> bool:
        """Return whether the computer slept meanwhile: a gateway has hung up then."""
        passed = time.time() - kept.kept_at
        return not -_CLOCK_STEP_S < passed < self._times.keep_s + _CLOCK_STEP_S

    async def _close_in_time(self, kept: _Kept) -> None:
        try:
            await kept.connection.wait_for_bytes(self._times.keep_s)
        finally:
            if kept in self._kept:  # else it is in use
                self._kept.remove(kept)
                await kept.connection.aclose()


class _PoolTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a given pool; its own constructor accepts none."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool


def _now() -> float:
    return asyncio.get_running_loop().time()
