"""Slow servers: silent, dripping, or busy without an end."""

import contextlib
from typing import Final

from gateways.peer import Answer, Line
from gateways.replies import GOOD, head, refusal, reply
from hostile.case import DOWN, LATE, STRANGE, ExpectedFailure

CHUNKED: Final = head("Transfer-Encoding: chunked")


def silent_after(start: bytes) -> Answer:
    """Send this, then nothing, and keep the connection open."""

    async def answer(line: Line) -> None:
        await line.hear()
        await line.send(start)
        assert await line.gone(), "the client waits on"

    return answer


def dripping(start: bytes, rest: bytes, every_s: float = 1.0) -> Answer:
    """Send `start` at once, then a byte of `rest` every `every_s` seconds."""

    async def answer(line: Line) -> None:
        await line.hear()
        await line.send(start)
        for byte in rest:
            with contextlib.suppress(ConnectionError):
                await line.send(bytes([byte]))
            if await line.gone(within=every_s):
                return
        message = "the client waits for every byte"
        raise AssertionError(message)

    return answer


def repeating(start: bytes, block: bytes) -> Answer:
    """Send `block` again and again, slowly enough to stay below every limit."""

    async def answer(line: Line) -> None:
        await line.hear()
        await line.send(start)
        while not await line.gone(within=0.05):
            with contextlib.suppress(ConnectionError):
                await line.send(block)

    return answer


async def deaf(line: Line) -> None:
    """Accept the connection and read nothing."""
    assert await line.gone()


_HEAD: Final = reply()[: -len(GOOD)]

SLOW: Final[dict[str, tuple[ExpectedFailure, Answer]]] = {
    "reads nothing": (LATE, deaf),
    "hangs before the headers": (LATE, silent_after(b"")),
    "hangs in the status": (LATE, silent_after(b"HTTP/1.1 2")),
    "hangs in the headers": (LATE, silent_after(b"HTTP/1.1 200 OK\r\nContent-Ty")),
    "hangs after the headers": (LATE, silent_after(_HEAD)),
    "hangs in the body": (LATE, silent_after(reply()[:-5])),
    "hangs before the last byte": (LATE, silent_after(reply()[:-1])),
    "hangs where no length is said": (LATE, silent_after(head() + GOOD.encode())),
    "hangs before a chunk": (LATE, silent_after(CHUNKED)),
    "hangs in a chunk": (LATE, silent_after(CHUNKED + b'46\r\n{"stat')),
    "hangs before the last chunk": (
        LATE,
        silent_after(CHUNKED + b"%x\r\n" % len(GOOD) + GOOD.encode() + b"\r\n"),
    ),
    "hangs in a rejection": (
        LATE,
        silent_after(refusal("UNAUTHORIZED", "401 Unauthorized")[:-5]),
    ),
    "hangs after 100 Continue": (
        LATE,
        silent_after(b"HTTP/1.1 100 Continue\r\n\r\n"),
    ),
    "hangs after a 503's headers": (
        DOWN,
        silent_after(head("Content-Length: 9", status="503 Busy")),
    ),
    "hangs after a redirect's headers": (
        STRANGE,
        silent_after(head("Content-Length: 9", status="302 Away")),
    ),
    "hangs after a bomb's headers": (
        STRANGE,
        silent_after(head("Content-Encoding: gzip", "Content-Length: 9")),
    ),
    "a byte a second from the start": (LATE, dripping(b"", reply())),
    "a byte a second in the headers": (LATE, dripping(reply()[:30], reply()[30:])),
    "a byte a second in the body": (LATE, dripping(_HEAD, GOOD.encode())),
    "a byte a second in chunks": (LATE, dripping(CHUNKED, b"1\r\n{\r\n" * 9)),
    "twenty bytes a second in the headers": (LATE, dripping(b"", reply(), 0.05)),
    "twenty bytes a second in the body": (LATE, dripping(_HEAD, GOOD.encode(), 0.05)),
    "early hints without an end": (
        LATE,
        repeating(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ),
    "100 Continue without an end": (
        LATE,
        repeating(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    ),
    "headers without an end": (LATE, repeating(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n")),
    "blanks without an end": (LATE, repeating(head(), b" ")),
    "chunks without an end": (LATE, repeating(CHUNKED, b"1\r\n \r\n")),
    "trailers without an end": (LATE, repeating(CHUNKED + b"0\r\n", b"X: y\r\n")),
}
"""Responses that end with the deadline at the latest."""
