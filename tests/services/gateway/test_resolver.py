"""A resolver that stalls holds up nobody who does not ask for the same name."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from peer import Peer
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
    """A resolver that stalls, answers or fails as a test says."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.knows: dict[str, list[Address] | Exception] = {}
        self._real = socket.getaddrinfo
        self._open = threading.Event()

    def release(self) -> None:
        """Let those that stall end."""
        self._open.set()

    def __call__(self, host: str, port: object, **kwargs: int) -> object:
        """Stand in for `socket.getaddrinfo`."""
        if host == "127.0.0.1":
            return self._real(host, port, **kwargs)  # type: ignore[arg-type]  # as given
        self.asked.append(host)
        known = self.knows.get(host)
        if isinstance(known, Exception):
            raise known
        if known is None:
            self._open.wait(30)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        kind = socket.SOCK_STREAM
        return [(family, kind, 6, "", (address, 0)) for family, address in known]


@pytest.fixture(name="fake")
def fake_getaddrinfo(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGetaddrinfo]:
    """Take the place of the system's resolver, which stalls for unknown names."""
    fake = FakeGetaddrinfo()
    monkeypatch.setattr(socket, "getaddrinfo", fake)
    yield fake
    fake.release()
    for thread in threading.enumerate():
        if thread.name == "lookup":
            thread.join()


def lookup_threads() -> int:
    """Count the lookups that are under way."""
    return sum(thread.name == "lookup" for thread in threading.enumerate())


def account(url: str = "https://stalls.example") -> Account:
    """Make an account at an address."""
    return Account("a", "A", Service.CUSTOM, url)


def test_an_address_needs_no_lookup(fake: FakeGetaddrinfo) -> None:
    """Nor does it wait for one."""
    resolver = Resolver()
    for address in ("192.0.2.1", "2001:db8::1"):
        assert asyncio.run(resolver.find(address)) == [address]
    assert fake.asked == []


def test_the_families_take_turns(fake: FakeGetaddrinfo) -> None:
    """A broken IPv6 of many addresses costs one attempt before IPv4's turn."""
    v4, v6 = socket.AF_INET, socket.AF_INET6
    fake.knows["host"] = [(v6, "::1"), (v6, "::2"), (v6, "::3"), (v4, "127.0.0.1")]
    found = asyncio.run(Resolver().find("host"))
    assert found == ["::1", "127.0.0.1", "::2", "::3"]


@pytest.mark.parametrize(
    "error", [socket.gaierror(socket.EAI_NONAME, "unknown"), UnicodeError("label")]
)
def test_an_unknown_name_is_no_connection(
    fake: FakeGetaddrinfo, error: Exception, tally: Tally
) -> None:
    """And is looked up anew at the next question: the network may have come."""
    fake.knows["gone.example"] = error

    async def polls() -> None:
        gateway = GatewayClient(deadline_s=10)
        for _ in range(2):
            with pytest.raises(NoConnection):
                await gateway.balance(account("https://gone.example"), KEY)

    asyncio.run(polls())
    assert fake.asked == ["gone.example"] * 2
    tally.add(FAULTS, 2)


def test_offline_at_the_start_becomes_right_by_itself(
    fake: FakeGetaddrinfo, tally: Tally
) -> None:
    """The client that failed to find the gateway finds it when the network is there."""

    async def polls() -> str:
        gateway = GatewayClient(deadline_s=10)
        async with Peer(REPLY) as here:
            asked = account(f"http://localhost:{here.port}")
            fake.knows["localhost"] = socket.gaierror(socket.EAI_AGAIN, "offline")
            with pytest.raises(NoConnection):
                await gateway.balance(asked, KEY)
            fake.knows["localhost"] = [(socket.AF_INET, "127.0.0.1")]
            return (await gateway.balance(asked, KEY)).digits

    assert asyncio.run(polls()) == "350.1200"
    tally.add(FAULTS)


def test_the_deadline_holds_though_the_resolver_stalls(
    fake: FakeGetaddrinfo, tally: Tally
) -> None:
    """And an account with a host of its own is not held up meanwhile."""

    async def polls() -> None:
        gateway = GatewayClient(deadline_s=0.5)
        async with Peer(*[REPLY] * 5) as here:
            stalled = [
                asyncio.create_task(gateway.balance(account(), KEY)) for _ in range(20)
            ]
            for _ in range(5):
                await gateway.balance(account(here.url), KEY)
            assert not any(task.done() for task in stalled)
            failures = await asyncio.gather(*stalled, return_exceptions=True)
        assert {type(failure) for failure in failures} == {TimedOut}

    begun = time.monotonic()
    asyncio.run(polls())
    assert time.monotonic() - begun < 3
    assert fake.asked == ["stalls.example"]
    tally.add(FAULTS, 20)


@pytest.mark.usefixtures("fake")
def test_hours_of_polls_hold_few_threads_and_none_that_others_need(
    monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """A lookup that hung is left alone and another one tried, four at the most."""
    monkeypatch.setattr(module, "_JOINED_S", 0.0)

    async def polls() -> None:
        gateway = GatewayClient(deadline_s=0.01)
        for _ in range(60):
            with pytest.raises(TimedOut):
                await gateway.balance(account(), KEY)
        assert lookup_threads() == 4
        # What exports and the history work on is free.
        ready = [asyncio.to_thread(lambda: None) for _ in range(40)]
        async with asyncio.timeout(5):
            await asyncio.gather(*ready)

    asyncio.run(polls())
    tally.add(FAULTS, 60)


def test_a_resolver_that_recovers_is_used_at_once(fake: FakeGetaddrinfo) -> None:
    """Who gave up takes the answer from nobody who still waits."""

    async def story() -> None:
        resolver = Resolver()
        gives_up = asyncio.create_task(resolver.find("stalls.example"))
        waits = asyncio.create_task(resolver.find("stalls.example"))
        await asyncio.sleep(0)
        gives_up.cancel()
        fake.release()
        with pytest.raises(socket.gaierror):
            await waits
        fake.knows["stalls.example"] = [(socket.AF_INET, "127.0.0.1")]
        assert await resolver.find("stalls.example") == ["127.0.0.1"]

    asyncio.run(story())


QUITTING = """
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


def test_nothing_waits_for_a_lookup_that_hangs_at_the_end() -> None:
    """Neither the loop that closes nor the interpreter that ends."""
    with subprocess.Popen(
        [sys.executable, "-c", QUITTING], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "timed out\n"
        assert program.wait(timeout=1.0) == 0
