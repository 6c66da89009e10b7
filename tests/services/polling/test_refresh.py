"""The use case: key, question, answer."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.balance import Reading
from trayapp.core.errors import (
    Failure,
    HistoryProblem,
    InternalFault,
    KeyMissing,
    Unauthorized,
)
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.polling.refresh import Refresh

ACCOUNT = Account("a", "Main", low_below=Decimal(10))
REJECTION = {"status": "error", "error_id": "UNAUTHORIZED", "error_msg": "no"}
Reply = Callable[[httpx.Request], httpx.Response]


def balance(amount: str) -> httpx.Response:
    """Make the gateway's good reply."""
    result = {"balance": amount, "currency": "EUR"}
    return reply(200, {"status": "ok", "result": result})


def reply(status: int, content: object) -> httpx.Response:
    """Make a reply that is still to be read, as from a socket."""
    body = httpx.ByteStream(json.dumps(content).encode())
    return httpx.Response(status, stream=body)


class Wire:
    """A gateway that is a function, and how often it was asked."""

    def __init__(self) -> None:
        self.reply: Reply = lambda _: balance("50.0000")
        self.asked = 0

    def client(self) -> httpx.AsyncClient:
        """Make a client that speaks to this."""

        def answer(request: httpx.Request) -> httpx.Response:
            self.asked += 1
            return self.reply(request)

        return httpx.AsyncClient(transport=httpx.MockTransport(answer))


@pytest.fixture
def wire() -> Wire:
    """Give a gateway that answers 50 EUR."""
    return Wire()


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryStore]:
    """Give an empty history."""
    with HistoryStore(tmp_path / "history.sqlite3") as opened:
        yield opened


@pytest.fixture
def refresh(wire: Wire, history: HistoryStore, now: datetime) -> Refresh:
    """Give the use case, at noon, with a made-up key."""
    keychain = Keychain(MemoryVault({"a": "made-up-key-1"}))
    return Refresh(keychain, GatewayClient(wire.client), history, lambda: now)


def look(refresh: Refresh, account: Account = ACCOUNT) -> Outcome:
    """Ask once and record, as the command line does."""
    return asyncio.run(refresh.refresh(account))


def test_a_balance_is_given_and_recorded(
    refresh: Refresh, history: HistoryStore, now: datetime
) -> None:
    """What the gateway says is in the history afterwards."""
    outcome = look(refresh)
    assert isinstance(outcome.result, Reading)
    assert outcome.result.balance.digits == "50.0000"
    assert history.last("a") == outcome.result
    assert outcome.result.at == now


def test_a_look_leaves_what_was_told_untouched(
    refresh: Refresh, wire: Wire, history: HistoryStore
) -> None:
    """`check` takes no warning away from the person."""
    wire.reply = lambda _: balance("9")
    look(refresh)
    assert history.memory("a") == AlertMemory()
    assert history.decisions() == ()


def test_a_question_alone_records_nothing(
    refresh: Refresh, history: HistoryStore
) -> None:
    """Whoever asked decides what comes of it."""
    outcome = asyncio.run(refresh.ask(ACCOUNT))
    assert isinstance(outcome.result, Reading)
    assert history.last("a") is None


def test_a_rejected_key_is_an_outcome(refresh: Refresh, wire: Wire) -> None:
    """The error is a value."""
    wire.reply = lambda _: reply(401, REJECTION)
    outcome = look(refresh)
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is Unauthorized


def test_without_a_key_the_gateway_is_not_asked(refresh: Refresh, wire: Wire) -> None:
    """A missing key is found out before anything is sent."""
    outcome = look(refresh, replace(ACCOUNT, id="other"))
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is KeyMissing
    assert wire.asked == 0


def test_a_fault_of_ours_becomes_an_outcome(refresh: Refresh, wire: Wire) -> None:
    """Whatever is raised, the account has an answer and the next poll comes."""

    def burst(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    wire.reply = burst
    outcome = look(refresh)
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is InternalFault


def test_a_balance_is_given_though_the_history_fails(
    refresh: Refresh, history: HistoryStore
) -> None:
    """A full disk hides no balance."""
    history.close()
    assert isinstance(look(refresh).result, Reading)


def test_without_a_history_everything_else_works(wire: Wire, now: datetime) -> None:
    """A database that could not be opened is no reason not to ask."""
    keychain = Keychain(MemoryVault({"a": "made-up-key-1"}))
    refresh = Refresh(keychain, GatewayClient(wire.client), None, lambda: now)
    assert isinstance(look(refresh).result, Reading)
    assert refresh.last("a") is None


def test_problems_of_the_history_are_never_raised(
    refresh: Refresh, history: HistoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recording and reading go on without it; who wants to know can."""

    def broken(*_: object) -> None:
        raise HistoryProblem

    for name in ("last", "record"):
        monkeypatch.setattr(HistoryStore, name, broken)
    assert refresh.last("a") is None
    assert isinstance(look(refresh).result, Reading)
    assert refresh.unrecorded == Failure(HistoryProblem)
    assert history is not None
