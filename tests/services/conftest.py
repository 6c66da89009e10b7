"""What tests of the services share: someone who polls raw servers."""

import asyncio
import logging
import os
import ssl
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import trustme

from gateways.loopback_server import PATIENCE_S
from gateways.peer import Answer, Peer
from harness.backend import BackendHarness
from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance
from trayapp.core.errors import BalanceTrayError
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient

SAMPLE_KEY = "399d2b438a53ebed3db8a7d52107f846"


@dataclass(frozen=True, slots=True)
class Talk:
    """The outcomes of some polls, each on a connection of its own."""

    outcomes: tuple[Balance | BalanceTrayError, ...]
    heard: tuple[bytes, ...]
    """The requests, byte by byte."""
    port: int

    @property
    def outcome(self) -> Balance | BalanceTrayError:
        """What the last poll came to."""
        return self.outcomes[-1]

    @property
    def failure(self) -> BalanceTrayError:
        """How the last poll failed."""
        assert isinstance(self.outcome, BalanceTrayError), self.outcome
        return self.outcome

    @property
    def digits(self) -> str:
        """What the last poll found, as the gateway wrote it."""
        assert isinstance(self.outcome, Balance), self.outcome
        return self.outcome.digits


class Talker:
    """Polls a peer of its own once for each answer, always with one `GatewayClient`.

    Whatever a poll fails with, in any test, is searched for the key.
    """

    def __call__(
        self,
        *answers: Answer,
        sub_account: str = "",
        deadline_s: float = PATIENCE_S,
        tls: ssl.SSLContext | None = None,
        at: str = "{url}",
    ) -> Talk:
        """Poll; `at` is the address to ask, the peer's own unless it says otherwise.

        Without any answer it polls once, for an address where no peer is.
        """

        async def polls() -> Talk:
            gateway = GatewayClient(deadline_s=deadline_s)
            outcomes: list[Balance | BalanceTrayError] = []
            async with Peer(*answers, tls=tls) as peer:
                url = at.format(url=peer.url, port=peer.port)
                account = Account("a", "A", Service.CUSTOM, url, sub_account)
                for _ in answers or [b""]:
                    try:
                        balance = await gateway.balance(account, Secret(SAMPLE_KEY))
                        outcomes.append(balance)
                    except BalanceTrayError as error:
                        _assert_without_key(error)
                        outcomes.append(error)
            await gateway.close()
            return Talk(tuple(outcomes), tuple(peer.heard), peer.port)

        return asyncio.run(polls())


def _assert_without_key(error: BalanceTrayError) -> None:
    """Look for the key wherever a log or a crash report would."""
    # A chained httpx exception would say nothing and still hold the request.
    assert (error.__cause__, error.__context__) == (None, None)
    said = [str(error), repr(error), repr(error.args), repr(vars(error))]
    said += traceback.format_exception(error)
    assert SAMPLE_KEY not in "".join(said)


@pytest.fixture(autouse=True)
def own_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a developer's own choice of authorities out of the environment."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Be a company's own authority."""
    return trustme.CA(organization_name="Company")


@pytest.fixture
def trusted(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> trustme.CA:
    """Have this computer trust the authority."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(os.fspath(path))
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(path))
    return authority


@pytest.fixture
def talk() -> Talker:
    """Poll a server that answers as a test says."""
    return Talker()


@pytest.fixture
def peer() -> type[Peer]:
    """Be a server that answers as a test says, where `talk` is too little."""
    return Peer


@pytest.fixture
def logging_restored() -> Iterator[None]:
    """Restore handlers and levels of logging after a test that starts the log file."""
    root = logging.getLogger()
    handlers, raising = root.handlers.copy(), logging.raiseExceptions
    levels = {logger: logger.level for logger in _loggers()}
    yield
    logging.captureWarnings(capture=False)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    for logger in _loggers():
        logger.setLevel(levels.get(logger, logging.NOTSET))
    logging.raiseExceptions = raising


def _loggers() -> list[logging.Logger]:
    root = logging.getLogger()
    known = root.manager.loggerDict.values()
    return [root, *(one for one in known if isinstance(one, logging.Logger))]


@pytest.fixture
def harness(tmp_path: Path, now: datetime) -> BackendHarness:
    """Return an empty profile at noon, on which backends can run."""
    return BackendHarness(tmp_path, now)
