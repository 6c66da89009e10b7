"""Responses that are too large: bombs, and bodies and headers of 300 MB."""

import base64
import contextlib
import gzip
import zlib
from typing import Final

from gateways.peer import Answer, Line
from gateways.replies import GOOD, head, reply
from hostile.case import DOWN, STRANGE, ExpectedFailure

FLOOD: Final = 300 * 1024 * 1024
_BLOCK: Final = 64 * 1024


def flooding(start: bytes, block: bytes) -> Answer:
    """Send `start`, then `block` up to 300 MB or until the client hangs up."""

    async def answer(line: Line) -> None:
        await line.hear()
        with contextlib.suppress(ConnectionError):
            await line.send(start)
            for _ in range(FLOOD // len(block)):
                await line.send(block)

    return answer


def _zeros(head: bytes = b"", foot: bytes = b"") -> bytes:
    """Compress 300 MB of zeros: one compressed block, repeated."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = b"\x03\x00"
    return head + block * (FLOOD >> 20) + end + foot


# The checksums at the end are wrong, but a client that reaches them has unpacked all.
_GZIP: Final = _zeros(b"\x1f\x8b\x08\x00" + bytes(6), bytes(8))
_DEFLATE: Final = _zeros(b"\x78\xda", bytes(4))


def _zstd() -> bytes:
    """Compress 300 MB of zeros: blocks of 128 KB with one byte each (RFC 8878)."""
    frame = bytes.fromhex("28b52ffd0058")  # no checksum, a window of 2 MB
    size, repeated = 128 * 1024 - 1, 0b010
    block = (size << 3 | repeated).to_bytes(3, "little") + b"\x00"
    last = (size << 3 | repeated | 1).to_bytes(3, "little") + b"\x00"
    return frame + block * (FLOOD // size) + last


_BROTLI: Final = base64.b64decode(  # 300 MB of nothing, too
    "z///fwAkAOKxQHLv//n//w+ABEAcFoDu/T////8BkACIwwLQvf/n//8/ABIAcVgAuvf//P//B0ACIA4L"
    "QPf+n////wBIAMRhAeje//P//x8ACYA4LADd+3/+//8DIAEQhwWge//P//9/ACQA4rAAdO//+f//D4AE"
    "QBwWgO79P////wGQAIjDAtC9/+f//z8AEgBxWAC69//8//8HQAIgDgtA9/6f////AEgAxGEB6N7/8///"
    "HwAJgDgsAN37f/7//wMgARCHBaB7/8///38AJADisAB07//5//8PgARAHBaA7v1//v//ApAAiMMC0L3/"
    "BQ=="
)


_PACKED: Final = {
    "gzip": ("gzip", _GZIP),
    "gzip twice": ("gzip, gzip", gzip.compress(_GZIP)),
    "GZIP": ("GZIP", _GZIP),
    "x-gzip": ("x-gzip", _GZIP),
    "gzip behind identity": ("identity, gzip", _GZIP),
    "deflate": ("deflate", _DEFLATE),
    "raw deflate": ("deflate", _zeros()),
    "br": ("br", _BROTLI),
    "zstd": ("zstd", _zstd()),
    "a good reply in gzip": ("gzip", gzip.compress(GOOD.encode())),
    "a coding of 10,000 characters": ("x" * 10_000, GOOD.encode()),
    "a coding in disguise": ("\u202egzip", GOOD.encode()),
}

BOMBS: Final[dict[str, tuple[ExpectedFailure, Answer]]] = {
    **{
        name: (STRANGE, reply(body, Content_Encoding=coding))
        for name, (coding, body) in _PACKED.items()
    },
    "gzip that is not said": (STRANGE, reply(_GZIP[: 32 * 1024])),
}
"""Bodies that unpack to 300 MB, and other compressed bodies."""

FLOODS: Final[dict[str, tuple[ExpectedFailure, Answer]]] = {
    "300 MB as said": (
        STRANGE,
        flooding(head(f"Content-Length: {FLOOD}"), b" " * _BLOCK),
    ),
    "300 MB and no length": (STRANGE, flooding(head(), b"[" * _BLOCK)),
    "300 MB in large chunks": (
        STRANGE,
        flooding(
            head("Transfer-Encoding: chunked"),
            b"%x\r\n" % _BLOCK + b" " * _BLOCK + b"\r\n",
        ),
    ),
    "300 MB in chunks of a byte": (
        STRANGE,
        flooding(head("Transfer-Encoding: chunked"), b"1\r\n \r\n" * 10_000),
    ),
    "300 MB in one chunk": (
        STRANGE,
        flooding(head("Transfer-Encoding: chunked") + b"%x\r\n" % FLOOD, b"9" * _BLOCK),
    ),
    "300 MB of a chunk's name": (
        STRANGE,
        flooding(head("Transfer-Encoding: chunked") + b"1;x=", b"x" * _BLOCK),
    ),
    "300 MB of trailers": (
        STRANGE,
        flooding(
            head("Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n",
            b"X: y\r\n" * 10_000,
        ),
    ),
    "300 MB of blanks around a balance": (
        STRANGE,
        flooding(head() + GOOD.encode(), b" " * _BLOCK),
    ),
    "300 MB of a 401": (
        STRANGE,
        flooding(head(status="401 Unauthorized"), b"x" * _BLOCK),
    ),
    "300 MB of a 503": (DOWN, flooding(head(status="503 Busy"), b"x" * _BLOCK)),
    "300 MB of a redirect": (STRANGE, flooding(head(status="302 Away"), b"x" * _BLOCK)),
    "300 MB of a status": (STRANGE, flooding(b"HTTP/1.1 200 ", b"O" * _BLOCK)),
    "300 MB of one header": (
        STRANGE,
        flooding(b"HTTP/1.1 200 OK\r\nX: ", b"x" * _BLOCK),
    ),
    "300 MB of headers": (
        STRANGE,
        flooding(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 10_000),
    ),
    "300 MB of one folded header": (
        STRANGE,
        flooding(b"HTTP/1.1 200 OK\r\nX: y\r\n", b" y\r\n" * 10_000),
    ),
    "300 MB without a line's end": (STRANGE, flooding(b"", b"x" * _BLOCK)),
    "300 MB of empty lines": (STRANGE, flooding(b"", b"\r\n" * 10_000)),
}
"""300 MB in every part of a response."""
