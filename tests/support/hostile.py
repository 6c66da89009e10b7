"""One bad reply between two good ones, and someone who looks on all the while.

The replies are in `hostile_replies` and the modules beside it, by what is bad in them.
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

from peer import Answer, Peer
from replies import KEY, result
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
from trayapp.services.polling.refresh import Refresh

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DEADLINE_S: Final = 1.0
"""For one question; the program's own is longer and means the same."""
MOST_MEMORY: Final = 20 * 1024 * 1024
_NOT_SHOWN: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a bad reply must come to."""

    kind: type[BalanceTrayError]
    state: Status
    title: str
    """What stands on the account's card."""
    words: str
    """What the tray says beside the last balance."""


REJECTED: Final = Verdict(
    Unauthorized,
    Status.UNAUTHORIZED,
    "The gateway rejects the API key",
    "Key rejected",
)
REFUSED: Final = Verdict(
    Refused, Status.REFUSED, "The gateway refuses to tell the balance", "Refused"
)
NOT_READ: Final = Verdict(
    BadRequest, Status.REFUSED, "The gateway could not read the request", "Refused"
)
STRANGE: Final = Verdict(
    UnexpectedReply,
    Status.UNREACHABLE,
    "The answer is not what the gateway sends",
    "Unreachable",
)
DOWN: Final = Verdict(
    GatewayDown,
    Status.UNREACHABLE,
    "The gateway is not available at the moment",
    "Unreachable",
)
PROXY: Final = Verdict(
    ProxyProblem, Status.UNREACHABLE, "The proxy setting can't be used", "Unreachable"
)
CUT: Final = Verdict(
    NoConnection, Status.UNREACHABLE, "The gateway can't be reached", "Unreachable"
)
LATE: Final = Verdict(
    TimedOut,
    Status.UNREACHABLE,
    "The gateway does not answer in time",
    "Unreachable",
)
INSECURE: Final = Verdict(
    CertificateProblem,
    Status.UNREACHABLE,
    "The connection to the gateway is not secure",
    "Unreachable",
)


@dataclass(frozen=True, slots=True)
class Met:
    """What came of a bad reply, and of the good ones before and after it."""

    bad: Outcome
    before: AccountState
    during: AccountState
    after: AccountState
    took_s: float
    """From the question to the bad outcome."""
    grew: int
    """How many bytes of memory that took at its highest."""
    heard: bytes
    """All that the bad server was told and could read."""

    @property
    def card(self) -> Card:
        """The account in the window after the bad reply."""
        return card(self.during, NOON, ENGLISH)

    @property
    def tray(self) -> TrayView:
        """The tray after the bad reply."""
        return tray_view((self.during,), NOON, ENGLISH)

    @property
    def detail(self) -> str:
        """What "Copy details" and the log give of the bad reply."""
        assert isinstance(self.bad.result, Failure), self.bad
        return self.bad.result.detail

    def survived(self, verdict: Verdict) -> None:
        """Hold what was met against all that a bad reply must not do."""
        assert isinstance(self.bad.result, Failure), self.bad
        assert self.bad.result.kind is verdict.kind, self.bad
        assert self.during.status is verdict.state
        # The last good balance is kept, and shown with what went wrong.
        assert self.before.reading is not None
        assert self.during.reading == self.before.reading
        assert self.tray.lines == (f"Main: €350.12, {verdict.words}, as of 12:00",)
        assert self.tray.tooltip == self.tray.lines[0]
        assert (self.card.amount, self.card.status_words) == ("€350.12", verdict.words)
        # Not a letter of the server's is shown: the card is the kind's own.
        assert self.card.problem is not None
        assert self.card.problem.title == verdict.title
        bare = replace(self.during, failure=Failure(verdict.kind))
        problem = replace(self.card.problem, detail="")
        assert replace(self.card, problem=problem) == card(bare, NOON, ENGLISH)
        assert_fit_for_a_log(self.detail)
        # And it is over in time, and spoils nothing.
        assert self.took_s < DEADLINE_S + 1
        assert self.grew < MOST_MEMORY
        assert self.after.status is Status.OK
        assert self.after.reading is not None
        assert self.after.reading.balance.digits == "349.9000"
        assert self.after.failure is None


def assert_fit_for_a_log(text: str) -> None:
    """Find nothing in a text that could mislead, flood, or give the key away."""
    assert len(text) <= 300
    assert not [c for c in text if unicodedata.category(c) in _NOT_SHOWN], repr(text)
    assert KEY not in text


class Onlooker:
    """Asks about one account as the program does, over one client for all."""

    def __init__(self, history: HistoryStore | None = None) -> None:
        keychain = Keychain(MemoryVault({"a": KEY}))
        self._gateway = GatewayClient(deadline_s=DEADLINE_S)
        self._history = history
        self._refresh = Refresh(keychain, self._gateway, self._record, lambda: NOON)

    def _record(self, outcome: Outcome) -> None:
        if self._history is not None and isinstance(outcome.result, Reading):
            self._history.write(KeepReading("a", outcome.result))

    async def close(self) -> None:
        """Close the client."""
        await self._gateway.close()

    async def meet(
        self,
        answer: Answer,
        *,
        tls: ssl.SSLContext | None = None,
        at: str = "{url}",
    ) -> Met:
        """Ask for a good reply, for the bad one at `at`, and for a good one again."""
        async with (
            Peer(result(), result('"349.9000"')) as good,
            Peer(answer, tls=tls) as bad,
        ):
            account = Account("a", "Main", Service.CUSTOM, good.url)
            known = AccountState(account)
            before = known.apply(await self._refresh.refresh(account))
            url = at.format(url=bad.url, port=bad.port)
            strange = replace(account, base_url=url)
            began = time.monotonic()
            with growth() as grown:
                outcome = await self._refresh.refresh(strange)
            took_s = time.monotonic() - began
            during = before.apply(outcome)
            # A restart would show the same.
            assert not self._history or self._history.last("a", NOON) == during.reading
            after = during.apply(await self._refresh.refresh(account))
        heard = b"".join(bad.heard)
        return Met(outcome, before, during, after, took_s, grown.most, heard)


class Growth:
    """How far this process's memory rose at its highest."""

    def __init__(self) -> None:
        self.most = 0


@contextmanager
def growth() -> Iterator[Growth]:
    """Measure how much more memory than before this process holds at its peak.

    Linux alone tells; elsewhere it stays 0.
    """
    seen, status = Growth(), Path("/proc/self/status")
    if not status.exists():
        yield seen
        return
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _held(status, "VmRSS")
    yield seen
    seen.most = _held(status, "VmHWM") - before


def _held(status: Path, name: str) -> int:
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(fields[name].removesuffix("kB")) * 1024
