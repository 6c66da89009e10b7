"""Proxy settings: the proxy for a URL, and the hosts that NO_PROXY excludes."""

import asyncio
import re
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.request import getproxies

import httpx

from trayapp.core.base_url import is_loopback
from trayapp.core.errors import ProxyProblem
from trayapp.services.desktop.proxy_settings import (
    DIRECT,
    DesktopProxies,
    DesktopProxySettings,
)

_SCHEME_ALIASES: Final = {"socks": "socks5"}
"""GNOME and others write `socks` and mean version 5."""
_KEPT_S: Final = 60.0
_LARGEST_PORT: Final = 65_535
_NO_PROXY_ENTRY: Final = re.compile(r"\[?(?P<name>[^]]+?)\]?(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Route:
    """The way to a gateway."""

    proxy: httpx.Proxy | None = None
    """None for a direct connection."""
    unusable: str = ""
    """A proxy setting that this program can't use, for the details of an error."""


_DIRECTLY: Final = Route()


class ProxySettings:
    """The proxies that the environment sets or else, on Linux, the desktop.

    What the desktop sets is asked for once a minute. After a failure it is asked for
    again, because the computer may be in another network.
    """

    def __init__(
        self,
        read: Callable[[str], Awaitable[DesktopProxies]] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Read the desktop's proxies for a URL with `read`."""
        self._read = DesktopProxySettings().read if read is None else read
        self._clock = clock or _seconds_since_boot
        self._known: dict[str, tuple[float, DesktopProxies]] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def route_to(self, url: httpx.URL) -> Route:
        """Return the way to a URL.

        Each call reads the environment again. On Windows and macOS that means the
        system's settings, which change when a laptop moves to another network. A
        loopback host has no proxy, because a proxy would look for that host on its own
        machine. An invalid entry in NO_PROXY excludes nothing. Raises `ProxyProblem`,
        without the proxy's user and password.
        """
        settings = getproxies()
        setting = settings.get(url.scheme) or settings.get("all")
        if is_loopback(url.host) or _is_excluded(url, settings.get("no", "")):
            return _DIRECTLY
        if setting:
            return Route(_parse(setting.strip()))
        if sys.platform in {"win32", "darwin"}:
            return _DIRECTLY
        return _route(url, await self._of_desktop(url))

    def forget(self) -> None:
        """Ask for the desktop's proxies again at the next request."""
        self._known.clear()

    async def _of_desktop(self, url: httpx.URL) -> DesktopProxies:
        # Without its path: a script that chooses the proxy needs no more.
        address = f"{url.scheme}://{url.netloc.decode('ascii')}/"
        async with self._asking[address]:
            now = self._clock()
            asked_at, known = self._known.get(address, (now, None))
            if known is None or now - asked_at > _KEPT_S:
                known = await self._read(address)
                self._known[address] = (now, known)
        return known


def _seconds_since_boot() -> float:
    """Return the seconds since the boot, on Linux those of a suspend included."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


def _route(url: httpx.URL, desktop: DesktopProxies) -> Route:
    """Choose the first of the desktop's proxies that this program can use."""
    if desktop.unusable or _is_excluded(url, desktop.no_proxy):
        return Route(unusable=desktop.unusable)
    problem: ProxyProblem | None = None
    for setting in desktop.urls:
        if setting == DIRECT:
            return _DIRECTLY
        try:
            return Route(_parse(setting.strip()))
        except ProxyProblem as error:
            problem = problem or error
    if problem is not None:
        raise problem
    return _DIRECTLY


def proxy_address(proxy: httpx.Proxy) -> str:
    """Return a proxy's URL without user and password, for the details of an error."""
    port = f":{proxy.url.port}" if proxy.url.port is not None else ""
    return f"{proxy.url.scheme}://{proxy.url.host}{port}"


def _parse(setting: str) -> httpx.Proxy:
    scheme, separator, rest = setting.partition("://")
    scheme, rest = (scheme.lower(), rest) if separator else ("http", setting)
    # These exceptions may repeat the password.
    with suppress(ValueError, httpx.InvalidURL):
        proxy = httpx.Proxy(f"{_SCHEME_ALIASES.get(scheme, scheme)}://{rest}")
        if _is_usable(proxy.url):
            return proxy
    if re.fullmatch(r"[a-z][a-z0-9+.-]{1,11}", scheme, re.ASCII):
        raise ProxyProblem(detail=f"no {scheme} proxy that could be used")
    raise ProxyProblem(detail="the proxy's address can't be read")


def _is_usable(url: httpx.URL) -> bool:
    """Return whether a proxy's URL has a host, a valid port, and no @ after the host.

    An @ after the host means that the password holds a slash and was cut there. The
    supposed host is then a part of the password and must not be shown.
    """
    rest = url.raw_path.decode("ascii") + url.fragment
    in_range = url.port is None or 0 < url.port <= _LARGEST_PORT
    return bool(url.host) and in_range and "@" not in rest


def _is_excluded(url: httpx.URL, no_proxy: str) -> bool:
    """Return whether NO_PROXY names a URL's host, its domain, its network, or *."""
    port = url.port or {"https": 443}.get(url.scheme, 80)
    host = url.raw_host.decode("ascii").rstrip(".")
    entries = re.split(r"[\s,;]+", no_proxy.lower())
    return any(_matches(entry, host, port) for entry in entries)


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    with suppress(ValueError):
        return ip_address(host) in ip_network(entry, strict=False)
    parts = _NO_PROXY_ENTRY.fullmatch(entry)
    if parts is None or (parts["port"] and int(parts["port"]) != port):
        return False
    domain = parts["name"].removeprefix("*").strip(".")
    return bool(domain) and f".{host}".endswith(f".{domain}")
