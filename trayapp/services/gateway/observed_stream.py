"""A network stream that notes what arrives, so that no byte counts for a later request.

A parser of HTTP keeps bytes after a response, and takes them for the next one. On a
connection of several accounts they would be another account's balance.
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Any, Final

import h11
import httpcore

_MOST_BYTES: Final = 192 * 1024
"""More than the largest head and body that are read."""
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ending:
    """How the bytes of a response ended."""

    has_excess: bool
    """More bytes followed the response."""
    can_continue: bool
    """By the rules of HTTP the connection may carry another request."""


class ObservedStream(httpcore.AsyncNetworkStream):
    """The stream of one connection, encrypted or not.

    Between two requests it reads ahead. What arrives then belongs to no request, so
    `write` refuses to send another request after it.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._read_ahead: asyncio.Task[bytes] | None = None
        self._first_byte_s: float | None = None
        self._is_between = False
        self.received = bytearray()
        """What arrived since the request began; no more than a response may have."""
        self.newest: ObservedStream = self
        """The stream within this one after TLS began, else this one."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's own argument
        """Read bytes; on a used connection the first byte has a limit of its own."""
        if not self.received and self._first_byte_s is not None:
            timeout = self._first_byte_s
        if self._read_ahead is None:
            data = await self._stream.read(max_bytes, timeout)
        else:
            if not await self.wait_for_bytes(timeout):
                raise httpcore.ReadTimeout
            reading, self._read_ahead = self._read_ahead, None
            data = reading.result()
        if len(self.received) < _MOST_BYTES:
            self.received += data
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # httpcore's own argument
        """Write bytes; `httpcore.ReadError` if something arrived before a request."""
        if self._is_between:
            if not self.is_quiet:
                message = "the gateway sent bytes before the request"
                raise httpcore.ReadError(message)
            self._is_between = False
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Stop reading ahead, and close the connection."""
        if self._read_ahead is not None:
            self._read_ahead.cancel()
            await asyncio.wait({self._read_ahead})
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's own argument
    ) -> httpcore.AsyncNetworkStream:
        """Encrypt the connection; the encrypted stream is observed, too."""
        stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        self.newest = ObservedStream(stream)
        return self.newest

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's own type
        """Return what httpcore asks; it never connects again by itself."""
        return False if info == "is_readable" else self._stream.get_extra_info(info)

    def begin(self, first_byte_s: float) -> None:
        """Expect the response of another request, its first byte within the limit."""
        self._first_byte_s = first_byte_s
        self.received.clear()

    def end(self) -> None:
        """Read ahead, as the response is complete."""
        self._is_between = True
        self._read_ahead = asyncio.create_task(self._stream.read(_CHUNK))
        self._read_ahead.add_done_callback(_retrieve)

    async def wait_for_bytes(self, timeout_s: float | None) -> bool:
        """Wait until bytes or the connection's end arrive; return whether they did."""
        if self._read_ahead is None:
            return False
        done, _ = await asyncio.wait({self._read_ahead}, timeout=timeout_s)
        return bool(done)

    @property
    def is_quiet(self) -> bool:
        """Whether the connection is open, and nothing arrived between two requests."""
        return (
            self._read_ahead is not None
            and not self._read_ahead.done()
            and not self._stream.get_extra_info("is_readable")
        )

    @property
    def has_early_bytes(self) -> bool:
        """Whether bytes arrived between two requests, not just the connection's end."""
        reading = self._read_ahead
        return (
            reading is not None
            and reading.done()
            and not reading.cancelled()
            and reading.exception() is None
            and bool(reading.result())
        )


def ending_of(received: bytes) -> Ending:
    """Parse the bytes of a complete response once more, to see how it ended.

    httpcore's own parser does not show the bytes that it keeps.
    """
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_BYTES)
    headers = [("Host", "gateway"), ("Content-Length", "0")]
    parser.send(h11.Request(method="POST", target="/", headers=headers))
    parser.send(h11.EndOfMessage())
    parser.receive_data(received)
    try:
        while not isinstance(event := parser.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA or event is h11.PAUSED:
                return Ending(has_excess=False, can_continue=False)
    except h11.RemoteProtocolError:
        return Ending(has_excess=True, can_continue=False)
    has_excess = bool(parser.trailing_data[0])
    is_done = parser.their_state is h11.DONE
    return Ending(has_excess, can_continue=is_done and not has_excess)


def _retrieve(reading: asyncio.Task[bytes]) -> None:
    """Look at an error, so that asyncio does not report it as never seen."""
    if not reading.cancelled():
        reading.exception()
