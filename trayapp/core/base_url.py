"""The address of a gateway: one strict parser decides, and connections use its result.

Parsers of URLs differ in odd cases. So whatever two of them could read differently is
no address here, and the program never parses the text a second time.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from trayapp.core.i18n.language import mark

_LARGEST_PORT: Final = 65_535
_LONGEST: Final = 300
_LOOPBACK: Final = (
    ipaddress.IPv4Network("127.0.0.0/8"),
    ipaddress.IPv6Network("::1/128"),
)
_URL: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?:\[(?P<ipv6>[0-9a-f:.]{2,45})\]|(?P<name>[0-9a-z_.-]{1,253}))"
    r"(?::(?P<port>[0-9]{1,5}))?"
    # Other characters of a path are percent-encoded before the request.
    r"(?P<path>/[\x21\x22\x24-\x3e\x40-\x5b\x5d-\x7e]*)?",
    re.ASCII | re.IGNORECASE,
)
_LABEL: Final = re.compile(r"(?!-)[0-9a-z_-]+(?<!-)", re.ASCII)
# System calls read 127.1, 0x7f.1 and 2130706433 as addresses, and some parsers do.
_NUMERIC: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """The parts of a gateway's address."""

    scheme: str
    """`https`, or `http` for this computer."""
    host: str
    """In lower case; an IPv6 address in its shortest form and without brackets."""
    port: int | None
    path: str
    """Empty, or with a slash at its beginning and none at its end."""

    @classmethod
    def parse(cls, text: str) -> "BaseUrl | None":
        """Parse an address; None for anything ambiguous.

        There are no user, query, fragment, escapes in the host and backslashes.
        """
        parts = _URL.fullmatch(text) if len(text) <= _LONGEST else None
        if parts is None:
            return None
        host = _host(parts["name"], parts["ipv6"])
        port = int(parts["port"]) if parts["port"] else None
        if host is None or (port is not None and not 0 < port <= _LARGEST_PORT):
            return None
        path = (parts["path"] or "").rstrip("/")
        return cls(parts["scheme"].lower(), host, port, path)


def _host(name: str | None, ipv6: str | None) -> str | None:
    """Return a host in its only form; None if it is none or ambiguous."""
    try:
        if name is None:
            return str(ipaddress.IPv6Address(ipv6 or ""))
        host = name.lower()
        labels = host.removesuffix(".").split(".")
        if _NUMERIC.fullmatch(labels[-1]):
            return str(ipaddress.IPv4Address(host))
    except ValueError:
        return None
    return host if all(map(_LABEL.fullmatch, labels)) else None


def base_url_problem(text: str) -> str | None:
    """Say what is wrong with a gateway's address, or None.

    `https://` only; `http://` for loopback hosts and nothing else: the key would cross
    the network in the clear (ARCHITECTURE.md, "What stays put").
    """
    text = text.strip()
    if not text:
        return mark("Enter the service's address, such as https://api.example.com.")
    url = BaseUrl.parse(text)
    if url is None:
        # A look at the signs alone, to give the better advice.
        if re.match(r"https?://", text, re.IGNORECASE) and re.search(r"[@?#]", text):
            return mark("Enter the address alone: no user, question mark or #.")
        return mark("Enter an address that begins with https://.")
    if url.scheme == "http" and not is_loopback(url.host):
        return mark("Use https://, or the key could be read on the way.")
    return None


def is_loopback(host: str) -> bool:
    """Return whether a host is this computer itself: `localhost`, 127.0.0.0/8 or ::1.

    The host has no brackets. A name below or before `localhost` is another host, and so
    is an address with a zone.
    """
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if getattr(address, "scope_id", None) is not None:
        return False
    return any(address in network for network in _LOOPBACK)
