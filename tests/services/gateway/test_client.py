"""What the gateway's client asks, and what it makes of replies, over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING

import pytest

from replies import GOOD, KEY, head, refusal, reply, result
from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance
from trayapp.core.errors import (
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
    from peer import Line, Peer
    from tests.services.conftest import Talker

# --- what goes over the wire ------------------------------------------------------


def test_the_request_is_the_documented_one_and_nothing_else(talk: Talker) -> None:
    """The documented headers go out, those HTTP needs, the key in the body alone."""
    done = talk(reply())
    body = f'{{"api_key": "{KEY}"}}'
    head, _, sent = done.heard[0].decode().partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    assert first == "POST /api/3.0/account/get-balance HTTP/1.1"
    assert sorted(headers) == [
        "Accept: application/json",
        f"Content-Length: {len(body)}",
        "Content-Type: application/json",
        f"Host: 127.0.0.1:{done.port}",
    ]
    assert sent == body


def test_a_sub_account_is_asked_by_its_parents_key(talk: Talker) -> None:
    """A sub-account has the other address, and its user name beside the key."""
    (heard,) = talk(reply(), sub_account="ventas ñ").heard
    head, _, sent = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/3.0/subaccount/get-balance HTTP/1.1\r\n")
    assert json.loads(sent) == {"api_key": KEY, "user_name": "ventas ñ"}


def test_a_base_url_may_have_a_path(talk: Talker) -> None:
    """A gateway behind a company's own prefix is asked there."""
    (heard,) = talk(reply(), at="{url}/sms").heard
    assert heard.startswith(b"POST /sms/api/3.0/account/get-balance HTTP/1.1\r\n")


def test_nothing_is_remembered_between_polls(talk: Talker) -> None:
    """Each poll has a connection of its own, and cookies are not sent back."""
    done = talk(reply(Set_Cookie="a=b"), reply(Connection="keep-alive"), reply())
    assert len(done.heard) == 3
    assert len(set(done.heard)) == 1


def test_cookies_do_not_pile_up(peer: type[Peer]) -> None:
    """A server that makes up new cookies for every reply takes no memory by it."""

    async def poll() -> int:
        client = new_client()
        gateway = GatewayClient(lambda: client, deadline_s=10)
        async with peer(reply(Set_Cookie="a=b; Max-Age=99999999")) as here:
            account = Account("a", "A", Service.CUSTOM, here.url)
            await gateway.balance(account, Secret(KEY))
        await gateway.close()
        return len(client.cookies.jar)

    assert asyncio.run(poll()) == 0


def test_accounts_are_asked_side_by_side(peer: type[Peer]) -> None:
    """Eight questions by one client are all under way before any is answered."""

    async def polls() -> list[Balance]:
        everyone = asyncio.Barrier(8)

        async def together(line: Line) -> None:
            await line.hear()
            await everyone.wait()
            await line.send(reply())

        async with peer(*[together] * 8) as here:
            gateway = GatewayClient(deadline_s=10)
            account = Account("a", "A", Service.CUSTOM, here.url)
            asked = [gateway.balance(account, Secret(KEY)) for _ in range(8)]
            balances = await asyncio.gather(*asked)
            await gateway.close()
        return balances

    assert [one.digits for one in asyncio.run(polls())] == ["350.1200"] * 8


def test_a_cancelled_poll_hangs_up_at_once(peer: type[Peer]) -> None:
    """Quitting does not wait for a gateway that does not answer."""

    async def poll() -> bool:
        left = asyncio.Event()

        async def silent(line: Line) -> None:
            await line.hear()
            if await line.gone():
                left.set()

        async with peer(silent) as here:
            gateway = GatewayClient()
            account = Account("a", "A", Service.CUSTOM, here.url)
            task = asyncio.create_task(gateway.balance(account, Secret(KEY)))
            await here.asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await gateway.close()
        return left.is_set()

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
    """Strings and JSON numbers alike are read to the last digit, zeros included."""
    assert talk(result(raw)).digits == digits


@pytest.mark.parametrize(
    "unit", ["EUR", "CREDITS", "SMS", "XAF", "€", "SMS_2", "créditos"]
)
def test_a_unit_is_any_short_word(talk: Talker, unit: str) -> None:
    """The list of currencies is open, and of things that are not money."""
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
def test_an_error_is_known_by_its_id(
    talk: Talker, status: str, error_id: str, kind: type[BalanceTrayError]
) -> None:
    """The `error_id` decides, whatever the HTTP status; the words are a detail."""
    failure = talk(refusal(error_id, status, "some words")).failure
    assert type(failure) is kind
    assert failure.detail == f"HTTP {status[:3]} {error_id}: some words"


# --- something else answers -------------------------------------------------------


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
def test_a_redirect_is_not_followed(talk: Talker, status: str) -> None:
    """The key goes to the address in the settings and to no other."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        away = reply("", f"{status} Away", Location=f"http://127.0.0.1:{port}/")
        done = talk(away)
        other.setblocking(False)  # noqa: FBT003  # the socket's own
        with pytest.raises(BlockingIOError):
            other.accept()
    assert type(done.failure) is UnexpectedReply
    assert len(done.heard) == 1


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
def test_the_detail_says_what_came(talk: Talker, answer: bytes, detail: str) -> None:
    """Who looks into it later finds what answered, and why it was not taken."""
    assert talk(answer).failure.detail == detail


# --- a server that repeats what it was told ---------------------------------------


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
def test_the_key_is_never_repeated(talk: Talker, answer: bytes) -> None:
    """No error holds the key, not even if the server sends it back to us."""
    failure = talk(answer).failure  # `talk` searches every failure
    assert KEY[:8] not in failure.detail


def test_a_short_key_is_no_unit(peer: type[Peer]) -> None:
    """A key that would do as a unit is not shown as one."""

    async def poll() -> None:
        async with peer(result(currency='"demo-key"')) as here:
            gateway = GatewayClient(deadline_s=10)
            account = Account("a", "A", Service.CUSTOM, here.url)
            with pytest.raises(UnexpectedReply, match="repeats the key"):
                await gateway.balance(account, Secret("demo-key"))
            await gateway.close()

    asyncio.run(poll())
