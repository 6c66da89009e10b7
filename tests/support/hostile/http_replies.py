"""Broken HTTP, and broken connections."""

from typing import Final

from gateways.peer import Answer, Line
from gateways.replies import GOOD, KEY, head, reply
from hostile.case import CUT, STRANGE, ExpectedFailure


async def cut_at_once(line: Line) -> None:
    """Close without a reply."""
    await line.hear()


async def reset_at_once(line: Line) -> None:
    """Reset without a reply."""
    await line.hear()
    line.reset()


async def reset_unheard(line: Line) -> None:
    """Reset without reading the request."""
    line.reset()


async def reset_in_the_body(line: Line) -> None:
    """Reset in the middle of the reply."""
    await line.hear()
    await line.send(reply()[:-5])
    line.reset()


def closing_after(raw: bytes) -> Answer:
    """Send this and close the connection regularly."""

    async def answer(line: Line) -> None:
        await line.hear()
        await line.send(raw)

    return answer


BROKEN_HTTP: Final[dict[str, tuple[ExpectedFailure, Answer]]] = {
    "a mail server": (STRANGE, b"220 mail.example.com ESMTP\r\n\r\n"),
    "a secure shell": (STRANGE, b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n"),
    "JSON without HTTP": (STRANGE, GOOD.encode() + b"\r\n\r\n"),
    "a status in words": (STRANGE, b"HTTP/1.1 two-hundred OK\r\n\r\n"),
    "the key as the status": (STRANGE, f"HTTP/1.1 {KEY} OK\r\n\r\n".encode()),
    "HTTP/2 unasked": (STRANGE, b"HTTP/2 200\r\n\r\n" + GOOD.encode()),
    "a frame of HTTP/2": (STRANGE, b"\x00\x00\x12\x04\x00" * 200),
    "a header with NUL": (STRANGE, head("X: \x00")),
    "a header without a name": (STRANGE, head(": x")),
    "a header without a colon": (STRANGE, head("no colon")),
    "a folded first header": (STRANGE, b"HTTP/1.1 200 OK\r\n folded\r\n\r\n"),
    "Content-Length -1": (STRANGE, head("Content-Length: -1")),
    "Content-Length 0x46": (STRANGE, head("Content-Length: 0x46")),
    "Content-Length of 5,000 digits": (STRANGE, head("Content-Length: " + "9" * 5_000)),
    "Content-Length of 20 digits": (
        STRANGE,
        head("Content-Length: " + "9" * 20) + GOOD.encode(),
    ),
    "two lengths": (
        STRANGE,
        head("Content-Length: 5", "Content-Length: 70") + GOOD.encode(),
    ),
    "a length too short": (STRANGE, head("Content-Length: 9") + GOOD.encode()),
    "a length too long": (
        CUT,
        closing_after(head("Content-Length: 99") + GOOD.encode()),
    ),
    "chunks of nonsense": (STRANGE, head("Transfer-Encoding: chunked") + b"xyz\r\n"),
    "a chunk shorter than said": (
        STRANGE,
        head("Transfer-Encoding: chunked") + b"5\r\n{}\r\n0\r\n\r\n",
    ),
    "a chunk of 2^64 bytes": (
        STRANGE,
        head("Transfer-Encoding: chunked") + b"f" * 21 + b"\r\n",
    ),
    "a negative chunk": (STRANGE, head("Transfer-Encoding: chunked") + b"-1\r\n"),
    "chunks cut": (CUT, closing_after(head("Transfer-Encoding: chunked") + b"46\r\n{")),
    "chunks without an end": (
        CUT,
        closing_after(head("Transfer-Encoding: chunked") + b"2\r\n{}\r\n"),
    ),
    "another transfer encoding": (STRANGE, head("Transfer-Encoding: gzip, chunked")),
    "cut before the status": (CUT, cut_at_once),
    "cut in the status": (CUT, closing_after(b"HTTP/1.1 2")),
    "cut in the headers": (CUT, closing_after(b"HTTP/1.1 200 OK\r\nContent-Ty")),
    "cut after the headers": (CUT, closing_after(reply()[: -len(GOOD)])),
    "cut in the body": (CUT, closing_after(reply()[:-5])),
    "cut where no length is said": (
        STRANGE,
        closing_after(head() + GOOD[:-5].encode()),
    ),
    "reset unheard": (CUT, reset_unheard),
    "reset at once": (CUT, reset_at_once),
    "reset in the body": (CUT, reset_in_the_body),
}
"""Broken HTTP, and broken connections."""
