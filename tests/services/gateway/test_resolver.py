"""A lookup that hangs delays only requests for the same name."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from gateways.peer import Peer
from tally import FAULTS, Tally
from trayapp.core.account import Account, Service
from trayapp.core.errors import NoConnection, TimedOut
from trayapp.core.secret import Secret
from trayapp.services.gateway import resolver as module
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.gateway.resolver import Resolver

KEY = Secret("made-up-key-of-no-worth")
REPLY = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 70\r\n\r\n"
    b'{"status": "ok", "result": {"balance": "350.1200", "currency": "EUR"}}'
)
Address = tuple[socket.AddressFamily, str]


class FakeGetaddrinfo:
    """Stands in for `socket.getaddrinfo`: hangs, answers or fails as a test sets it."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.results: dict[str, list[Address] | Exception] = {}
        self._real = socket.getaddrinfo
        self._open = threading.Event()

    def release(self) -> None:
        """Let the lookups that hang fail."""
        self._open.set()

    def __call__(self, host: str, port: object, **kwargs: int) -> object:
        """Look up a host; one without a result hangs until `release`."""
        if host == "127.0.0.1":
            return self._real(host, port, **kwargs)  # type: ignore[arg-type]  # as given
        self.hosts.append(host)
        result = self.results.get(host)
        if isinstance(result, Exception):
            raise result
        if result is None:
            self._open.wait(30)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        kind = socket.SOCK_STREAM
        return [(family, kind, 6, "", (address, 0)) for family, address in result]


@pytest.fixture(name="fake")
def fake_getaddrinfo(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGetaddrinfo]:
    """Replace the system's lookup by one that hangs for unknown names."""
    fake = FakeGetaddrinfo()
    monkeypatch.setattr(socket, "getaddrinfo", fake)
    yield fake
    fake.release()
    for thread in threading.enumerate():
        if thread.name == "lookup":
            thread.join()


def lookup_threads() -> int:
    """Count the lookups that run."""
    return sum(thread.name == "lookup" for thread in threading.enumerate())


def account(url: str = "https://stalls.example") -> Account:
    """Make an account with this base URL."""
    return Account("a", "A", Service.CUSTOM, url)


@pytest.mark.case("attack 11", "a thing passes for what another parser takes it for")
def test_localhost_is_this_computer_whatever_a_name_server_says(
    fake: FakeGetaddrinfo,
) -> None:
    """A key may go there without TLS."""
    inet, inet6 = socket.AF_INET, socket.AF_INET6
    fake.results["localhost"] = [(inet, "192.0.2.1"), (inet6, "::1")]
    assert asyncio.run(Resolver().resolve("localhost")) == ["::1"]
    fake.results["localhost"] = [(inet, "192.0.2.1"), (inet6, "fe80::1%2")]
    with pytest.raises(OSError, match="not this computer"):
        asyncio.run(Resolver().resolve("localhost"))


def test_an_address_needs_no_lookup(fake: FakeGetaddrinfo) -> None:
    """An IP address is returned at once."""
    resolver = Resolver()
    for address in ("192.0.2.1", "2001:db8::1"):
        assert asyncio.run(resolver.resolve(address)) == [address]
    assert fake.hosts == []


def test_the_families_take_turns(fake: FakeGetaddrinfo) -> None:
    """A host with a broken IPv6 costs one attempt before the first IPv4 address."""
    v4, v6 = socket.AF_INET, socket.AF_INET6
    fake.results["host"] = [(v6, "::1"), (v6, "::2"), (v6, "::3"), (v4, "127.0.0.1")]
    addresses = asyncio.run(Resolver().resolve("host"))
    assert addresses == ["::1", "127.0.0.1", "::2", "::3"]


@pytest.mark.parametrize(
    "error", [socket.gaierror(socket.EAI_NONAME, "unknown"), UnicodeError("label")]
)
def test_an_unknown_name_raises_no_connection(
    fake: FakeGetaddrinfo, error: Exception, tally: Tally
) -> None:
    """The next request looks it up again, because the network may be back."""
    fake.results["gone.example"] = error

    async def polls() -> None:
        gateway = GatewayClient(deadline_s=10)
        for _ in range(2):
            with pytest.raises(NoConnection):
                await gateway.balance(account("https://gone.example"), KEY)

    asyncio.run(polls())
    assert fake.hosts == ["gone.example"] * 2
    tally.add(FAULTS, 2)


def test_a_client_that_started_offline_recovers(
    fake: FakeGetaddrinfo, tally: Tally
) -> None:
    """Once the network is there, the same client finds the gateway."""

    async def polls() -> str:
        gateway = GatewayClient(deadline_s=10)
        async with Peer(REPLY) as server:
            local = account(f"http://localhost:{server.port}")
            fake.results["localhost"] = socket.gaierror(socket.EAI_AGAIN, "offline")
            with pytest.raises(NoConnection):
                await gateway.balance(local, KEY)
            fake.results["localhost"] = [(socket.AF_INET, "127.0.0.1")]
            return (await gateway.balance(local, KEY)).digits

    assert asyncio.run(polls()) == "350.1200"
    tally.add(FAULTS)


def test_the_deadline_ends_a_request_whose_lookup_hangs(
    fake: FakeGetaddrinfo, tally: Tally
) -> None:
    """An account at another host is not delayed."""

    async def polls() -> None:
        gateway = GatewayClient(deadline_s=0.5)
        async with Peer(*[REPLY] * 5) as server:
            stalled = [
                asyncio.create_task(gateway.balance(account(), KEY)) for _ in range(20)
            ]
            for _ in range(5):
                await gateway.balance(account(server.url), KEY)
            assert not any(task.done() for task in stalled)
            failures = await asyncio.gather(*stalled, return_exceptions=True)
        assert {type(failure) for failure in failures} == {TimedOut}

    started_at = time.monotonic()
    asyncio.run(polls())
    assert time.monotonic() - started_at < 3
    assert fake.hosts == ["stalls.example"]
    tally.add(FAULTS, 20)


@pytest.mark.usefixtures("fake")
def test_hours_of_polls_with_hung_lookups_keep_four_threads(
    monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """A hung lookup is left alone and another one starts, up to four of them."""
    monkeypatch.setattr(module, "_HUNG_AFTER_S", 0.0)

    async def polls() -> None:
        gateway = GatewayClient(deadline_s=0.01)
        for _ in range(60):
            with pytest.raises(TimedOut):
                await gateway.balance(account(), KEY)
        assert lookup_threads() == 4
        # The executor, which exports and the history use, is free.
        ready = [asyncio.to_thread(lambda: None) for _ in range(40)]
        async with asyncio.timeout(5):
            await asyncio.gather(*ready)

    asyncio.run(polls())
    tally.add(FAULTS, 60)


def test_a_lookup_that_ends_is_used_at_once(fake: FakeGetaddrinfo) -> None:
    """A caller that was cancelled does not cancel the lookup for the others."""

    async def scenario() -> None:
        resolver = Resolver()
        cancelled = asyncio.create_task(resolver.resolve("stalls.example"))
        waiting = asyncio.create_task(resolver.resolve("stalls.example"))
        await asyncio.sleep(0)
        cancelled.cancel()
        fake.release()
        with pytest.raises(socket.gaierror):
            await waiting
        fake.results["stalls.example"] = [(socket.AF_INET, "127.0.0.1")]
        assert await resolver.resolve("stalls.example") == ["127.0.0.1"]

    asyncio.run(scenario())


HANGING_LOOKUP = """
import asyncio, socket, sys, time
socket.getaddrinfo = lambda *_, **__: time.sleep(30)
from trayapp.core.account import Account, Service
from trayapp.core.errors import TimedOut
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient

async def poll():
    account = Account("a", "A", Service.CUSTOM, "https://stalls.example")
    try:
        await GatewayClient(deadline_s=0.2).balance(account, Secret("made-up-key"))
    except TimedOut:
        print("timed out", flush=True)

asyncio.run(poll())
"""


def test_a_hung_lookup_delays_no_exit() -> None:
    """Neither the closing loop nor the interpreter waits for it."""
    with subprocess.Popen(
        [sys.executable, "-c", HANGING_LOOKUP], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "timed out\n"
        assert process.wait(timeout=1.0) == 0
