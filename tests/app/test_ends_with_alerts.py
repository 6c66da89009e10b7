"""The real process ends while an alert is on its way; the next start shows it."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from buses.fake_secrets import FakeSecrets
from buses.notification_server import NotificationServer
from buses.private_bus import private_bus, whole_bus
from desktop.scripted_gateway import ScriptedGateway
from tally import KILLS, Tally
from tooling.processes import wait_until
from trayapp.core.account import Account, Service
from trayapp.services.files.config_file import Config, ConfigFile

KEYS: Final = {"a": "made-up-key-0123456789", "b": "made-up-key-9876543210"}
TIMEOUT_S: Final = 20.0
LOW: Final = "A: low balance"
pytestmark = pytest.mark.case(
    "attack 1", "an alert that is stored as sent before it is shown"
)


class RealProgram:
    """The program's own process without a screen, on a profile and a bus of its own."""

    def __init__(self, folder: Path, bus: str, gateway: ScriptedGateway) -> None:
        self.folder, self.gateway, self.bus = folder, gateway, bus
        self._environment = {
            **os.environ,
            "DBUS_SYSTEM_BUS_ADDRESS": "disabled:",
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "LANGUAGE": "C",
            "LC_ALL": "C.UTF-8",
        }
        (folder / "run").mkdir(mode=0o700)

    def store(self, **urls: str) -> None:
        """Write accounts into the settings file: their ids and gateways."""
        accounts = (
            Account(account_id, account_id.upper(), Service.CUSTOM, url)
            for account_id, url in urls.items()
        )
        path = self.folder / "config/balance-tray/config.toml"
        ConfigFile(path).save(Config(tuple(accounts)))

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the program within the context; a test ends it."""
        command = [sys.executable, "-m", "trayapp", "--minimized"]
        environment = {**self._environment, "DBUS_SESSION_BUS_ADDRESS": self.bus}
        with subprocess.Popen(command, env=environment) as process:
            try:
                yield process
            finally:
                process.kill()

    def quit(self) -> None:
        """Have the running program end, from the command line."""
        command = [sys.executable, "-m", "trayapp", "--quit"]
        subprocess.run(command, env=self._environment, check=True)

    def wait_until_decided(self) -> None:
        """Wait until the database knows that an account is low."""
        wait_until(lambda: self.has_episode, "a decision", TIMEOUT_S)

    @property
    def is_stored_as_sent(self) -> bool:
        """Whether the database says that the person was alerted."""
        return '"low": "told"' in self._memory()

    @property
    def has_episode(self) -> bool:
        """Whether the database says that the account is low."""
        return '"low": ' in self._memory()

    def _memory(self) -> str:
        path = self.folder / "data/balance-tray/history.sqlite3"
        if not path.exists():
            return ""
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                rows = database.execute("SELECT json FROM memory WHERE account = 'a'")
                return "".join(row[0] for row in rows)
        except sqlite3.Error:  # it is being made, or is locked at this moment
            return ""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealProgram]:
    """Make a profile with an account that is low, a keyring and a gateway."""
    with private_bus() as bus, ScriptedGateway() as gateway:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
        gateway.set_balance(KEYS["a"], "4.5000", "EUR")
        with FakeSecrets(keys=KEYS):
            program = RealProgram(tmp_path, bus, gateway)
            program.store(a=gateway.url)
            yield program


@pytest.mark.parametrize("end", ["SIGTERM", "SIGHUP", "SIGKILL", "--quit"])
@pytest.mark.parametrize("delay_s", [0.0, 0.15])
def test_an_alert_that_is_being_gathered_is_shown_after_the_next_start(
    program: RealProgram, end: str, delay_s: float, tally: Tally
) -> None:
    """It ends before the notification; the next start shows it, and stores that."""
    with NotificationServer() as server:
        with program.running() as process:
            program.wait_until_decided()
            time.sleep(delay_s)
            if end == "--quit":
                program.quit()
            else:
                process.send_signal(signal.Signals[end])
            process.wait(TIMEOUT_S)
        before = [one.title for one in server.shown]
        if end != "SIGKILL":  # a kill after the reply of the server tells it twice
            assert program.is_stored_as_sent is (before == [LOW])
        is_repeated = before == [LOW] and not program.is_stored_as_sent
        requests = len(program.gateway.requests)
        with program.running() as process:
            program.gateway.wait_for_requests(requests + 1, TIMEOUT_S)
            wait_until(lambda: program.is_stored_as_sent, "stored", TIMEOUT_S)
            process.send_signal(signal.SIGTERM)
            assert process.wait(TIMEOUT_S) == 0
        shown = [LOW, LOW] if is_repeated else [LOW]
        assert [one.title for one in server.shown] == shown
    tally.add(KILLS)


def test_an_alert_is_kept_while_the_request_for_another_account_hangs(
    program: RealProgram,
) -> None:
    """The alert waits some seconds for that request; the program ends meanwhile."""
    with ScriptedGateway() as other, NotificationServer() as server:
        other.hang(on=True)
        program.store(a=program.gateway.url, b=other.url)
        with program.running() as process:
            program.wait_until_decided()
            process.send_signal(signal.SIGTERM)
            assert process.wait(TIMEOUT_S) == 0
        assert server.shown == []
        assert not program.is_stored_as_sent
        with program.running() as process:
            wait_until(lambda: program.is_stored_as_sent, "stored", TIMEOUT_S)
        assert [one.title for one in server.shown] == [LOW]


def test_the_end_waits_for_the_late_reply_of_a_slow_server(
    program: RealProgram,
) -> None:
    """The alert is then shown once."""
    with NotificationServer() as server:
        server.holds = {"Notify"}
        with program.running() as process:
            server.wait_for(1)
            process.send_signal(signal.SIGTERM)
            threading.Timer(1.5, server.release).start()
            assert process.wait(TIMEOUT_S) == 0
        assert program.is_stored_as_sent
        requests = len(program.gateway.requests)
        with program.running() as process:
            program.gateway.wait_for_requests(requests + 1, TIMEOUT_S)
            process.send_signal(signal.SIGTERM)
            assert process.wait(TIMEOUT_S) == 0
        assert len(server.shown) == 1


def test_a_start_while_the_program_ends_slowly_waits_for_its_end(
    program: RealProgram,
) -> None:
    """It is no message to a program that does not read it any more."""
    with NotificationServer() as server:
        server.holds = {"Notify"}
        with program.running() as ending:
            server.wait_for(1)
            ending.send_signal(signal.SIGTERM)
            requests = len(program.gateway.requests)
            threading.Timer(4, server.release).start()
            with program.running() as process:
                program.gateway.wait_for_requests(requests + 1, TIMEOUT_S)
                assert ending.wait(TIMEOUT_S) == 0
                process.send_signal(signal.SIGTERM)
                assert process.wait(TIMEOUT_S) == 0
        assert len(server.shown) == 1


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_an_alert_whose_server_died_is_shown_after_the_next_start(
    program: RealProgram, end: signal.Signals
) -> None:
    """The program ends before another server comes."""
    with program.running() as process:
        with NotificationServer() as server:
            server.dies_on = "Notify"
            program.wait_until_decided()
            wait_until(lambda: not server.is_alive, "its death", TIMEOUT_S)
        process.send_signal(end)
        process.wait(TIMEOUT_S)
    assert not program.is_stored_as_sent
    with NotificationServer() as server, program.running() as process:
        wait_until(lambda: program.is_stored_as_sent, "stored", TIMEOUT_S)
        assert [one.title for one in server.shown] == [LOW]


def test_an_alert_that_is_not_true_any_more_is_not_shown_after_the_next_start(
    program: RealProgram,
) -> None:
    """The account was topped up meanwhile."""
    with NotificationServer() as server:
        with program.running() as process:
            program.wait_until_decided()
            process.kill()
            process.wait(TIMEOUT_S)
        assert server.shown == []
        program.gateway.set_balance(KEYS["a"], "30.0000", "EUR")
        with program.running() as process:
            wait_until(lambda: not program.has_episode, "the end", TIMEOUT_S)
            process.send_signal(signal.SIGTERM)
            assert process.wait(TIMEOUT_S) == 0
        assert server.shown == []


def test_an_alert_at_the_moment_of_a_logout_is_shown_after_the_next_login(
    program: RealProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session's bus ends first, and then the program."""
    with whole_bus() as session:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session.address)
        program.bus = session.address
        with FakeSecrets(keys=KEYS), NotificationServer() as server:
            with program.running() as process:
                program.wait_until_decided()
                shown = len(server.shown)
                session.daemon.kill()
                process.send_signal(signal.SIGTERM)
                process.wait(TIMEOUT_S)
            is_stored_as_sent = program.is_stored_as_sent
            assert shown or not is_stored_as_sent
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        program.bus = address
        requests = len(program.gateway.requests)
        with FakeSecrets(keys=KEYS), NotificationServer() as server:
            with program.running():
                program.gateway.wait_for_requests(requests + 1, TIMEOUT_S)
                wait_until(lambda: program.is_stored_as_sent, "stored", TIMEOUT_S)
            assert [one.title for one in server.shown] == [LOW] * (
                not is_stored_as_sent
            )
