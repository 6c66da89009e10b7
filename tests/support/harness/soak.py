"""Two months of a small company's accounts, with everything that goes wrong in them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import httpx

from trayapp.core.balance import read_balance
from trayapp.core.errors import NoConnection, TimedOut, Unauthorized
from trayapp.core.secret import Secret
from trayapp.core.settings import AlertKind
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.gateway.reply import read_reply

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from trayapp.core.account import Account
    from trayapp.core.alerts.decision import Alert
    from trayapp.core.alerts.notification import Notification
    from trayapp.core.balance import Balance

LOW: Final = Decimal(10)
_KEY: Final = Secret("made-up-key-0123456789")
_JUDGED: Final = frozenset(
    {AlertKind.LOW, AlertKind.EMPTY, AlertKind.REJECTED, AlertKind.UNREACHABLE}
)
_CHANCES: Final = {
    "": 982,
    "timed out": 4,
    "no network": 4,
    "rejected": 1,
    "garbage": 4,
    "overloaded": 3,
    "a bug": 2,
}
"""What goes wrong, of a thousand questions."""
_STAYS_REJECTED: Final = 0.7
_SPENDS: Final = 0.1
"""How often there was anything to send between two questions."""
_GARBAGE: Final = (
    b"",
    b"null",
    b"<html>Please log in</html>",
    b'{"status": "ok"}',
    b'{"status": "ok", "result": {"balance": "NaN", "currency": "EUR"}}',
    b'{"status": "ok", "result": {"balance": "1_000", "currency": "EUR"}}',
    b"[" * 50_000,
    b"\xff\xfe\x00",
)


@dataclass
class SimulatedAccount:
    """One account as the gateway knows it, and what is noted for the judgement."""

    amount: Decimal
    spent: Decimal
    """What it sends messages for, when it does."""
    rejected: bool = False
    asked: datetime | None = None
    fine: set[AlertKind] = field(default_factory=set)
    """Of which alerts it was seen to be over, since they were told last."""
    told: Counter[AlertKind] = field(default_factory=Counter)


class SimulatedGateway(GatewayClient):
    """A gateway with accounts that spend and top up, and faults at random.

    What is told is judged: an alert may come again only after an answer that said
    that its cause was over.
    """

    def __init__(
        self,
        ids: Iterable[str],
        clock: Callable[[], datetime],
        chance: random.Random,
    ) -> None:
        super().__init__()
        self.clock, self.chance = clock, chance
        self.simulated_accounts = {
            one: SimulatedAccount(
                Decimal(chance.randint(20, 400)),
                Decimal(chance.randint(10, 400)) / 100,
            )
            for one in ids
        }
        self.faults: Counter[str] = Counter()
        self.polls = 0
        self.calm = False
        self.cut = False
        self.twice: list[str] = []

    async def balance(self, account: Account, key: Secret) -> Balance:
        """Answer, or fail in one of many ways."""
        del key
        simulated = self.simulated_accounts[account.id]
        self.polls += 1
        simulated.asked = self.clock()
        await self._trouble(simulated)
        if self.chance.random() < _SPENDS:
            simulated.amount -= simulated.spent
        if simulated.amount < -2:
            simulated.amount += self.chance.choice([50, 100, 400])
        balance = read_balance(f"{simulated.amount:.4f}", "EUR")
        self._note(simulated)
        return balance

    async def _trouble(self, simulated: SimulatedAccount) -> None:
        """Let something go wrong, one time in fifty or so."""
        if self.calm:
            simulated.rejected = False
        elif self.cut:
            self.faults["no network"] += 1
            raise NoConnection
        elif simulated.rejected and self.chance.random() < _STAYS_REJECTED:
            self.faults["rejected"] += 1
            raise Unauthorized(detail="HTTP 401")
        else:
            simulated.rejected = False
            names, weights = zip(*_CHANCES.items(), strict=True)
            (what,) = self.chance.choices(names, weights)
            if what:
                self.faults[what] += 1
                await self._fail(what, simulated)

    async def _fail(self, what: str, simulated: SimulatedAccount) -> None:
        match what:
            case "timed out":
                await asyncio.sleep(20)
                raise TimedOut
            case "no network":
                raise NoConnection
            case "rejected":
                simulated.rejected = True
                raise Unauthorized(detail="HTTP 401")
            case "garbage":
                await read_reply(_response(200, self.chance.choice(_GARBAGE)), _KEY)
            case "overloaded":
                await read_reply(_response(503, b"", {"Retry-After": "900"}), _KEY)
            case _:
                raise ZeroDivisionError

    def _note(self, simulated: SimulatedAccount) -> None:
        simulated.fine |= {AlertKind.REJECTED, AlertKind.UNREACHABLE}
        if simulated.amount > 0:
            simulated.fine.add(AlertKind.EMPTY)
        if simulated.amount >= LOW:
            simulated.fine.add(AlertKind.LOW)

    def hear(self, alerts: Iterable[Alert]) -> None:
        """Judge what a person is told."""
        for alert in alerts:
            simulated, kind = self.simulated_accounts[alert.account.id], alert.kind
            if simulated.told[kind] and kind in _JUDGED and kind not in simulated.fine:
                self.twice.append(f"{alert.account.id} {kind} {self.clock()}")
            simulated.told[kind] += 1
            simulated.fine.discard(kind)


class SwitchableNotifier:
    """A notifier whose server can be switched off."""

    def __init__(self, world: SimulatedGateway) -> None:
        self._world = world
        self.is_there = True
        self.server_changed: Callable[[], None] = lambda: None

    async def show(self, notification: Notification) -> bool:
        """Accept it while the server is there."""
        if not self.is_there:
            self._world.faults["not taken"] += 1
            return False
        self._world.hear(notification.alerts)
        return True

    async def is_available(self) -> bool:
        """Return whether the server is on."""
        return self.is_there

    async def describe(self) -> str:
        """Return a name."""
        return "a desk"

    async def close(self) -> None:
        """Leave it."""


@contextmanager
def busy(path: Path) -> Iterator[None]:
    """Hold the history, as another program that writes and hangs does."""
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def _response(
    status: int, body: bytes, headers: dict[str, str] | None = None
) -> httpx.Response:
    """Make a reply that is still to be read, as from a socket."""
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))
