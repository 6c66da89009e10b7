"""A host is reached by the first of its addresses that accepts a connection."""

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


class FixedResolver(Resolver):
    """A resolver that returns fixed addresses."""

    def __init__(self, *addresses: str) -> None:
        super().__init__()
        self._addresses = list(addresses)

    async def resolve(self, host: str) -> list[str]:
        """Return the addresses of the one host."""
        assert host == "gateway.example"
        return self._addresses


@pytest.fixture
def port() -> Iterator[int]:
    """Listen on 127.0.0.1 and accept all connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


def black_hole(at_exit: ExitStack, address: str, port: int) -> None:
    """Make an address that drops every attempt to connect to this port.

    A listener with a full queue that accepts nothing does not answer a SYN at all.
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


async def connect(*addresses: str, port: int) -> str:
    """Connect, and return the address that accepted."""
    connector = Connector(FixedResolver(*addresses))
    try:
        stream = await connector.connect_tcp("gateway.example", port)
        address = stream.get_extra_info("server_addr")
        return str(address[0])
    finally:
        await connector.aclose()


black_holes = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere a full queue refuses or takes more"
)


@black_holes
@pytest.mark.parametrize(
    "holes", [("127.0.0.2",), ("127.0.0.2", "127.0.0.3", "127.0.0.4")]
)
def test_an_address_that_drops_packets_costs_less_than_the_deadline(
    port: int, holes: tuple[str, ...], tally: Tally
) -> None:
    """The next address is tried beside it, and the lost attempts are cancelled."""
    with ExitStack() as at_exit:
        for hole in holes:
            black_hole(at_exit, hole, port)
        started_at = time.monotonic()
        assert asyncio.run(connect(*holes, "127.0.0.1", port=port)) == "127.0.0.1"
        assert time.monotonic() - started_at < 2.0
    tally.add(FAULTS, len(holes))


@black_holes
def test_an_ipv6_that_drops_packets_is_skipped(port: int, tally: Tally) -> None:
    """A router may announce IPv6 without forwarding it."""
    with ExitStack() as at_exit:
        address = "::1" if socket.has_ipv6 and _has_ipv6() else "127.0.0.2"
        black_hole(at_exit, address, port)
        assert asyncio.run(connect(address, "127.0.0.1", port=port)) == "127.0.0.1"
    tally.add(FAULTS)


@black_holes
def test_a_cancelled_attempt_leaves_no_task(port: int) -> None:
    """Thus the deadline ends a request where no address accepts."""

    async def scenario() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.4):
                await connect("127.0.0.2", "127.0.0.3", port=port)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with ExitStack() as at_exit:
        black_hole(at_exit, "127.0.0.2", port)
        black_hole(at_exit, "127.0.0.3", port)
        asyncio.run(scenario())


def test_after_a_refusal_the_next_address_is_tried_at_once(port: int) -> None:
    """The head start ends when the address refuses."""
    started_at = time.monotonic()
    assert asyncio.run(connect(*["::1"] * 8, "127.0.0.1", port=port)) == "127.0.0.1"
    assert time.monotonic() - started_at < 1.0


def test_if_all_addresses_refuse_the_first_error_is_raised() -> None:
    """The first address is the one that the system prefers."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: always refused
        port = unused.getsockname()[1]
        with pytest.raises(httpcore.ConnectError):
            asyncio.run(connect("127.0.0.1", "127.0.0.1", port=port))


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True
