"""Unusual responses whose balance is nevertheless unambiguous."""

import json
from typing import Final

from gateways.peer import Answer, Line
from gateways.replies import GOOD, head, reply, result
from trayapp.core.errors.status import Status

_CHUNKED: Final = head("Transfer-Encoding: chunked")


async def in_pieces(line: Line) -> None:
    """Send the response byte by byte, each in its own packet."""
    await line.hear()
    for byte in reply():
        await line.send(bytes([byte]))
    assert await line.gone()


async def before_the_request(line: Line) -> None:
    """Respond before the request arrives."""
    await line.send(reply())
    await line.hear()
    assert await line.gone()


async def until_the_end(line: Line) -> None:
    """Send no length, and close at the end of the response."""
    await line.hear()
    await line.send(head() + GOOD.encode())


def reply_with(amount: str, unit: str = "EUR") -> bytes:
    """Write a response with this balance in this unit."""
    return result(json.dumps(amount), json.dumps(unit))


ACCEPTED: Final[dict[str, tuple[str, Status, Answer]]] = {
    "negative": ("-€12.50", Status.EMPTY, reply_with("-12.5000")),
    "negative by a breath": ("-€0.00000001", Status.EMPTY, reply_with("-0.00000001")),
    "zero": ("€0.00", Status.EMPTY, reply_with("0.0000")),
    "minus zero": ("€0.00", Status.EMPTY, reply_with("-0.0000")),
    "a number": ("€350.12", Status.OK, result("350.1200")),
    "a number with an exponent": ("€1,000.00", Status.OK, result("1e3")),
    "a number with binary rounding": (
        "€27,964.00",
        Status.OK,
        result("27964.000000000004"),
    ),
    "a rest of binary rounding": ("€0.00", Status.EMPTY, result("1.4e-14")),
    "201 Created": ("€350.12", Status.OK, reply(status="201 Created")),
    "299 of a later kind": ("€350.12", Status.OK, reply(status="299 Fine")),
    "15 digits and 8 more": (
        "€999,999,999,999,999.99999999",
        Status.OK,
        result("999999999999999.99999999"),
    ),
    "zeros in front": ("€7.50", Status.LOW, reply_with("007.50")),
    "credits": ("1,225\xa0CREDITS", Status.OK, reply_with("1225", "CREDITS")),
    "a unit with blanks": ("1,225\xa0SMS", Status.OK, reply_with("1225", " SMS\n")),
    "a unit with an accent": (
        "50\xa0créditos",
        Status.OK,
        reply_with("50", "créditos"),
    ),
    "a unit of 16 letters": (
        "50\xa0" + "E" * 16,
        Status.OK,
        reply_with("50", "E" * 16),
    ),
    "a byte order mark": ("€350.12", Status.OK, reply("\ufeff" + GOOD)),
    "escapes": (
        "€350.12",
        Status.OK,
        reply(GOOD.replace("EUR", "\\u0045\\u0055\\u0052")),
    ),
    "text/plain": ("€350.12", Status.OK, reply(kind="text/plain")),
    "unknown members": (
        "€350.12",
        Status.OK,
        reply(GOOD.replace("}}", '}, "more": [1, {"deep": null}]}')),
    ),
    "HTTP/1.0": (
        "€350.12",
        Status.OK,
        reply().replace(b"HTTP/1.1", b"HTTP/1.0"),
    ),
    "a status without a reason": ("€350.12", Status.OK, reply(status="200")),
    "identity": ("€350.12", Status.OK, reply(Content_Encoding="Identity")),
    "no coding": ("€350.12", Status.OK, reply(Content_Encoding="")),
    "90 KB of cookies": (
        "€350.12",
        Status.OK,
        head(
            *(f"Set-Cookie: name{n}=value" for n in range(3_600)),
            f"Content-Length: {len(GOOD)}",
        )
        + GOOD.encode(),
    ),
    "more than said, after it": ("€350.12", Status.OK, reply() + b"HTTP/1.1 500"),
    "early hints before it": (
        "€350.12",
        Status.OK,
        b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n" * 9 + reply(),
    ),
    "chunks": (
        "€350.12",
        Status.OK,
        _CHUNKED
        + b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in GOOD.encode())
        + b"0\r\n\r\n",
    ),
    "chunks with names and trailers": (
        "€350.12",
        Status.OK,
        _CHUNKED
        + b"%x;a=b\r\n%b\r\n" % (len(GOOD), GOOD.encode())
        + b"0\r\nX: y\r\n\r\n",
    ),
    "no length": ("€350.12", Status.OK, until_the_end),
    "a byte in each packet": ("€350.12", Status.OK, in_pieces),
    "before the question": ("€350.12", Status.OK, before_the_request),
}
"""The shown amount, the account's status, and the response."""
