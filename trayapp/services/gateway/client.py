"""Asks the gateway for one balance, over an injected `httpx.AsyncClient`."""

import asyncio
import json
import ssl
from collections.abc import Callable
from typing import Final

import httpx

from trayapp.core.account import Account
from trayapp.core.balance import Balance
from trayapp.core.errors import (
    CertificateProblem,
    ConnectionProblem,
    NoConnection,
    ProxyProblem,
    TimedOut,
    UnexpectedReply,
)
from trayapp.core.secret import Secret
from trayapp.services.gateway.reply import read_reply
from trayapp.services.gateway.transport import DEADLINE_S, new_client

_ACCOUNT: Final = "/api/3.0/account/get-balance"
_SUB_ACCOUNT: Final = "/api/3.0/subaccount/get-balance"
# How httpcore and h11 begin to say that the line was cut: they have no type for it.
_CUT: Final = ("Server disconnected", "peer closed connection")
# What TLS met last when the line was closed, or reset while it waited for more.
_TLS_WAITS: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLWantReadError)
# A host that IDNA can't encode is a UnicodeError; a port that is no port comes as the
# group that anyio gathers its attempts in.
_FOREIGN: Final = (
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
        client: Callable[[], httpx.AsyncClient] = new_client,
        *,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        """Make the client when it is first needed: doing so is slow."""
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
                return await self._post(account, key)
        except _FOREIGN as error:
            problem = _as_ours(error)
        # Raised out here, where nothing is chained, not even as the context: httpx's
        # exceptions hold the request, and that holds the key.
        raise problem

    async def close(self) -> None:
        """Close the client, if there is one."""
        if self._client is not None:
            await self._client.aclose()

    async def _post(self, account: Account, key: Secret) -> Balance:
        if self._client is None:
            self._client = self._new_client()
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
            return await read_reply(response, key)
        finally:
            await response.aclose()


def _as_ours(error: Exception) -> ConnectionProblem:
    """Say what a foreign exception of a request means to us, and not in its words."""
    name = type(error).__name__
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TimedOut(detail=name)
    if isinstance(error, httpx.ProxyError):
        return ProxyProblem(detail=name)
    if isinstance(error, httpx.RemoteProtocolError | ssl.SSLError):
        # What TLS says of the greeting comes wrapped. Bare it is of later, when the
        # certificate was good and the key was sent: no `CertificateProblem`.
        cut = str(error).startswith(_CUT)
        return NoConnection(detail=name) if cut else UnexpectedReply(detail=name)
    tls = _tls_error(error)
    if tls is not None:
        return CertificateProblem(detail=tls)
    return NoConnection(detail=name)


def _tls_error(error: BaseException | None) -> str | None:
    """Find what TLS said among an exception's causes."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or "certificate not verified"
        if isinstance(error, _TLS_WAITS):
            return None  # the line was cut in the middle, which proves nothing
        if isinstance(error, ssl.SSLError):
            return error.reason or "TLS failed"
        error = error.__cause__ or error.__context__
    return None
