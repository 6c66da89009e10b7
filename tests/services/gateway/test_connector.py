"""A host is reached by whichever of its addresses answers."""

import asyncio
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpcore
import pytest

from tally import FAULTS, Tally
from trayapp.services.gateway.connector import Connector
from trayapp.services.gateway.resolver import Resolver


class Names(Resolver):
    """A resolver that knows what the test says."""

    def __init__(self, *addresses: str) -> None:
        super().__init__()
        self._addresses = list(addresses)

    async def find(self, host: str) -> list[str]:
        """Give the addresses of the one host."""
        assert host == "gateway.example"
        return self._addresses


@pytest.fixture
def port() -> Iterator[int]:
    """Have something listen on 127.0.0.1 that takes all connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


def black_hole(at_exit: ExitStack, address: str, port: int) -> None:
    """Make an address that swallows every attempt to connect, on this one port.

    A listener that takes nobody and whose queue is full answers no greeting at all.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = at_exit.enter_context(socket.socket(family))
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((address, port))
    listener.listen(0)
    for _ in range(4):
        waiting = at_exit.enter_context(socket.socket(family))
        waiting.setblocking(False)  # noqa: FBT003  # the only way to say it
        waiting.connect_ex((address, port))


async def dial(*addresses: str, port: int) -> str:
    """Connect, and say which address answered."""
    dialler = Connector(Names(*addresses))
    try:
        stream = await dialler.connect_tcp("gateway.example", port)
        there = stream.get_extra_info("server_addr")
        return str(there[0])
    finally:
        await dialler.aclose()


black_holes = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere a full queue refuses or takes more"
)


@black_holes
@pytest.mark.parametrize(
    "holes", [("127.0.0.2",), ("127.0.0.2", "127.0.0.3", "127.0.0.4")]
)
def test_a_black_hole_costs_a_moment_and_not_the_deadline(
    port: int, holes: tuple[str, ...], tally: Tally
) -> None:
    """The next address is tried beside it, and the attempts it cost are given up."""
    with ExitStack() as at_exit:
        for hole in holes:
            black_hole(at_exit, hole, port)
        begun = time.monotonic()
        assert asyncio.run(dial(*holes, "127.0.0.1", port=port)) == "127.0.0.1"
        assert time.monotonic() - begun < 2.0
    tally.add(FAULTS, len(holes))


@black_holes
def test_an_ipv6_black_hole_is_passed_by(port: int, tally: Tally) -> None:
    """As behind a router that announces IPv6 and does not carry it."""
    with ExitStack() as at_exit:
        address = "::1" if socket.has_ipv6 and _has_ipv6() else "127.0.0.2"
        black_hole(at_exit, address, port)
        assert asyncio.run(dial(address, "127.0.0.1", port=port)) == "127.0.0.1"
    tally.add(FAULTS)


@black_holes
def test_an_attempt_can_be_cancelled_and_leaves_nothing(port: int) -> None:
    """So the deadline holds where no address answers."""

    async def story() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.4):
                await dial("127.0.0.2", "127.0.0.3", port=port)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with ExitStack() as at_exit:
        black_hole(at_exit, "127.0.0.2", port)
        black_hole(at_exit, "127.0.0.3", port)
        asyncio.run(story())


def test_a_refusal_goes_on_to_the_next_address_at_once(port: int) -> None:
    """Nobody waits out the head start of an address that said no."""
    begun = time.monotonic()
    assert asyncio.run(dial(*["::1"] * 8, "127.0.0.1", port=port)) == "127.0.0.1"
    assert time.monotonic() - begun < 1.0


def test_where_all_refuse_the_first_refusal_is_told() -> None:
    """It is the address that the system would have chosen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused for sure
        port = taken.getsockname()[1]
        with pytest.raises(httpcore.ConnectError):
            asyncio.run(dial("127.0.0.1", "127.0.0.1", port=port))


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as tried:
        try:
            tried.bind(("::1", 0))
        except OSError:
            return False
    return True
