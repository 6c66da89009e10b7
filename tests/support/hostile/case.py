"""A hostile response between two good ones, and what the program shows.

The responses are in `replies.py` and the modules beside it, by their fault.
"""

import ssl
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fakes.history import StorelessHistory
from gateways.peer import Answer, Peer
from gateways.replies import KEY, result
from trayapp.core.account import Account, Service
from trayapp.core.account_state import AccountState, Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import (
    BadRequest,
    BalanceTrayError,
    CertificateProblem,
    Failure,
    GatewayDown,
    NoConnection,
    ProxyProblem,
    Refused,
    TimedOut,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.view.account_text import Card, card
from trayapp.core.view.tray import TrayView, tray_view
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain, MemoryVault
from trayapp.services.polling.guard import RequestGuard
from trayapp.services.polling.refresh import Refresh

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DEADLINE_S: Final = 1.0
"""For one request; the program's own deadline is longer."""
MOST_MEMORY: Final = 20 * 1024 * 1024
_NOT_SHOWN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """What a hostile response must result in."""

    kind: type[BalanceTrayError]
    status: Status
    title: str
    """The title on the account's card."""
    words: str
    """The status in the tray, beside the last balance."""


REJECTED: Final = ExpectedFailure(
    Unauthorized,
    Status.UNAUTHORIZED,
    "The gateway rejects the API key",
    "Key rejected",
)
REFUSED: Final = ExpectedFailure(
    Refused, Status.REFUSED, "The gateway refuses to tell the balance", "Refused"
)
NOT_READ: Final = ExpectedFailure(
    BadRequest, Status.REFUSED, "The gateway could not read the request", "Refused"
)
STRANGE: Final = ExpectedFailure(
    UnexpectedReply,
    Status.UNREACHABLE,
    "The answer is not what the gateway sends",
    "Unreachable",
)
DOWN: Final = ExpectedFailure(
    GatewayDown,
    Status.UNREACHABLE,
    "The gateway is not available at the moment",
    "Unreachable",
)
PROXY: Final = ExpectedFailure(
    ProxyProblem, Status.UNREACHABLE, "The proxy setting can't be used", "Unreachable"
)
CUT: Final = ExpectedFailure(
    NoConnection, Status.UNREACHABLE, "The gateway can't be reached", "Unreachable"
)
LATE: Final = ExpectedFailure(
    TimedOut,
    Status.UNREACHABLE,
    "The gateway does not answer in time",
    "Unreachable",
)
INSECURE: Final = ExpectedFailure(
    CertificateProblem,
    Status.UNREACHABLE,
    "The connection to the gateway is not secure",
    "Unreachable",
)


@dataclass(frozen=True, slots=True)
class HostileExchange:
    """The results of a hostile response and of the good ones around it."""

    bad: Outcome
    before: AccountState
    during: AccountState
    after: AccountState
    took_s: float
    """From the request to the failure."""
    memory_growth: int
    """The peak growth in bytes during the request."""
    received: bytes
    """Everything that the hostile server could read."""

    @property
    def card(self) -> Card:
        """The account's card after the hostile response."""
        return card(self.during, NOON, ENGLISH)

    @property
    def tray(self) -> TrayView:
        """The tray after the hostile response."""
        return tray_view((self.during,), NOON, ENGLISH)

    @property
    def detail(self) -> str:
        """The failure's detail, for "Copy details" and the log."""
        assert isinstance(self.bad.result, Failure), self.bad
        return self.bad.result.detail

    def assert_harmless(self, verdict: ExpectedFailure) -> None:
        """Check everything that a hostile response must not do."""
        assert isinstance(self.bad.result, Failure), self.bad
        assert self.bad.result.kind is verdict.kind, self.bad
        assert self.during.status is verdict.status
        # The last good balance is kept and shown beside the failure.
        assert self.before.reading is not None
        assert self.during.reading == self.before.reading
        assert self.tray.lines == (f"Main: €350.12, {verdict.words}, as of 12:00",)
        assert self.tray.tooltip == self.tray.lines[0]
        assert (self.card.amount, self.card.status_words) == ("€350.12", verdict.words)
        # No text of the server is shown: the card has the error's own words.
        assert self.card.problem is not None
        assert self.card.problem.title == verdict.title
        bare = replace(self.during, failure=Failure(verdict.kind))
        problem = replace(self.card.problem, detail="")
        assert replace(self.card, problem=problem) == card(bare, NOON, ENGLISH)
        assert_fit_for_a_log(self.detail)
        # It ends in time, and the next request succeeds.
        assert self.took_s < DEADLINE_S + 1
        assert self.memory_growth < MOST_MEMORY
        assert self.after.status is Status.OK
        assert self.after.reading is not None
        assert self.after.reading.balance.digits == "349.9000"
        assert self.after.failure is None


def assert_fit_for_a_log(text: str) -> None:
    """Check that a text can't mislead, flood a log or contain the key."""
    assert len(text) <= 300
    assert not [c for c in text if unicodedata.category(c) in _NOT_SHOWN], repr(text)
    assert KEY not in text


class ReplyTester:
    """Polls one account as the program does, with one client."""

    def __init__(self, history: HistoryStore | None = None) -> None:
        keychain = Keychain(MemoryVault({"a": KEY}))
        self._gateway = GatewayClient(deadline_s=DEADLINE_S)
        self._history = history
        guard = RequestGuard(StorelessHistory(), lambda: NOON)
        self._refresh = Refresh(
            keychain, self._gateway, self._record, lambda: NOON, guard
        )

    def _record(self, outcome: Outcome) -> None:
        if self._history is not None and isinstance(outcome.result, Reading):
            self._history.write(KeepReading("a", outcome.result))

    async def _poll(self, account: Account) -> Outcome:
        """Request and record a balance, without a wait."""
        outcome = await self._refresh.test(account)
        self._record(outcome)
        return outcome

    async def close(self) -> None:
        """Close the client."""
        await self._gateway.close()

    async def try_reply(
        self,
        answer: Answer,
        *,
        tls: ssl.SSLContext | None = None,
        at: str = "{url}",
    ) -> HostileExchange:
        """Poll a good server, the hostile one at `at`, and the good one again."""
        async with (
            Peer(result(), result('"349.9000"')) as good,
            Peer(answer, tls=tls) as bad,
        ):
            account = Account("a", "Main", Service.CUSTOM, good.url)
            known = AccountState(account)
            before = known.apply(await self._poll(account))
            url = at.format(url=bad.url, port=bad.port)
            strange = replace(account, base_url=url)
            began = time.monotonic()
            with memory_growth() as grown:
                outcome = await self._poll(strange)
            took_s = time.monotonic() - began
            during = before.apply(outcome)
            # A restart would show the same.
            assert not self._history or self._history.last("a", NOON) == during.reading
            after = during.apply(await self._poll(account))
        heard = b"".join(bad.heard)
        return HostileExchange(
            outcome, before, during, after, took_s, grown.peak, heard
        )


class MemoryGrowth:
    """The peak growth of this process's memory, in bytes."""

    def __init__(self) -> None:
        self.peak = 0


@contextmanager
def memory_growth() -> Iterator[MemoryGrowth]:
    """Measure the peak growth of this process's memory.

    Only on Linux; elsewhere it stays 0.
    """
    seen, status = MemoryGrowth(), Path("/proc/self/status")
    if not status.exists():
        yield seen
        return
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    before = _held(status, "VmRSS")
    yield seen
    seen.peak = _held(status, "VmHWM") - before


def _held(status: Path, name: str) -> int:
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(fields[name].removesuffix("kB")) * 1024
