"""The use case: key, request, record."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import httpx
import pytest

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import (
    Failure,
    InternalFault,
    KeyMissing,
    Unauthorized,
)
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.polling.refresh import Refresh

ACCOUNT = Account("a", "Main", low_below=Decimal(10))
REJECTION = {"status": "error", "error_id": "UNAUTHORIZED", "error_msg": "no"}
Reply = Callable[[httpx.Request], httpx.Response]


def balance(amount: str) -> httpx.Response:
    """Return the gateway's good response."""
    result = {"balance": amount, "currency": "EUR"}
    return reply(200, {"status": "ok", "result": result})


def reply(status: int, content: object) -> httpx.Response:
    """Return a response that is not read yet, as from a socket."""
    body = httpx.ByteStream(json.dumps(content).encode())
    return httpx.Response(status, stream=body)


class Wire:
    """A gateway that is a function, and the number of its requests."""

    def __init__(self) -> None:
        self.reply: Reply = lambda _: balance("50.0000")
        self.asked = 0

    def client(self) -> httpx.AsyncClient:
        """Return a client of this gateway."""

        def answer(request: httpx.Request) -> httpx.Response:
            self.asked += 1
            return self.reply(request)

        return httpx.AsyncClient(transport=httpx.MockTransport(answer))


@pytest.fixture
def wire() -> Wire:
    """Return a gateway that responds with 50 EUR."""
    return Wire()


@pytest.fixture
def recorded() -> list[Outcome]:
    """Return the list of recorded outcomes, which is empty."""
    return []


@pytest.fixture
def refresh(wire: Wire, recorded: list[Outcome], now: datetime) -> Refresh:
    """Return the use case, at noon, with a made-up key."""
    keychain = Keychain(MemoryVault({"a": "made-up-key-1"}))
    return Refresh(keychain, GatewayClient(wire.client), recorded.append, lambda: now)


def look(refresh: Refresh, account: Account = ACCOUNT) -> Outcome:
    """Refresh an account once."""
    return asyncio.run(refresh.refresh(account))


def test_a_balance_is_given_and_recorded(
    refresh: Refresh, recorded: list[Outcome], now: datetime
) -> None:
    """The caller and the recorder get the same outcome."""
    outcome = look(refresh)
    assert isinstance(outcome.result, Reading)
    assert outcome.result.balance.digits == "50.0000"
    assert recorded == [outcome]
    assert outcome.result.at == now


def test_a_request_alone_records_nothing(
    refresh: Refresh, recorded: list[Outcome]
) -> None:
    """The settings dialog tries a key that is not stored yet."""
    outcome = asyncio.run(refresh.request(ACCOUNT))
    assert isinstance(outcome.result, Reading)
    assert recorded == []


def test_a_rejected_key_is_an_outcome(
    refresh: Refresh, wire: Wire, recorded: list[Outcome]
) -> None:
    """The error is a value, and it is recorded too."""
    wire.reply = lambda _: reply(401, REJECTION)
    outcome = look(refresh)
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is Unauthorized
    assert recorded == [outcome]


def test_without_a_key_no_request_is_sent(refresh: Refresh, wire: Wire) -> None:
    """The gateway hears nothing, and the account shows why."""
    outcome = look(refresh, replace(ACCOUNT, id="other"))
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is KeyMissing
    assert wire.asked == 0


def test_a_fault_of_ours_becomes_an_outcome(refresh: Refresh, wire: Wire) -> None:
    """The account has an outcome, and the next poll comes."""

    def burst(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    wire.reply = burst
    outcome = look(refresh)
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is InternalFault


def test_a_balance_is_given_though_recording_fails(
    wire: Wire, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault in the recorder is logged, and hides no balance."""

    def broken(_: Outcome) -> None:
        raise ZeroDivisionError

    keychain = Keychain(MemoryVault({"a": "made-up-key-1"}))
    refresh = Refresh(keychain, GatewayClient(wire.client), broken, lambda: now)
    assert isinstance(look(refresh).result, Reading)
    assert "recording a failed" in caplog.text
    caplog.clear()
