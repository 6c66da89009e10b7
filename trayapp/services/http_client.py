"""The program's HTTP client: whom it trusts, and how it gets out to the network."""

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx
import truststore

DEADLINE_S: Final = 20.0
"""For everything from the name's lookup to the reply's last byte, in seconds."""


def new_client() -> httpx.AsyncClient:
    """Make the client that the program uses.

    Certificates are checked against the operating system's trust store, so that a
    company's own authority counts, and there is no way to turn that off. Connections
    are not kept between polls: after a suspend a kept one swallows the question.
    Raises what httpx raises if the environment names a proxy that it can't use.
    """
    return httpx.AsyncClient(
        verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        # None is sent back anyway, and kept ones would pile up from poll to poll.
        cookies=CookieJar(DefaultCookiePolicy(netscape=False, rfc2965=False)),
        follow_redirects=False,
        limits=httpx.Limits(max_keepalive_connections=0),
        timeout=DEADLINE_S,
    )
