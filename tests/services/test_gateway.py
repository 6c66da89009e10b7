"""What the gateway's client asks, and what it makes of replies, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance
from trayapp.core.errors import (
    BadRequest,
    BalanceTrayError,
    GatewayDown,
    ProxyProblem,
    Refused,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.secret import Secret
from trayapp.services.gateway import Gateway
from trayapp.services.http_client import new_client

if TYPE_CHECKING:
    from peer import Line, Peer
    from tests.services.conftest import Talker

KEY = "399d2b438a53ebed3db8a7d52107f846"
GOOD = '{"status": "ok", "result": {"balance": "350.1200", "currency": "EUR"}}'


def reply(
    body: str | bytes = GOOD,
    status: str = "200 OK",
    kind: str = "application/json",
    **headers: str,
) -> bytes:
    """Write an HTTP reply; `Retry_After` stands for the header's name."""
    raw = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(raw)}", "", ""]
    return "\r\n".join(lines).encode() + raw


def refusal(
    error_id: object, status: str = "400 Bad Request", words: str = ""
) -> bytes:
    """Write a refusal as the gateway does."""
    said = {"status": "error", "error_id": error_id, "error_msg": words}
    return reply(json.dumps(said), status)


def result(balance: str = '"350.1200"', currency: str = '"EUR"') -> bytes:
    """Write a reply around a balance and a currency as they stand in the JSON."""
    inner = f'{{"balance": {balance}, "currency": {currency}}}'
    return reply(f'{{"status": "ok", "result": {inner}}}')


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
        gateway = Gateway(lambda: client, deadline_s=10)
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
            gateway = Gateway(deadline_s=10)
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
            gateway = Gateway()
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
    "raw",
    [
        *("1e3", '"1e3"', '"1E400000000"', "1E400000000"),
        *("NaN", '"NaN"', "Infinity", "-Infinity", '"Infinity"', '"sNaN"'),
        *('"350,12"', '"1,000.00"', '"1_000"', '"1 000"', '"350.12 EUR"'),
        *('"３５０"', '"٣"', '"−5"', '"+5"', '"--5"', '"0x10"'),  # noqa: RUF001  # on purpose
        *("true", "false", "null", "[]", "[1]", "{}", '["350.1200"]'),
        *('""', '" "', '" 1"', '"1 "', '"1\\n"', '".5"', '"5."', '"1.2.3"', '"-"'),
        *('"1234567890123456"', "1234567890123456", '"1.123456789"'),
        *('"' + "9" * 5_000 + '"', "9" * 5_000, "0." + "9" * 5_000),
    ],
    ids=lambda raw: raw[:16],
)
def test_what_is_no_plain_amount_is_no_balance(talk: Talker, raw: str) -> None:
    """An amount that is not plain digits is refused, never guessed at."""
    assert type(talk(result(raw)).failure) is UnexpectedReply


@pytest.mark.parametrize(
    "unit", ["EUR", "CREDITS", "SMS", "XAF", "€", "SMS_2", "créditos"]
)
def test_a_unit_is_any_short_word(talk: Talker, unit: str) -> None:
    """The list of currencies is open, and of things that are not money."""
    outcome = talk(result(currency=json.dumps(f" {unit} "))).outcome
    assert isinstance(outcome, Balance)
    assert outcome.unit == unit


@pytest.mark.parametrize(
    "raw",
    [
        *('""', '"  "', "null", "5", "true", "[]", '["EUR"]', '"two words"'),
        *('"<b>EUR</b>"', '"EUR\\u202e"', '"EUR\\ud800"', '"' + "E" * 17 + '"'),
    ],
)
def test_what_is_no_word_is_no_unit(talk: Talker, raw: str) -> None:
    """A currency that is missing, long, or markup makes the reply unusable."""
    assert type(talk(result(currency=raw)).failure) is UnexpectedReply


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("\ufeff" + GOOD, "application/json"),
        (GOOD, "text/plain"),
        (GOOD.replace("}}", '}, "more": [1, {"deep": null}]}'), "application/json"),
    ],
    ids=["byte order mark", "wrong type", "unknown members"],
)
def test_a_good_reply_may_be_oddly_wrapped(talk: Talker, body: str, kind: str) -> None:
    """What the gateway means is clear in spite of a small oddity, and is taken."""
    assert talk(reply(body, kind=kind)).digits == "350.1200"


def test_a_chunked_reply_is_as_good(talk: Talker) -> None:
    """A reply of unknown length, in pieces, is put together."""
    pieces = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in GOOD.encode())
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert talk(head + pieces + b"0\r\n\r\n").digits == "350.1200"


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


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
@pytest.mark.parametrize(
    "body",
    [
        "<html>Log in to the Wi-Fi</html>",
        '{"error": "unauthorized"}',
        '{"error_id": "UNAUTHORIZED"}',
        '["UNAUTHORIZED"]',
        '"UNAUTHORIZED"',
        "",
        GOOD,
    ],
)
def test_only_the_gateway_rejects_a_key(talk: Talker, status: str, body: str) -> None:
    """A portal's or a proxy's 401 says nothing about the key."""
    assert type(talk(reply(body, status)).failure) is UnexpectedReply


@pytest.mark.parametrize("error_id", [None, True, ["UNAUTHORIZED"], {}])
def test_an_error_without_an_id_is_no_refusal(talk: Talker, error_id: object) -> None:
    """An error that names itself in no known way did not come as documented."""
    failure = talk(refusal(error_id, "401 Unauthorized")).failure
    assert type(failure) is UnexpectedReply


# --- not now ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("9999999999", 10**9),
        ("9" * 20, 10**9),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("", None),
        ("9" * 5_000, None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None),
        ("Fri, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Fri, 01 Jan 2030 00:00:00 +99999999999999999999", None),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Busy"])
def test_a_wish_to_wait_is_read_or_left(
    talk: Talker, status: str, value: str, seconds: int | None
) -> None:
    """Retry-After in seconds is taken, bounded; nonsense and the past are not."""
    failure = talk(reply("Busy", status, "text/html", Retry_After=value)).failure
    assert type(failure) is GatewayDown
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert failure.retry_after == expected


@pytest.mark.parametrize("usegmt", [True, False])
def test_a_wish_to_wait_may_be_a_date(talk: Talker, *, usegmt: bool) -> None:
    """Retry-After as a date is taken for the time from now until then."""
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=usegmt)
    failure = talk(reply("", "503 Busy", Retry_After=date)).failure
    assert failure.retry_after is not None
    assert timedelta(minutes=59) < failure.retry_after <= timedelta(hours=1)


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "504 Timeout"])
@pytest.mark.parametrize("body", ["<html>", GOOD, '{"status": "error"}'])
def test_a_broken_gateway_is_down(talk: Talker, status: str, body: str) -> None:
    """A 5xx means later, whatever is written below it."""
    failure = talk(reply(body, status)).failure
    assert type(failure) is GatewayDown
    assert failure.retry_after is None


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


def test_a_proxys_login_is_the_proxys_problem(talk: Talker) -> None:
    """A 407 is told from the gateway's own words, even around good JSON."""
    failure = talk(reply(GOOD, "407 Proxy Authentication Required")).failure
    assert type(failure) is ProxyProblem


@pytest.mark.parametrize(
    "answer",
    [
        reply("<html>Welcome to the hotel</html>", kind="text/html"),
        reply(""),
        reply("null"),
        reply("[]"),
        reply('"ok"'),
        reply("{}"),
        reply('{"status": "ok"}'),
        reply('{"status": "ok", "result": []}'),
        reply('{"status": "ok", "result": {}}'),
        reply('{"result": {"balance": "350.1200", "currency": "EUR"}}'),
        reply(GOOD[:-1]),
        reply(GOOD[:-1] + ', "more": NaN}'),
        reply(GOOD + GOOD),
        reply(GOOD.encode("utf-16")),
        reply(GOOD.encode().replace(b"EUR", b"\xff\xfe")),
        reply(GOOD, "201 Created"),
        b"HTTP/1.1 204 No Content\r\n\r\n",
        reply("[" * 30_000 + "]" * 30_000),
        reply("[" * 60_000),
        reply('{"status":' * 6_000),
    ],
    ids=lambda answer: answer.partition(b"\r\n\r\n")[2][:24].decode("latin-1") or "-",
)
def test_what_is_no_reply_of_the_gateways_is_unexpected(
    talk: Talker, answer: bytes
) -> None:
    """Whatever is not the documented JSON is neither a balance nor a crash."""
    assert type(talk(answer).failure) is UnexpectedReply


@pytest.mark.parametrize(
    "answer",
    [
        b"220 mail.example.com ESMTP\r\n\r\n",
        b"HTTP/1.1 two-hundred OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n",
    ],
    ids=lambda answer: repr(answer[:50]),
)
def test_what_is_no_http_is_unexpected(talk: Talker, answer: bytes) -> None:
    """A server of something else is not taken for a network that is down."""
    assert type(talk(answer).failure) is UnexpectedReply


@pytest.mark.parametrize(
    "encoding", ["gzip", "GZIP", "br", "gzip, identity", "x" * 900]
)
def test_compression_is_refused(talk: Talker, encoding: str) -> None:
    """Compression that nobody asked for is not unpacked."""
    body = gzip.compress(GOOD.encode())
    failure = talk(reply(body, Content_Encoding=encoding)).failure
    assert type(failure) is UnexpectedReply
    assert failure.detail.startswith("HTTP 200, application/json, compressed as ")


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_no_compression_may_be_said(talk: Talker, encoding: str) -> None:
    """A reply that says it is not compressed is read."""
    assert talk(reply(GOOD, Content_Encoding=encoding)).digits == "350.1200"


@pytest.mark.parametrize(
    "body",
    [GOOD + " " * 65_536, "[" * 200_000, "x" * 5_000_000],
    ids=["blanks", "brackets", "megabytes"],
)
def test_too_long_a_reply_is_not_read(talk: Talker, body: str) -> None:
    """A reply is bounded, whatever it might mean."""
    failure = talk(reply(body)).failure
    assert type(failure) is UnexpectedReply
    assert failure.detail == "HTTP 200, application/json, too long"


def test_an_endless_reply_ends(talk: Talker) -> None:
    """A stream without an end is left as soon as it is too long."""

    async def endless(line: Line) -> None:
        await line.hear()
        await line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                await line.send(b"400\r\n" + b" " * 1_024 + b"\r\n")

    assert talk(endless).failure.detail == "HTTP 200, no type, too long"


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
            gateway = Gateway(deadline_s=10)
            account = Account("a", "A", Service.CUSTOM, here.url)
            with pytest.raises(UnexpectedReply, match="repeats the key"):
                await gateway.balance(account, Secret("demo-key"))
            await gateway.close()

    asyncio.run(poll())
