"""Asks the gateway for one balance, over an injected `httpx.AsyncClient`."""

import asyncio
import json
import re
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, NoReturn

import httpx

from trayapp.core.account import Account
from trayapp.core.balance import Balance, JsonNumber, read_balance
from trayapp.core.errors import (
    BadRequest,
    BalanceTrayError,
    CertificateProblem,
    ConnectionProblem,
    GatewayDown,
    NoConnection,
    ProxyProblem,
    Refused,
    TimedOut,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.plain import one_line
from trayapp.core.secret import Secret
from trayapp.services.http_client import DEADLINE_S, new_client

_REPLY_LIMIT: Final = 64 * 1024
_ACCOUNT: Final = "/api/3.0/account/get-balance"
_SUB_ACCOUNT: Final = "/api/3.0/subaccount/get-balance"
_BAD_REQUESTS: Final = {"JSON_PARSE_ERROR", "MISSING_PARAMS", "INVALID_CONTENT_TYPE"}
_LONGEST_RETRY_S: Final = 10**9  # about 30 years; far more overflows a timedelta
# A host that IDNA can't encode is a UnicodeError; a port that is no port comes as the
# group that anyio gathers its attempts in.
_FOREIGN: Final = (
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    UnicodeError,
    ExceptionGroup,
)


class Gateway:
    """The gateway's API, version 3.0 (contract.md)."""

    def __init__(
        self,
        client: Callable[[], httpx.AsyncClient] = new_client,
        *,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        """Make the client when it is first needed: doing so is slow and can fail."""
        self._new_client = client
        self._client: httpx.AsyncClient | None = None
        self._deadline_s = deadline_s

    async def balance(self, account: Account, key: Secret) -> Balance:
        """Ask for an account's balance, or for its sub-account's if it names one.

        Raises a `GatewayError` or a `ConnectionProblem`, in no case later than the
        deadline.
        """
        try:
            async with asyncio.timeout(self._deadline_s):
                status, headers, body = await self._post(account, key)
        except _FOREIGN as error:
            problem = _as_ours(error)
        else:
            return _read_reply(status, headers, body, key)
        # Raised out here, where nothing is chained, not even as the context: httpx's
        # exceptions hold the request, and that holds the key.
        raise problem

    async def close(self) -> None:
        """Close the client, if there is one."""
        if self._client is not None:
            await self._client.aclose()

    async def _post(
        self, account: Account, key: Secret
    ) -> tuple[int, httpx.Headers, bytes]:
        if self._client is None:
            self._client = self._make_client()
        question = {"api_key": key.reveal()}
        if account.sub_account:
            question["user_name"] = account.sub_account
        # A request of our own making carries the documented headers and no others
        # (httpx adds Host and Content-Length): the client's defaults would tell the
        # gateway that compressed replies are welcome.
        request = httpx.Request(
            "POST",
            account.base_url + (_SUB_ACCOUNT if account.sub_account else _ACCOUNT),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            content=json.dumps(question).encode(),
        )
        response = await self._client.send(request, stream=True)
        try:
            return response.status_code, response.headers, await _body(response, key)
        finally:
            await response.aclose()

    def _make_client(self) -> httpx.AsyncClient:
        try:
            return self._new_client()
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            # httpx refuses an unknown proxy scheme, one whose package is missing, or
            # an exception (NO_PROXY) that is no address. Its words may repeat the
            # proxy's password, so the type alone is kept, and nothing is chained.
            refused = type(error).__name__
        raise ProxyProblem(detail=refused)


async def _body(response: httpx.Response, key: Secret) -> bytes:
    """Read the reply as it came, uncompressed and bounded."""
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding not in {"", "identity"}:
        # Unasked-for compression can turn a megabyte into gigabytes.
        said = _without(key, encoding)
        raise UnexpectedReply(detail=f"the reply is compressed: {said}")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > _REPLY_LIMIT:
            raise UnexpectedReply(detail="the reply is too long")
    return bytes(body)


def _read_reply(
    status: int, headers: httpx.Headers, body: bytes, key: Secret
) -> Balance:
    reply = _json(body)
    if (
        status == HTTPStatus.TOO_MANY_REQUESTS
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        raise GatewayDown(
            detail=f"HTTP {status}",
            retry_after=_retry_after(headers.get("Retry-After")),
        )
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise ProxyProblem(detail="the proxy wants a login")
    if reply is not None and reply.get("status") == "error":
        _raise_refusal(reply.get("error_id"), reply.get("error_msg"), status, key)
    result = reply.get("result") if reply is not None else None
    if (
        status == HTTPStatus.OK
        and reply is not None
        and reply.get("status") == "ok"
        and isinstance(result, dict)
    ):
        amount, unit = result.get("balance"), result.get("currency")
        if key.reveal() in f"{amount} {unit}":
            # What can't be read is quoted in the error, and a unit is shown.
            raise UnexpectedReply(detail="the reply repeats the key")
        return read_balance(amount, unit)
    kind = one_line(_without(key, headers.get("Content-Type", "no type")), 60)
    raise UnexpectedReply(detail=f"HTTP {status}, {kind}, {len(body)} bytes")


def _json(body: bytes) -> dict[str, object] | None:
    """Read a JSON object with its numbers' digits untouched; None if it is none."""
    try:
        reply = json.loads(
            body.decode("utf-8-sig"),
            parse_float=JsonNumber,
            parse_int=JsonNumber,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) else None


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _raise_refusal(
    error_id: object, words: object, status: int, key: Secret
) -> NoReturn:
    if not isinstance(error_id, str):
        raise UnexpectedReply(detail=f"HTTP {status}, an error without an id")
    said = one_line(_without(key, words), 160) if isinstance(words, str) else ""
    detail = f"HTTP {status} {one_line(_without(key, error_id), 60)}: {said}"
    kind: type[BalanceTrayError] = Refused
    if error_id == "UNAUTHORIZED":
        kind = Unauthorized
    elif error_id in _BAD_REQUESTS:
        kind = BadRequest
    raise kind(detail=detail)


def _without(key: Secret, text: str) -> str:
    """Take the key out: a gateway that repeats it must not bring it into our log."""
    return text.replace(key.reveal(), "[key]")


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


def _as_ours(error: Exception) -> ConnectionProblem:
    """Say what a foreign exception of a request means to us, by its type alone."""
    name = type(error).__name__
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TimedOut(detail=name)
    if isinstance(error, httpx.ProxyError):
        return ProxyProblem(detail=name)
    if isinstance(error, httpx.RemoteProtocolError):
        return UnexpectedReply(detail=name)
    tls = _tls_error(error)
    if tls is not None:
        return CertificateProblem(detail=tls)
    return NoConnection(detail=name)


def _tls_error(error: BaseException | None) -> str | None:
    """Find what TLS said among an exception's causes."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or "certificate not verified"
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return None  # the line was cut in the middle, which proves nothing
        if isinstance(error, ssl.SSLError):
            return error.reason or "TLS failed"
        error = error.__cause__ or error.__context__
    return None
