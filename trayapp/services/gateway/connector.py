"""Opens connections for one question: to every address of a host, side by side."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

import httpcore

from trayapp.services.gateway.resolver import Resolver

_HEAD_START_S: Final = 0.25
"""How long one address is tried before the next one too (RFC 8305)."""
_Attempt = asyncio.Task[httpcore.AsyncNetworkStream]


class Connector(httpcore.AsyncNetworkBackend):
    """What httpcore connects with, instead of its own backend.

    It knows each connection that it opened and closes what httpcore forgets: one that
    was cancelled or refused in the middle of a proxy's greeting.
    """

    def __init__(self, lookups: Resolver) -> None:
        self._lookups = lookups
        self._plain = httpcore.AnyIOBackend()
        self._opened: list[httpcore.AsyncNetworkStream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's own argument
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host by the first of its addresses that answers.

        The time is the caller's to limit. Raises `httpcore.ConnectError`.
        """
        del timeout, local_address, socket_options  # nobody here sets any
        try:
            addresses = await self._lookups.find(host)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        stream = await self._first_to_answer(addresses, port)
        self._opened.append(stream)
        return stream

    async def aclose(self) -> None:
        """Close every connection, whatever became of it."""
        while self._opened:
            await self._opened.pop().aclose()

    async def _first_to_answer(
        self, addresses: Sequence[str], port: int
    ) -> httpcore.AsyncNetworkStream:
        attempts: list[_Attempt] = []
        winner: _Attempt | None = None
        try:
            for address in addresses:
                attempt = self._plain.connect_tcp(address, port)
                attempts.append(asyncio.create_task(attempt))
                winner = await _winner(attempts, _HEAD_START_S)
                if winner is not None:
                    break
            else:
                winner = await _winner(attempts, None)
        finally:
            await _give_up([one for one in attempts if one is not winner])
        # All have failed if there is no winner; the first is the system's choice.
        return await (winner or attempts[0])


async def _winner(
    attempts: Iterable[_Attempt], within_s: float | None
) -> _Attempt | None:
    """Wait for an attempt that succeeds; None if all failed, or none has so soon."""
    waiting = set(attempts)
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while waiting:
                done, waiting = await asyncio.wait(
                    waiting, return_when=asyncio.FIRST_COMPLETED
                )
                for attempt in done:
                    if attempt.exception() is None:
                        return attempt
    return None


async def _give_up(attempts: Sequence[_Attempt]) -> None:
    """Cancel attempts, and close what they opened all the same."""
    for attempt in attempts:
        attempt.cancel()
    for outcome in await asyncio.gather(*attempts, return_exceptions=True):
        if not isinstance(outcome, BaseException):
            await outcome.aclose()
