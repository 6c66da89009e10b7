"""The HTTP client of the program: its trust store, proxies and connections."""

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

from trayapp.core.base_url import is_loopback
from trayapp.core.errors import ConnectionProblem, NoConnection, ProxyProblem
from trayapp.services.gateway.connector import Connector
from trayapp.services.gateway.proxies import proxy_address, proxy_for
from trayapp.services.gateway.resolver import Resolver

DEADLINE_S: Final = 20.0
"""Seconds for a whole request, from the name's lookup to the last byte received."""
PROXY_S: Final = 15.0
"""Seconds for a proxy to connect; fewer than `DEADLINE_S`, so that a silent proxy is
not taken for a silent gateway."""
_PROXY_CONNECTED: Final = {"proxy.start_tls.started", "socks.start_tls.started"}
"""The httpcore trace events after which the gateway, not the proxy, has to respond."""
_GATEWAY_UNREACHABLE: Final = re.compile(
    r"50[0234]\b|.*(unreachable|refused|TTL expired)"
)
"""The messages of a working proxy that can't reach the gateway."""


def new_client(*, proxy_s: float = PROXY_S) -> httpx.AsyncClient:
    """Make the client that the program uses.

    It checks certificates against the operating system's trust store, so that a
    company's own authority counts. Nothing turns these checks off, and SSLKEYLOGFILE
    does not make it write down the secrets of a connection. A request may raise a
    `ConnectionProblem` as well as httpx's exceptions.
    """
    return httpx.AsyncClient(
        transport=_Transport(proxy_s),
        # Cookies are never sent back, and stored ones would accumulate.
        cookies=CookieJar(DefaultCookiePolicy(netscape=False, rfc2965=False)),
        follow_redirects=False,
        timeout=DEADLINE_S,
        trust_env=False,  # _Transport reads the proxies itself
    )


def _tls_context() -> truststore.SSLContext:
    """Make a TLS context with the system's trust store and TLS 1.2 or newer.

    Debian's Python sets no oldest version, unlike the one from python.org.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Transport(httpx.AsyncBaseTransport):
    """Opens new connections for each request, and closes them with its response.

    A kept connection loses a request after a suspend. And a shared httpcore pool never
    forgets a request that was cancelled during a proxy's handshake: after a hundred of
    them the pool stays full.
    """

    def __init__(self, proxy_s: float) -> None:
        self._proxy_s = proxy_s
        self._tls, self._proxy_tls = _tls_context(), _tls_context()
        self._resolver = Resolver()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request directly, or through the proxy that the settings name."""
        if request.url.scheme != "https" and not is_loopback(request.url.host):
            message = "the key would cross the network in the clear"
            raise httpx.UnsupportedProtocol(message)
        proxy = proxy_for(request.url)
        async with AsyncExitStack() as closing:
            connector = Connector(self._resolver)
            closing.push_async_callback(connector.aclose)
            transport = _PoolTransport(self._pool(proxy, connector))
            closing.push_async_callback(transport.aclose)
            if proxy is None:
                response = await transport.handle_async_request(request)
            else:
                response = await self._send_through(proxy, transport, request)
            assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  # for mypy
            closing.push_async_callback(response.stream.aclose)
            stream = _ClosingStream(response.stream, closing.pop_all())
        return httpx.Response(
            response.status_code, headers=response.headers, stream=stream
        )

    def _pool(
        self, proxy: httpx.Proxy | None, connector: Connector
    ) -> httpcore.AsyncConnectionPool:
        if proxy is None:
            return httpcore.AsyncConnectionPool(
                ssl_context=self._tls, network_backend=connector
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
                network_backend=connector,
            )
        return httpcore.AsyncHTTPProxy(
            url,
            proxy_auth=proxy.raw_auth,
            ssl_context=self._tls,
            proxy_ssl_context=self._proxy_tls if proxy.url.scheme == "https" else None,
            network_backend=connector,
        )

    async def _send_through(
        self, proxy: httpx.Proxy, transport: "_PoolTransport", request: httpx.Request
    ) -> httpx.Response:
        """Send through a proxy, and tell its failures from the gateway's."""

        async def trace(event: str, _: object) -> None:
            if event in _PROXY_CONNECTED:
                limit.reschedule(None)

        request.extensions = {**request.extensions, "trace": trace}
        limit = asyncio.timeout(self._proxy_s)
        try:
            async with limit:
                return await transport.handle_async_request(request)
        except Exception as error:
            if limit.when() is None:
                raise
            problem = _proxy_problem(proxy, error)
        # Raised outside the handler, so that nothing is chained: httpcore's exceptions
        # hold the proxy's password.
        raise problem


class _PoolTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a given pool; its own constructor accepts none."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool


class _ClosingStream(httpx.AsyncByteStream):
    """The body of a response; closing it closes all that its request opened."""

    def __init__(self, body: httpx.AsyncByteStream, closing: AsyncExitStack) -> None:
        self._body, self._closing = body, closing

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            yield chunk

    async def aclose(self) -> None:
        await self._closing.aclose()


def _proxy_problem(proxy: httpx.Proxy, error: Exception) -> ConnectionProblem:
    """Translate a failure before the proxy had connected, without the proxy's text."""
    address, message = proxy_address(proxy), str(error)
    if isinstance(error, httpx.ProxyError):
        if _GATEWAY_UNREACHABLE.match(message):
            return NoConnection(detail=f"{address} can't reach the gateway")
        status = re.match(r"[1-9][0-9]{2}\b", message)
        response = f"HTTP {status[0]}" if status else "a refusal"
        if message.startswith("407"):
            response = "that it wants a login"
        return ProxyProblem(detail=f"{address} answers with {response}")
    if isinstance(error, TimeoutError):
        return ProxyProblem(detail=f"{address} does not answer in time")
    return ProxyProblem(detail=f"{address}: {type(error).__name__}")
