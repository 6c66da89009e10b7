"""Which proxy the environment names for a host, and which hosts it excepts."""

import re
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.request import getproxies

import httpx

from trayapp.core.account_draft import is_loopback
from trayapp.core.errors import ProxyProblem

_MEANT: Final = {"socks": "socks5"}
"""GNOME and others write the one; the version that they mean is the other."""
_LARGEST_PORT: Final = 65_535
_EXCEPTION: Final = re.compile(r"\[?(?P<name>[^]]+?)\]?(?::(?P<port>[0-9]{1,5}))?")


def proxy_for(url: httpx.URL) -> httpx.Proxy | None:
    """Give the proxy through which an address is asked; None if it is asked directly.

    The settings are read anew each time: on Windows and macOS they are the system's
    and change when a computer is carried home. A loopback host is never asked through
    a proxy, which would look for it on itself. An exception that makes no sense
    excepts nothing. Raises `ProxyProblem`, without the proxy's user and password.
    """
    settings = getproxies()
    setting = settings.get(url.scheme) or settings.get("all")
    if not setting or is_loopback(url.host) or _excepted(url, settings.get("no", "")):
        return None
    return _read(setting.strip())


def place(proxy: httpx.Proxy) -> str:
    """Say where a proxy is, for the details: without its user and password."""
    port = f":{proxy.url.port}" if proxy.url.port is not None else ""
    return f"{proxy.url.scheme}://{proxy.url.host}{port}"


def _read(setting: str) -> httpx.Proxy:
    scheme, found, rest = setting.partition("://")
    scheme, rest = (scheme.lower(), rest) if found else ("http", setting)
    with suppress(ValueError, httpx.InvalidURL):  # whose words may repeat the password
        proxy = httpx.Proxy(f"{_MEANT.get(scheme, scheme)}://{rest}")
        if _is_whole(proxy.url):
            return proxy
    if re.fullmatch(r"[a-z][a-z0-9+.-]{1,11}", scheme, re.ASCII):
        raise ProxyProblem(detail=f"no {scheme} proxy that could be used")
    raise ProxyProblem(detail="the proxy's address can't be read")


def _is_whole(url: httpx.URL) -> bool:
    """Say whether an address is what it should be and no more.

    An @ behind the host means that a password holds a slash and was cut there: what
    looks like the host is part of it, and must not be told to anybody.
    """
    behind = url.raw_path.decode("ascii") + url.fragment
    in_range = url.port is None or 0 < url.port <= _LARGEST_PORT
    return bool(url.host) and in_range and "@" not in behind


def _excepted(url: httpx.URL, exceptions: str) -> bool:
    """Say whether NO_PROXY names an address: a host, its domain, a network, or *."""
    port = url.port or {"https": 443}.get(url.scheme, 80)
    host = url.raw_host.decode("ascii").rstrip(".")
    entries = re.split(r"[\s,;]+", exceptions.lower())
    return any(_matches(entry, host, port) for entry in entries)


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    with suppress(ValueError):
        return ip_address(host) in ip_network(entry, strict=False)
    read = _EXCEPTION.fullmatch(entry)
    if read is None or (read["port"] and int(read["port"]) != port):
        return False
    domain = read["name"].removeprefix("*").strip(".")
    return bool(domain) and f".{host}".endswith(f".{domain}")
