"""The use case: key, question, record, alert."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from trayapp.core.account import Account
from trayapp.core.alerts import AlertKind, Episodes
from trayapp.core.balance import Reading
from trayapp.core.errors import (
    Failure,
    HistoryProblem,
    InternalFault,
    KeyMissing,
    NoConnection,
    Unauthorized,
)
from trayapp.core.known import Outcome
from trayapp.core.schedule import Plan
from trayapp.core.settings import Settings
from trayapp.services.gateway import Gateway
from trayapp.services.history import History
from trayapp.services.keychain import Keychain, MemoryVault
from trayapp.services.refresh import Refresh

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
def history(tmp_path: Path) -> Iterator[History]:
    """Give an empty history."""
    with History(tmp_path / "history.sqlite3") as opened:
        yield opened


@pytest.fixture
def refresh(wire: Wire, history: History, now: datetime) -> Refresh:
    """Give the use case, at noon, with a made-up key."""
    keychain = Keychain(MemoryVault({"a": "made-up-key-1"}))
    return Refresh(keychain, Gateway(wire.client), history, lambda: now)


def tell(refresh: Refresh, account: Account = ACCOUNT) -> Outcome:
    """Ask once, as the program does."""
    return asyncio.run(refresh.refresh_and_tell(account, Settings()))


def test_a_balance_is_given_and_recorded(
    refresh: Refresh, history: History, now: datetime
) -> None:
    """What the gateway says is in the history afterwards."""
    outcome = tell(refresh)
    assert isinstance(outcome.result, Reading)
    assert outcome.result.balance.digits == "50.0000"
    assert history.last("a") == outcome.result
    assert outcome.result.at == now


def test_a_low_balance_carries_its_alert_once(refresh: Refresh, wire: Wire) -> None:
    """The next outcome of the same episode has none."""
    wire.reply = lambda _: balance("9")
    first, second = tell(refresh), tell(refresh)
    assert first.alert is not None
    assert first.alert.kind is AlertKind.LOW
    assert second.alert is None


def test_what_was_told_is_remembered_by_the_next_start(
    refresh: Refresh, wire: Wire, history: History, now: datetime
) -> None:
    """A restart does not tell again."""
    wire.reply = lambda _: balance("9")
    tell(refresh)
    again = Refresh(
        Keychain(MemoryVault({"a": "made-up-key-1"})),
        Gateway(wire.client),
        history,
        lambda: now,
    )
    assert tell(again).alert is None


def test_check_leaves_what_was_told_untouched(refresh: Refresh, wire: Wire) -> None:
    """A look from the command line takes no warning away from the person."""
    wire.reply = lambda _: balance("9")
    assert asyncio.run(refresh.refresh(ACCOUNT)).alert is None
    assert tell(refresh).alert is not None


def test_a_rejected_key_is_an_outcome_with_its_alert(
    refresh: Refresh, wire: Wire
) -> None:
    """The error is a value, and told once."""
    wire.reply = lambda _: reply(401, REJECTION)
    outcome = tell(refresh)
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is Unauthorized
    assert outcome.alert is not None
    assert tell(refresh).alert is None


def test_a_new_key_that_is_rejected_too_is_told_again(
    refresh: Refresh, wire: Wire
) -> None:
    """One alert for each key."""
    wire.reply = lambda _: reply(401, REJECTION)
    tell(refresh)
    refresh.key_changed("a")
    assert tell(refresh).alert is not None


def test_without_a_key_the_gateway_is_not_asked(refresh: Refresh, wire: Wire) -> None:
    """A missing key is found out before anything is sent."""
    outcome = tell(refresh, replace(ACCOUNT, id="other"))
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is KeyMissing
    assert wire.asked == 0


def test_a_fault_of_ours_becomes_an_outcome(refresh: Refresh, wire: Wire) -> None:
    """Whatever is raised, the account has an answer and the next poll comes."""

    def burst(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    wire.reply = burst
    outcome = tell(refresh)
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind is InternalFault


def test_a_balance_is_given_though_the_history_fails(
    refresh: Refresh, wire: Wire, history: History
) -> None:
    """A full disk hides no balance, and what was told is remembered all the same."""
    wire.reply = lambda _: balance("9")
    history.close()
    first, second = tell(refresh), tell(refresh)
    assert isinstance(first.result, Reading)
    assert first.alert is not None
    assert second.alert is None


def test_without_a_history_everything_else_works(wire: Wire, now: datetime) -> None:
    """A database that could not be opened is no reason not to ask."""
    keychain = Keychain(MemoryVault({"a": "made-up-key-1"}))
    refresh = Refresh(keychain, Gateway(wire.client), None, lambda: now)
    assert isinstance(tell(refresh).result, Reading)
    assert refresh.last("a") is None


def test_a_held_wait_is_remembered_until_it_is_over(
    refresh: Refresh, history: History, now: datetime
) -> None:
    """The rejected key waits out a restart; a good answer ends the wait."""
    plan = Plan(now + timedelta(hours=24), 1, held=True)
    refresh.plan("a", plan, Failure(Unauthorized))
    assert history.watched("a").plan == plan
    reading = tell(refresh).result
    refresh.plan("a", Plan(now), reading)
    assert history.watched("a").plan is None


def test_a_wait_that_is_not_held_is_not_written(
    refresh: Refresh, history: History, now: datetime
) -> None:
    """A lost connection begins anew after a restart."""
    refresh.plan("a", Plan(now, 1), Failure(NoConnection))
    assert history.watched("a").plan is None


def test_forgetting_an_account_forgets_what_was_told(
    refresh: Refresh, wire: Wire
) -> None:
    """A removed account leaves nothing behind."""
    wire.reply = lambda _: balance("9")
    tell(refresh)
    refresh.forget("a")
    assert refresh.last("a") is None
    assert refresh.watched("a").told == Episodes()


def test_problems_of_the_history_are_never_raised(
    refresh: Refresh, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading, remembering and forgetting go on without it."""

    def broken(*_: object) -> None:
        raise HistoryProblem

    for name in ("last", "watched", "watch", "forget"):
        monkeypatch.setattr(History, name, broken)
    assert refresh.last("a") is None
    refresh.key_changed("a")
    refresh.forget("a")
    assert history is not None
