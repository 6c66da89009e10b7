"""Commands without a screen: their output, their changes, their exit codes."""

import contextlib
import csv
import errno
import io
import json
import locale
import logging
import os
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.scripted_gateway import ScriptedGateway
from fakes.database_lock import lock_database
from fakes.terminal import TerminalStream
from fakes.vault import FakeVault
from harness.event_log import EventLog
from tooling.processes import wait_until
from trayapp import __main__ as program
from trayapp.cli import main as main_module
from trayapp.cli import waiting
from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance, JsonNumber, Reading, read_balance
from trayapp.core.errors import (
    HistoryFull,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
)
from trayapp.core.settings import AlertKind, Settings
from trayapp.core.unfinished import StepKind, UnfinishedStep
from trayapp.qt.instance import Instance
from trayapp.services.files.catalogs import catalog
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.state_cache import StateCache
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import MemoryVault

KEY = "made-up-key-0123456789"
GOOD, LOW, EMPTY, REJECTED = (f"made-up-key-{one}" for one in range(4))
ADD = ("account", "add", "Shop", "--key-stdin")
WAITING = pytest.mark.case("9", "waiting without a word")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PATIENCE_S = 10.0
FOLDERS = {
    "HOME": "home",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


class CliUser:
    """A person at a terminal, with files, a keyring and a gateway."""

    def __init__(
        self,
        folder: Path,
        gateway: ScriptedGateway,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.folder, self.gateway = folder, gateway
        self.vault = FakeVault()
        self.paths = Paths.of_user()
        self.file = ConfigFile(self.paths.config)
        self._monkeypatch, self._capsys = monkeypatch, capsys
        for module in ("main", "reports"):
            monkeypatch.setattr(
                f"trayapp.cli.{module}.system_vault", lambda: self.vault
            )

    def account(self, account_id: str, key: str | None = KEY) -> Account:
        """Make an account at the gateway, with its key in the keyring."""
        if key is not None:
            self.vault.put(account_id, key)
        return Account(
            account_id,
            f"The {account_id}",
            Service.CUSTOM,
            self.gateway.url,
            low_below=Decimal(10),
        )

    def set_accounts(self, *accounts: Account) -> None:
        """Store these accounts."""
        self.file.save(Config(accounts))

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The stored accounts."""
        return self.file.load().config.accounts

    def store_readings(
        self, account_id: str, *readings: tuple[datetime, str, str]
    ) -> None:
        """Store these readings in the history."""
        with HistoryStore(self.paths.history) as history:
            for at, amount, unit in readings:
                balance = Balance(Decimal(amount), unit)
                history.write(KeepReading(account_id, Reading(balance, at)))

    def run(self, *arguments: str, stdin: str | bytes | None = None) -> CommandResult:
        """Run a command in this process, up to its exit code."""

        def leave(code: int) -> None:
            raise SystemExit(code)

        with self._monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["balance-tray", *arguments])
            raw = stdin.encode() if isinstance(stdin, str) else stdin
            text = io.TextIOWrapper(io.BytesIO(raw or b""), encoding="utf-8")
            patch.setattr(sys, "stdin", text if stdin else None)
            patch.setattr(program, "_leave", leave)
            patch.setattr(program, "_forbid_core_dumps", lambda: None)
            with pytest.raises(SystemExit) as left:
                program.main()
        said = self._capsys.readouterr()
        assert isinstance(left.value.code, int)
        return CommandResult(left.value.code, said.out, said.err)

    def start_process(
        self, *arguments: str, stdin: str = "", **environment: str
    ) -> CommandResult:
        """Run a command in a process, without a keyring."""
        done = subprocess.run(
            [sys.executable, "-m", "trayapp", *arguments],
            env={**os.environ, **environment},
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        return CommandResult(done.returncode, done.stdout, done.stderr)

    def check(self, *names: str) -> tuple[int, list[dict[str, object]]]:
        """Run `check --json`; give its exit code and its list."""
        ran = self.run("check", "--json", *names)
        assert ran.err == ""
        return ran.code, json.loads(ran.out)


@pytest.fixture
def user(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CliUser]:
    """Give a user with an empty home; undo the log and the locale."""
    # Short: a socket's path has little room.
    folder = Path(tempfile.mkdtemp(prefix="bt-"))
    for name, part in FOLDERS.items():
        (folder / part).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(folder / part))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    root, before = logging.getLogger(), locale.setlocale(locale.LC_ALL)
    level, handlers = root.level, root.handlers.copy()
    with ScriptedGateway() as gateway:
        for key, amount in ((GOOD, "50.0000"), (LOW, "9.9900"), (EMPTY, "0.0000")):
            gateway.set_balance(key, amount, "EUR")
        gateway.set_balance(KEY, "50.0000", "EUR")
        gateway.revoke(REJECTED)
        yield CliUser(folder, gateway, monkeypatch, capsys)
    locale.setlocale(locale.LC_ALL, before)
    root.setLevel(level)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
    shutil.rmtree(folder)


# --- languages -----------------------------------------------------------------------


def test_the_language_is_the_chosen_one_or_the_terminals(
    user: CliUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It decides words, numbers and errors."""
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    user.set_accounts(user.account("low", LOW))
    spanish, catalan = catalog("es"), catalog("ca")
    said = user.run("check").out
    assert "9,99 €" in said
    assert spanish.gettext("Low") in said
    unknown = "There is no account called {name}."
    assert user.run("check", "x").err == (
        spanish.gettext(unknown).format(name="'x'") + "\n"
    )
    user.file.save(Config((), Settings(language="ca")))
    words = "No accounts yet: add one with `balance-tray account add NAME`."
    assert user.run("account", "list").out == catalan.gettext(words) + "\n"


def test_output_for_programs_is_english_in_every_language(
    user: CliUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script keeps working when a person chooses a language."""
    user.set_accounts(user.account("rejected", REJECTED), user.account("low", LOW))
    commands = (
        *(["check", "--json"], ["account", "list"]),
        *(["history", "The low", "--what", what] for what in ("movements", "months")),
    )

    def asked() -> list[str]:
        return [re.sub(r"T[0-9:.]+Z", "", user.run(*one).out) for one in commands]

    english = asked()
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert asked() == english
    assert "The gateway rejects the API key" in english[0]


# --- waiting -------------------------------------------------------------------------


def await_sentence(terminal: TerminalStream, sentence: str) -> None:
    """Wait until the terminal shows a sentence."""
    wait_until(lambda: sentence in terminal.getvalue(), sentence, PATIENCE_S)


@WAITING
def test_a_keyring_that_prompts_elsewhere_is_named_on_the_terminal(
    user: CliUser, terminal: TerminalStream
) -> None:
    """Over ssh, the prompt is on another screen."""
    user.vault.before = lambda call: (
        await_sentence(terminal, waiting.KEYRING) if call == "unlock" else None
    )
    added = user.run(*ADD, stdin=KEY)
    assert added.code == 0
    user.vault.before("unlock")
    assert user.run("account", "remove", "Shop").code == 0


@WAITING
@pytest.mark.parametrize("command", [("remove", "The a"), ADD[1:]])
def test_a_prompt_without_an_answer_has_an_end(
    user: CliUser,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    """Nothing is changed, and the advice fits a terminal."""
    user.set_accounts(user.account("a"))
    released = threading.Event()
    user.vault.before = lambda _: released.wait()
    monkeypatch.setattr(main_module, "_PROMPT_S", 0.05)
    ran = user.run("account", *command, stdin=KEY)
    released.set()
    assert ran.code == 1
    assert ran.err.startswith("The keyring does not answer.")
    assert "then run the command again" in ran.err
    assert [account.id for account in user.accounts] == ["a"]


@WAITING
@pytest.mark.parametrize("command", [("remove", "The a"), ADD[1:]])
def test_the_advice_after_a_dismissed_prompt_names_no_button(
    user: CliUser, command: tuple[str, ...]
) -> None:
    """A terminal has none."""
    user.set_accounts(user.account("a"))
    user.vault.error = KeyringDenied
    ran = user.run("account", *command, stdin=KEY)
    assert ran.code == 1
    assert "Choose Unlock" not in ran.err
    assert "Run the command again" in ran.err


@WAITING
@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_the_advice_of_check_fits_a_terminal(
    user: CliUser, arguments: tuple[str, ...]
) -> None:
    """A monitoring program shows it to a person who has no window."""
    user.set_accounts(user.account("a"))
    user.vault.locked = True
    ran = user.run("check", *arguments)
    assert "then run the command again" in ran.out
    assert "the program then goes on" not in ran.out


@WAITING
def test_check_names_the_keyring_the_gateway_and_the_history(
    user: CliUser, terminal: TerminalStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is named when it is waited for."""
    user.set_accounts(user.account("a"))
    read, open_store = user.vault.get, HistoryStore.__init__

    def slow_read(account_id: str) -> str | None:
        await_sentence(terminal, waiting.KEYRING)
        return read(account_id)

    def slow_open(
        self: HistoryStore, path: Path, *, clock: Callable[[], datetime]
    ) -> None:
        await_sentence(terminal, waiting.HISTORY)
        open_store(self, path, clock=clock)

    monkeypatch.setattr(user.vault, "get", slow_read)
    monkeypatch.setattr(HistoryStore, "__init__", slow_open)
    user.gateway.hang(on=True)

    def let_go() -> None:
        await_sentence(terminal, waiting.GATEWAY)
        user.gateway.hang(on=False)

    thread = threading.Thread(target=let_go)
    thread.start()
    assert user.run("check", "--json").code == 0
    thread.join()


# --- check ---------------------------------------------------------------------------


def test_check_has_all_fields_in_json(user: CliUser) -> None:
    """Other programs rely on them; the balance has the gateway's digits."""
    user.set_accounts(user.account("good", GOOD))
    before = datetime.now(UTC) - timedelta(seconds=1)
    code, (said,) = user.check()
    as_of = str(said.pop("as_of"))
    assert (code, said) == (
        0,
        {
            "account": "The good",
            "id": "good",
            "state": "ok",
            "balance": "50.0000",
            "currency": "EUR",
            "low_below": "10",
            "error": None,
        },
    )
    assert as_of.endswith("Z")
    assert before <= datetime.fromisoformat(as_of) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("key", "code", "state", "balance", "error"),
    [
        (GOOD, 0, "ok", "50.0000", None),
        (LOW, 1, "low", "9.9900", None),
        (EMPTY, 2, "empty", "0.0000", None),
        (REJECTED, 2, "unauthorized", None, "unauthorized"),
        (None, 3, "no-key", None, "key-missing"),
    ],
)
def test_check_has_the_exit_codes_of_monitoring_plugins(
    user: CliUser,
    key: str | None,
    code: int,
    state: str,
    balance: str | None,
    error: str | None,
) -> None:
    """0 fine, 1 low, 2 empty or rejected, 3 unknown."""
    user.set_accounts(user.account("a", key))
    ended, (said,) = user.check()
    assert (ended, said["state"], said["balance"]) == (code, state, balance)
    assert _error_id(said) == error


def _error_id(said: dict[str, object]) -> object:
    error = said["error"]
    if error is None:
        return None
    assert isinstance(error, dict)
    assert set(error) == {"id", "title", "advice"}
    assert error["title"]
    assert error["advice"]
    return error["id"]


@pytest.mark.case("part 8", "a rejected key of another company's API")
def test_a_first_rejection_asks_whether_the_key_is_another_companys(
    user: CliUser,
) -> None:
    """An account that had a balance has the right company's key."""
    words = "Does the key belong to another company's API? Keys of 360nrs"
    user.set_accounts(user.account("a", REJECTED))
    _, (first,) = user.check()
    assert first["state"] == "unauthorized"
    error = first["error"]
    assert isinstance(error, dict)
    assert error["advice"].startswith(words)
    assert "allow this computer's IP address" in error["advice"]
    assert words in user.run("check").out
    user.store_readings("a", (datetime.now(UTC), "50.0000", "EUR"))
    assert words not in user.run("check").out


@pytest.mark.case("part 8", "a bounded number of valid JSON is refused")
@pytest.mark.parametrize(
    ("number", "digits", "words"),
    [
        ("27964.000000000004", "27964.000000000004", "€27964.00"),
        ("1.0e-5", "0.000010", "€0.00001"),
    ],
)
def test_a_number_is_exact_in_json_and_readable_for_people(
    user: CliUser, number: str, digits: str, words: str
) -> None:
    """Also if it comes from the history."""
    balance = read_balance(JsonNumber(number), "EUR")
    user.set_accounts(user.account("a"))
    with HistoryStore(user.paths.history) as history:
        history.write(KeepReading("a", Reading(balance, datetime.now(UTC))))
    user.vault.put("a", REJECTED)
    _, (said,) = user.check()
    assert said["balance"] == digits
    assert words in user.run("check").out


@pytest.mark.case("3", "a guard kept behind one front door")
def test_check_sends_a_rejected_key_once_until_it_changes_or_is_forced(
    user: CliUser,
) -> None:
    """The state and the exit code stay those of the rejection."""
    user.set_accounts(user.account("a", REJECTED))
    user.store_readings("a", (NOON, "12.5000", "EUR"))
    for _ in range(6):
        code, (said,) = user.check()
        assert (code, said["state"], said["balance"]) == (2, "unauthorized", "12.5000")
        assert _error_id(said) == "unauthorized"
    assert len(user.gateway.requests) == 1
    code, _ = user.check("--force")
    assert (code, len(user.gateway.requests)) == (2, 2)
    user.vault.put("a", GOOD)
    code, (said,) = user.check()
    assert (code, said["state"], len(user.gateway.requests)) == (0, "ok", 3)


@pytest.mark.case("3", "a guard kept behind one front door")
def test_check_in_a_wait_needs_no_open_keyring(user: CliUser) -> None:
    """What is known of the account does not depend on it."""
    user.set_accounts(user.account("a", REJECTED))
    user.check()
    user.vault.locked = True
    code, (said,) = user.check()
    assert (code, said["state"]) == (2, "unauthorized")


@pytest.mark.case("3", "a guard kept behind one front door")
@pytest.mark.parametrize(
    "status", [HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE]
)
def test_check_within_a_retry_after_tells_what_is_known(
    user: CliUser, status: HTTPStatus
) -> None:
    """Its time is in `waits_until`; the command says that the gateway takes few."""
    user.set_accounts(user.account("a"), user.account("b"))
    now = datetime.now(UTC)
    user.store_readings("a", (now - timedelta(minutes=20), "12.5000", "EUR"))
    user.gateway.refuse(status, "3600")
    for _ in range(6):
        ran = user.run("check", "--json")
        known, unknown = json.loads(ran.out)
        assert (known["state"], known["balance"]) == ("ok", "12.5000")
        assert (unknown["state"], _error_id(unknown)) == ("unreachable", "gateway-down")
        wait = datetime.fromisoformat(known["waits_until"]) - now
        assert timedelta(minutes=59) < wait < timedelta(minutes=62)
        assert ran.code == 3
        assert "a minute" in ran.err
    assert len(user.gateway.requests) <= 2


def test_check_reports_an_unreachable_gateway(user: CliUser) -> None:
    """The connection is refused."""
    user.set_accounts(user.account("a"))
    user.gateway.stop()
    code, (said,) = user.check()
    assert (code, said["state"]) == (3, "unreachable")
    assert _error_id(said) == "no-connection"


def test_check_reports_a_refusal(user: CliUser) -> None:
    """There is no such sub-account."""
    user.set_accounts(replace(user.account("a"), sub_account="nobody"))
    code, (said,) = user.check()
    assert (code, said["state"]) == (3, "refused")
    assert _error_id(said) == "refused"


def test_check_reports_a_locked_keyring_without_a_prompt(
    user: CliUser,
) -> None:
    """It may run where a person sees no prompt."""
    user.set_accounts(user.account("a"))
    user.vault.locked = True
    code, (said,) = user.check()
    assert (code, said["state"], _error_id(said)) == (3, "locked", "keyring-locked")
    assert user.vault.locked
    assert user.gateway.requests == []


def test_check_reports_a_missing_keyring(user: CliUser) -> None:
    """That is not a missing key."""
    user.set_accounts(user.account("a"))
    user.vault.error = KeyringAbsent
    code, (said,) = user.check()
    assert (code, said["state"], _error_id(said)) == (3, "locked", "keyring-absent")


def test_a_failure_does_not_hide_the_last_balance(user: CliUser) -> None:
    """The balance has its time, and the exit code is that of an unknown status."""
    user.set_accounts(user.account("a"))
    user.store_readings("a", (NOON, "12.5000", "EUR"))
    user.gateway.stop()
    code, (said,) = user.check()
    assert (code, said["state"]) == (3, "unreachable")
    assert (said["balance"], said["as_of"]) == ("12.5000", "2026-11-23T12:00:00.000Z")


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ((GOOD, GOOD), 0),
        ((GOOD, None), 3),
        ((LOW, None), 1),
        ((EMPTY, None), 2),
        ((REJECTED, LOW), 2),
        ((GOOD, LOW), 1),
        ((GOOD, LOW, EMPTY, REJECTED, None), 2),
    ],
)
def test_the_gravest_account_decides_the_exit_code(
    user: CliUser, keys: tuple[str | None, ...], code: int
) -> None:
    """In the order 2, 1, 3, 0."""
    user.set_accounts(*(user.account(f"a{n}", key) for n, key in enumerate(keys)))
    ended, said = user.check()
    assert ended == code
    assert [one["id"] for one in said] == [f"a{n}" for n in range(len(keys))]


def test_check_asks_only_the_named_accounts(user: CliUser) -> None:
    """In the given order; upper and lower case do not matter."""
    user.set_accounts(*(user.account(one) for one in "abc"))
    code, said = user.check("THE C", "The a")
    assert (code, [one["id"] for one in said]) == (0, ["c", "a"])
    assert len(user.gateway.requests) == 2


def test_check_of_an_unknown_account_sends_no_request(user: CliUser) -> None:
    """Not even for a known account beside it."""
    user.set_accounts(user.account("a"))
    ran = user.run("check", "The a", "The b")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "There is no account called 'The b'.\n"
    assert user.gateway.requests == []


def test_check_without_accounts_is_unknown(user: CliUser) -> None:
    """It says how to add one."""
    ran = user.run("check", "--json")
    assert (ran.code, ran.out) == (3, "")
    assert "balance-tray account add" in ran.err


@pytest.mark.parametrize("text", ["not toml [", "version = 99\n"])
def test_an_unusable_settings_file_is_unknown_and_not_empty(
    user: CliUser, text: str
) -> None:
    """The error says why."""
    user.paths.config.parent.mkdir()
    user.paths.config.write_text(text)
    ran = user.run("check")
    assert (ran.code, ran.out) == (3, "")
    assert "settings" in ran.err


def test_check_stores_the_readings(user: CliUser) -> None:
    """It does not change what was notified."""
    user.set_accounts(user.account("low", LOW))
    user.check()
    with HistoryStore(user.paths.history) as history:
        last = history.last("low")
        assert last is not None
        assert last.balance.digits == "9.9900"
        assert history.load() == StateCache()


def test_a_repaired_history_is_reported_once_beside_the_balance(user: CliUser) -> None:
    """Only the command that repaired it reports it."""
    user.set_accounts(user.account("a"))
    user.paths.history.parent.mkdir(parents=True)
    user.paths.history.write_bytes(b"damaged " * 1_000)
    ran = user.run("check")
    assert ran.code == 0
    assert ran.err.startswith("The history was damaged.")
    assert user.run("history", "The a").err == ""
    user.paths.history.write_bytes(b"damaged " * 1_000)
    assert user.run("history", "The a").err.startswith("The history was damaged.")


def test_a_history_that_cannot_be_opened_hides_no_balance(user: CliUser) -> None:
    """The error is on standard error only."""
    user.set_accounts(user.account("good", GOOD))
    user.paths.history.mkdir(parents=True)
    ran = user.run("check", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)[0]["balance"] == "50.0000"
    assert "The history can't be kept." in ran.err


def test_a_history_that_cannot_be_written_hides_no_balance(
    user: CliUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is on standard error, once; the exit code is the balance's."""

    def full(*_: object) -> None:
        raise HistoryFull

    user.set_accounts(user.account("good", GOOD), user.account("other", GOOD))
    monkeypatch.setattr(HistoryStore, "write", full)
    ran = user.run("check")
    assert ran.code == 0
    assert "€50.00" in ran.out
    assert ran.err.count("The disk is full") == 1


def test_check_prints_text_for_people(user: CliUser) -> None:
    """One line an account, and each problem with its advice."""
    user.set_accounts(user.account("low", LOW), user.account("none", None))
    ran = user.run("check")
    low, none, *more = ran.out.splitlines()
    assert low.startswith("The low: €9.99, Low, as of ")
    assert none == "The none: No key yet"
    assert more[0] == "    This account has no API key yet."
    assert all(line.startswith("    ") for line in more)
    assert (ran.code, ran.err) == (1, "")


def test_many_accounts_are_asked_concurrently(user: CliUser) -> None:
    """Eight at a time, even without a response."""
    user.set_accounts(*(user.account(f"a{n}") for n in range(12)))
    user.gateway.hang(on=True)

    def let_go() -> None:
        try:
            user.gateway.wait_for_requests(8, PATIENCE_S)
        finally:
            user.gateway.hang(on=False)

    thread = threading.Thread(target=let_go)
    thread.start()
    code, said = user.check()
    thread.join()
    assert (code, len(said)) == (0, 12)


def test_check_runs_as_a_process(user: CliUser) -> None:
    """Without a session, JSON and exit code are the same."""
    user.set_accounts(user.account("a"))
    ran = user.start_process("check", "--json")
    (said,) = json.loads(ran.out)
    assert (ran.code, said["state"], said["error"]["id"], ran.err) == (
        3,
        "locked",
        "session-bus-absent",
        "",
    )


# --- history -------------------------------------------------------------------------


@pytest.fixture
def user_with_readings(user: CliUser) -> CliUser:
    """Give a user with three readings of one account."""
    user.set_accounts(user.account("a"))
    user.store_readings(
        "a",
        (NOON - timedelta(days=2), "350.1200", "EUR"),
        (NOON - timedelta(days=1), "349.0000", "EUR"),
        (NOON, "12", "CREDITS"),
    )
    return user


def test_history_is_csv(user_with_readings: CliUser) -> None:
    """The oldest first, with every digit."""
    ran = user_with_readings.run("history", "the a")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "at,balance,currency\n"
        "2026-11-21T12:00:00.000Z,350.1200,EUR\n"
        "2026-11-22T12:00:00.000Z,349.0000,EUR\n"
        "2026-11-23T12:00:00.000Z,12,CREDITS\n"
    )


def test_history_is_json_too(user_with_readings: CliUser) -> None:
    """The same rows as the CSV."""
    ran = user_with_readings.run("history", "The a", "--format", "json")
    assert json.loads(ran.out)[-1] == {
        "at": "2026-11-23T12:00:00.000Z",
        "balance": "12",
        "currency": "CREDITS",
    }
    assert len(json.loads(ran.out)) == 3


@pytest.mark.parametrize(
    ("since", "count"),
    [
        ("2026-11-22T00:00Z", 2),
        ("2026-11-22T12:00:00Z", 2),
        ("2026-11-22T12:00:01+00:00", 1),
        ("2027-01-01", 0),
        ("1969-12-31", 3),
    ],
)
def test_history_since_a_day(
    user_with_readings: CliUser, since: str, count: int
) -> None:
    """From the beginning of that day on."""
    ran = user_with_readings.run("history", "The a", "--since", since)
    assert (ran.code, ran.out.count("\n")) == (0, count + 1)


@pytest.mark.parametrize(("zone", "count"), [("UTC", 2), ("UTC-13", 3)])
def test_a_day_begins_in_the_persons_zone(
    user_with_readings: CliUser, zone: str, count: int
) -> None:
    """In Auckland it begins thirteen hours before London."""
    ran = user_with_readings.start_process(
        "history", "The a", "--since", "2026-11-22", TZ=zone
    )
    assert (ran.code, ran.out.count("\n")) == (0, count + 1)


@pytest.mark.parametrize(
    "since",
    ["yesterday", "2026-13-01", "", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"],
)
def test_history_since_an_invalid_day_is_an_error(
    user_with_readings: CliUser, since: str
) -> None:
    """The error is one line."""
    ran = user_with_readings.run("history", "The a", "--since", since)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"{since!r} is no date such as 2026-11-01.\n"


@pytest.mark.case("also 3", "what a person types is read as they write it")
@pytest.mark.parametrize(
    ("locale_name", "since"),
    [
        ("C.UTF-8", "22.11.2026"),
        ("C.UTF-8", "11/22/2026"),
        ("C.UTF-8", "Nov 22, 2026"),
        ("es_ES.UTF-8", "22/11/2026"),
        ("es_ES.UTF-8", "22 de noviembre de 2026"),
        ("de_DE.UTF-8", "22. Nov. 2026"),
    ],
)
def test_history_since_a_day_as_a_person_writes_it(
    user_with_readings: CliUser,
    monkeypatch: pytest.MonkeyPatch,
    locale_name: str,
    since: str,
) -> None:
    """The reading is repeated beside the table, for a person alone."""
    monkeypatch.setenv("LC_ALL", locale_name)
    ran = user_with_readings.run("history", "The a", "--since", since)
    assert (ran.code, ran.out.count("\n")) == (0, 3)
    assert ran.err.startswith("--since: ")
    assert "22" in ran.err
    assert "2026" in ran.err


@pytest.mark.case("also 3", "what a person types is read as they write it")
def test_history_since_an_ambiguous_day_is_refused(
    user_with_readings: CliUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In English it has two readings, in Spanish one."""
    ran = user_with_readings.run("history", "The a", "--since", "03/04/2026")
    words = "'03/04/2026' can be 2026-04-03 or 2026-03-04: type one of these.\n"
    assert (ran.code, ran.out, ran.err) == (2, "", words)
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    ran = user_with_readings.run("history", "The a", "--since", "03/04/2026")
    assert (ran.code, ran.out.count("\n")) == (0, 4)


def test_history_of_an_unknown_account(user_with_readings: CliUser) -> None:
    """The exit code is 3, as for `check`."""
    ran = user_with_readings.run("history", "The b")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "There is no account called 'The b'.\n"


def test_history_without_readings_is_empty(user: CliUser) -> None:
    """CSV has its header only, JSON an empty list."""
    user.set_accounts(user.account("a"))
    assert user.run("history", "The a").out == "at,balance,currency\n"
    assert user.run("history", "The a", "--format", "json").out == "[]\n"


@pytest.mark.parametrize("unit", ["=1+1", "+X", "-X", "@X"])
def test_no_unit_is_a_formula_in_csv(user: CliUser, unit: str) -> None:
    """The unit is foreign text; JSON has it unchanged."""
    user.set_accounts(user.account("a"))
    user.store_readings("a", (NOON, "-3", unit))
    (row,) = csv.DictReader(io.StringIO(user.run("history", "The a").out))
    assert (row["balance"], row["currency"]) == ("-3", f"'{unit}")
    ran = user.run("history", "The a", "--format", "json")
    assert json.loads(ran.out)[0]["currency"] == unit


def test_a_reader_that_ends_early_is_no_error(user: CliUser) -> None:
    """As with `| head`."""
    user.set_accounts(user.account("a"))
    user.store_readings("a", (NOON, "1", "EUR"))
    rows = [("a", second * 1_000, "349.0000", "EUR") for second in range(10_000)]
    with contextlib.closing(sqlite3.connect(user.paths.history)) as database:
        database.executemany("INSERT INTO reading VALUES (?, ?, ?, ?)", rows)
        database.commit()
    with subprocess.Popen(
        [sys.executable, "-m", "trayapp", "history", "The a"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "at,balance,currency\n"
        process.stdout.close()
        assert process.stderr.read() == ""


# --- accounts ------------------------------------------------------------------------


def test_an_account_is_added_with_its_key(user: CliUser) -> None:
    """The key is in the keyring under the account's id, the rest in the file."""
    ran = user.run(
        *("account", "add", "Shop", "--service", "custom", "--key-stdin"),
        *("--base-url", f"{user.gateway.url}/", "--sub-account", "shop"),
        *("--low", "25.50"),
        stdin=f"  {KEY}\nand a line more\n",
    )
    assert ran == CommandResult(0, "", "")
    (account,) = user.accounts
    assert account == Account(
        account.id,
        "Shop",
        Service.CUSTOM,
        user.gateway.url,
        "shop",
        Decimal("25.50"),
    )
    assert user.vault.get(account.id) == KEY


@pytest.mark.case("also 3", "what a person types is read as they write it")
@pytest.mark.parametrize(
    ("locale_name", "typed", "low", "repeated"),
    [
        ("C.UTF-8", "1.234,56", "1234.56", "Warn below: 1234.56\n"),
        ("C.UTF-8", "1 234.5 €", "1234.5", "Warn below: 1234.50\n"),
        ("es_ES.UTF-8", "1.234,56", "1234.56", "Avisar por debajo de: 1234,56\n"),
        ("es_ES.UTF-8", "12,5", "12.5", "Avisar por debajo de: 12,50\n"),
        ("es_ES.UTF-8", "12.5", "12.5", "Avisar por debajo de: 12,50\n"),
        ("de_DE.UTF-8", "0.125", "0.125", "Warnen unter: 0,1250\n"),
        ("de_DE.UTF-8", "25", "25", ""),
    ],
)
def test_a_typed_amount_is_read_as_it_is_written_and_repeated(
    user: CliUser,
    monkeypatch: pytest.MonkeyPatch,
    locale_name: str,
    typed: str,
    low: str,
    repeated: str,
) -> None:
    """A person sees the reading before the key is stored."""
    monkeypatch.setenv("LC_ALL", locale_name)
    arguments = ("account", "add", "Shop", "--key-stdin", "--low", typed)
    ran = user.run(*arguments, stdin=KEY)
    assert (ran.code, ran.out) == (0, repeated)
    assert user.accounts[0].low_below == Decimal(low)


@pytest.mark.case("also 3", "what a person types is read as they write it")
@pytest.mark.parametrize(
    ("locale_name", "typed", "readings"),
    [
        ("C.UTF-8", "1.234", ("1234", "1.2340")),
        ("en_US.UTF-8", "1,234", ("1234", "1.2340")),
        ("es_ES.UTF-8", "1.500", ("1500", "1,5")),
        ("de_DE.UTF-8", "€1,234", ("1234", "1,2340")),
    ],
)
def test_an_ambiguous_amount_is_refused_with_both_readings(
    user: CliUser,
    monkeypatch: pytest.MonkeyPatch,
    locale_name: str,
    typed: str,
    readings: tuple[str, str],
) -> None:
    """A script writes 1.500 for one and a half, a person in Spain for 1500."""
    monkeypatch.setenv("LC_ALL", locale_name)
    arguments = ("account", "add", "Shop", "--key-stdin", "--low", typed)
    ran = user.run(*arguments, stdin=KEY)
    assert (ran.code, ran.out, user.accounts) == (2, "", ())
    assert all(reading in ran.err for reading in (typed, *readings))


def test_an_account_needs_only_a_name(user: CliUser) -> None:
    """All else has a default."""
    assert user.run("account", "add", "Shop", "--key-stdin", stdin=KEY).code == 0
    (account,) = user.accounts
    assert account == Account(account.id, "Shop")


def test_an_address_alone_means_a_custom_service(user: CliUser) -> None:
    """No other service has an address of its own."""
    arguments = ["Shop", "--base-url", "https://sms.example", "--key-stdin"]
    assert user.run("account", "add", *arguments, stdin=KEY).code == 0
    (account,) = user.accounts
    assert account.service is Service.CUSTOM
    assert account.base_url == "https://sms.example"


def test_adding_keeps_other_accounts_and_settings(user: CliUser) -> None:
    """The new account is the last."""
    settings = Settings(timedelta(hours=6), alert_kinds=frozenset({AlertKind.LOW}))
    first = user.account("a")
    user.file.save(Config((first,), settings))
    user.run("account", "add", "Shop", "--key-stdin", stdin=KEY)
    config = user.file.load().config
    assert config.settings == settings
    assert [one.name for one in config.accounts] == ["The a", "Shop"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["  "], "Give the account a name."),
        (["x" * 61], "Use at most 60 plain characters."),
        (["a\nb"], "Use at most 60 plain characters."),
        (["THE A"], "Another account has this name."),
        (["Shop", "--low", "much"], "Enter an amount such as 25; 0 for no warning."),
        (["Shop", "--low=-1"], "Enter an amount such as 25; 0 for no warning."),
        (
            ["Shop", "--sub-account", "a\u200bb"],
            "Use the sub-account's user name as it is.",
        ),
        (
            ["Shop", "--service", "smsup", "--base-url", "https://sms.example"],
            "--base-url goes with --service custom.",
        ),
        (
            ["Shop", "--base-url", "http://sms.example"],
            "Use https://, or the key could be read on the way.",
        ),
        (
            ["Shop", "--service", "custom"],
            "Enter the service's address, such as https://api.example.com.",
        ),
        (
            ["Shop", "--service", "custom", "--base-url", "ftp://sms.example"],
            "Enter an address that begins with https://.",
        ),
        (
            ["Shop", "--service", "custom", "--base-url", "http://sms.example"],
            "Use https://, or the key could be read on the way.",
        ),
        (
            ["Shop", "--service", "custom", "--base-url", "https://a@sms.example"],
            "Enter the address alone: no user, question mark or #.",
        ),
    ],
)
def test_an_invalid_account_is_not_asked_for_its_key(
    user: CliUser, arguments: list[str], sentence: str
) -> None:
    """Each error has a sentence, and nothing is stored."""
    user.set_accounts(user.account("a"))
    ran = user.run("account", "add", *arguments)
    assert ran == CommandResult(2, "", f"{sentence}\n")
    assert [one.id for one in user.accounts] == ["a"]


def test_all_errors_are_reported_together(user: CliUser) -> None:
    """Each on its own line."""
    ran = user.run("account", "add", "", "--low", "x")
    assert (ran.code, len(ran.err.splitlines())) == (2, 2)


@pytest.mark.parametrize(
    "typed", ["short", "with blanks inside", "clé-accentuée-1", "\n"]
)
def test_an_unusable_key_is_rejected_unseen(user: CliUser, typed: str) -> None:
    """The error describes a key and never repeats the typed text."""
    ran = user.run("account", "add", "Shop", "--key-stdin", stdin=typed)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("This is not an API key.\n")
    assert not typed.strip() or typed.strip() not in ran.err
    assert user.accounts == ()


def test_the_key_is_typed_without_an_echo(
    user: CliUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal."""

    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    asked: list[str] = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return KEY

    monkeypatch.setattr("getpass.getpass", getpass)
    monkeypatch.setattr(io, "TextIOWrapper", Terminal)
    ran = user.run("account", "add", "Shop", stdin="never read")
    assert ran == CommandResult(0, "", "")
    assert asked == ["API key (not shown): "]
    assert user.vault.get(user.accounts[0].id) == KEY


@pytest.mark.parametrize("stdin", [None, KEY])
def test_without_a_terminal_a_key_needs_key_stdin(
    user: CliUser, stdin: str | None
) -> None:
    """Standard input is not read without that option."""
    ran = user.run("account", "add", "Shop", stdin=stdin)
    assert ran == CommandResult(
        2, "", "There is no terminal to ask for the key: use --key-stdin.\n"
    )
    assert user.accounts == ()


def full_keyring(call: str) -> None:
    """Refuse to store a key."""
    if call.startswith("put"):
        raise KeyringFailed


def test_a_failing_keyring_adds_no_account(user: CliUser) -> None:
    """Its error is printed."""
    user.vault.error = KeyringAbsent
    ran = user.run("account", "add", "Shop", "--key-stdin", stdin=KEY)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("There is no keyring on this desktop.\n")
    assert user.accounts == ()
    user.vault.error = None
    user.vault.before = full_keyring
    assert user.run("account", "add", "Shop", "--key-stdin", stdin=KEY).code == 1
    assert not user.paths.config.exists()


def test_an_unwritable_file_leaves_no_key(
    user: CliUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No part of the account is stored."""
    stored: list[str] = []
    put = MemoryVault.put

    def keep(self: MemoryVault, account_id: str, key: str) -> None:
        stored.append(account_id)
        put(self, account_id, key)

        monkeypatch.setattr(os, "fsync", full)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(MemoryVault, "put", keep)
    ran = user.run("account", "add", "Shop", "--key-stdin", stdin=KEY)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("The settings can't be saved.\n")
    (account_id,) = stored
    assert user.vault.get(account_id) is None


@pytest.mark.case("11", "a key file of another program's making")
@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + KEY.encode() + b"\r\n",
        b"\xff\xfe" + f"{KEY}\r\n".encode("utf-16-le"),
        b"\xfe\xff" + f"{KEY}  \r\n".encode("utf-16-be"),
    ],
)
def test_a_key_file_of_powershell_is_read(user: CliUser, raw: bytes) -> None:
    """Its redirection and its `Out-File` write these."""
    ran = user.run("account", "add", "Shop", "--key-stdin", stdin=raw)
    assert (ran.code, ran.err) == (0, "")
    assert user.vault.get(user.accounts[0].id) == KEY


def test_adding_an_account_unlocks_the_keyring(user: CliUser) -> None:
    """A person at the terminal can type its password."""
    user.vault.locked = True
    assert user.run("account", "add", "Shop", "--key-stdin", stdin=KEY).code == 0


def test_accounts_are_listed(user: CliUser) -> None:
    """Each with its service and limit, and without its key."""
    user.set_accounts(
        Account("a", "Main", low_below=Decimal("12.50")),
        Account("b", "Reminders", Service.SMSPUBLI, sub_account="shop"),
        Account("c", "Other", Service.CUSTOM, "https://sms.example/api"),
    )
    ran = user.run("account", "list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "NAME       SERVICE                  SUB-ACCOUNT  LOW BELOW\n"
        "Main       smsup                    -            12.50\n"
        "Reminders  smspubli                 shop         10\n"
        "Other      https://sms.example/api  -            10\n"
    )


def test_an_empty_list_says_how_to_add_an_account(user: CliUser) -> None:
    """It is no error."""
    ran = user.run("account", "list")
    assert ran.code == 0
    assert "balance-tray account add NAME" in ran.out


def test_a_name_that_the_terminal_cannot_write_is_no_error(user: CliUser) -> None:
    """As in a pipe of an old encoding."""
    user.set_accounts(Account("a", "Ñandú €"))
    ran = user.start_process("account", "list", PYTHONIOENCODING="ascii")
    assert (ran.code, ran.err) == (0, "")
    assert r"\xd1and\xfa \u20ac" in ran.out


def test_removing_an_account_removes_its_key_and_history(user: CliUser) -> None:
    """The other accounts keep theirs."""
    user.set_accounts(user.account("a"), user.account("b"))
    user.store_readings("a", (NOON, "1", "EUR"))
    user.store_readings("b", (NOON, "2", "EUR"))
    assert user.run("account", "remove", "the A") == CommandResult(0, "", "")
    assert [one.id for one in user.accounts] == ["b"]
    assert (user.vault.get("a"), user.vault.get("b")) == (None, KEY)
    with HistoryStore(user.paths.history) as history:
        assert history.last("a") is None
        assert history.last("b") is not None


def test_removing_an_unknown_account_changes_nothing(user: CliUser) -> None:
    """The command fails."""
    user.set_accounts(user.account("a"))
    ran = user.run("account", "remove", "The b")
    assert ran == CommandResult(1, "", "There is no account called 'The b'.\n")
    assert len(user.accounts) == 1


def test_a_failing_keyring_removes_no_account(user: CliUser) -> None:
    """Otherwise a key would stay without an account."""
    user.set_accounts(user.account("a"))
    user.vault.error = KeyringFailed
    assert user.run("account", "remove", "The a").code == 1
    assert len(user.accounts) == 1


@pytest.mark.case("attack 2", "a change of several steps stops half-way")
@pytest.mark.parametrize("fault", ["history", "keyring"])
def test_a_removal_that_stops_half_way_is_finished_later(
    user: CliUser, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first command says so; a second one for the same name does the rest."""
    user.set_accounts(user.account("a"), user.account("b"))
    user.store_readings("a", (NOON, "1", "EUR"))
    let_go = None
    if fault == "history":
        monkeypatch.setattr("trayapp.services.history.store._BUSY_WAIT_S", 0.1)
        let_go = lock_database(user.paths.history)
    else:

        def refuse(call: str) -> None:
            if call == "remove a":
                raise KeyringFailed

        user.vault.before = refuse
    ran = user.run("account", "remove", "The a")
    assert (ran.code, ran.out) == (1, "")
    assert "The account is removed." in ran.err
    assert [one.id for one in user.accounts] == ["b"]
    if let_go is not None:
        let_go()
    user.vault.before = lambda _: None
    assert user.run("account", "remove", "The a") == CommandResult(0, "", "")
    assert user.vault.get("a") is None
    assert user.file.read().unfinished == ()
    with HistoryStore(user.paths.history) as history:
        assert history.last("a") is None
    assert user.run("account", "remove", "The a").code == 1


@pytest.mark.case("attack 2", "the running program misses a change")
def test_the_running_program_hears_of_a_removal_that_stopped_half_way(
    user: CliUser, qtbot: QtBot
) -> None:
    """It must not go on asking for the account."""
    user.set_accounts(user.account("a"))
    user.store_readings("a", (NOON, "1", "EUR"))
    let_go = lock_database(user.paths.history)
    instance = Instance(user.paths)
    assert instance.claim()
    calls = EventLog()
    instance.message_received.connect(calls.record)
    thread = threading.Thread(target=user.run, args=("account", "remove", "The a"))
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=20_000)
    let_go()
    instance.release()
    assert calls.events == ["reload"]


@pytest.mark.case("attack 9", "a reader moves a person's file")
@pytest.mark.parametrize("content", ["half a thought [", None])
def test_commands_that_read_change_no_settings(
    user: CliUser, content: str | None
) -> None:
    """Neither a broken file, nor what is left to be done, nor a temporary file."""
    step = UnfinishedStep(StepKind.REMOVE_HISTORY, "gone", "Gone")
    user.file.save(Config((user.account("a"),), unfinished=(step,)))
    if content is not None:
        user.paths.config.write_text(content)
    folder = user.paths.config.parent
    left = folder / ".config-left"
    left.touch()
    os.utime(left, (0, 0))
    before = {
        one.name: (one.read_bytes(), one.stat().st_mtime_ns) for one in folder.iterdir()
    }
    for words in ("check", "check --json", "history 'The a'", "account list"):
        user.run(*shlex.split(words))
    after = {
        one.name: (one.read_bytes(), one.stat().st_mtime_ns) for one in folder.iterdir()
    }
    assert after == before


@pytest.mark.case("attack 4", "a file that others may write is believed")
@pytest.mark.parametrize("part", ["file", "folder"])
def test_no_key_goes_where_another_user_may_have_led_it(
    user: CliUser, part: str
) -> None:
    """`check` says how to mend that, and asks no gateway."""
    user.set_accounts(user.account("a"))
    target = user.paths.config if part == "file" else user.paths.config.parent
    target.chmod(0o777)
    ran = user.run("check")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Others may write to the settings file.\n")
    assert ran.err.endswith(f"(chmod go-w {target})\n")
    assert user.gateway.requests == []
    assert user.run("account", "remove", "The a").code == 3
    assert user.run("account", "add", "X", "--key-stdin", stdin=KEY).code == 3


# --- the running program -------------------------------------------------------------


def test_the_running_program_reloads_after_changes(user: CliUser, qtbot: QtBot) -> None:
    """After adding and removing, but not after a failure."""
    instance = Instance(user.paths)
    assert instance.claim()
    calls, codes = EventLog(), list[int]()
    instance.message_received.connect(calls.record)

    def change() -> None:
        codes.extend(
            user.run("account", *words, stdin=KEY).code
            for words in (
                ("add", "Shop", "--key-stdin"),
                ("add", "Shop", "--key-stdin"),
                ("remove", "Shop"),
            )
        )

    thread = threading.Thread(target=change)
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=10_000)
    instance.release()
    assert codes == [0, 2, 0]
    assert calls.events == ["reload", "reload"]


def test_quit_without_a_running_program_succeeds(user: CliUser) -> None:
    """It prints a sentence."""
    assert user.run("--quit") == CommandResult(0, "Balance Tray is not running.\n", "")


@pytest.mark.parametrize("whose", ["own", "demo"])
def test_quit_ends_the_running_program(user: CliUser, qtbot: QtBot, whose: str) -> None:
    """The person's own, or else the demo."""
    paths = user.paths if whose == "own" else Paths.of_demo(user.folder)
    instance = Instance(paths)
    assert instance.claim()
    calls, answers = EventLog(), list[CommandResult]()
    instance.message_received.connect(calls.record)
    thread = threading.Thread(target=lambda: answers.append(user.run("--quit")))
    thread.start()
    qtbot.waitUntil(lambda: calls.events == ["quit"], timeout=10_000)
    instance.release()
    instance.deleteLater()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=10_000)
    assert answers == [CommandResult(0, "", "")]


def test_quit_reports_a_hanging_program_and_other_commands_work(
    user: CliUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has its process number and advice."""
    monkeypatch.setattr("trayapp.services.desktop.instance_client._TIMEOUT_S", 0.05)
    user.paths.runtime.mkdir(parents=True, exist_ok=True)
    user.paths.lock.write_text("4711\n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as hung:
        hung.bind(user.paths.socket)
        hung.listen()
        done = user.run("--quit")
        assert (done.code, done.out) == (1, "")
        assert "runs already, and does not answer" in done.err
        assert "(process 4711)" in done.err
        added = user.run("account", "add", "Shop", "--key-stdin", stdin=KEY)
        assert added == CommandResult(0, "", "")


# --- all of them ---------------------------------------------------------------------


def test_the_key_is_in_no_output_and_in_no_file(user: CliUser) -> None:
    """In any command and any failure."""
    said = [
        user.run("account", "add", "Shop", "--key-stdin", stdin=KEY),
        user.run("account", "add", "Other", "--key-stdin", stdin=REJECTED),
    ]
    moved = [
        replace(one, service=Service.CUSTOM, base_url=user.gateway.url)
        for one in user.accounts
    ]
    user.set_accounts(*moved)
    said += [
        user.run(*line.split())
        for line in (
            "account list",
            "check",
            "check --json",
            "--verbose check",
            "history Shop",
            "account remove Shop",
        )
    ]
    assert [one.code for one in said] == [0, 0, 0, 2, 2, 2, 0, 0]
    printed = "".join(one.out + one.err for one in said).encode()
    written = [file for file in user.folder.rglob("*") if file.is_file()]
    assert len(written) >= 2
    for text in (printed, *(file.read_bytes() for file in written)):
        assert KEY.encode() not in text
        assert REJECTED.encode() not in text


class _FullDisk(io.StringIO):
    """A standard output on a full disk, or one that nobody reads any longer."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self._error = error

    def flush(self) -> None:
        raise self._error


@pytest.mark.case("attack 6", "an exit code claims a state that was not measured")
@pytest.mark.parametrize("output", [("check",), ("check", "--json")])
@pytest.mark.parametrize("key", [GOOD, LOW, EMPTY])
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "Broken pipe"),
    ],
)
def test_check_that_cannot_write_its_output_is_unknown(
    user: CliUser,
    monkeypatch: pytest.MonkeyPatch,
    output: tuple[str, ...],
    key: str,
    error: OSError,
    reason: str,
) -> None:
    """Whatever the balance is, nothing was reported."""
    user.set_accounts(user.account("a", key))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", _FullDisk(error))
        result = user.run(*output)
    assert (result.code, result.err) == (3, f"balance-tray: {reason}\n")


@pytest.mark.case("attack 6", "an exit code claims a state that was not measured")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [("check", 3), ("account list", 1), ("history Shop", 1)],
)
def test_a_full_disk_has_one_line_and_the_commands_own_code(
    user: CliUser, arguments: str, code: int
) -> None:
    """The output is in a buffer, and the disk refuses it at the very end."""
    user.set_accounts(replace(user.account("a"), name="Shop"))
    user.store_readings("a", (NOON, "1", "EUR"))
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "trayapp", *arguments.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == code
    assert done.stderr == "balance-tray: No space left on device\n"


@pytest.mark.case("attack 6", "an exit code claims a state that was not measured")
@pytest.mark.parametrize(
    "error",
    [ZeroDivisionError(KEY), MemoryError(), RecursionError(), KeyringAbsent()],
    ids=repr,
)
@pytest.mark.parametrize(
    "place",
    [
        "trayapp.services.files.config_file.ConfigFile.load",
        "trayapp.services.files.config_file.ConfigFile.language",
        "trayapp.services.files.paths.Paths.of_user",
        "trayapp.cli.reports.HistoryService",
        "trayapp.cli.reports.line",
    ],
)
def test_an_unforeseen_failure_of_check_is_unknown(
    user: CliUser, monkeypatch: pytest.MonkeyPatch, place: str, error: Exception
) -> None:
    """1 would say that a balance is low; there is no traceback and no foreign text."""

    def fail(*_: object) -> None:
        raise error

    user.set_accounts(user.account("a", LOW))
    monkeypatch.setattr(place, fail)
    result = user.run("check")
    assert result.code == 3
    assert "Traceback" not in result.err
    assert KEY not in result.err
    if not isinstance(error, KeyringAbsent):  # that one has words of its own
        assert result.err.count("\n") == 1
        assert type(error).__name__ in result.err


@pytest.mark.case("attack 6", "an exit code claims a state that was not measured")
@pytest.mark.parametrize(
    ("arguments", "code"), [("check", 3), ("account list", 1), ("history Shop", 1)]
)
def test_a_command_that_cannot_be_imported_fails_with_one_line(
    user: CliUser, monkeypatch: pytest.MonkeyPatch, arguments: str, code: int
) -> None:
    """Such as after half an update of the program."""
    monkeypatch.setitem(sys.modules, "trayapp.cli.main", None)
    monkeypatch.delattr("trayapp.cli.main")
    result = user.run(*arguments.split())
    assert (result.code, result.out, result.err.count("\n")) == (code, "", 1)
    assert result.err.startswith("balance-tray: ModuleNotFoundError")


@pytest.mark.case("attack 6", "an exit code claims a state that was not measured")
@pytest.mark.parametrize("place", ["_forbid_core_dumps", "_parser"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError()], ids=repr)
def test_a_failure_before_the_command_is_read_has_its_exit_code(
    user: CliUser,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
    error: BaseException,
) -> None:
    """Ctrl+C may come at any time."""

    def fail() -> None:
        raise error

    def leave(code: int) -> None:
        raise SystemExit(code)

    user.set_accounts(user.account("a", LOW))
    monkeypatch.setattr(program, "_leave", leave)
    monkeypatch.setattr(program, "_forbid_core_dumps", lambda: None)
    monkeypatch.setattr(program, place, fail)
    monkeypatch.setattr(sys, "argv", ["balance-tray", "--verbose", "check"])
    with pytest.raises(SystemExit) as left:
        program.main()
    assert left.value.code == 3
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.case("attack 6", "an exit code claims a state that was not measured")
@pytest.mark.parametrize(
    "arguments", ["check --nonsense", "check --json=1", "--quit check", "--no check"]
)
def test_a_wrong_option_of_check_is_unknown(user: CliUser, arguments: str) -> None:
    """2 would say that an account is empty or its key rejected."""
    done = user.start_process(*arguments.split())
    assert (done.code, done.out) == (3, "")
    assert "usage: balance-tray" in done.err


@pytest.mark.parametrize("arguments", ["account check", "history", "--nonsense"])
def test_a_wrong_option_of_another_command_is_a_usage_error(
    user: CliUser, arguments: str
) -> None:
    """As usual: 2."""
    assert user.start_process(*arguments.split()).code == 2


@pytest.mark.case("attack 6", "an exit code claims a state that was not measured")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("check", CommandResult(3, "", "balance-tray: interrupted\n")),
        ("account list", CommandResult(130, "", "")),
        ("history Shop", CommandResult(130, "", "")),
    ],
)
def test_an_interrupted_command_ends_without_a_traceback(
    user: CliUser,
    monkeypatch: pytest.MonkeyPatch,
    arguments: str,
    expected: CommandResult,
) -> None:
    """As in shells, except that `check` has measured nothing."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ConfigFile, "load", interrupt)
    assert user.run(*arguments.split()) == expected


def test_a_demo_gateway_without_a_port_fails(user: CliUser) -> None:
    """With one sentence."""
    port = user.gateway.url.rsplit(":", 1)[1]
    ran = user.start_process("demo-gateway", "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert f"can't listen on port {port}" in ran.err
