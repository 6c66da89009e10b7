"""The use case: key, request, record."""

import asyncio
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import httpx
import pytest

from fakes.gateway import FakeGateway
from fakes.history import StorelessHistory
from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import (
    Failure,
    InternalFault,
    KeyMissing,
    Unauthorized,
)
from trayapp.core.pace import Demand
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.polling.guard import RequestGuard
from trayapp.services.polling.refresh import Refresh

KEY = "made-up-key-1"
ACCOUNT = Account("a", "Main", low_below=Decimal(10))


@pytest.fixture
def gateway() -> FakeGateway:
    """Return a gateway that responds with 50 EUR."""
    return FakeGateway()


@pytest.fixture
def recorded() -> list[Outcome]:
    """Return the list of recorded outcomes, which is empty."""
    return []


@pytest.fixture
def refresh(gateway: FakeGateway, recorded: list[Outcome], now: datetime) -> Refresh:
    """Return the use case, at noon, with a made-up key."""
    keychain = Keychain(MemoryVault({"a": KEY}))
    return Refresh(
        keychain,
        GatewayClient(gateway.client),
        recorded.append,
        lambda: now,
        RequestGuard(StorelessHistory(), lambda: now),
    )


def look(refresh: Refresh, account: Account = ACCOUNT) -> Outcome:
    """Refresh an account once."""
    outcome = asyncio.run(refresh.refresh(account, Demand.NOW))
    assert isinstance(outcome, Outcome)
    return outcome


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
    outcome = asyncio.run(refresh.test(ACCOUNT))
    assert isinstance(outcome.result, Reading)
    assert recorded == []


def test_a_rejected_key_is_an_outcome(
    refresh: Refresh, gateway: FakeGateway, recorded: list[Outcome]
) -> None:
    """The error is a value, and it is recorded too."""
    gateway.rejected_keys = {KEY}
    outcome = look(refresh)
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is Unauthorized
    assert recorded == [outcome]


def test_without_a_key_no_request_is_sent(
    refresh: Refresh, gateway: FakeGateway
) -> None:
    """The gateway hears nothing, and the account shows why."""
    outcome = look(refresh, replace(ACCOUNT, id="other"))
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is KeyMissing
    assert gateway.keys == []


def test_a_fault_of_ours_becomes_an_outcome(
    refresh: Refresh, gateway: FakeGateway
) -> None:
    """The account has an outcome, and the next poll comes."""

    def burst(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    gateway.respond = burst
    outcome = look(refresh)
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is InternalFault


def test_a_balance_is_given_though_recording_fails(
    gateway: FakeGateway, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault in the recorder is logged, and hides no balance."""

    def broken(_: Outcome) -> None:
        raise ZeroDivisionError

    keychain = Keychain(MemoryVault({"a": KEY}))
    guard = RequestGuard(StorelessHistory(), lambda: now)
    client = GatewayClient(gateway.client)
    refresh = Refresh(keychain, client, broken, lambda: now, guard)
    assert isinstance(look(refresh).result, Reading)
    assert "recording a failed" in caplog.text
    caplog.clear()
