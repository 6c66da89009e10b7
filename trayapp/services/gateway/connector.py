"""Connects to a host with several addresses side by side (Happy Eyeballs)."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

import httpcore

from trayapp.services.gateway.observed_stream import ObservedStream
from trayapp.services.gateway.resolver import Resolver

_HEAD_START_S: Final = 0.25
"""Seconds before the next address is tried beside the previous one (RFC 8305)."""
_Attempt = asyncio.Task[httpcore.AsyncNetworkStream]


class Connector(httpcore.AsyncNetworkBackend):
    """Opens one connection, in place of httpcore's own backend.

    It remembers the connection. httpcore forgets one that was cancelled or refused
    during a proxy's handshake; `aclose` closes it.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._backend = httpcore.AnyIOBackend()
        self._opened: ObservedStream | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's own argument
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of a host's addresses that accepts the connection.

        The caller limits the time. Raises `httpcore.ConnectError`.
        """
        del timeout, local_address, socket_options  # this program sets none
        try:
            addresses = await self._resolver.resolve(host)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        stream = await self._connect_to_first(addresses, port)
        self._opened = ObservedStream(stream)
        return self._opened

    @property
    def stream(self) -> ObservedStream | None:
        """What the gateway's bytes come from: the innermost stream; None before it."""
        stream = self._opened
        while stream is not None and stream.newest is not stream:
            stream = stream.newest
        return stream

    async def aclose(self) -> None:
        """Close the connection that `connect_tcp` opened."""
        if self._opened is not None:
            await self._opened.aclose()

    async def _connect_to_first(
        self, addresses: Sequence[str], port: int
    ) -> httpcore.AsyncNetworkStream:
        attempts: list[_Attempt] = []
        winner: _Attempt | None = None
        try:
            for address in addresses:
                attempt = self._backend.connect_tcp(address, port)
                attempts.append(asyncio.create_task(attempt))
                winner = await _first_success(attempts, _HEAD_START_S)
                if winner is not None:
                    break
            else:
                winner = await _first_success(attempts, None)
        finally:
            await _cancel([attempt for attempt in attempts if attempt is not winner])
        # Without a winner all attempts failed. The first one's error is raised, because
        # its address is the system's first choice.
        return await (winner or attempts[0])


async def _first_success(
    attempts: Iterable[_Attempt], timeout_s: float | None
) -> _Attempt | None:
    """Wait for an attempt that succeeds; None if all failed, or after the timeout."""
    waiting = set(attempts)
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            while waiting:
                done, waiting = await asyncio.wait(
                    waiting, return_when=asyncio.FIRST_COMPLETED
                )
                for attempt in done:
                    if attempt.exception() is None:
                        return attempt
    return None


async def _cancel(attempts: Sequence[_Attempt]) -> None:
    """Cancel attempts, and close the connections of those that had succeeded."""
    for attempt in attempts:
        attempt.cancel()
    for result in await asyncio.gather(*attempts, return_exceptions=True):
        if not isinstance(result, BaseException):
            await result.aclose()
