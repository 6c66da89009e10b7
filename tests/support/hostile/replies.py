"""Responses without a balance, each with the failure that it must result in."""

import json
from typing import Final

from gateways.peer import Answer
from gateways.replies import GOOD, head, refusal, reply
from hostile.case import (
    DOWN,
    NOT_READ,
    PROXY,
    REFUSED,
    REJECTED,
    STRANGE,
    ExpectedFailure,
)
from hostile.http_replies import BROKEN_HTTP, closing_after
from hostile.json_replies import HOSTILE_WORDS, NUMBERS, SHAPES, UNITS

_PORTAL: Final = "<html><h1>Welcome to the hotel</h1> Log in to the Wi-Fi</html>"
_REJECTION: Final = json.dumps(
    {"status": "error", "error_id": "UNAUTHORIZED", "error_msg": "no"}
)

SAID_NO: Final[dict[str, tuple[ExpectedFailure, Answer]]] = {
    "401 UNAUTHORIZED": (REJECTED, refusal("UNAUTHORIZED", "401 Unauthorized")),
    "403 UNAUTHORIZED": (REJECTED, refusal("UNAUTHORIZED", "403 Forbidden")),
    "200 UNAUTHORIZED": (REJECTED, refusal("UNAUTHORIZED", "200 OK")),
    "201 UNAUTHORIZED": (REJECTED, refusal("UNAUTHORIZED", "201 Created")),
    "401 UNAUTHORIZED as a page": (
        REJECTED,
        reply(_REJECTION, "401 Unauthorized", "text/html"),
    ),
    **{
        f"{status[:3]} {error_id}": (NOT_READ, refusal(error_id, status))
        for status in ("400 Bad Request", "200 OK")
        for error_id in ("JSON_PARSE_ERROR", "MISSING_PARAMS", "INVALID_CONTENT_TYPE")
    },
    "400 BAD_PARAMS": (REFUSED, refusal("BAD_PARAMS")),
    "402 an unknown id": (REFUSED, refusal("SOMETHING_NEW", "402 Payment Required")),
    "200 an unknown id": (REFUSED, refusal("SOMETHING_NEW", "200 OK")),
    "401 an unknown id": (REFUSED, refusal("IP_BLOCKED", "401 Unauthorized")),
    "error_msg that is a list": (REFUSED, refusal("BAD_PARAMS", words=["no"])),
    **{
        f"error_msg with {name}": (REFUSED, refusal("BAD_PARAMS", words=said))
        for name, said in HOSTILE_WORDS.items()
    },
    **{
        f"error_id with {name}": (REFUSED, refusal(said))
        for name, said in HOSTILE_WORDS.items()
    },
}
"""Refusals of the gateway."""

STRANGERS: Final[dict[str, tuple[ExpectedFailure, Answer]]] = {
    **{
        f"{status} and {what}": (STRANGE, reply(body, f"{status} No", "text/html"))
        for status in (401, 403)
        for what, body in {
            "a page": _PORTAL,
            "another's JSON": '{"error": "unauthorized"}',
            "half the gateway's JSON": '{"error_id": "UNAUTHORIZED"}',
            "a list": '["UNAUTHORIZED"]',
            "nothing": "",
            "a good reply": GOOD,
        }.items()
    },
    **{
        f"401 error_id {json.dumps(error_id)}": (
            STRANGE,
            refusal(error_id, "401 Unauthorized"),
        )
        for error_id in (None, True, ["UNAUTHORIZED"], {"UNAUTHORIZED": 1}, 401)
    },
    "407 a page": (PROXY, reply(_PORTAL, "407 Log in", "text/html")),
    "407 a rejection": (PROXY, reply(_REJECTION, "407 Log in")),
    "407 a good reply": (PROXY, reply(GOOD, "407 Log in")),
    "200 a portal": (STRANGE, reply(_PORTAL, kind="text/html")),
    "511 a portal": (STRANGE, reply(_PORTAL, "511 Log in", "text/html")),
    **{
        f"{status} elsewhere": (
            STRANGE,
            reply(_PORTAL, f"{status} Away", Location="http://127.0.0.1:9/"),
        )
        for status in (300, 301, 302, 303, 304, 307, 308)
    },
    "302 a rejection": (STRANGE, reply(_REJECTION, "302 Away")),
    "404 a page": (STRANGE, reply(_PORTAL, "404 Not Found", "text/html")),
    "201 a page": (STRANGE, reply("<html>", "201 Created", "text/html")),
    "201 without a status": (STRANGE, reply("{}", "201 Created")),
    "204 nothing": (STRANGE, b"HTTP/1.1 204 No Content\r\n\r\n"),
    "101 another protocol": (
        STRANGE,
        head("Upgrade: x", "Connection: upgrade", status="101 Switch") + GOOD.encode(),
    ),
    "999 a good reply": (STRANGE, reply(GOOD, "999 Denied")),
}
"""A portal, a proxy or another service, which says nothing about the key."""

NOT_NOW: Final[dict[str, tuple[ExpectedFailure, Answer]]] = {
    **{
        f"{status} and {what}": (DOWN, reply(body, f"{status} Oops"))
        for status in (429, 500, 502, 503, 504, 599)
        for what, body in {
            "a page": _PORTAL,
            "a good reply": GOOD,
            "a rejection": _REJECTION,
        }.items()
    },
    "503 a compressed page": (DOWN, reply(b"\x1f\x8b", "503 x", Content_Encoding="br")),
    "503 cut in its page": (DOWN, closing_after(reply(_PORTAL, "503 Busy")[:-5])),
    "503 with a length of 20 digits": (
        DOWN,
        head("Content-Length: " + "9" * 20, status="503 Busy"),
    ),
}
"""The gateway, or a proxy before it, is busy."""

QUICK: Final[dict[str, tuple[ExpectedFailure, Answer]]] = {
    **SAID_NO,
    **STRANGERS,
    **NOT_NOW,
    **NUMBERS,
    **UNITS,
    **SHAPES,
    **BROKEN_HTTP,
}
"""All responses that are quick."""
