"""The demo gateway follows the contract, and its balances follow its time."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING

import pytest

from desktop.scripted_gateway import ScriptedGateway
from fakes.clock import SettableClock
from trayapp.core.account import Account
from trayapp.core.account_state import AccountState
from trayapp.core.balance import Balance, Reading
from trayapp.core.base_url import base_url_problem
from trayapp.core.errors import (
    BalanceTrayError,
    NoConnection,
    Refused,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.errors.status import Status
from trayapp.core.secret import Secret
from trayapp.demo.accounts import (
    DAY,
    DEMO_ACCOUNTS,
    MAIN_KEY,
    SLOW_S,
    DemoAccount,
    TopUp,
)
from trayapp.demo.gateway import DemoGateway, serve_forever
from trayapp.services.gateway.client import GatewayClient

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "/api/3.0/account/get-balance"
SUB_ACCOUNT = "/api/3.0/subaccount/get-balance"
JSON_TYPE = "application/json"
JSON = {"Content-Type": JSON_TYPE, "Accept": JSON_TYPE}
MAIN, SUB, SMS, REVOKED, SLOW = DEMO_ACCOUNTS
NEW_KEY = "demo-key-of-a-test"


@pytest.fixture
def clock() -> SettableClock[float]:
    """Give the clock of the gateways."""
    return SettableClock(1_000.0)


@pytest.fixture
def demo(clock: SettableClock[float]) -> Iterator[DemoGateway]:
    """Run a demo whose time stands at its beginning."""
    with DemoGateway(clock=clock) as running:
        yield running


@pytest.fixture
def scripted(clock: SettableClock[float]) -> Iterator[ScriptedGateway]:
    """Run a gateway that the test controls."""
    with ScriptedGateway(clock=clock) as running:
        yield running


def account_of(demo: DemoGateway, account_id: str) -> Account:
    """Find one of the demo's accounts."""
    return {one.id: one for one in demo.accounts()}[account_id]


def poll_demo(
    demo: DemoGateway, account_id: str, key: str = ""
) -> Balance | BalanceTrayError:
    """Poll one of the demo's accounts, with its key or another."""
    return poll_account(account_of(demo, account_id), key or demo.keys()[account_id])


def poll_account(account: Account, key: str) -> Balance | BalanceTrayError:
    """Poll an account."""

    async def poll() -> Balance | BalanceTrayError:
        gateway = GatewayClient(deadline_s=20)
        try:
            return await gateway.balance(account, Secret(key))
        except BalanceTrayError as error:
            return error
        finally:
            await gateway.close()

    return asyncio.run(poll())


def amount_and_unit(outcome: Balance | BalanceTrayError) -> str:
    """Take the amount and the unit from a poll."""
    assert isinstance(outcome, Balance), outcome
    return f"{outcome.digits} {outcome.unit}"


def send(
    demo: DemoGateway,
    method: str,
    path: str,
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[HTTPResponse, bytes]:
    """Send any request, and read the whole response."""
    connection = HTTPConnection(demo.url.removeprefix("http://"), timeout=20)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


# --- the contract -----------------------------------------------------------------


def test_the_documented_sample_gives_the_documented_response(demo: DemoGateway) -> None:
    """The sample's key gives it byte for byte."""
    response, body = send(demo, "POST", ACCOUNT, f'{{"api_key": "{MAIN_KEY}"}}', JSON)
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    assert body == (
        b'{"status": "ok", "result": {"balance": "350.1200", "currency": "EUR"}}'
    )


@pytest.mark.parametrize(
    ("path", "kind", "body", "error_id"),
    [
        (ACCOUNT, "text/plain", '{"api_key": "k"}', "INVALID_CONTENT_TYPE"),
        (ACCOUNT, JSON_TYPE, "{", "JSON_PARSE_ERROR"),
        (ACCOUNT, JSON_TYPE, "", "JSON_PARSE_ERROR"),
        (ACCOUNT, JSON_TYPE, "[]", "JSON_PARSE_ERROR"),
        (ACCOUNT, JSON_TYPE, "[" * 60_000, "JSON_PARSE_ERROR"),
        (ACCOUNT, JSON_TYPE, "{}", "MISSING_PARAMS"),
        (ACCOUNT, JSON_TYPE, '{"api_key": ""}', "MISSING_PARAMS"),
        (ACCOUNT, JSON_TYPE, '{"api_key": 5}', "MISSING_PARAMS"),
        (SUB_ACCOUNT, JSON_TYPE, '{"user_name": "u"}', "MISSING_PARAMS"),
        (SUB_ACCOUNT, JSON_TYPE, '{"api_key": "k"}', "MISSING_PARAMS"),
        (SUB_ACCOUNT, JSON_TYPE, '{"api_key": "k", "user_name": 5}', "MISSING_PARAMS"),
        (ACCOUNT, JSON_TYPE, '{"api_key": "k"}', "UNAUTHORIZED"),
        (
            ACCOUNT,
            "Application/JSON; charset=utf-8",
            '{"api_key": "k"}',
            "UNAUTHORIZED",
        ),
        (
            SUB_ACCOUNT,
            JSON_TYPE,
            f'{{"api_key": "{MAIN_KEY}", "user_name": "u"}}',
            "BAD_PARAMS",
        ),
    ],
)
def test_errors_are_the_documented_ones(
    demo: DemoGateway, path: str, kind: str, body: str, error_id: str
) -> None:
    """Each documented error has its HTTP status, its id and some words."""
    response, raw = send(demo, "POST", path, body, {"Content-Type": kind})
    status = 401 if error_id == "UNAUTHORIZED" else 400
    said = json.loads(raw)
    assert response.status == status
    assert response.headers["Content-Type"] == JSON_TYPE
    assert (said["status"], said["error_id"]) == ("error", error_id)
    assert said["error_msg"]


def test_the_client_understands_the_demo(demo: DemoGateway) -> None:
    """It reads balances, a wrong key and an unknown sub-account."""
    main = account_of(demo, MAIN.id)
    stranger = Account("x", "X", main.service, demo.url, "nobody")
    assert amount_and_unit(poll_demo(demo, MAIN.id)) == "350.1200 EUR"
    assert amount_and_unit(poll_demo(demo, SUB.id)) == "42.0000 CREDITS"
    assert amount_and_unit(poll_demo(demo, SMS.id)) == "4820.0000 SMS"
    assert type(poll_demo(demo, SMS.id, "demo-key-wrong")) is Unauthorized
    refused = poll_account(stranger, MAIN_KEY)
    assert type(refused) is Refused
    assert "BAD_PARAMS" in refused.detail
    assert type(poll_account(stranger, "demo-key-wrong")) is Unauthorized


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "//[", 404),
        ("GET", "/api/3.0/account", 404),
        ("POST", "/api/3.0/sms/send", 404),
        ("POST", "/panel", 404),
        ("POST", "/panel/top-up", 404),
        ("GET", "/panel/top-up", 404),
        ("GET", ACCOUNT, 405),
        ("GET", SUB_ACCOUNT + "?api_key=k", 405),
    ],
)
def test_other_paths_respond_as_a_web_server(
    demo: DemoGateway, method: str, path: str, status: int
) -> None:
    """They send HTML."""
    response, body = send(demo, method, path)
    assert response.status == status
    assert response.headers.get_content_type() == "text/html"
    assert response.headers.get("Allow") == ("POST" if status == 405 else None)
    assert body.startswith(b"<!doctype html>")


@pytest.mark.parametrize(
    ("length", "status"),
    [("65537", 413), ("9" * 5_000, 413), ("-1", 400), ("many", 400), ("²", 400)],
    ids=lambda value: str(value)[:8],
)
def test_a_request_body_has_a_limit(
    demo: DemoGateway, length: str, status: int
) -> None:
    """A longer body is not read."""
    headers = JSON | {"Content-Length": length}
    assert send(demo, "POST", ACCOUNT, None, headers)[0].status == status


def test_it_listens_on_the_loopback_only(demo: DemoGateway) -> None:
    """So a person may enter its plain HTTP address."""
    assert demo.url.startswith("http://127.0.0.1:")
    assert base_url_problem(demo.url) is None
    assert {one.base_url for one in demo.accounts()} == {demo.url}


def test_no_key_is_on_the_website_or_in_the_log(
    demo: DemoGateway,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not even at the finest log level."""
    caplog.set_level("DEBUG")
    poll_demo(demo, MAIN.id)
    _, page = send(demo, "GET", "/panel")
    assert capfd.readouterr() == ("", "")
    written = caplog.text + page.decode()
    assert ACCOUNT in written
    assert not any(key in written for key in demo.keys().values())


# --- the stories ------------------------------------------------------------------


def test_the_accounts_show_different_statuses(
    demo: DemoGateway, clock: SettableClock[float]
) -> None:
    """At first all but the sub-account are fine; later one key is rejected."""

    def states() -> dict[str, Status]:
        found = {}
        for account in demo.accounts():
            if account.id != SLOW.id:
                outcome = poll_demo(demo, account.id)
                known = AccountState(account)
                if isinstance(outcome, Balance):
                    known = AccountState(account, Reading(outcome, datetime.now(UTC)))
                else:
                    known = AccountState(account, failure=outcome.as_failure())
                found[account.id] = known.status
        return found

    first = {MAIN.id: Status.OK, SUB.id: Status.LOW, SMS.id: Status.OK}
    assert states() == first | {REVOKED.id: Status.OK}
    clock.now += 59
    assert states() == first | {REVOKED.id: Status.OK}
    clock.now += 1
    assert states() == first | {REVOKED.id: Status.UNAUTHORIZED}
    clock.now += 10 * DAY
    assert type(poll_demo(demo, REVOKED.id)) is Unauthorized


def test_the_slow_account_takes_several_seconds(
    scripted: ScriptedGateway, clock: SettableClock[float]
) -> None:
    """Then its balance is fine."""

    async def poll() -> Balance:
        gateway = GatewayClient(deadline_s=20)
        account = account_of(scripted, SLOW.id)
        asked = gateway.balance(account, Secret(SLOW.key))
        task = asyncio.create_task(asked)
        await asyncio.to_thread(scripted.wait_for_requests, 1, 10)
        # While this one hangs, others are answered.
        main = account_of(scripted, MAIN.id)
        assert (
            amount_and_unit(await gateway.balance(main, Secret(MAIN_KEY)))
            == "350.1200 EUR"
        )
        assert not task.done()
        clock.now += SLOW_S
        balance = await task
        await gateway.close()
        return balance

    assert amount_and_unit(asyncio.run(poll())) == "212.3350 GBP"


def test_the_speed_sets_the_demos_time(clock: SettableClock[float]) -> None:
    """At 3600 a second is an hour of the demo."""
    with DemoGateway(clock=clock, speed=3_600) as demo:
        clock.now += 24
        expected = MAIN.balance(DAY)
        assert amount_and_unit(poll_demo(demo, MAIN.id)) == f"{expected:.4f} EUR"
        assert expected < MAIN.start


def test_the_main_account_follows_a_companys_week() -> None:
    """It spends little at night and on weekends, and is topped up when low."""
    hours = [MAIN.balance(hour * 3_600) for hour in range(60 * 24)]
    spent = [before - after for before, after in itertools.pairwise(hours)]
    topped_up = [hour for hour, one in enumerate(spent) if one < 0]
    assert sum(spent[0:9]) > 10 * sum(spent[12:21])
    assert sum(spent[0:24]) > 3 * sum(spent[5 * 24 : 6 * 24])
    assert min(hours) > 0
    assert min(hours) < MAIN.low_below
    assert len(topped_up) > 2
    # In the morning, which the demo's days begin with, and only if it was low.
    assert all(hour % 24 == 23 for hour in topped_up)
    assert all(hours[hour] < MAIN.low_below * 2 for hour in topped_up)


def test_the_main_account_changes_each_minute() -> None:
    """At the usual speed."""
    minutes = [MAIN.balance(minute * 60) for minute in range(15)]
    assert len(set(minutes)) == 15


def test_an_empty_account_waits_for_credit() -> None:
    """It is empty within a day, has no debt, and continues with credit."""
    assert SUB.balance(DAY) == 0
    assert SUB.balance(9 * DAY) == 0
    top_up = TopUp(9 * DAY, Decimal(1_000))
    assert SUB.balance(9 * DAY - 1, [top_up]) == 0
    assert SUB.balance(9 * DAY, [top_up]) == 1_000
    assert 900 < SUB.balance(10 * DAY, [top_up]) < 1_000


@pytest.mark.parametrize("story", DEMO_ACCOUNTS, ids=lambda story: story.id)
def test_a_balance_depends_only_on_the_time(story: DemoAccount) -> None:
    """Earlier requests do not change it."""
    late = story.balance(40 * DAY + 12_345)
    assert story.balance(0) == story.start
    assert story.balance(40 * DAY + 12_345) == late >= 0


# --- the website ------------------------------------------------------------------


def test_a_top_up_on_the_website_raises_the_balance(demo: DemoGateway) -> None:
    """The website lists all accounts."""
    website = account_of(demo, SUB.id).website_url
    assert website == demo.url + "/panel"
    _, page = send(demo, "GET", "/panel")
    assert all(story.name in page.decode() for story in DEMO_ACCOUNTS)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response, _ = send(demo, "POST", "/panel/top-up", "account=demo-sub", form)
    assert (response.status, response.headers["Location"]) == (303, "/panel")
    assert amount_and_unit(poll_demo(demo, SUB.id)) == "1042.0000 CREDITS"
    assert amount_and_unit(poll_demo(demo, MAIN.id)) == "350.1200 EUR"
    assert b"1042.0000" in send(demo, "GET", "/panel")[1]


@pytest.mark.parametrize("form", [b"", b"account=", b"account=nobody", b"\xff=\xff"])
def test_a_top_up_of_an_unknown_account_is_not_found(
    demo: DemoGateway, form: bytes
) -> None:
    """The status is 404."""
    assert send(demo, "POST", "/panel/top-up", form)[0].status == 404


# --- beginning and end ------------------------------------------------------------


def test_stop_does_not_wait_for_delayed_responses(clock: SettableClock[float]) -> None:
    """It closes the port and the connections."""
    gateway = ScriptedGateway(clock=clock)
    outcomes: list[Balance | BalanceTrayError] = []
    with gateway:
        slow = threading.Thread(
            target=lambda: outcomes.append(poll_demo(gateway, SLOW.id))
        )
        slow.start()
        gateway.wait_for_requests(1, 10)
        before = time.monotonic()
        gateway.stop()
        assert time.monotonic() - before < 1
        port = int(gateway.url.rpartition(":")[2])
        with DemoGateway(port=port, clock=clock) as again:
            assert amount_and_unit(poll_demo(again, MAIN.id)) == "350.1200 EUR"
    slow.join(10)
    assert [type(outcome) for outcome in outcomes] == [NoConnection]


def test_it_can_be_stopped_before_it_starts() -> None:
    """The port is closed too."""
    gateway = DemoGateway()
    gateway.stop()
    DemoGateway(port=int(gateway.url.rpartition(":")[2])).stop()


def test_a_client_that_hangs_up_is_no_error(
    scripted: ScriptedGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread of its delayed response ends."""
    threads = threading.active_count()
    scripted.hang(on=True)
    connection = HTTPConnection(scripted.url.removeprefix("http://"))
    connection.request("POST", ACCOUNT, f'{{"api_key": "{MAIN_KEY}"}}', JSON)
    scripted.wait_for_requests(1, 10)
    connection.close()
    for thread in threading.enumerate()[threads:]:
        thread.join(10)
    assert threading.active_count() == threads
    assert caplog.text == ""


def test_a_port_in_use_ends_the_command_with_a_sentence(demo: DemoGateway) -> None:
    """It is an exit, not a traceback."""
    with pytest.raises(SystemExit, match="can't listen on port"):
        serve_forever(int(demo.url.rpartition(":")[2]), 1.0)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_its_url_and_a_sample_request(end: signal.Signals) -> None:
    """It serves until a signal, and then ends without output."""
    program = "from trayapp.demo.gateway import serve_forever; serve_forever(0, 1.0)"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    ) as running:
        try:
            assert running.stdout is not None
            said = [running.stdout.readline()]
            while said[-1] and not said[-1].startswith("curl "):
                said.append(running.stdout.readline())
            url = said[0].split()[5]
            connection = HTTPConnection(url.removeprefix("http://"), timeout=20)
            connection.request("GET", "/panel")
            assert connection.getresponse().status == 200
            connection.close()
            running.send_signal(end)
            rest, errors = running.communicate(timeout=20)
        finally:
            running.kill()
    assert (running.returncode, rest, errors) == (0, "", "")
    assert f"{url}{ACCOUNT}" in said[-1]
    assert all(story.key in "".join(said) for story in DEMO_ACCOUNTS)


# --- under a test's control -------------------------------------------------------


def test_a_balance_can_be_fixed(scripted: ScriptedGateway) -> None:
    """By an account's id or by a key; a top-up adds to it."""
    scripted.set_balance(SUB.id, "0.0000", "CREDITS")
    scripted.set_balance(MAIN_KEY, "1.50", "USD")
    scripted.set_balance(SMS.id, "NaN", "SMS")
    assert amount_and_unit(poll_demo(scripted, SUB.id)) == "0.0000 CREDITS"
    assert amount_and_unit(poll_demo(scripted, MAIN.id)) == "1.50 USD"
    assert type(poll_demo(scripted, SMS.id)) is UnexpectedReply
    scripted.top_up(SUB.id)
    scripted.top_up(REVOKED.id)
    assert amount_and_unit(poll_demo(scripted, SUB.id)) == "1000.0000 CREDITS"
    assert amount_and_unit(poll_demo(scripted, REVOKED.id)) == "136.4000 EUR"


def test_a_key_can_be_revoked_and_accepted(scripted: ScriptedGateway) -> None:
    """Also an unknown key and a key that the demo revoked."""
    assert type(poll_demo(scripted, MAIN.id, NEW_KEY)) is Unauthorized
    scripted.accept(NEW_KEY)
    assert amount_and_unit(poll_demo(scripted, MAIN.id, NEW_KEY)) == "350.1200 EUR"
    scripted.set_balance(NEW_KEY, "7.0000", "GBP")
    assert amount_and_unit(poll_demo(scripted, MAIN.id, NEW_KEY)) == "7.0000 GBP"
    scripted.revoke(NEW_KEY)
    scripted.revoke(MAIN_KEY)
    assert type(poll_demo(scripted, MAIN.id, NEW_KEY)) is Unauthorized
    assert type(poll_demo(scripted, SUB.id)) is Unauthorized
    scripted.accept(MAIN_KEY)
    assert amount_and_unit(poll_demo(scripted, SUB.id)) == "42.0000 CREDITS"


def test_an_accepted_key_stays_valid_after_its_revocation_time(
    scripted: ScriptedGateway, clock: SettableClock[float]
) -> None:
    """A revoked account responds again."""
    clock.now += 60
    assert type(poll_demo(scripted, REVOKED.id)) is Unauthorized
    scripted.accept(REVOKED.key)
    assert amount_and_unit(poll_demo(scripted, REVOKED.id)) == "86.4000 EUR"


def test_responses_can_be_held_and_released(scripted: ScriptedGateway) -> None:
    """A released response has the balance of that moment."""
    scripted.hang(on=True)
    outcomes: list[Balance | BalanceTrayError] = []
    asking = threading.Thread(
        target=lambda: outcomes.append(poll_demo(scripted, MAIN.id))
    )
    asking.start()
    scripted.wait_for_requests(1, 10)
    assert outcomes == []
    scripted.set_balance(MAIN.id, "5.0000", "EUR")
    scripted.hang(on=False)
    asking.join(10)
    assert [amount_and_unit(outcome) for outcome in outcomes] == ["5.0000 EUR"]


def test_requests_are_recorded(
    scripted: ScriptedGateway, clock: SettableClock[float]
) -> None:
    """With path, time and key; the key is not printed."""
    poll_demo(scripted, MAIN.id)
    clock.now += 5
    poll_demo(scripted, SUB.id, "demo-key-wrong")
    first, second = scripted.requests
    assert (first.path, first.sub_account, first.at) == (ACCOUNT, "", 1_000)
    assert first.key.reveal() == MAIN_KEY
    assert (second.path, second.sub_account) == (SUB_ACCOUNT, "support")
    assert (second.key.reveal(), second.at) == ("demo-key-wrong", 1_005)
    assert MAIN_KEY not in repr(scripted.requests)
    with pytest.raises(TimeoutError, match="2 of 3"):
        scripted.wait_for_requests(3, 0.01)
