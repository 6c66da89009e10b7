"""Reads an HTTP response: a balance, the gateway's refusal, or something unexpected."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, NoReturn

import httpx

from trayapp.core.balance import Balance, JsonNumber, read_balance
from trayapp.core.errors import (
    BY_ERROR_ID,
    GatewayDown,
    ProxyProblem,
    Refused,
    UnexpectedReply,
)
from trayapp.core.i18n.plain_text import one_line, shorten
from trayapp.core.secret import Secret

_MAX_BYTES: Final = 64 * 1024
_USUAL_PAUSE: Final = timedelta(minutes=1)
"""The pause after a 429 that names none: most limits are counted by the minute."""
_MAX_RETRY_S: Final = 10**9  # about 30 years; far more overflows a timedelta


async def read_reply(response: httpx.Response, key: Secret) -> Balance:
    """Read the body of a streamed response and return its balance.

    Raises the error that the response means if it has no balance. Only the gateway's
    own JSON can reject the key, whatever the HTTP status is. A 401 of a portal or a
    proxy says nothing about the key. A rejection with status 200 counts, because more
    requests might get this computer blocked. Any HTTP status of 2xx may have a balance
    (CONTRACT.md, "Seen later").
    """
    _check_head(response, key)
    body = await _read_body(response, key)
    reply = _parse_json(body)
    if reply is not None and reply.get("status") == "error":
        _raise_refusal(response, reply.get("error_id"), reply.get("error_msg"), key)
    result = reply.get("result") if reply is not None else None
    if (
        not response.is_success
        or reply is None
        or reply.get("status") != "ok"
        or not isinstance(result, dict)
    ):
        raise _unexpected(response, key, f"{len(body)} bytes")
    amount, unit = result.get("balance"), result.get("currency")
    if any(key.is_in(_visible(value)) for value in (amount, unit)):
        # An error quotes an unreadable amount, and the window shows the unit.
        raise UnexpectedReply(detail="the reply repeats the key")
    return read_balance(amount, unit)


def _check_head(response: httpx.Response, key: Secret) -> None:
    """Raise the error that the status and the headers mean, before reading the body.

    Thus Retry-After counts even if the body is long, compressed or endless.
    """
    status = HTTPStatus
    if response.status_code == status.PROXY_AUTHENTICATION_REQUIRED:
        raise ProxyProblem(detail="the proxy wants a login")
    if response.status_code == status.NETWORK_AUTHENTICATION_REQUIRED:
        raise _unexpected(response, key, "the network wants a login")
    if response.status_code == status.TOO_MANY_REQUESTS or response.is_server_error:
        retry_after = _retry_after(response.headers.get("Retry-After"))
        if retry_after is None and response.status_code == status.TOO_MANY_REQUESTS:
            retry_after = _USUAL_PAUSE
        raise GatewayDown(
            detail=f"HTTP {response.status_code}", retry_after=retry_after
        )
    if not response.is_success and not response.is_client_error:
        raise _unexpected(response, key, "the body is not read")


async def _read_body(response: httpx.Response, key: Secret) -> bytes:
    """Read the body; a compressed one or one of over 64 KiB is unexpected."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.lower() not in {"", "identity"}:
        # The request accepts no compression, which can turn a megabyte into gigabytes.
        raise _unexpected(response, key, f"compressed as {encoding}")
    body = bytearray()
    # A body that is announced as too long is not read at all.
    announced = response.headers.get("Content-Length", "0")
    if int(announced) <= _MAX_BYTES:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > _MAX_BYTES:
                break
        else:
            return bytes(body)
    raise _unexpected(response, key, "too long")


def _unexpected(response: httpx.Response, key: Secret, reason: str) -> UnexpectedReply:
    content_type = _clean(key, response.headers.get("Content-Type", "no type"), 60)
    detail = f"HTTP {response.status_code}, {content_type}, {_clean(key, reason, 60)}"
    return UnexpectedReply(detail=detail)


def _parse_json(body: bytes) -> dict[str, object] | None:
    """Parse a JSON object and keep its numbers' digits; None for anything else."""
    try:
        reply = json.loads(
            body.decode("utf-8-sig"),
            parse_float=JsonNumber,
            parse_int=JsonNumber,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_members,
        )
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) else None


def _unique_members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object with a repeated name: of two balances, neither is certain."""
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "a member comes twice"
        raise ValueError(message)
    return members


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _raise_refusal(
    response: httpx.Response, error_id: object, message: object, key: Secret
) -> NoReturn:
    if not isinstance(error_id, str) or isinstance(error_id, JsonNumber):
        raise _unexpected(response, key, "an error without an id")
    clean_id, clean_message = _clean(key, error_id, 60), _clean(key, message, 160)
    kind = BY_ERROR_ID.get(error_id, Refused)
    raise kind(detail=f"HTTP {response.status_code} {clean_id}: {clean_message}")


def _clean(key: Secret, text: object, limit: int) -> str:
    """Prepare a server's text for the log: one short line without the key.

    Invisible characters go first, because they may stand between the key's letters.
    """
    return shorten(key.removed_from(_visible(text)), limit)


def _visible(text: object) -> str:
    return one_line(text, _MAX_BYTES) if isinstance(text, str) else ""


def _retry_after(value: str | None) -> timedelta | None:
    """Read a Retry-After header: seconds or a date (RFC 9110); None if invalid."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,20}", value.strip(), re.ASCII):
        return timedelta(seconds=min(int(value), _MAX_RETRY_S))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = moment - datetime.now(UTC)
    return wait if wait > timedelta(0) else None
