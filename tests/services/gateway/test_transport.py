"""The client through real proxies, with odd environments and broken networks."""

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

from gateways.certificates import serving
from gateways.peer import Line, Peer
from gateways.proxy import HttpProxy, SocksProxy
from gateways.replies import reply
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

if sys.platform == "linux":
    from buses.private_bus import private_bus
    from buses.proxy_portal import ProxyPortal, proxies, proxy_portal

HOST = "sms.gateway.example"
"""No name server knows this name; only a proxy of these tests does."""
ACCOUNT = Account("a", "A", Service.CUSTOM, f"https://{HOST}")
KEY = Secret("made-up-key-of-no-worth")
LOGIN = ("me", "hunter22")
PROXY_S = 0.4

trusts_by_environment = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system's own trust store counts"
)
Request = Callable[[], Coroutine[Any, Any, Balance]]


@asynccontextmanager
async def client_request(
    deadline_s: float = 10.0, proxy_s: float = 5.0, account: Account = ACCOUNT
) -> AsyncIterator[Request]:
    """Give a function that sends a request, each time with the same client."""
    gateway = GatewayClient(partial(new_client, proxy_s=proxy_s), deadline_s=deadline_s)
    yield lambda: gateway.balance(account, KEY)
    await gateway.close()


async def error_of(request: Request) -> BalanceTrayError:
    """Send a request, and return the error that it raises."""
    with pytest.raises(BalanceTrayError) as caught:
        await request()
    return caught.value


def open_files() -> int:
    """Count the open files of this process."""
    return len([*Path("/proc/self/fd").iterdir()])


# --- proxies that work --------------------------------------------------------------


@pytest.fixture
def gateway(trusted: trustme.CA) -> Callable[..., Peer]:
    """Make a gateway with a trusted certificate."""
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
    """The proxy looks up the name, and sees neither key nor reply."""

    async def poll() -> None:
        async with (
            gateway(reply()) as server,
            kind(server.port) as proxy,
            client_request() as request,
        ):
            monkeypatch.setenv(name, setting.format(port=proxy.port))
            assert (await request()).digits == "350.1200"
        assert proxy.asked == [f"{HOST}:443"]
        assert KEY.reveal().encode() in server.heard[0]
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
def test_a_proxy_receives_its_login(
    gateway: Callable[..., Peer],
    monkeypatch: pytest.MonkeyPatch,
    kind: type[HttpProxy | SocksProxy],
    scheme: str,
    login: tuple[str, str],
    written: str,
) -> None:
    """The setting may hold any characters, encoded."""

    async def poll() -> None:
        async with (
            gateway(reply()) as server,
            kind(server.port, login=login) as proxy,
            client_request() as request,
        ):
            monkeypatch.setenv(
                "ALL_PROXY", f"{scheme}://{written}@127.0.0.1:{proxy.port}"
            )
            assert (await request()).digits == "350.1200"
        assert b"me" not in server.heard[0].split(b"\r\n\r\n")[0]

    asyncio.run(poll())


@trusts_by_environment
def test_a_proxy_may_use_tls(
    gateway: Callable[..., Peer], trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client checks its certificate against the system's trust store."""

    async def poll() -> None:
        tls = serving(trusted.issue_cert("127.0.0.1"))
        async with (
            gateway(reply()) as server,
            HttpProxy(server.port, tls=tls) as proxy,
            client_request() as request,
        ):
            monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
            assert (await request()).digits == "350.1200"

    asyncio.run(poll())


@trusts_by_environment
def test_a_proxy_that_intercepts_tls_is_a_certificate_problem(
    trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate is for another host, and no key is sent."""

    async def poll() -> None:
        interceptor = Peer(reply(), tls=serving(trusted.issue_cert("proxy.example")))
        async with (
            interceptor as server,
            HttpProxy(server.port) as proxy,
            client_request() as request,
        ):
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            assert type(await error_of(request)) is CertificateProblem
        assert server.heard == []

    asyncio.run(poll())


# --- broken proxies -----------------------------------------------------------------


async def silent(line: Line) -> None:
    """Send nothing until the client leaves."""
    assert await line.gone()


async def closed(line: Line) -> None:
    """Close the connection at once."""
    del line


def sends(content: bytes) -> Callable[[Line], Coroutine[Any, Any, None]]:
    """Make a proxy that sends this, whatever the request is."""

    async def answer(line: Line) -> None:
        await line.send(content)
        await line.gone()

    return answer


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken proxy, and the error that it causes."""

    setting: str
    proxy: Callable[[], AbstractAsyncContextManager[Any]]
    detail: str
    kind: type[BalanceTrayError] = ProxyProblem


def one_connection(
    answer: Callable[[Line], Coroutine[Any, Any, None]],
) -> Callable[[], Peer]:
    """Make a proxy that handles one connection in this way."""
    return lambda: Peer(answer)


HTTP = "http://me:hunter22@127.0.0.1:{port}"
HTTPS = "https://me:hunter22@127.0.0.1:{port}"
SOCKS = "socks5://me:hunter22@127.0.0.1:{port}"
SOCKS_OPEN = "socks5://127.0.0.1:{port}"
BROKEN = {
    "no listener": Broken("http://me:hunter22@127.0.0.1:1", Peer, "ConnectError"),
    "no listener, socks": Broken(
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
        one_connection(sends(b"HTTP/1.1 403 hunter22\r\nContent-Length: 0\r\n\r\n")),
        "HTTP 403",
    ),
    "a page": Broken(
        HTTP,
        one_connection(
            sends(b"HTTP/1.1 302 Log in\r\nLocation: http://portal\r\n\r\n")
        ),
        "HTTP 302",
    ),
    "no HTTP": Broken(
        HTTP, one_connection(sends(b"SSH-2.0-hunter22\r\n\r\n")), "ProtocolError"
    ),
    "no SOCKS": Broken(
        SOCKS, one_connection(sends(b"HTTP/1.1 400 hunter22\r\n\r\n")), ""
    ),
    "no SOCKS, one byte": Broken(SOCKS_OPEN, one_connection(sends(b"\5")), ""),
    "no SOCKS, zeros": Broken(SOCKS_OPEN, one_connection(sends(bytes(64))), ""),
    "hangs up": Broken(HTTP, one_connection(closed), ""),
    "hangs up, socks": Broken(SOCKS, one_connection(closed), ""),
    "silent": Broken(HTTP, one_connection(silent), "in time"),
    "silent, socks": Broken(SOCKS, one_connection(silent), "in time"),
    "no TLS": Broken(
        HTTPS, one_connection(sends(b"HTTP/1.1 400 Bad\r\n\r\n")), "ConnectError"
    ),
    "silent, TLS": Broken(HTTPS, one_connection(silent), "in time"),
    "gateway away": Broken(HTTP, lambda: HttpProxy(None), "can't reach", NoConnection),
    "gateway away, socks": Broken(
        SOCKS_OPEN, lambda: SocksProxy(None), "can't reach", NoConnection
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_proxy_is_named_without_its_password(
    broken: Broken,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tally: Tally,
) -> None:
    """Wherever the proxy breaks, the error is not blamed on the gateway."""
    caplog.set_level(logging.DEBUG, "trayapp")

    async def polls() -> None:
        async with broken.proxy() as proxy, client_request(proxy_s=PROXY_S) as request:
            port = getattr(proxy, "port", 0)
            monkeypatch.setenv("HTTPS_PROXY", broken.setting.format(port=port))
            failure = await error_of(request)
        assert type(failure) is broken.kind
        assert broken.detail in failure.detail
        assert (failure.__cause__, failure.__context__) == (None, None)
        texts = [
            repr(failure),
            repr(vars(failure)),
            *traceback.format_exception(failure),
        ]
        assert "hunter22" not in "".join(texts) + caplog.text

    asyncio.run(polls())
    tally.add(FAULTS)


@trusts_by_environment
def test_a_corrected_setting_needs_no_restart(
    gateway: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same client uses the working proxy at its next request."""

    async def polls() -> None:
        async with (
            gateway(reply()) as server,
            HttpProxy(server.port) as proxy,
            client_request(proxy_s=PROXY_S) as request,
        ):
            for setting in ("gopher://here", "http://127.0.0.1:1"):
                monkeypatch.setenv("HTTPS_PROXY", setting)
                assert type(await error_of(request)) is ProxyProblem
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            assert (await request()).digits == "350.1200"

    asyncio.run(polls())


@trusts_by_environment
@pytest.mark.parametrize(
    ("kind", "scheme"), [(HttpProxy, "http"), (SocksProxy, "socks5")]
)
def test_requests_that_time_out_at_a_proxy_leave_nothing_open(
    gateway: Callable[..., Peer],
    monkeypatch: pytest.MonkeyPatch,
    kind: type[HttpProxy | SocksProxy],
    scheme: str,
    tally: Tally,
) -> None:
    """A shared httpcore pool would keep them, and after a hundred it would be full."""
    count = 120

    async def polls() -> None:
        async with client_request(deadline_s=0.6) as request:
            async with Peer(*[silent] * count) as proxy:
                monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
                before = open_files()
                failures = await asyncio.gather(
                    *(error_of(request) for _ in range(count))
                )
            assert {type(failure) for failure in failures} == {TimedOut}
            # The proxy has closed its connections, too.
            assert open_files() < before
        async with (
            gateway(reply()) as server,
            kind(server.port) as proxy,
            client_request() as request,
        ):
            monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
            assert (await request()).digits == "350.1200"

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
    """With SSLKEYLOGFILE, others could read the key; this includes a proxy's TLS."""
    log = tmp_path / "keys.log"

    async def poll() -> None:
        # Made first: with the variable set, trustme's side of TLS would write it, too.
        tls = serving(trusted.issue_cert("127.0.0.1"))
        async with gateway(reply()) as server, HttpProxy(server.port, tls=tls) as proxy:
            monkeypatch.setenv("SSLKEYLOGFILE", os.fspath(log))
            monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
            async with client_request() as request:
                assert (await request()).digits == "350.1200"

    asyncio.run(poll())
    assert not log.exists()


@trusts_by_environment
@pytest.mark.parametrize("where", ["absent", "folder", "garbage", "empty", "secret"])
@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_an_invalid_trust_store_trusts_no_certificate(
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    where: str,
    tally: Tally,
) -> None:
    """No key is sent, and nothing crashes."""
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
        async with Peer(reply(), tls=tls) as server:
            account = Account("a", "A", Service.CUSTOM, server.url)
            async with client_request(account=account) as request:
                assert type(await error_of(request)) is CertificateProblem
        assert server.heard == []

    asyncio.run(poll())
    tally.add(FAULTS)


def test_a_key_is_never_sent_without_tls() -> None:
    """A person may have typed an address without TLS into the settings file."""

    async def poll() -> None:
        account = Account("a", "A", Service.CUSTOM, "http://192.0.2.1")
        async with client_request(account=account) as request:
            # If it connected, the tests' network guard would fail this test.
            assert type(await error_of(request)) is NoConnection

    asyncio.run(poll())


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
def test_a_loopback_gateway_needs_no_proxy(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The demo works even if the proxy's setting is broken."""
    monkeypatch.setenv(name, "gopher://nonsense")

    async def poll() -> None:
        async with Peer(reply()) as server:
            account = Account("a", "A", Service.CUSTOM, server.url)
            async with client_request(account=account) as request:
                assert (await request()).digits == "350.1200"

    asyncio.run(poll())


# --- the desktop's proxy ------------------------------------------------------------


@trusts_by_environment
@pytest.mark.case("6", "the desktop's own setting ignored")
def test_a_balance_comes_through_the_desktops_proxy(
    monkeypatch: pytest.MonkeyPatch, gateway: Callable[..., Peer]
) -> None:
    """The portal names it; another one that it names later is used after a failure."""

    async def requests(portal: ProxyPortal) -> None:
        async with gateway(reply()) as server, client_request() as request:
            portal.answer = proxies("http://me:hunter22@127.0.0.1:1")
            problem = await error_of(request)
            assert isinstance(problem, ProxyProblem)
            assert problem.detail == "http://127.0.0.1:1: ConnectError"
            login = ("me", "hunter22")
            async with HttpProxy(server.port, login=login) as proxy:
                url = f"http://me:hunter22@127.0.0.1:{proxy.port}"
                portal.answer = proxies(url, "direct://")
                assert (await request()).digits == "350.1200"
                assert proxy.asked == [f"{HOST}:443"]

    with private_bus() as address, proxy_portal(address) as portal:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        asyncio.run(requests(portal))
        assert portal.asked == [f"https://{HOST}/"] * 2


@trusts_by_environment
@pytest.mark.case("6", "the desktop's own setting ignored")
@pytest.mark.parametrize("reaches", ["nothing", "silence", "gateway"])
def test_a_proxy_script_that_cannot_be_used_is_named(
    gateway: Callable[..., Peer],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    reaches: str,
) -> None:
    """It is to blame only if nothing else connects."""
    script = "Proxy Config Script=http://wpad.example/proxy.pac"
    text = f"[Proxy Settings]\nProxyType=2\n{script}\n"
    (tmp_path / "kioslaverc").write_text(text)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")

    async def resolve(*_: object) -> list[str]:
        if reaches == "nothing":
            message = "no such name"
            raise OSError(message)
        if reaches == "silence":
            await asyncio.sleep(60)
        return ["127.0.0.1"]

    monkeypatch.setattr("trayapp.services.gateway.resolver.Resolver.resolve", resolve)

    async def requests() -> None:
        async with gateway(reply()) as server:
            at = Account("a", "A", Service.CUSTOM, f"https://{HOST}:{server.port}")
            async with client_request(proxy_s=PROXY_S, account=at) as request:
                if reaches == "gateway":
                    assert (await request()).digits == "350.1200"
                    return
                problem = await error_of(request)
        assert isinstance(problem, ProxyProblem)
        assert "KDE's proxy script http://wpad.example/proxy.pac" in problem.detail

    asyncio.run(requests())
