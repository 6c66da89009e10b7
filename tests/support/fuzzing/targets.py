"""Fuzz targets: what every reader of foreign bytes guarantees.

A target is called with bytes and raises if its guarantee is broken. Hypothesis calls
the targets in the tests (`tests/fuzz`), atheris in `dev.py fuzz`. Findings are kept as
cases in `cases.py`. The local socket's target is in `instance_target.py`, as it needs
Qt.
"""

import asyncio
import json
import re
import shutil
import sqlite3
import sys
import tempfile
import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

import httpx

from trayapp.core.account import Account
from trayapp.core.account_state import Outcome
from trayapp.core.alerts.decide import decide
from trayapp.core.alerts.decision import Observation
from trayapp.core.alerts.memory import AlertMemory
from trayapp.core.autostart.login import LaunchCommand, LoginEntryState
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    BalanceTrayError,
    ConfigBroken,
    ConfigTooNew,
    ConnectionProblem,
    Failure,
    GatewayError,
    TimedOut,
)
from trayapp.core.i18n.plain_text import one_line
from trayapp.core.schedule import Plan, plan_after
from trayapp.core.secret import Secret
from trayapp.core.settings import DEFAULT_INTERVAL, Settings
from trayapp.services.autostart.xdg import XdgAutostart
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.gateway.client import GatewayClient
from trayapp.services.history.store import HistoryStore

KEY: Final = "399d2b438a53ebed3db8a7d52107f846"
NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACCOUNT: Final = Account("a", "Main")
_LONGEST_DETAIL: Final = 300
_LONGEST_WAIT: Final = timedelta(days=2)
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # a folder below it is made safely


class Target(Protocol):
    """A guarantee, to be called with bytes and closed at the end."""

    def __call__(self, data: bytes) -> None:
        """Raise if the guarantee is broken."""

    def close(self) -> None:
        """Release its resources."""


class ReplyTarget:
    """The gateway's client gives a balance as sent, or one of our errors.

    The data are a line `status|content type|retry-after|encoding` and the body. A
    header without text is not sent.
    """

    def __init__(self) -> None:
        self.tried = 0
        self._runner = asyncio.Runner()
        self._wire = _Wire()
        self._gateway = GatewayClient(lambda: httpx.AsyncClient(transport=self._wire))

    def __call__(self, data: bytes) -> None:
        """Respond to a request with the data."""
        self.tried += 1
        self._wire.data = data
        try:
            balance = self._runner.run(self._gateway.balance(ACCOUNT, Secret(KEY)))
        except (GatewayError, ConnectionProblem) as error:
            _check_error(error)
        else:
            sent = _amount(data.partition(b"\n")[2])
            assert balance.amount.is_finite()
            assert balance.amount == sent
            assert balance.amount.as_tuple().exponent == sent.as_tuple().exponent
            assert is_plain(balance.unit)
            assert KEY not in f"{balance}"

    def close(self) -> None:
        """Close the client and its loop."""
        self._runner.run(self._gateway.close())
        self._runner.close()


class _Wire(httpx.AsyncBaseTransport):
    """A transport that responds with the data to every request."""

    data = b""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Give the response; it is valid HTTP."""
        assert request.method == "POST"
        head, _, body = self.data.partition(b"\n")
        status, *values = (
            bytes(byte for byte in field if byte >= 0x20 and byte != 0x7F).strip()
            for field in [*head.split(b"|"), b"", b"", b"", b""][:4]
        )
        names = (b"Content-Type", b"Retry-After", b"Content-Encoding")
        headers = [
            (name, value) for name, value in zip(names, values, strict=True) if value
        ]
        code = int(status) if re.fullmatch(rb"[2-9][0-9]{2}", status) else 200
        return httpx.Response(code, headers=headers, stream=httpx.ByteStream(body))


def _check_error(error: BalanceTrayError) -> None:
    """Check that an error's detail is short, visible, and without the key."""
    assert len(error.detail) <= _LONGEST_DETAIL
    assert is_plain(error.detail)
    assert KEY not in f"{error.detail} {error} {error!r}"
    outcome = Outcome(ACCOUNT.id, NOON, error.as_failure())
    plan = plan_after(Plan(NOON), outcome, DEFAULT_INTERVAL, 1.0)
    assert NOON < plan.due <= NOON + _LONGEST_WAIT


def _amount(body: bytes) -> Decimal:
    """Read the amount by its digits; minus zero is zero."""
    reply = json.loads(body.decode("utf-8-sig"), parse_int=str, parse_float=str)
    return Decimal(reply["result"]["balance"]) + 0


def is_plain(text: str) -> bool:
    """Whether a text is one line of visible characters."""
    return not any(unicodedata.category(one) in _INVISIBLE for one in text)


class TextTarget:
    """A foreign text becomes one visible line, and a second pass keeps it."""

    def __call__(self, data: bytes) -> None:
        """Take a byte for the limit, then the text."""
        limit = 1 + (data[0] if data else 0)
        text = data[1:].decode("utf-8", "surrogateescape")
        shown = one_line(text, limit)
        assert len(shown) <= limit
        assert is_plain(shown)
        assert "  " not in shown
        assert shown == one_line(shown, limit)

    def close(self) -> None:
        """Do nothing, as it has no resources."""


class _TargetInFolder:
    """A target with a folder, in memory if the system has a place there."""

    def __init__(self) -> None:
        below = _MEMORY if _MEMORY.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="bt-", dir=below))

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder)


class SettingsFileTarget(_TargetInFolder):
    """The settings file is read or left alone; saved settings load again."""

    def __call__(self, data: bytes) -> None:
        """Load a file of these bytes."""
        path = self.folder / "config.toml"
        path.write_bytes(data)
        file = ConfigFile(path)
        loaded = file.load()
        assert list(self.folder.iterdir()) == [path]
        assert path.read_bytes() == data
        if loaded.problem is None:
            self.assert_saved(loaded.config)
        else:
            assert loaded.config == Config()
            assert loaded.problem.kind in {ConfigBroken, ConfigTooNew}
            assert is_plain(loaded.problem.detail)
        for one in self.folder.iterdir():
            one.unlink()

    def assert_saved(self, config: Config) -> None:
        """Save, load and save again without a change."""
        path = self.folder / "config.toml"
        file = ConfigFile(path)
        file.save(config)
        first = path.read_bytes()
        loaded = file.load()
        assert (loaded.config, loaded.problem) == (config, None)
        file.save(loaded.config)
        assert path.read_bytes() == first


class LoginEntryTarget(_TargetInFolder):
    """Any autostart entry can be read and switched on and off."""

    def __call__(self, data: bytes) -> None:
        """Switch an entry of these bytes, which may start another program."""
        own = self.folder / "autostart/balance-tray.desktop"
        own.parent.mkdir(exist_ok=True)
        own.write_bytes(data)
        system = XdgAutostart(
            LaunchCommand((sys.executable,)), self.folder, (), "GNOME"
        )
        assert system.state() in LoginEntryState
        system.repair()
        for is_on in (True, False, True):
            system.switch(on=is_on)
            assert system.state().is_on is is_on
            assert {one.name for one in own.parent.iterdir()} <= {own.name}
        text = own.read_bytes()
        assert not system.repair()
        assert own.read_bytes() == text


class AlertMemoryTarget(_TargetInFolder):
    """Any stored alert memory loads."""

    def __init__(self) -> None:
        super().__init__()
        path = self.folder / "history.sqlite3"
        self._history = HistoryStore(path)
        self._raw = sqlite3.connect(path, isolation_level=None)
        self._raw.execute("PRAGMA journal_mode = MEMORY")

    def __call__(self, data: bytes) -> None:
        """Store this text, and decide about each kind of observation after it."""
        text = data.decode("utf-8", "replace")
        self._raw.execute("REPLACE INTO memory VALUES (?, ?)", (ACCOUNT.id, text))
        memory = self._history.load().memory(ACCOUNT.id)
        reading = Reading(Balance(Decimal("3.5000"), "EUR"), NOON)
        for result in (reading, Failure(TimedOut), None):
            after, _ = decide(
                memory, Observation(ACCOUNT, result), Settings(), None, NOON
            )
            written = json.dumps(after.as_dict())
            stored = AlertMemory.from_dict(json.loads(written))
            assert stored.as_dict() == after.as_dict()

    def close(self) -> None:
        """Close the database and remove its folder."""
        self._raw.close()
        self._history.close()
        super().close()
