"""Proxy settings: the proxy for a URL, and the hosts that NO_PROXY excludes."""

import re
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.request import getproxies

import httpx

from trayapp.core.base_url import is_loopback
from trayapp.core.errors import ProxyProblem

_SCHEME_ALIASES: Final = {"socks": "socks5"}
"""GNOME and others write `socks` and mean version 5."""
_LARGEST_PORT: Final = 65_535
_NO_PROXY_ENTRY: Final = re.compile(r"\[?(?P<name>[^]]+?)\]?(?::(?P<port>[0-9]{1,5}))?")


def proxy_for(url: httpx.URL) -> httpx.Proxy | None:
    """Return the proxy for requests to a URL; None for a direct connection.

    Each call reads the settings again. On Windows and macOS they are the system's, and
    change when a laptop moves to another network. A loopback host has no proxy, because
    a proxy would look for that host on its own machine. An invalid entry in NO_PROXY
    excludes nothing. Raises `ProxyProblem`, without the proxy's user and password.
    """
    settings = getproxies()
    setting = settings.get(url.scheme) or settings.get("all")
    if (
        not setting
        or is_loopback(url.host)
        or _is_excluded(url, settings.get("no", ""))
    ):
        return None
    return _parse(setting.strip())


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
