"""The gateway's client: requests one balance with an injected `httpx.AsyncClient`."""

import asyncio
import json
import ssl
from collections.abc import Callable
from typing import Final

import httpx

from trayapp.core.account import Account
from trayapp.core.balance import Balance
from trayapp.core.base_url import BaseUrl
from trayapp.core.errors import (
    CertificateProblem,
    ConnectionProblem,
    NoConnection,
    ProxyProblem,
    TimedOut,
    UnexpectedReply,
)
from trayapp.core.secret import Secret
from trayapp.services.gateway.kept_connections import OutOfStep
from trayapp.services.gateway.reply import read_reply
from trayapp.services.gateway.transport import (
    DEADLINE_S,
    NEW_CONNECTION,
    new_client,
)

_ACCOUNT: Final = "/api/3.0/account/get-balance"
_SUB_ACCOUNT: Final = "/api/3.0/subaccount/get-balance"
# The first words of httpcore's and h11's messages about a connection that was closed
# too early. They have no exception type for it.
_CLOSED_EARLY: Final = ("Server disconnected", "peer closed connection")
# The TLS errors that a closed or reset connection causes in the middle of a handshake.
_TLS_INTERRUPTED: Final = (
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
    ssl.SSLWantReadError,
)
# A host that IDNA can't encode raises a UnicodeError. An invalid port raises the
# exception group in which anyio collects its attempts.
_REQUEST_ERRORS: Final = (
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    UnicodeError,
    ExceptionGroup,
)


class GatewayClient:
    """The gateway's API, version 3.0 (CONTRACT.md)."""

    def __init__(
        self,
        make_client: Callable[[], httpx.AsyncClient] = new_client,
        *,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        """Call `make_client` at the first request, because it is slow.

        `deadline_s` limits a whole request, in seconds.
        """
        self._make_client = make_client
        self._client: httpx.AsyncClient | None = None
        self._deadline_s = deadline_s

    async def balance(self, account: Account, key: Secret) -> Balance:
        """Request an account's balance, or its sub-account's if it names one.

        Raises a `GatewayError` or a `ConnectionProblem`, at the latest when the
        deadline has passed.
        """
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._post(account, key)
        except _REQUEST_ERRORS as error:
            problem = _connection_problem(error)
        # Raised outside the handler, so that nothing is chained, not even as the
        # context: httpx's exceptions hold the request, and the request holds the key.
        raise problem

    async def close(self) -> None:
        """Close the client, if there is one."""
        if self._client is not None:
            await self._client.aclose()

    async def _post(self, account: Account, key: Secret) -> Balance:
        if self._client is None:
            self._client = self._make_client()
        parameters = {"api_key": key.reveal()}
        if account.sub_account:
            parameters["user_name"] = account.sub_account
        # Built here, the request carries only the documented headers, and Host and
        # Content-Length, which httpx adds. The client's default headers would accept
        # compressed replies.
        request = httpx.Request(
            "POST",
            _url(account),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            content=json.dumps(parameters).encode(),
        )
        try:
            return await self._exchange(self._client, request, key)
        except OutOfStep:
            # A copy without the exception, which holds the request.
            request.extensions = {**request.extensions, NEW_CONNECTION: True}
        return await self._exchange(self._client, request, key)

    async def _exchange(
        self, client: httpx.AsyncClient, request: httpx.Request, key: Secret
    ) -> Balance:
        response = await client.send(request, stream=True)
        try:
            return await read_reply(response, key)
        finally:
            await response.aclose()


def _url(account: Account) -> httpx.URL:
    """Make the URL of the parts that core parsed, so that no second parser decides.

    Raises `httpx.InvalidURL`.
    """
    base = BaseUrl.parse(account.base_url)
    if base is None:
        message = "no address of a gateway"
        raise httpx.InvalidURL(message)
    operation = _SUB_ACCOUNT if account.sub_account else _ACCOUNT
    return httpx.URL(
        scheme=base.scheme, host=base.host, port=base.port, path=base.path + operation
    )


def _connection_problem(error: Exception) -> ConnectionProblem:
    """Translate an exception of a request, without its text."""
    name = type(error).__name__
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TimedOut(detail=name)
    if isinstance(error, httpx.ProxyError):
        return ProxyProblem(detail=name)
    if isinstance(error, httpx.RemoteProtocolError | ssl.SSLError):
        # httpx wraps a TLS error of the handshake. One that is not wrapped happened
        # later, when the certificate was accepted and the key was sent, so it is no
        # `CertificateProblem`.
        closed_early = str(error).startswith(_CLOSED_EARLY)
        kind = NoConnection if closed_early else UnexpectedReply
        return kind(detail=name)
    reason = _tls_failure(error)
    if reason is not None:
        return CertificateProblem(detail=reason)
    return NoConnection(detail=name)


def _tls_failure(error: BaseException | None) -> str | None:
    """Find the reason of a TLS failure among an exception's causes."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or "certificate not verified"
        if isinstance(error, _TLS_INTERRUPTED):
            return None  # a connection that was closed proves nothing
        if isinstance(error, ssl.SSLError):
            return error.reason or "TLS failed"
        error = error.__cause__ or error.__context__
    return None
