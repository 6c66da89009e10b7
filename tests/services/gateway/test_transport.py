"""The client through real proxies, in odd environments, and on half-broken networks."""

import asyncio
import logging
import os
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

from certificates import serving
from peer import Line, Peer
from proxy import HttpProxy, SocksProxy
from replies import reply
from tally import FAULTS, Tally
from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance
from trayapp.core.errors import (
    BalanceTrayError,
    CertificateProblem,
    NoConnection,
    ProxyProblem,
    TimedOut,
)
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.gateway.transport import new_client

HOST = "sms.gateway.example"
"""No name server knows it: it is found by a proxy, or not at all."""
ACCOUNT = Account("a", "A", Service.CUSTOM, f"https://{HOST}")
KEY = Secret("made-up-key-of-no-worth")
LOGIN = ("me", "hunter22")
PROXY_S = 0.4

trusts_by_environment = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system's own trust store counts"
)
Ask = Callable[[], Coroutine[Any, Any, Balance]]


@asynccontextmanager
async def asking(
    deadline_s: float = 10.0, proxy_s: float = 5.0, account: Account = ACCOUNT
) -> AsyncIterator[Ask]:
    """Give a question to be asked, over and over, by one client."""
    gateway = GatewayClient(partial(new_client, proxy_s=proxy_s), deadline_s=deadline_s)
    yield lambda: gateway.balance(account, KEY)
    await gateway.close()


async def problem(ask: Ask) -> BalanceTrayError:
    """Ask, and give what it failed with."""
    with pytest.raises(BalanceTrayError) as caught:
        await ask()
    return caught.value


def open_files() -> int:
    """Count what this process holds open."""
    return len([*Path("/proc/self/fd").iterdir()])


# --- proxies that work --------------------------------------------------------------


@pytest.fixture
def gateway(trusted: trustme.CA) -> Callable[..., Peer]:
    """Make a gateway that proves to be the one."""
    return partial(Peer, tls=serving(trusted.issue_cert(HOST)))


@trusts_by_environment
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        (HttpProxy, "http://127.0.0.1:{port}"),
        (HttpProxy, "127.0.0.1:{port}"),
        (HttpProxy, "http://localhost:{port}/"),
        (SocksProxy, "socks5://127.0.0.1:{port}"),
        (SocksProxy, "socks5h://127.0.0.1:{port}"),
        (SocksProxy, "socks://127.0.0.1:{port}/"),
    ],
)
def test_a_balance_comes_through_a_proxy(
    gateway: Callable[..., Peer],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    kind: type[HttpProxy | SocksProxy],
    setting: str,
) -> None:
    """The proxy looks up the name, and sees neither key nor answer."""

    async def poll() -> None:
        async with (
            gateway(reply()) as there,
            kind(there.port) as proxy,
            asking() as ask,
        ):
            monkeypatch.setenv(name, setting.format(port=proxy.port))
            assert (await ask()).digits == "350.1200"
        assert proxy.asked == [f"{HOST}:443"]
        assert KEY.reveal().encode() in there.heard[0]
        assert KEY.reveal().encode() not in proxy.carried

    asyncio.run(poll())


@trusts_by_environment
@pytest.mark.parametrize(
    ("kind", "scheme"), [(HttpProxy, "http"), (SocksProxy, "socks5")]
)
@pytest.mark.parametrize(
    ("login", "written"),
    [
        (LOGIN, "me:hunter22"),
        (("me@work", "p:/?#@ä"), "me%40work:p%3A%2F%3F%23%40%C3%A4"),
    ],
)
def test_a_proxy_gets_its_login(
    gateway: Callable[..., Peer],
    monkeypatch: pytest.MonkeyPatch,
    kind: type[HttpProxy | SocksProxy],
    scheme: str,
    login: tuple[str, str],
    written: str,
) -> None:
    """As the environment gives it, whatever letters it has."""

    async def poll() -> None:
        async with (
            gateway(reply()) as there,
            kind(there.port, login=login) as proxy,
            asking() as ask,
        ):
            monkeypatch.setenv(
                "ALL_PROXY", f"{scheme}://{written}@127.0.0.1:{proxy.port}"
            )
            assert (await ask()).digits == "350.1200"
        assert b"me" not in there.heard[0].split(b"\r\n\r\n")[0]

    asyncio.run(poll())


@trusts_by_environment
def test_a_proxy_may_be_spoken_to_over_tls(
    gateway: Callable[..., Peer], trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its certificate is checked against the system's trust store too."""

    async def poll() -> None:
        tls = serving(trusted.issue_cert("127.0.0.1"))
        async with (
            gateway(reply()) as there,
            HttpProxy(there.port, tls=tls) as proxy,
            asking() as ask,
        ):
            monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
            assert (await ask()).digits == "350.1200"

    asyncio.run(poll())


@trusts_by_environment
def test_a_proxy_that_reads_along_is_no_problem_of_the_proxy_setting(
    trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate for another host is told as what it is, and no key is sent."""

    async def poll() -> None:
        reader = Peer(reply(), tls=serving(trusted.issue_cert("proxy.example")))
        async with reader as there, HttpProxy(there.port) as proxy, asking() as ask:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            assert type(await problem(ask)) is CertificateProblem
        assert there.heard == []

    asyncio.run(poll())


# --- proxies that don't -------------------------------------------------------------


async def silent(line: Line) -> None:
    """Listen, and say nothing."""
    assert await line.gone()


async def closed(line: Line) -> None:
    """Hang up at once."""
    del line


def says(words: bytes) -> Callable[[Line], Coroutine[Any, Any, None]]:
    """Make a proxy that says just this, whatever it is asked."""

    async def answer(line: Line) -> None:
        await line.send(words)
        await line.gone()

    return answer


@dataclass(frozen=True, slots=True)
class Broken:
    """A proxy that does not do its part, and what a person is told of it."""

    setting: str
    proxy: Callable[[], AbstractAsyncContextManager[Any]]
    detail: str
    kind: type[BalanceTrayError] = ProxyProblem


def nobody(answer: Callable[[Line], Coroutine[Any, Any, None]]) -> Callable[[], Peer]:
    """Make a proxy for one connection."""
    return lambda: Peer(answer)


HTTP = "http://me:hunter22@127.0.0.1:{port}"
HTTPS = "https://me:hunter22@127.0.0.1:{port}"
SOCKS = "socks5://me:hunter22@127.0.0.1:{port}"
SOCKS_OPEN = "socks5://127.0.0.1:{port}"
BROKEN = {
    "nobody there": Broken("http://me:hunter22@127.0.0.1:1", Peer, "ConnectError"),
    "nobody there, socks": Broken(
        "socks://me:hunter22@127.0.0.1:1", Peer, "ConnectError"
    ),
    "no such host": Broken(
        "http://me:hunter22@proxy.invalid:3128", Peer, "ConnectError"
    ),
    "unknown scheme": Broken("gopher://me:hunter22@127.0.0.1:1", Peer, "gopher"),
    "wrong login": Broken(
        HTTP, lambda: HttpProxy(None, login=("me", "other")), "wants a login"
    ),
    "no login": Broken(
        "http://127.0.0.1:{port}",
        lambda: HttpProxy(None, login=LOGIN),
        "wants a login",
    ),
    "wrong login, socks": Broken(
        SOCKS, lambda: SocksProxy(None, login=("me", "other")), "a refusal"
    ),
    "no login, socks": Broken(
        SOCKS_OPEN, lambda: SocksProxy(None, login=LOGIN), "a refusal"
    ),
    "forbidden": Broken(
        HTTP,
        nobody(says(b"HTTP/1.1 403 hunter22\r\nContent-Length: 0\r\n\r\n")),
        "HTTP 403",
    ),
    "a page": Broken(
        HTTP,
        nobody(says(b"HTTP/1.1 302 Log in\r\nLocation: http://portal\r\n\r\n")),
        "HTTP 302",
    ),
    "no HTTP": Broken(HTTP, nobody(says(b"SSH-2.0-hunter22\r\n\r\n")), "ProtocolError"),
    "no SOCKS": Broken(SOCKS, nobody(says(b"HTTP/1.1 400 hunter22\r\n\r\n")), ""),
    "no SOCKS, one byte": Broken(SOCKS_OPEN, nobody(says(b"\5")), ""),
    "no SOCKS, zeros": Broken(SOCKS_OPEN, nobody(says(bytes(64))), ""),
    "hangs up": Broken(HTTP, nobody(closed), ""),
    "hangs up, socks": Broken(SOCKS, nobody(closed), ""),
    "silent": Broken(HTTP, nobody(silent), "in time"),
    "silent, socks": Broken(SOCKS, nobody(silent), "in time"),
    "no TLS": Broken(HTTPS, nobody(says(b"HTTP/1.1 400 Bad\r\n\r\n")), "ConnectError"),
    "silent, TLS": Broken(HTTPS, nobody(silent), "in time"),
    "gateway away": Broken(HTTP, lambda: HttpProxy(None), "can't reach", NoConnection),
    "gateway away, socks": Broken(
        SOCKS_OPEN, lambda: SocksProxy(None), "can't reach", NoConnection
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_proxy_is_said_and_its_password_is_not(
    broken: Broken,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tally: Tally,
) -> None:
    """It is the proxy's problem and not the gateway's, wherever it breaks."""
    caplog.set_level(logging.DEBUG, "trayapp")

    async def polls() -> None:
        async with broken.proxy() as proxy, asking(proxy_s=PROXY_S) as ask:
            port = getattr(proxy, "port", 0)
            monkeypatch.setenv("HTTPS_PROXY", broken.setting.format(port=port))
            failure = await problem(ask)
        assert type(failure) is broken.kind
        assert broken.detail in failure.detail
        assert (failure.__cause__, failure.__context__) == (None, None)
        said = [
            repr(failure),
            repr(vars(failure)),
            *traceback.format_exception(failure),
        ]
        assert "hunter22" not in "".join(said) + caplog.text

    asyncio.run(polls())
    tally.add(FAULTS)


@trusts_by_environment
def test_a_mended_setting_counts_without_a_restart(
    gateway: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same client takes the next good answer, through a proxy that is one."""

    async def polls() -> None:
        async with (
            gateway(reply()) as there,
            HttpProxy(there.port) as proxy,
            asking(proxy_s=PROXY_S) as ask,
        ):
            for setting in ("gopher://here", "http://127.0.0.1:1"):
                monkeypatch.setenv("HTTPS_PROXY", setting)
                assert type(await problem(ask)) is ProxyProblem
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            assert (await ask()).digits == "350.1200"

    asyncio.run(polls())


@trusts_by_environment
@pytest.mark.parametrize(
    ("kind", "scheme"), [(HttpProxy, "http"), (SocksProxy, "socks5")]
)
def test_questions_given_up_at_a_proxy_leave_nothing_behind(
    gateway: Callable[..., Peer],
    monkeypatch: pytest.MonkeyPatch,
    kind: type[HttpProxy | SocksProxy],
    scheme: str,
    tally: Tally,
) -> None:
    """A pool of httpcore's forgets none, and after a hundred it is full for good."""
    count = 120

    async def polls() -> None:
        async with asking(deadline_s=0.6) as ask:
            async with Peer(*[silent] * count) as proxy:
                monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
                before = open_files()
                failures = await asyncio.gather(*(problem(ask) for _ in range(count)))
            assert {type(failure) for failure in failures} == {TimedOut}
            # The proxy itself holds none any more either.
            assert open_files() < before
        async with (
            gateway(reply()) as there,
            kind(there.port) as proxy,
            asking() as ask,
        ):
            monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
            assert (await ask()).digits == "350.1200"

    asyncio.run(polls())
    tally.add(FAULTS, count)


# --- the environment of TLS ---------------------------------------------------------


@trusts_by_environment
def test_the_secrets_of_a_connection_are_not_written_down(
    gateway: Callable[..., Peer],
    trusted: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SSLKEYLOGFILE would let whoever reads it read the key; a proxy's TLS neither."""
    log = tmp_path / "keys.log"

    async def poll() -> None:
        # Made before: trustme's side of TLS would write it too.
        tls = serving(trusted.issue_cert("127.0.0.1"))
        async with gateway(reply()) as there, HttpProxy(there.port, tls=tls) as proxy:
            monkeypatch.setenv("SSLKEYLOGFILE", os.fspath(log))
            monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
            async with asking() as ask:
                assert (await ask()).digits == "350.1200"

    asyncio.run(poll())
    assert not log.exists()


@trusts_by_environment
@pytest.mark.parametrize("where", ["absent", "folder", "garbage", "empty", "secret"])
@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_trust_store_that_is_none_trusts_nobody(
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    where: str,
    tally: Tally,
) -> None:
    """Whatever the environment calls one: no key is sent, and nothing crashes."""
    path = tmp_path / "authorities"
    match where:
        case "folder":
            path.mkdir()
        case "garbage":
            path.write_bytes(b"-----BEGIN CERTIFICATE-----\n\xff\0nonsense\n")
        case "empty":
            path.touch()
        case "secret":
            authority.cert_pem.write_to_path(os.fspath(path))
            path.chmod(0)
    monkeypatch.setenv(name, os.fspath(path))
    unknown = trustme.CA()

    async def poll() -> None:
        tls = serving(unknown.issue_cert("127.0.0.1"))
        async with Peer(reply(), tls=tls) as there:
            account = Account("a", "A", Service.CUSTOM, there.url)
            async with asking(account=account) as ask:
                assert type(await problem(ask)) is CertificateProblem
        assert there.heard == []

    asyncio.run(poll())
    tally.add(FAULTS)


def test_the_key_never_crosses_the_network_in_the_clear() -> None:
    """Not even if an address without TLS came into the settings by hand."""

    async def poll() -> None:
        account = Account("a", "A", Service.CUSTOM, "http://192.0.2.1")
        async with asking(account=account) as ask:
            # Were it tried, the tests' guard of the network would fail this.
            assert type(await problem(ask)) is NoConnection

    asyncio.run(poll())


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
def test_this_computer_is_asked_past_any_proxy(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The demo's gateway is found though a proxy is set, and a broken one at that."""
    monkeypatch.setenv(name, "gopher://nonsense")

    async def poll() -> None:
        async with Peer(reply()) as there:
            account = Account("a", "A", Service.CUSTOM, there.url)
            async with asking(account=account) as ask:
                assert (await ask()).digits == "350.1200"

    asyncio.run(poll())
