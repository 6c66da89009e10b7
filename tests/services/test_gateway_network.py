"""The gateway's client on bad networks: silence, cut lines, certificates."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from certificates import serving
from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance
from trayapp.core.errors import (
    BalanceTrayError,
    CertificateProblem,
    NoConnection,
    TimedOut,
)
from trayapp.core.secret import Secret
from trayapp.services.gateway import Gateway

if TYPE_CHECKING:
    from pathlib import Path

    import trustme

    from peer import Answer, Line, Peer
    from tests.services.conftest import Talker

SHORT_S = 0.5
"""A deadline for servers that don't keep it."""
GOOD = b'{"status": "ok", "result": {"balance": "350.1200", "currency": "EUR"}}'

trusts_by_environment = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system's own trust store counts"
)


def reply(body: bytes = GOOD, status: str = "200 OK") -> bytes:
    """Write an HTTP reply."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


# --- slow, cut, absent ------------------------------------------------------------


async def silent_at_once(line: Line) -> None:
    """Say nothing."""
    await line.hear()
    assert await line.gone()


async def silent_after_the_status(line: Line) -> None:
    """Stop in the middle of the headers."""
    await line.hear()
    await line.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    assert await line.gone()


async def silent_after_the_headers(line: Line) -> None:
    """Announce a body, and give none."""
    await line.hear()
    await line.send(reply().removesuffix(GOOD))
    assert await line.gone()


async def dripping(line: Line) -> None:
    """Send a byte now and then, so that no single wait is long."""
    await line.hear()
    for byte in reply():
        await line.send(bytes([byte]))
        if await line.gone(within=0.1):
            return
    pytest.fail("the client waits for every byte")


async def early_hints(line: Line) -> None:
    """Send one interim reply after the other."""
    await line.hear()
    while not await line.gone(within=0.05):
        await line.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")


@pytest.mark.parametrize(
    "answer",
    [
        silent_at_once,
        silent_after_the_status,
        silent_after_the_headers,
        dripping,
        early_hints,
    ],
)
def test_the_deadline_is_for_all_of_it(talk: Talker, answer: Answer) -> None:
    """However a server spends the time, it ends, and the connection with it."""
    before = datetime.now(UTC)
    done = talk(answer, deadline_s=SHORT_S)
    assert type(done.failure) is TimedOut
    assert datetime.now(UTC) - before < timedelta(seconds=SHORT_S * 10)


async def cut_in_the_body(line: Line) -> None:
    """Close in the middle of the reply, as if it were whole."""
    await line.hear()
    await line.send(reply()[:-5])


async def cut_at_once(line: Line) -> None:
    """Close without a reply."""
    await line.hear()


async def reset_in_the_body(line: Line) -> None:
    """Reset in the middle of the reply."""
    await line.hear()
    await line.send(reply()[:-5])
    line.reset()


async def reset_at_once(line: Line) -> None:
    """Reset without a reply."""
    await line.hear()
    line.reset()


@pytest.mark.parametrize(
    "answer",
    [
        cut_at_once,
        cut_in_the_body,
        reset_at_once,
        reset_in_the_body,
    ],
)
def test_half_a_reply_is_none(talk: Talker, answer: Answer) -> None:
    """A connection that ends early gives no balance, not even a plausible one."""
    assert type(talk(answer).failure) is NoConnection


def test_nobody_listening_is_no_connection(talk: Talker) -> None:
    """A refused connection is the network's trouble."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused for sure
        port = taken.getsockname()[1]
        assert type(talk(at=f"http://127.0.0.1:{port}").failure) is NoConnection


@pytest.mark.parametrize(
    "url",
    [
        *("http://[::1", "https://a..b", "https://xn--a", "https://\u2603.invalid"),
        *("http://", "ftp://127.0.0.1", "http://127.0.0.1:99999", "nonsense"),
        "https://" + "a" * 64 + ".invalid",
    ],
)
def test_an_impossible_address_is_no_connection(talk: Talker, url: str) -> None:
    """An address that slipped into the settings file by hand breaks nothing."""
    assert type(talk(at=url).failure) is NoConnection


BAD: dict[str, Answer] = {
    "refused": reply(b'{"status": "error", "error_id": "BAD_PARAMS"}', "400 No"),
    "down": reply(b"", "503 Busy"),
    "page": reply(b"<html>"),
    "too long": reply(b"x" * 1_000_000),
    "no HTTP": b"220 mail.example.com ESMTP\r\n\r\n",
    "silent": silent_at_once,
    "dripping": dripping,
    "cut": cut_in_the_body,
    "reset": reset_in_the_body,
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_failure_spoils_nothing(talk: Talker, bad: Answer) -> None:
    """After any failure the same client takes the next good reply."""
    failed, fine = talk(bad, reply(), deadline_s=SHORT_S).outcomes
    assert isinstance(failed, BalanceTrayError)
    assert isinstance(fine, Balance)


# --- certificates -----------------------------------------------------------------


@trusts_by_environment
def test_a_good_certificate_is_taken(talk: Talker, trusted: trustme.CA) -> None:
    """A company's own authority counts if this computer trusts it."""
    tls = serving(trusted.issue_cert("127.0.0.1"))
    assert talk(reply(), tls=tls).digits == "350.1200"


def test_an_unknown_authority_is_refused(talk: Talker, authority: trustme.CA) -> None:
    """A certificate by nobody known is refused before the key is sent."""
    done = talk(reply(), tls=serving(authority.issue_cert("127.0.0.1")))
    assert type(done.failure) is CertificateProblem
    assert done.heard == ()


def test_a_self_signed_certificate_is_refused(
    talk: Talker, tmp_path: Path, authority: trustme.CA
) -> None:
    """A certificate that vouches for itself is refused before the key is sent."""
    pem = tmp_path / "self-signed.pem"
    authority.private_key_pem.write_to_path(os.fspath(pem))
    authority.cert_pem.write_to_path(os.fspath(pem), append=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    done = talk(reply(), tls=context)
    assert type(done.failure) is CertificateProblem
    assert done.heard == ()


@trusts_by_environment
def test_another_hosts_certificate_is_refused(
    talk: Talker, trusted: trustme.CA
) -> None:
    """A good certificate for another host is refused before the key is sent."""
    done = talk(reply(), tls=serving(trusted.issue_cert("gateway.example")))
    assert type(done.failure) is CertificateProblem
    assert "127.0.0.1" in done.failure.detail
    assert done.heard == ()


@trusts_by_environment
def test_an_expired_certificate_is_refused(talk: Talker, trusted: trustme.CA) -> None:
    """A certificate of yesterday is refused, and that is the detail."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    old = trusted.issue_cert("127.0.0.1", not_after=yesterday)
    done = talk(reply(), tls=serving(old))
    assert type(done.failure) is CertificateProblem
    assert "expired" in done.failure.detail
    assert done.heard == ()


@trusts_by_environment
def test_a_mended_certificate_is_taken(peer: type[Peer], trusted: trustme.CA) -> None:
    """After a bad certificate the same client takes the good one."""

    async def polls() -> str:
        gateway = Gateway(deadline_s=10)
        for host in ("gateway.example", "127.0.0.1"):
            async with peer(reply(), tls=serving(trusted.issue_cert(host))) as here:
                account = Account("a", "A", Service.CUSTOM, here.url)
                try:
                    balance = await gateway.balance(account, Secret("demo-key"))
                except CertificateProblem:
                    continue
        await gateway.close()
        return balance.digits

    assert asyncio.run(polls()) == "350.1200"


async def plain_http(line: Line) -> None:
    """Answer a TLS greeting as a web server without TLS does."""
    await line.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await line.gone()


def test_plain_http_on_the_tls_port_is_refused(talk: Talker) -> None:
    """A server that speaks no TLS is not spoken to without it."""
    done = talk(plain_http, at="https://127.0.0.1:{port}")
    assert type(done.failure) is CertificateProblem


async def closed(line: Line) -> None:
    """Close as soon as somebody is there."""
    del line


def test_a_cut_greeting_proves_nothing(talk: Talker) -> None:
    """A line that is cut before a certificate came is no bad certificate."""
    done = talk(closed, at="https://127.0.0.1:{port}")
    assert type(done.failure) is NoConnection
