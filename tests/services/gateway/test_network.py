"""The gateway's client where no server listens, or a certificate changes."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from gateways.certificates import serving
from gateways.replies import reply
from trayapp.core.account import Account, Service
from trayapp.core.errors import CertificateProblem, NoConnection
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient

if TYPE_CHECKING:
    import trustme

    from gateways.peer import Peer
    from tests.services.conftest import Talker

trusts_by_environment = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system's own trust store counts"
)


def test_a_refused_connection_is_no_connection(talk: Talker) -> None:
    """A port without a listener is a problem of the network."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: always refused
        port = unused.getsockname()[1]
        assert type(talk(at=f"http://127.0.0.1:{port}").failure) is NoConnection


@pytest.mark.parametrize(
    "url",
    [
        *("http://[::1", "https://a..b", "https://xn--a", "https://\u2603.invalid"),
        *("http://", "ftp://127.0.0.1", "http://127.0.0.1:99999", "nonsense"),
        "https://" + "a" * 64 + ".invalid",
    ],
)
def test_an_invalid_address_is_no_connection(talk: Talker, url: str) -> None:
    """A person may have typed any address into the settings file."""
    assert type(talk(at=url).failure) is NoConnection


@trusts_by_environment
def test_a_corrected_certificate_is_accepted(
    peer: type[Peer], trusted: trustme.CA
) -> None:
    """After a bad certificate, the same client accepts the good one."""

    async def polls() -> str:
        gateway = GatewayClient(deadline_s=10)
        for host in ("gateway.example", "127.0.0.1"):
            async with peer(reply(), tls=serving(trusted.issue_cert(host))) as server:
                account = Account("a", "A", Service.CUSTOM, server.url)
                try:
                    balance = await gateway.balance(account, Secret("demo-key"))
                except CertificateProblem:
                    continue
        await gateway.close()
        return balance.digits

    assert asyncio.run(polls()) == "350.1200"
