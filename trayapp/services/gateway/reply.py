"""What a reply means: a balance, the gateway's refusal, or no word of its own."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, NoReturn

import httpx

from trayapp.core.balance import Balance, JsonNumber, read_balance
from trayapp.core.errors import (
    BadRequest,
    BalanceTrayError,
    GatewayDown,
    ProxyProblem,
    Refused,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.i18n.plain_text import one_line, shorten
from trayapp.core.secret import Secret

_LONGEST: Final = 64 * 1024
_BAD_REQUESTS: Final = {"JSON_PARSE_ERROR", "MISSING_PARAMS", "INVALID_CONTENT_TYPE"}
_LONGEST_RETRY_S: Final = 10**9  # about 30 years; far more overflows a timedelta


async def read_reply(response: httpx.Response, key: Secret) -> Balance:
    """Read a reply whose body is still to come.

    Raises what it means if it is no balance. That the key is rejected is believed in
    the gateway's own JSON alone, whatever the status: a portal's or a proxy's 401 says
    nothing about it, and a rejection in a 200 is one all the same, since going on
    asking might get this computer blocked.
    """
    _judge_head(response, key)
    body = await _body(response, key)
    reply = _json(body)
    if reply is not None and reply.get("status") == "error":
        _raise_refusal(response, reply.get("error_id"), reply.get("error_msg"), key)
    result = reply.get("result") if reply is not None else None
    if (
        response.status_code != HTTPStatus.OK
        or reply is None
        or reply.get("status") != "ok"
        or not isinstance(result, dict)
    ):
        raise _unexpected(response, key, f"{len(body)} bytes")
    amount, unit = result.get("balance"), result.get("currency")
    if any(key.is_in(_visible(told)) for told in (amount, unit)):
        # What can't be read is quoted in the error, and a unit is shown.
        raise UnexpectedReply(detail="the reply repeats the key")
    return read_balance(amount, unit)


def _judge_head(response: httpx.Response, key: Secret) -> None:
    """Raise what status and headers say already, before a byte of the body.

    A page that is long, compressed or never ends does not hide so how long the
    gateway wants to be left alone.
    """
    status = HTTPStatus
    if response.status_code == status.PROXY_AUTHENTICATION_REQUIRED:
        raise ProxyProblem(detail="the proxy wants a login")
    if response.status_code == status.NETWORK_AUTHENTICATION_REQUIRED:
        raise _unexpected(response, key, "the network wants a login")
    if response.status_code == status.TOO_MANY_REQUESTS or response.is_server_error:
        raise GatewayDown(
            detail=f"HTTP {response.status_code}",
            retry_after=_retry_after(response.headers.get("Retry-After")),
        )
    if response.status_code != status.OK and not response.is_client_error:
        raise _unexpected(response, key, "the body is not read")


async def _body(response: httpx.Response, key: Secret) -> bytes:
    """Read the body as it came, uncompressed and bounded."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.lower() not in {"", "identity"}:
        # Unasked-for compression can turn a megabyte into gigabytes.
        raise _unexpected(response, key, f"compressed as {encoding}")
    body = bytearray()
    # The server that announces too much need not be waited for.
    announced = response.headers.get("Content-Length", "0")
    if int(announced) <= _LONGEST:
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > _LONGEST:
                break
        else:
            return bytes(body)
    raise _unexpected(response, key, "too long")


def _unexpected(response: httpx.Response, key: Secret, why: str) -> UnexpectedReply:
    kind = response.headers.get("Content-Type", "no type")
    said = _told(key, kind, 60), _told(key, why, 60)
    return UnexpectedReply(detail=f"HTTP {response.status_code}, {', '.join(said)}")


def _json(body: bytes) -> dict[str, object] | None:
    """Read a JSON object with its numbers' digits untouched; None if it is none."""
    try:
        reply = json.loads(
            body.decode("utf-8-sig"),
            parse_float=JsonNumber,
            parse_int=JsonNumber,
            parse_constant=_refuse_constant,
            object_pairs_hook=_members,
        )
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) else None


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse what is said twice: of two balances neither is certain."""
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "a member comes twice"
        raise ValueError(message)
    return members


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _raise_refusal(
    response: httpx.Response, error_id: object, words: object, key: Secret
) -> NoReturn:
    if not isinstance(error_id, str) or isinstance(error_id, JsonNumber):
        raise _unexpected(response, key, "an error without an id")
    named, said = _told(key, error_id, 60), _told(key, words, 160)
    kind: type[BalanceTrayError] = Refused
    if error_id == "UNAUTHORIZED":
        kind = Unauthorized
    elif error_id in _BAD_REQUESTS:
        kind = BadRequest
    raise kind(detail=f"HTTP {response.status_code} {named}: {said}")


def _told(key: Secret, words: object, limit: int) -> str:
    """Make a server's words fit for our log, above all without the key.

    They are made visible first: between a key's letters may be invisible ones.
    """
    return shorten(key.taken_out_of(_visible(words)), limit)


def _visible(words: object) -> str:
    return one_line(words, _LONGEST) if isinstance(words, str) else ""


def _retry_after(value: str | None) -> timedelta | None:
    """Read a Retry-After header: seconds or a date (RFC 9110); None for nonsense."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,20}", value.strip(), re.ASCII):
        return timedelta(seconds=min(int(value), _LONGEST_RETRY_S))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = moment - datetime.now(UTC)
    return wait if wait > timedelta(0) else None
