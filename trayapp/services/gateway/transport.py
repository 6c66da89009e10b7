"""The program's HTTP client: whom it trusts, and how it gets out to the network."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpcore
import httpx
import truststore

from trayapp.core.account_draft import is_loopback
from trayapp.core.errors import ConnectionProblem, NoConnection, ProxyProblem
from trayapp.services.gateway.connector import Connector
from trayapp.services.gateway.proxies import place, proxy_for
from trayapp.services.gateway.resolver import Resolver

DEADLINE_S: Final = 20.0
"""For everything from the name's lookup to the reply's last byte, in seconds."""
PROXY_S: Final = 15.0
"""For a proxy to connect: less, so that its silence is not taken for the gateway's."""
_CONNECTED: Final = {"proxy.start_tls.started", "socks.start_tls.started"}
"""What httpcore tells when the proxy has done its part, and the gateway's begins."""
_NOT_THE_PROXY: Final = re.compile(r"50[0234]\b|.*(unreachable|refused|TTL expired)")
"""How a proxy that works says that the gateway can't be reached."""


def new_client(*, proxy_s: float = PROXY_S) -> httpx.AsyncClient:
    """Make the client that the program uses.

    Certificates are checked against the operating system's trust store, so that a
    company's own authority counts, and there is no way to turn that off; nor does
    SSLKEYLOGFILE make it write down the secrets of a connection. A question may fail
    with a `ConnectionProblem` as well as with what httpx raises.
    """
    return httpx.AsyncClient(
        transport=_Transport(proxy_s),
        # None is sent back anyway, and kept ones would pile up from poll to poll.
        cookies=CookieJar(DefaultCookiePolicy(netscape=False, rfc2965=False)),
        follow_redirects=False,
        timeout=DEADLINE_S,
        trust_env=False,  # _Transport reads it
    )


def _tls_context() -> truststore.SSLContext:
    """Trust what the system trusts, and refuse TLS 1.1 and older.

    Debian's Python sets no oldest version, unlike the one from python.org.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Transport(httpx.AsyncBaseTransport):
    """Carries each question over connections of its own, which end with the answer.

    After a suspend a kept connection swallows the question. And a pool of httpcore's
    for all questions never forgets those that were given up in the middle of a
    proxy's greeting: after a hundred it is full, until the program ends.
    """

    def __init__(self, proxy_s: float) -> None:
        self._proxy_s = proxy_s
        self._tls, self._proxy_tls = _tls_context(), _tls_context()
        self._lookups = Resolver()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask directly, or through the proxy that the environment names."""
        if request.url.scheme != "https" and not is_loopback(request.url.host):
            message = "the key would cross the network in the clear"
            raise httpx.UnsupportedProtocol(message)
        proxy = proxy_for(request.url)
        async with AsyncExitStack() as closing:
            dialler = Connector(self._lookups)
            closing.push_async_callback(dialler.aclose)
            way = _Way(self._pool(proxy, dialler))
            closing.push_async_callback(way.aclose)
            if proxy is None:
                response = await way.handle_async_request(request)
            else:
                response = await self._ask_through(proxy, way, request)
            assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  # for mypy
            closing.push_async_callback(response.stream.aclose)
            stream = _Answer(response.stream, closing.pop_all())
        return httpx.Response(
            response.status_code, headers=response.headers, stream=stream
        )

    def _pool(
        self, proxy: httpx.Proxy | None, dialler: Connector
    ) -> httpcore.AsyncConnectionPool:
        if proxy is None:
            return httpcore.AsyncConnectionPool(
                ssl_context=self._tls, network_backend=dialler
            )
        url = httpcore.URL(
            scheme=proxy.url.raw_scheme,
            host=proxy.url.raw_host,
            port=proxy.url.port,
            target=b"/",
        )
        if proxy.url.scheme.startswith("socks"):
            return httpcore.AsyncSOCKSProxy(
                url,
                proxy_auth=proxy.raw_auth,
                ssl_context=self._tls,
                network_backend=dialler,
            )
        return httpcore.AsyncHTTPProxy(
            url,
            proxy_auth=proxy.raw_auth,
            ssl_context=self._tls,
            proxy_ssl_context=self._proxy_tls if proxy.url.scheme == "https" else None,
            network_backend=dialler,
        )

    async def _ask_through(
        self, proxy: httpx.Proxy, way: "_Way", request: httpx.Request
    ) -> httpx.Response:
        """Ask through a proxy, and tell its failures from the gateway's."""

        async def hear(event: str, _: object) -> None:
            if event in _CONNECTED:
                limit.reschedule(None)

        request.extensions = {**request.extensions, "trace": hear}
        limit = asyncio.timeout(self._proxy_s)
        try:
            async with limit:
                return await way.handle_async_request(request)
        except Exception as error:
            if limit.when() is None:
                raise
            problem = _proxy_problem(proxy, error)
        # Out here nothing is chained: httpcore's exceptions hold the proxy's password.
        raise problem


class _Way(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool of our own, for which it has no argument."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool


class _Answer(httpx.AsyncByteStream):
    """A reply's body; closing it closes all that was opened for the question."""

    def __init__(self, body: httpx.AsyncByteStream, closing: AsyncExitStack) -> None:
        self._body, self._closing = body, closing

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._body:
            yield piece

    async def aclose(self) -> None:
        await self._closing.aclose()


def _proxy_problem(proxy: httpx.Proxy, error: Exception) -> ConnectionProblem:
    """Say what failed before the proxy had connected, and not in the proxy's words."""
    where, said = place(proxy), str(error)
    if isinstance(error, httpx.ProxyError):
        if _NOT_THE_PROXY.match(said):
            return NoConnection(detail=f"{where} can't reach the gateway")
        status = re.match(r"[1-9][0-9]{2}\b", said)
        answer = f"HTTP {status[0]}" if status else "a refusal"
        if said.startswith("407"):
            answer = "that it wants a login"
        return ProxyProblem(detail=f"{where} answers with {answer}")
    if isinstance(error, TimeoutError):
        return ProxyProblem(detail=f"{where} does not answer in time")
    return ProxyProblem(detail=f"{where}: {type(error).__name__}")
