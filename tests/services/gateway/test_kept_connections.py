"""Requests share connections in a burst, and no response is another account's."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import httpx
import pytest
import trustme

from gateways.certificates import serving
from gateways.loopback_server import LoopbackServer
from gateways.peer import Line
from gateways.proxy import HttpProxy, SocksProxy
from gateways.replies import head, refusal, result
from trayapp.core.account import Account, Service
from trayapp.core.errors import BalanceTrayError, NoConnection, Unauthorized
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.gateway.kept_connections import ConnectionTimes
from trayapp.services.gateway.transport import new_client

BURST = "a handshake for each request"
STEP = "a response taken for another account's"
HOST = "sms.gateway.example"
QUICK = ConnectionTimes(rest_s=0.1, keep_s=0.4, first_byte_s=0.3, slow_s=2.0)

trusts_by_environment = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system's own trust store counts"
)


class KeyedGateway(LoopbackServer):
    """A gateway whose balance is the number in the key.

    Each connection follows a script, the later ones an honest one.
    """

    def __init__(self, *scripts: "Script", tls: object = None) -> None:
        super().__init__(tls)  # type: ignore[arg-type]  # a context of ssl or None
        self._scripts = list(scripts)
        self.connections = 0
        self.open = 0
        self.requests: list[str] = []
        """The number in each request's key."""

    @property
    def url(self) -> str:
        """The server's URL."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    def _keep(self, request: bytes) -> None:
        key = json.loads(request.partition(b"\r\n\r\n")[2])["api_key"]
        self.requests.append(key.rpartition("-")[2])

    async def hear(self, line: Line) -> bytes:
        """Read a request, and return its proper response."""
        await line.hear()
        return response(self.requests[-1])

    async def _treat(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self.open += 1
        line = Line(reader, writer, self._keep)
        script = self._scripts.pop(0) if self._scripts else honest
        try:
            await script(self, line)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            await line.close()


Script = Callable[[KeyedGateway, Line], Awaitable[None]]


def response(number: str) -> bytes:
    """Write the response to a request with this number in its key."""
    return result(f'"{number}.0000"')


async def honest(gateway: KeyedGateway, line: Line) -> None:
    """Respond to each request until the client hangs up."""
    while True:
        await line.send(await gateway.hear(line))


class Burst:
    """Sends requests with different keys, through one client."""

    def __init__(self, client: GatewayClient, url: str) -> None:
        self._client = client
        self._account = Account("a", "A", Service.CUSTOM, url)

    async def request(self, number: int) -> str:
        """Send a request; return the balance without decimals."""
        key = Secret(f"made-up-key-{number}")
        balance = await self._client.balance(self._account, key)
        return str(int(balance.amount))

    async def in_order(self, *numbers: int) -> list[str]:
        """Send requests one after the other."""
        return [await self.request(number) for number in numbers]

    async def side_by_side(self, count: int) -> list[str]:
        """Send requests as the program does: at most eight at a time."""
        slots = asyncio.Semaphore(8)

        async def one(number: int) -> str:
            async with slots:
                return await self.request(number)

        return await asyncio.gather(*map(one, range(count)))


@asynccontextmanager
async def burst_to(
    url: str, *, times: ConnectionTimes = QUICK, deadline_s: float = 10.0
) -> AsyncIterator[Burst]:
    """Give a client for a URL."""
    client = GatewayClient(partial(new_client, times=times), deadline_s=deadline_s)
    yield Burst(client, url)
    await client.close()


def numbers(count: int) -> list[str]:
    """Write the balances of the first requests."""
    return [str(number) for number in range(count)]


# --- a burst, and its end -----------------------------------------------------------


@trusts_by_environment
@pytest.mark.case("part 3", BURST)
def test_a_burst_needs_few_handshakes(trusted: trustme.CA) -> None:
    """As many as requests run side by side, and every balance is its account's."""

    async def polls() -> None:
        tls = serving(trusted.issue_cert("127.0.0.1"))
        async with (
            KeyedGateway(tls=tls) as gateway,
            burst_to(gateway.url, times=replace(QUICK, rest_s=0.01)) as burst,
        ):
            assert await burst.side_by_side(200) == numbers(200)
            assert gateway.connections <= 8
            assert sorted(gateway.requests) == sorted(numbers(200))

    asyncio.run(polls())


@trusts_by_environment
@pytest.mark.case("part 3", BURST)
@pytest.mark.parametrize(
    ("kind", "scheme"), [(HttpProxy, "http"), (SocksProxy, "socks5")]
)
def test_a_burst_through_a_proxy_needs_few_handshakes(
    trusted: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[HttpProxy | SocksProxy],
    scheme: str,
) -> None:
    """With the proxy and with the gateway; another proxy has other connections."""

    async def polls() -> None:
        tls = serving(trusted.issue_cert(HOST))
        async with (
            KeyedGateway(tls=tls) as gateway,
            kind(gateway.port) as proxy,
            kind(gateway.port) as other,
            burst_to(f"https://{HOST}", times=replace(QUICK, rest_s=0.01)) as burst,
        ):
            monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
            assert await burst.side_by_side(50) == numbers(50)
            assert len(proxy.asked) <= 8
            assert gateway.connections == len(proxy.asked)
            monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{other.port}")
            assert await burst.request(1) == "1"
            assert len(other.asked) == 1

    asyncio.run(polls())


@pytest.mark.case("part 3", BURST)
def test_requests_one_after_the_other_need_one_connection() -> None:
    """Errors of the gateway end no connection."""

    async def mixed(gateway: KeyedGateway, line: Line) -> None:
        while True:
            good = await gateway.hear(line)
            rejected = refusal("UNAUTHORIZED", "401 Unauthorized")
            await line.send(rejected if gateway.requests[-1] == "2" else good)

    async def polls() -> None:
        async with KeyedGateway(mixed) as gateway, burst_to(gateway.url) as burst:
            assert await burst.in_order(0, 1) == ["0", "1"]
            with pytest.raises(Unauthorized):
                await burst.request(2)
            assert await burst.request(3) == "3"
            assert gateway.connections == 1

    asyncio.run(polls())


@pytest.mark.case("part 3", BURST)
def test_all_connections_are_closed_after_a_burst() -> None:
    """Soon, and no task or timer stays that would wake the process."""

    async def polls() -> None:
        async with KeyedGateway() as gateway, burst_to(gateway.url) as burst:
            await burst.side_by_side(20)
            assert gateway.open > 0
            async with asyncio.timeout(5):
                while gateway.open:  # noqa: ASYNC110  # the server has no event for it
                    await asyncio.sleep(0.02)
            assert asyncio.all_tasks() <= {asyncio.current_task(), *gateway.tasks}
            assert await burst.request(7) == "7"

    asyncio.run(polls())


def test_the_usual_times_are_short() -> None:
    """Nothing is kept while the program is idle, and a burst is no slower for it."""
    usual = ConnectionTimes()
    assert usual.keep_s <= 5
    assert usual.rest_s <= 0.25


def test_closing_the_client_closes_its_connections() -> None:
    """At once, as `check` ends then."""

    async def polls() -> None:
        long = replace(QUICK, keep_s=60.0)
        async with (
            KeyedGateway() as gateway,
            burst_to(gateway.url, times=long) as burst,
        ):
            await burst.side_by_side(8)

    asyncio.run(polls())


def test_gateways_of_many_hosts_keep_few_connections() -> None:
    """Each account may have an address of its own."""

    async def polls() -> None:
        gateways = [KeyedGateway() for _ in range(12)]
        client = GatewayClient(partial(new_client, times=replace(QUICK, keep_s=60.0)))
        for gateway in gateways:
            await gateway.__aenter__()
            assert await Burst(client, gateway.url).request(5) == "5"
        await asyncio.sleep(0.05)
        assert sum(gateway.open for gateway in gateways) <= 8
        await client.close()
        for gateway in gateways:
            await gateway.__aexit__()

    asyncio.run(polls())


# --- connections that are dead ------------------------------------------------------


async def hang_after_one(gateway: KeyedGateway, line: Line) -> None:
    """Respond to one request, and never to another."""
    await line.send(await gateway.hear(line))
    await line.hear()
    await line.gone()


async def close_after_one(gateway: KeyedGateway, line: Line) -> None:
    """Close after a response without saying so."""
    await line.send(await gateway.hear(line))


async def reset_after_one(gateway: KeyedGateway, line: Line) -> None:
    """Break the connection after a response."""
    await line.send(await gateway.hear(line))
    await asyncio.sleep(0.01)
    line.reset()


async def close_at_the_second(gateway: KeyedGateway, line: Line) -> None:
    """Close when the second request comes, as both sides' timers expire together."""
    await line.send(await gateway.hear(line))
    await line.hear()


async def reset_at_the_second(gateway: KeyedGateway, line: Line) -> None:
    """Break the connection when the second request comes."""
    await line.send(await gateway.hear(line))
    await line.hear()
    line.reset()


async def announce_the_end(gateway: KeyedGateway, line: Line) -> None:
    """Say `Connection: close`, and close."""
    proper = await gateway.hear(line)
    await line.send(proper.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))


async def announce_and_stay(gateway: KeyedGateway, line: Line) -> None:
    """Say `Connection: close`, and leave it to the client."""
    await announce_the_end(gateway, line)
    assert await line.gone()


async def old_http(gateway: KeyedGateway, line: Line) -> None:
    """Speak HTTP/1.0."""
    proper = await gateway.hear(line)
    await line.send(proper.replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert await line.gone()


async def old_http_that_stays(gateway: KeyedGateway, line: Line) -> None:
    """Speak HTTP/1.0 with `Connection: keep-alive`."""
    proper = (await gateway.hear(line)).replace(b"HTTP/1.1", b"HTTP/1.0")
    await line.send(proper.replace(b"\r\n", b"\r\nConnection: keep-alive\r\n", 1))
    assert await line.gone()


async def until_the_end(gateway: KeyedGateway, line: Line) -> None:
    """Send no length; the body ends with the connection."""
    proper = await gateway.hear(line)
    await line.send(head() + proper.partition(b"\r\n\r\n")[2])


@pytest.mark.case("part 3", "a question lost on a dead connection")
@pytest.mark.parametrize(
    "script",
    [
        hang_after_one,
        close_after_one,
        reset_after_one,
        close_at_the_second,
        reset_at_the_second,
        announce_the_end,
        announce_and_stay,
        old_http,
        old_http_that_stays,
        until_the_end,
    ],
)
@pytest.mark.parametrize("pause_s", [0.0, 0.2])
def test_a_request_outlives_a_dead_connection(script: Script, pause_s: float) -> None:
    """It is sent once more, on a new connection."""

    async def polls() -> None:
        async with KeyedGateway(script, script) as gateway:
            async with burst_to(gateway.url) as burst:
                for number in range(4):
                    assert await burst.request(number) == str(number)
                    await asyncio.sleep(pause_s)
            assert gateway.connections <= 4
            assert len(gateway.requests) <= 7

    asyncio.run(polls())


@trusts_by_environment
@pytest.mark.parametrize("script", [hang_after_one, reset_at_the_second])
def test_a_request_outlives_a_dead_connection_with_tls(
    script: Script, trusted: trustme.CA
) -> None:
    """TLS has errors of its own."""

    async def polls() -> None:
        tls = serving(trusted.issue_cert("127.0.0.1"))
        async with (
            KeyedGateway(script, tls=tls) as gateway,
            burst_to(gateway.url) as burst,
        ):
            assert await burst.in_order(0, 1, 2) == numbers(3)

    asyncio.run(polls())


@pytest.mark.case("part 3", "a question lost on a dead connection")
@pytest.mark.parametrize("slept_s", [3600.0, 10.0, -3600.0])
def test_no_connection_is_used_after_a_suspend(
    monkeypatch: pytest.MonkeyPatch, slept_s: float
) -> None:
    """The loop's clock stands still meanwhile; the clock of the day does not."""

    async def polls() -> None:
        long = replace(QUICK, first_byte_s=60.0)
        async with KeyedGateway(hang_after_one) as gateway:
            async with burst_to(gateway.url, times=long) as burst:
                await burst.request(0)
                now = time.time
                monkeypatch.setattr(time, "time", lambda: now() + slept_s)
                assert await burst.request(1) == "1"
            assert gateway.connections == 2

    asyncio.run(polls())


@pytest.mark.parametrize("whole", [1, 20])
def test_a_request_with_a_begun_response_is_not_sent_again(whole: int) -> None:
    """What arrived was for this request, so its failure is the gateway's."""

    async def cut(gateway: KeyedGateway, line: Line) -> None:
        await line.send(await gateway.hear(line))
        await line.send((await gateway.hear(line))[:whole])

    async def polls() -> None:
        async with KeyedGateway(cut) as gateway:
            async with burst_to(gateway.url) as burst:
                await burst.request(0)
                with pytest.raises(BalanceTrayError):
                    await burst.request(1)
            assert gateway.requests == ["0", "1"]

    asyncio.run(polls())


def test_a_request_is_sent_again_only_once() -> None:
    """A gateway that closes everything is out of reach."""

    async def closed(gateway: KeyedGateway, line: Line) -> None:
        await gateway.hear(line)

    async def polls() -> None:
        async with KeyedGateway(close_at_the_second, closed) as gateway:
            async with burst_to(gateway.url) as burst:
                await burst.request(0)
                with pytest.raises(NoConnection) as caught:
                    await burst.request(1)
            assert gateway.requests == ["0", "1", "1"]
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)

    asyncio.run(polls())


def test_a_cancelled_request_leaves_no_connection_behind() -> None:
    """Its response would be the next request's."""

    async def late(gateway: KeyedGateway, line: Line) -> None:
        await line.send(await gateway.hear(line))
        proper = await gateway.hear(line)
        await asyncio.sleep(0.2)
        await line.send(proper)
        assert await line.gone()

    async def polls() -> None:
        async with KeyedGateway(late) as gateway, burst_to(gateway.url) as burst:
            await burst.request(0)
            task = asyncio.create_task(burst.request(1))
            async with asyncio.timeout(5):
                while len(gateway.requests) < 2:  # noqa: ASYNC110  # the server has no event for it
                    await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await burst.in_order(2, 3) == ["2", "3"]

    asyncio.run(polls())


def test_a_slow_gateway_is_asked_once_for_each_balance() -> None:
    """Its connection is not kept, or a request would be sent twice."""

    async def slow(gateway: KeyedGateway, line: Line) -> None:
        proper = await gateway.hear(line)
        await asyncio.sleep(0.3)
        await line.send(proper)
        assert await line.gone()

    async def polls() -> None:
        times = replace(QUICK, slow_s=0.2, first_byte_s=0.25)
        async with KeyedGateway(slow, slow) as gateway:
            async with burst_to(gateway.url, times=times) as burst:
                assert await burst.in_order(0, 1) == ["0", "1"]
            assert (gateway.connections, gateway.requests) == (2, ["0", "1"])

    asyncio.run(polls())


# --- gateways that respond out of step ----------------------------------------------


def twice(pause_s: float) -> Script:
    """Respond twice to the first request of a connection."""

    async def script(gateway: KeyedGateway, line: Line) -> None:
        proper = await gateway.hear(line)
        await line.send(proper)
        if pause_s:
            await asyncio.sleep(pause_s)
        await line.send(proper)
        await honest(gateway, line)

    return script


def with_excess(excess: bytes, pause_s: float = 0.0) -> Script:
    """Send more bytes after the first response of a connection."""

    async def script(gateway: KeyedGateway, line: Line) -> None:
        proper = await gateway.hear(line)
        if pause_s:
            await line.send(proper)
            await asyncio.sleep(pause_s)
            await line.send(excess)
        else:
            await line.send(proper + excess)
        await honest(gateway, line)

    return script


async def in_chunks_twice(gateway: KeyedGateway, line: Line) -> None:
    """Send two responses of chunks in one piece."""
    body = (await gateway.hear(line)).partition(b"\r\n\r\n")[2]
    chunked = head("Transfer-Encoding: chunked")
    chunked += b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    await line.send(chunked * 2)
    await honest(gateway, line)


async def ahead_of_the_request(gateway: KeyedGateway, line: Line) -> None:
    """Respond to the next request before it comes."""
    await line.send(await gateway.hear(line) + response("66"))
    while True:
        await gateway.hear(line)
        await line.send(response("66"))


async def one_behind(gateway: KeyedGateway, line: Line) -> None:
    """Respond to the second request with the first response, and then properly."""
    first = await gateway.hear(line)
    await line.send(first)
    second = await gateway.hear(line)
    await line.send(first)
    await asyncio.sleep(0.03)
    await line.send(second)
    await honest(gateway, line)


async def one_behind_in_one_piece(gateway: KeyedGateway, line: Line) -> None:
    """Respond to the second request with two responses at once."""
    first = await gateway.hear(line)
    await line.send(first)
    await line.send(first + await gateway.hear(line))
    await honest(gateway, line)


async def too_late(gateway: KeyedGateway, line: Line) -> None:
    """Respond to the second request when the client has given up."""
    await line.send(await gateway.hear(line))
    late = await gateway.hear(line)
    await asyncio.sleep(0.5)
    await line.send(late)
    await honest(gateway, line)


HTTP_200 = b"HTTP/1.1 200 OK\r\n"
HOSTILE = {
    "twice at once": twice(0),
    **{f"twice after {ms} ms": twice(ms / 1000) for ms in (1, 5, 20, 50, 80)},
    "excess: a line": with_excess(b"\r\n"),
    "excess: a byte": with_excess(b"x"),
    "excess: a byte late": with_excess(b"x", 0.05),
    "excess: half a response": with_excess(response("66")[:-9]),
    "excess: a status line": with_excess(HTTP_200),
    "excess: a status line late": with_excess(HTTP_200, 0.02),
    "excess: an informational response": with_excess(b"HTTP/1.1 100 Go\r\n\r\n"),
    "excess: 70 KB": with_excess(b"x" * 70_000),
    "excess: 400 KB": with_excess(response("66") * 2_000),
    "chunks twice": in_chunks_twice,
    "ahead": ahead_of_the_request,
    "one behind": one_behind,
    "one behind in one piece": one_behind_in_one_piece,
    "too late": too_late,
}


@pytest.mark.case("part 3", STEP)
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("pause_s", [0.0, 0.01, 0.15])
def test_no_account_gets_the_response_of_another(name: str, pause_s: float) -> None:
    """Whatever a gateway sends after a response."""

    async def polls() -> None:
        script = HOSTILE[name]
        async with (
            KeyedGateway(script, script) as gateway,
            burst_to(gateway.url) as burst,
        ):
            for number in range(11, 15):
                assert await burst.request(number) == str(number)
                await asyncio.sleep(pause_s)

    asyncio.run(polls())


@trusts_by_environment
@pytest.mark.case("part 3", STEP)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_account_gets_the_response_of_another_with_tls(
    name: str, trusted: trustme.CA
) -> None:
    """Bytes may wait in the records of TLS, where the system does not see them."""

    async def polls() -> None:
        script, tls = HOSTILE[name], serving(trusted.issue_cert("127.0.0.1"))
        async with (
            KeyedGateway(script, script, tls=tls) as gateway,
            burst_to(gateway.url) as burst,
        ):
            assert await burst.in_order(11, 12, 13) == ["11", "12", "13"]

    asyncio.run(polls())


@pytest.mark.case("part 3", STEP)
def test_a_gateway_that_is_always_out_of_step_gives_only_first_responses() -> None:
    """Every account gets its own balance, on a connection of its own."""

    async def polls() -> None:
        scripts = [HOSTILE[name] for name in HOSTILE] * 3
        async with (
            KeyedGateway(*scripts) as gateway,
            burst_to(gateway.url) as burst,
        ):
            assert await burst.side_by_side(60) == numbers(60)

    asyncio.run(polls())


def test_a_client_that_can_keep_nothing_works() -> None:
    """Each connection then ends with its request."""

    async def polls() -> None:
        async with (
            KeyedGateway() as gateway,
            new_client(times=replace(QUICK, keep_s=0.0)) as client,
        ):
            for _ in range(2):
                request = httpx.Request(
                    "POST", gateway.url, json={"api_key": "made-up-key-5"}
                )
                assert (await client.send(request)).status_code == 200

    asyncio.run(polls())
