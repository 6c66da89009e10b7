"""The requests of the gateway's client and how it reads replies, over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING

import pytest

from gateways.replies import GOOD, KEY, head, refusal, reply, result
from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance
from trayapp.core.errors import (
    BY_ERROR_ID,
    BadRequest,
    BalanceTrayError,
    Refused,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.gateway.transport import new_client

if TYPE_CHECKING:
    from gateways.peer import Line, Peer
    from tests.services.conftest import Talker

# --- what goes over the wire ------------------------------------------------------


def test_the_request_is_the_documented_one_and_nothing_else(talk: Talker) -> None:
    """It has the documented headers, those that HTTP needs, and the key in its body."""
    exchange = talk(reply())
    body = f'{{"api_key": "{KEY}"}}'
    head, _, content = exchange.heard[0].decode().partition("\r\n\r\n")
    request_line, *headers = head.split("\r\n")
    assert request_line == "POST /api/3.0/account/get-balance HTTP/1.1"
    assert sorted(headers) == [
        "Accept: application/json",
        f"Content-Length: {len(body)}",
        "Content-Type: application/json",
        f"Host: 127.0.0.1:{exchange.port}",
    ]
    assert content == body


def test_a_sub_account_is_requested_with_its_parents_key(talk: Talker) -> None:
    """The request has its own path, and the user name beside the key."""
    (request,) = talk(reply(), sub_account="ventas ñ").heard
    head, _, content = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/3.0/subaccount/get-balance HTTP/1.1\r\n")
    assert json.loads(content) == {"api_key": KEY, "user_name": "ventas ñ"}


def test_a_base_url_may_have_a_path(talk: Talker) -> None:
    """A company may serve the gateway below a path of its own."""
    (request,) = talk(reply(), at="{url}/sms").heard
    assert request.startswith(b"POST /sms/api/3.0/account/get-balance HTTP/1.1\r\n")


def test_polls_share_no_cookie(talk: Talker) -> None:
    """Cookies are not sent back, also on the same connection."""
    exchange = talk(reply(Set_Cookie="a=b"), reply(Connection="keep-alive"), reply())
    assert len(exchange.heard) == 3
    assert len(set(exchange.heard)) == 1


def test_cookies_do_not_accumulate(peer: type[Peer]) -> None:
    """A server that sends new cookies with every reply costs no memory."""

    async def poll() -> int:
        client = new_client()
        gateway = GatewayClient(lambda: client, deadline_s=10)
        async with peer(reply(Set_Cookie="a=b; Max-Age=99999999")) as server:
            account = Account("a", "A", Service.CUSTOM, server.url)
            await gateway.balance(account, Secret(KEY))
        await gateway.close()
        return len(client.cookies.jar)

    assert asyncio.run(poll()) == 0


def test_one_client_sends_requests_side_by_side(peer: type[Peer]) -> None:
    """Eight requests reach the server before it answers any."""

    async def polls() -> list[Balance]:
        all_received = asyncio.Barrier(8)

        async def together(line: Line) -> None:
            await line.hear()
            await all_received.wait()
            await line.send(reply())

        async with peer(*[together] * 8) as server:
            gateway = GatewayClient(deadline_s=10)
            account = Account("a", "A", Service.CUSTOM, server.url)
            requests = [gateway.balance(account, Secret(KEY)) for _ in range(8)]
            balances = await asyncio.gather(*requests)
            await gateway.close()
        return balances

    assert [balance.digits for balance in asyncio.run(polls())] == ["350.1200"] * 8


def test_a_cancelled_request_closes_its_connection_at_once(peer: type[Peer]) -> None:
    """Quitting does not wait for a silent gateway."""

    async def poll() -> bool:
        closed = asyncio.Event()

        async def silent(line: Line) -> None:
            await line.hear()
            if await line.gone():
                closed.set()

        async with peer(silent) as server:
            gateway = GatewayClient()
            account = Account("a", "A", Service.CUSTOM, server.url)
            task = asyncio.create_task(gateway.balance(account, Secret(KEY)))
            await server.asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await gateway.close()
        return closed.is_set()

    assert asyncio.run(poll())


# --- balances ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ('"350.1200"', "350.1200"),
        ('"0.6000"', "0.6000"),
        ('"1225"', "1225"),
        ('"-12.5000"', "-12.5000"),
        ('"-0.0000"', "0.0000"),
        ('"0.00000001"', "0.00000001"),
        ('"007.50"', "7.50"),
        ("350.1200", "350.1200"),
        ("1225", "1225"),
        ("0.1000000", "0.1000000"),
        ("-0.0", "0.0"),
        ("999999999999999.99999999", "999999999999999.99999999"),
    ],
)
def test_an_amount_keeps_its_digits(talk: Talker, raw: str, digits: str) -> None:
    """Strings and JSON numbers keep all their digits, trailing zeros included."""
    assert talk(result(raw)).digits == digits


@pytest.mark.parametrize(
    "unit", ["EUR", "CREDITS", "SMS", "XAF", "€", "SMS_2", "créditos"]
)
def test_a_unit_is_any_short_word(talk: Talker, unit: str) -> None:
    """The list of units is open, and some of its members are not money."""
    outcome = talk(result(currency=json.dumps(f" {unit} "))).outcome
    assert isinstance(outcome, Balance)
    assert outcome.unit == unit


# --- the gateway says no ----------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error_id", "kind"),
    [
        ("401 Unauthorized", "UNAUTHORIZED", Unauthorized),
        ("400 Bad Request", "JSON_PARSE_ERROR", BadRequest),
        ("400 Bad Request", "MISSING_PARAMS", BadRequest),
        ("400 Bad Request", "INVALID_CONTENT_TYPE", BadRequest),
        ("400 Bad Request", "BAD_PARAMS", Refused),
        ("402 Payment Required", "SOMETHING_NEW", Refused),
        ("200 OK", "UNAUTHORIZED", Unauthorized),
        ("200 OK", "MISSING_PARAMS", BadRequest),
        ("403 Forbidden", "UNAUTHORIZED", Unauthorized),
        ("401 Unauthorized", "IP_BLOCKED", Refused),
    ],
)
def test_the_error_id_decides_the_error(
    talk: Talker, status: str, error_id: str, kind: type[BalanceTrayError]
) -> None:
    """It outranks the HTTP status; the message is only a detail."""
    failure = talk(refusal(error_id, status, "some words")).failure
    assert type(failure) is kind
    assert failure.detail == f"HTTP {status[:3]} {error_id}: some words"


@pytest.mark.parametrize(("error_id", "kind"), BY_ERROR_ID.items())
def test_an_error_with_an_id_of_the_gateway_is_raised(
    talk: Talker, error_id: str, kind: type[BalanceTrayError]
) -> None:
    """An error's class names its ids; nothing else is needed to raise it."""
    assert type(talk(refusal(error_id, "400 Bad Request")).failure) is kind


# --- something else answers -------------------------------------------------------


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
def test_a_redirect_is_not_followed(talk: Talker, status: str) -> None:
    """The key goes only to the address in the settings."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        away = reply("", f"{status} Away", Location=f"http://127.0.0.1:{port}/")
        exchange = talk(away)
        other.setblocking(False)  # noqa: FBT003  # the socket's own
        with pytest.raises(BlockingIOError):
            other.accept()
    assert type(exchange.failure) is UnexpectedReply
    assert len(exchange.heard) == 1


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (reply("<html>", kind="text/html"), "HTTP 200, text/html, 6 bytes"),
        (reply("", "302 Away"), "HTTP 302, application/json, the body is not read"),
        (
            reply(Content_Encoding="br"),
            "HTTP 200, application/json, compressed as br",
        ),
        (reply(GOOD + " " * 65_536), "HTTP 200, application/json, too long"),
        (
            reply("", "511 Log in", "text/html"),
            "HTTP 511, text/html, the network wants a login",
        ),
        (head(status="503 Busy"), "HTTP 503"),
    ],
    ids=range(6),
)
def test_the_detail_describes_an_unexpected_reply(
    talk: Talker, answer: bytes, detail: str
) -> None:
    """It names the response's status and type, and why it was refused."""
    assert talk(answer).failure.detail == detail


# --- a server that repeats the request --------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        refusal("UNAUTHORIZED", "401 Unauthorized", f"The key {KEY} is wrong"),
        refusal("UNAUTHORIZED", "401 Unauthorized", "x" * 140 + KEY),
        refusal(f"NO_{KEY}", "400 Bad Request", KEY),
        refusal("x" * 45 + KEY),
        refusal("BAD_PARAMS", words="\u200b".join(KEY)),
        result(balance=json.dumps("\u2066" + KEY[:9] + "\x00" + KEY[9:])),
        result(balance=f'"{KEY}"'),
        result(currency=f'"{KEY}"'),
        reply(f'{{"api_key": "{KEY}"}}'),
        reply("", kind=f"text/{KEY}"),
        reply("", f"401 {KEY}", WWW_Authenticate=KEY, Location=f"/{KEY}"),
        reply("", "503 Busy", Retry_After=KEY),
        reply("", Content_Encoding=KEY),
        f"HTTP/1.1 {KEY} OK\r\n\r\n".encode(),
        f"{KEY}\r\n\r\n".encode(),
    ],
    ids=range(15),
)
def test_no_error_holds_the_key(talk: Talker, answer: bytes) -> None:
    """A server may send the key back in any part of its reply."""
    failure = talk(answer).failure  # `talk` searches each failure for the key
    assert KEY[:8] not in failure.detail


def test_a_key_is_never_taken_for_a_unit(peer: type[Peer]) -> None:
    """A reply with a short key as its currency is unexpected."""

    async def poll() -> None:
        async with peer(result(currency='"demo-key"')) as server:
            gateway = GatewayClient(deadline_s=10)
            account = Account("a", "A", Service.CUSTOM, server.url)
            with pytest.raises(UnexpectedReply, match="repeats the key"):
                await gateway.balance(account, Secret("demo-key"))
            await gateway.close()

    asyncio.run(poll())
