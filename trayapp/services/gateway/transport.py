"""The HTTP client of the program: its trust store, proxies and connections."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AsyncExitStack
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpcore
import httpx
import truststore

from trayapp.core.base_url import is_loopback
from trayapp.core.errors import ConnectionProblem, NoConnection, ProxyProblem
from trayapp.services.gateway.connector import Connector
from trayapp.services.gateway.kept_connections import (
    Connection,
    ConnectionTimes,
    KeptConnections,
)
from trayapp.services.gateway.proxies import ProxySettings, Route, proxy_address
from trayapp.services.gateway.resolver import Resolver

DEADLINE_S: Final = 20.0
"""Seconds for a whole request, from the name's lookup to the last byte received."""
PROXY_S: Final = 15.0
"""Seconds for a proxy to connect; fewer than `DEADLINE_S`, so that a silent proxy is
not taken for a silent gateway."""
_PROXY_CONNECTED: Final = {"proxy.start_tls.started", "socks.start_tls.started"}
"""The httpcore trace events after which the gateway, not the proxy, has to respond."""
_CONNECTED: Final = {"connection.connect_tcp.complete"}
"""The same without a proxy."""
_GATEWAY_UNREACHABLE: Final = re.compile(
    r"50[0234]\b|.*(unreachable|refused|TTL expired)"
)
"""The messages of a working proxy that can't reach the gateway."""
NEW_CONNECTION: Final = "new_connection"
_TIMES: Final = ConnectionTimes()


def new_client(
    *, proxy_s: float = PROXY_S, times: ConnectionTimes = _TIMES
) -> httpx.AsyncClient:
    """Make the client that the program uses.

    It checks certificates against the operating system's trust store, so that a
    company's own authority counts. Nothing turns these checks off, and SSLKEYLOGFILE
    does not make it write down the secrets of a connection. A request may raise a
    `ConnectionProblem` as well as httpx's exceptions. Reading its response may raise
    `OutOfStep`; a request with the extension `NEW_CONNECTION` never does.
    """
    return httpx.AsyncClient(
        transport=_Transport(proxy_s, times),
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
    """Sends requests over kept connections, and opens one where there is none.

    A request that gets no byte of a response on a kept connection is sent once more on
    a new one. The gateway may have closed it, or the computer slept. A balance request
    changes nothing, so it may arrive twice.
    """

    def __init__(self, proxy_s: float, times: ConnectionTimes) -> None:
        self._proxy_s = proxy_s
        self._times = times
        self._tls, self._proxy_tls = _tls_context(), _tls_context()
        self._resolver = Resolver()
        self._kept = KeptConnections(times)
        self._proxies = ProxySettings()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request directly, or through the proxy that the settings name."""
        if request.url.scheme != "https" and not is_loopback(request.url.host):
            message = "the key would cross the network in the clear"
            raise httpx.UnsupportedProtocol(message)
        route = await self._proxies.route_to(request.url)
        endpoint = _endpoint(request.url, route.proxy)
        if request.extensions.get(NEW_CONNECTION):
            await self._kept.close(endpoint)
            connection = None
        else:
            connection = await self._kept.take(endpoint)
        if connection is not None:
            try:
                return await self._exchange(endpoint, connection, request)
            except Exception:
                if connection.has_response:
                    raise
            # What ended this connection has probably ended the others, too.
            await self._kept.close(endpoint)
        connector = Connector(self._resolver)
        pool = self._pool(route.proxy, connector)
        connection = Connection(pool, connector, self._times)
        try:
            return await self._exchange(endpoint, connection, request, route)
        except BaseException:
            self._proxies.forget()
            raise

    async def aclose(self) -> None:
        """Close the kept connections."""
        await self._kept.close()

    async def _exchange(
        self,
        endpoint: Hashable,
        connection: Connection,
        request: httpx.Request,
        route: Route | None = None,
    ) -> httpx.Response:
        """Send on this connection; without `route` it is open already."""
        async with AsyncExitStack() as closing:
            closing.push_async_callback(connection.aclose)
            if route is None or route == Route():
                response = await connection.send(request)
            else:
                response = await self._send_by(route, connection, request)
            assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  # for mypy
            closing.pop_all()
        keep = partial(self._kept.add, endpoint)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Body(response.stream, connection, keep),
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

    async def _send_by(
        self, route: Route, connection: Connection, request: httpx.Request
    ) -> httpx.Response:
        """Send through a proxy, or past one, and tell its failures from the gateway's.

        Without the proxy that the desktop sets, nothing may be reached.
        """
        opened = _CONNECTED if route.proxy is None else _PROXY_CONNECTED

        async def trace(event: str, _: object) -> None:
            if event in opened:
                limit.reschedule(None)

        request.extensions = {**request.extensions, "trace": trace}
        limit = asyncio.timeout(self._proxy_s)
        try:
            async with limit:
                return await connection.send(request)
        except Exception as error:
            if limit.when() is None:
                raise
            if route.proxy is None:
                detail = f"{route.unusable} can't be used, and nothing else connects"
                problem: ConnectionProblem = ProxyProblem(detail=detail)
            else:
                problem = _proxy_problem(route.proxy, error)
        # Raised outside the handler, so that nothing is chained: httpcore's exceptions
        # hold the proxy's password.
        raise problem


class _Body(httpx.AsyncByteStream):
    """The body of a response; closing it keeps or closes the connection."""

    def __init__(
        self,
        body: httpx.AsyncByteStream,
        connection: Connection,
        keep: Callable[[Connection], Awaitable[None]],
    ) -> None:
        self._body, self._connection, self._keep = body, connection, keep
        self._can_be_kept = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            yield chunk
        self._can_be_kept = await self._connection.finish()

    async def aclose(self) -> None:
        try:
            await self._body.aclose()
        except BaseException:
            await self._connection.aclose()
            raise
        if self._can_be_kept:
            self._can_be_kept = False
            await self._keep(self._connection)
        else:
            await self._connection.aclose()


def _endpoint(url: httpx.URL, proxy: httpx.Proxy | None) -> Hashable:
    """Return what two requests must have in common to share a connection."""
    by_way_of = (proxy.url, proxy.raw_auth) if proxy is not None else None
    return (url.scheme, url.host, url.port, by_way_of)


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
