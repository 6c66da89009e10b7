"""Commands without a screen: what they print, what they change, how they end."""

import contextlib
import csv
import io
import json
import locale
import logging
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.scripted_gateway import ScriptedGateway
from event_log import EventLog
from trayapp import __main__ as program
from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors import (
    BalanceTrayError,
    HistoryFull,
    KeyringAbsent,
    KeyringFailed,
)
from trayapp.core.settings import AlertKind, Settings
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
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PATIENCE_S = 10.0
FOLDERS = {
    "HOME": "home",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}


class Vault(MemoryVault):
    """A keyring that can be locked, or fail as the test wants."""

    def __init__(self, **keys: str) -> None:
        super().__init__(keys)
        self.locked = False
        self.error: type[BalanceTrayError] | None = None

    def is_locked(self) -> bool:
        """Say what the test wants, or fail."""
        if self.error is not None:
            raise self.error
        return self.locked

    def unlock(self) -> None:
        """Open, or fail."""
        if self.error is not None:
            raise self.error
        self.locked = False


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a command."""

    code: int
    out: str
    err: str


class Person:
    """Somebody at a terminal, with files, a keyring and a gateway of their own."""

    def __init__(
        self,
        folder: Path,
        gateway: ScriptedGateway,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.folder, self.gateway = folder, gateway
        self.vault = Vault()
        self.places = Paths.of_user()
        self.file = ConfigFile(self.places.config)
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

    def has(self, *accounts: Account) -> None:
        """Have these accounts set up."""
        self.file.save(Config(accounts))

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts that are set up."""
        return self.file.load().config.accounts

    def read(self, account_id: str, *readings: tuple[datetime, str, str]) -> None:
        """Have these readings in the history."""
        with HistoryStore(self.places.history) as history:
            for at, amount, unit in readings:
                balance = Balance(Decimal(amount), unit)
                history.write(KeepReading(account_id, Reading(balance, at)))

    def runs(self, *arguments: str, stdin: str | None = None) -> Ran:
        """Run a command in this process, up to its exit code."""

        def leave(code: int) -> None:
            raise SystemExit(code)

        with self._monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["balance-tray", *arguments])
            patch.setattr(sys, "stdin", io.StringIO(stdin) if stdin else None)
            patch.setattr(program, "_leave", leave)
            patch.setattr(program, "_forbid_core_dumps", lambda: None)
            with pytest.raises(SystemExit) as left:
                program.main()
        said = self._capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Ran(left.value.code, said.out, said.err)

    def starts(self, *arguments: str, stdin: str = "", **environment: str) -> Ran:
        """Run a command as a process of its own, where no keyring is."""
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
        return Ran(done.returncode, done.stdout, done.stderr)

    def checks(self, *names: str) -> tuple[int, list[dict[str, object]]]:
        """Run `check --json` and give its exit code and its list."""
        ran = self.runs("check", "--json", *names)
        assert ran.err == ""
        return ran.code, json.loads(ran.out)


@pytest.fixture
def person(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Person]:
    """Give somebody whose home is empty; their log and their locale are undone."""
    # Short: a socket's path has little room.
    folder = Path(tempfile.mkdtemp(prefix="bt-"))
    for name, part in FOLDERS.items():
        (folder / part).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(folder / part))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={folder}/no-bus")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    root, before = logging.getLogger(), locale.setlocale(locale.LC_ALL)
    level, handlers = root.level, root.handlers.copy()
    with ScriptedGateway() as gateway:
        for key, amount in ((GOOD, "50.0000"), (LOW, "9.9900"), (EMPTY, "0.0000")):
            gateway.set_balance(key, amount, "EUR")
        gateway.set_balance(KEY, "50.0000", "EUR")
        gateway.revoke(REJECTED)
        yield Person(folder, gateway, monkeypatch, capsys)
    locale.setlocale(locale.LC_ALL, before)
    root.setLevel(level)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
    shutil.rmtree(folder)


# --- languages -----------------------------------------------------------------------


def test_a_persons_language_is_the_terminals_or_the_one_they_chose(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words, its numbers, and its errors."""
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    person.has(person.account("low", LOW))
    spanish, catalan = catalog("es"), catalog("ca")
    said = person.runs("check").out
    assert "9,99 €" in said
    assert spanish.gettext("Low") in said
    unknown = "There is no account called {name}."
    assert person.runs("check", "x").err == (
        spanish.gettext(unknown).format(name="'x'") + "\n"
    )
    person.file.save(Config((), Settings(language="ca")))
    words = "No accounts yet: add one with `balance-tray account add NAME`."
    assert person.runs("account", "list").out == catalan.gettext(words) + "\n"


def test_what_programs_read_is_english_in_every_language(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script goes on working when a person chooses a language."""
    person.has(person.account("rejected", REJECTED), person.account("low", LOW))
    commands = (
        *(["check", "--json"], ["account", "list"]),
        *(["history", "The low", "--what", what] for what in ("movements", "months")),
    )

    def asked() -> list[str]:
        return [re.sub(r"T[0-9:.]+Z", "", person.runs(*one).out) for one in commands]

    english = asked()
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert asked() == english
    assert "The gateway rejects the API key" in english[0]


# --- check ---------------------------------------------------------------------------


def test_check_says_all_that_is_known_in_json(person: Person) -> None:
    """The fields that other programs rely on, the balance in the gateway's digits."""
    person.has(person.account("good", GOOD))
    before = datetime.now(UTC) - timedelta(seconds=1)
    code, (said,) = person.checks()
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
def test_check_ends_in_the_order_of_monitoring_plugins(
    person: Person,
    key: str | None,
    code: int,
    state: str,
    balance: str | None,
    error: str | None,
) -> None:
    """0 fine, 1 low, 2 empty or rejected, 3 unknown."""
    person.has(person.account("a", key))
    ended, (said,) = person.checks()
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


def test_check_says_when_the_gateway_cannot_be_reached(person: Person) -> None:
    """Nobody listens there."""
    person.has(person.account("a"))
    person.gateway.stop()
    code, (said,) = person.checks()
    assert (code, said["state"]) == (3, "unreachable")
    assert _error_id(said) == "no-connection"


def test_check_says_when_the_gateway_refuses(person: Person) -> None:
    """There is no such sub-account."""
    person.has(replace(person.account("a"), sub_account="nobody"))
    code, (said,) = person.checks()
    assert (code, said["state"]) == (3, "refused")
    assert _error_id(said) == "refused"


def test_check_says_when_the_keyring_is_locked_and_never_opens_it(
    person: Person,
) -> None:
    """It may run where nobody sees a question."""
    person.has(person.account("a"))
    person.vault.locked = True
    code, (said,) = person.checks()
    assert (code, said["state"], _error_id(said)) == (3, "locked", "keyring-locked")
    assert person.vault.locked
    assert person.gateway.requests == []


def test_check_says_when_there_is_no_keyring(person: Person) -> None:
    """That is not a missing key."""
    person.has(person.account("a"))
    person.vault.error = KeyringAbsent
    code, (said,) = person.checks()
    assert (code, said["state"], _error_id(said)) == (3, "locked", "keyring-absent")


def test_a_failure_does_not_hide_the_last_balance(person: Person) -> None:
    """It is told with its time, and the exit code is that of not knowing."""
    person.has(person.account("a"))
    person.read("a", (NOON, "12.5000", "EUR"))
    person.gateway.stop()
    code, (said,) = person.checks()
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
def test_of_several_accounts_the_gravest_decides(
    person: Person, keys: tuple[str | None, ...], code: int
) -> None:
    """In the order 2, 1, 3, 0."""
    person.has(*(person.account(f"a{n}", key) for n, key in enumerate(keys)))
    ended, said = person.checks()
    assert ended == code
    assert [one["id"] for one in said] == [f"a{n}" for n in range(len(keys))]


def test_check_asks_those_that_are_named(person: Person) -> None:
    """In the order in which they are named, however they are written."""
    person.has(*(person.account(one) for one in "abc"))
    code, said = person.checks("THE C", "The a")
    assert (code, [one["id"] for one in said]) == (0, ["c", "a"])
    assert len(person.gateway.requests) == 2


def test_check_of_an_unknown_account_asks_nobody(person: Person) -> None:
    """Not even the known one beside it."""
    person.has(person.account("a"))
    ran = person.runs("check", "The a", "The b")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "There is no account called 'The b'.\n"
    assert person.gateway.requests == []


def test_check_without_accounts_knows_nothing(person: Person) -> None:
    """And says how to get one."""
    ran = person.runs("check", "--json")
    assert (ran.code, ran.out) == (3, "")
    assert "balance-tray account add" in ran.err


@pytest.mark.parametrize("text", ["not toml [", "version = 99\n"])
def test_a_settings_file_that_cannot_be_used_is_no_empty_one(
    person: Person, text: str
) -> None:
    """Nothing is known then, and it is said why."""
    person.places.config.parent.mkdir()
    person.places.config.write_text(text)
    ran = person.runs("check")
    assert (ran.code, ran.out) == (3, "")
    assert "settings" in ran.err


def test_check_records_what_it_read(person: Person) -> None:
    """But not that anybody was told."""
    person.has(person.account("low", LOW))
    person.checks()
    with HistoryStore(person.places.history) as history:
        last = history.last("low")
        assert last is not None
        assert last.balance.digits == "9.9900"
        assert history.load() == StateCache()


def test_a_history_that_was_damaged_is_told_beside_the_balance(person: Person) -> None:
    """By the command that found it, and by no other after it."""
    person.has(person.account("a"))
    person.places.history.parent.mkdir(parents=True)
    person.places.history.write_bytes(b"damaged " * 1_000)
    ran = person.runs("check")
    assert ran.code == 0
    assert ran.err.startswith("The history was damaged.")
    assert person.runs("history", "The a").err == ""
    person.places.history.write_bytes(b"damaged " * 1_000)
    assert person.runs("history", "The a").err.startswith("The history was damaged.")


def test_a_history_that_cannot_be_opened_hides_no_balance(person: Person) -> None:
    """It is said on standard error alone."""
    person.has(person.account("good", GOOD))
    person.places.history.mkdir(parents=True)
    ran = person.runs("check", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)[0]["balance"] == "50.0000"
    assert "The history can't be kept." in ran.err


def test_a_history_that_cannot_be_written_hides_no_balance(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is on standard error, once, and the exit code is the balance's."""

    def full(*_: object) -> None:
        raise HistoryFull

    person.has(person.account("good", GOOD), person.account("other", GOOD))
    monkeypatch.setattr(HistoryStore, "write", full)
    ran = person.runs("check")
    assert ran.code == 0
    assert "€50.00" in ran.out
    assert ran.err.count("The disk is full") == 1


def test_check_speaks_to_people_too(person: Person) -> None:
    """One line an account, and for each problem what to do."""
    person.has(person.account("low", LOW), person.account("none", None))
    ran = person.runs("check")
    low, none, *more = ran.out.splitlines()
    assert low.startswith("The low: €9.99, Low, as of ")
    assert none == "The none: No key yet"
    assert more[0] == "    This account has no API key yet."
    assert all(line.startswith("    ") for line in more)
    assert (ran.code, ran.err) == (1, "")


def test_many_accounts_are_asked_side_by_side(person: Person) -> None:
    """Eight at once, though none is answered."""
    person.has(*(person.account(f"a{n}") for n in range(12)))
    person.gateway.hang(on=True)

    def let_go() -> None:
        try:
            person.gateway.wait_for_requests(8, PATIENCE_S)
        finally:
            person.gateway.hang(on=False)

    thread = threading.Thread(target=let_go)
    thread.start()
    code, said = person.checks()
    thread.join()
    assert (code, len(said)) == (0, 12)


def test_check_runs_as_a_process(person: Person) -> None:
    """Where there is no session, JSON and exit code are as anywhere."""
    person.has(person.account("a"))
    ran = person.starts("check", "--json")
    (said,) = json.loads(ran.out)
    assert (ran.code, said["state"], said["error"]["id"], ran.err) == (
        3,
        "locked",
        "keyring-absent",
        "",
    )


# --- history -------------------------------------------------------------------------


@pytest.fixture
def reader(person: Person) -> Person:
    """Give somebody with three readings of one account."""
    person.has(person.account("a"))
    person.read(
        "a",
        (NOON - timedelta(days=2), "350.1200", "EUR"),
        (NOON - timedelta(days=1), "349.0000", "EUR"),
        (NOON, "12", "CREDITS"),
    )
    return person


def test_history_is_csv(reader: Person) -> None:
    """The oldest first, every digit kept."""
    ran = reader.runs("history", "the a")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "at,balance,currency\n"
        "2026-11-21T12:00:00.000Z,350.1200,EUR\n"
        "2026-11-22T12:00:00.000Z,349.0000,EUR\n"
        "2026-11-23T12:00:00.000Z,12,CREDITS\n"
    )


def test_history_is_json_too(reader: Person) -> None:
    """The same rows."""
    ran = reader.runs("history", "The a", "--format", "json")
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
def test_history_since_a_day(reader: Person, since: str, count: int) -> None:
    """That moment and all after it."""
    ran = reader.runs("history", "The a", "--since", since)
    assert (ran.code, ran.out.count("\n")) == (0, count + 1)


@pytest.mark.parametrize(("zone", "count"), [("UTC", 2), ("UTC-13", 3)])
def test_a_day_begins_where_the_person_is(
    reader: Person, zone: str, count: int
) -> None:
    """In Auckland it began thirteen hours ago when it does in London."""
    ran = reader.starts("history", "The a", "--since", "2026-11-22", TZ=zone)
    assert (ran.code, ran.out.count("\n")) == (0, count + 1)


@pytest.mark.parametrize(
    "since",
    ["yesterday", "2026-13-01", "", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"],
)
def test_history_since_what_is_no_day(reader: Person, since: str) -> None:
    """It is said so, in one line."""
    ran = reader.runs("history", "The a", "--since", since)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"{since!r} is no date such as 2026-11-01.\n"


def test_history_of_an_unknown_account(reader: Person) -> None:
    """Unknown, as for `check`."""
    ran = reader.runs("history", "The b")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == "There is no account called 'The b'.\n"


def test_history_of_an_account_that_was_never_asked(person: Person) -> None:
    """A table without rows, and a list without entries."""
    person.has(person.account("a"))
    assert person.runs("history", "The a").out == "at,balance,currency\n"
    assert person.runs("history", "The a", "--format", "json").out == "[]\n"


@pytest.mark.parametrize("unit", ["=1+1", "+X", "-X", "@X"])
def test_a_spreadsheet_takes_no_unit_for_a_formula(person: Person, unit: str) -> None:
    """Somebody else chose that text; JSON has it as it is."""
    person.has(person.account("a"))
    person.read("a", (NOON, "-3", unit))
    (row,) = csv.DictReader(io.StringIO(person.runs("history", "The a").out))
    assert (row["balance"], row["currency"]) == ("-3", f"'{unit}")
    ran = person.runs("history", "The a", "--format", "json")
    assert json.loads(ran.out)[0]["currency"] == unit


def test_history_that_nobody_reads_to_the_end(person: Person) -> None:
    """`| head` is no error of ours."""
    person.has(person.account("a"))
    person.read("a", (NOON, "1", "EUR"))
    rows = [("a", second * 1_000, "349.0000", "EUR") for second in range(10_000)]
    with contextlib.closing(sqlite3.connect(person.places.history)) as database:
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


def test_an_account_is_added_with_its_key(person: Person) -> None:
    """The key in the keyring under the account's id, the rest in the file."""
    ran = person.runs(
        *("account", "add", "Shop", "--service", "custom", "--key-stdin"),
        *("--base-url", f"{person.gateway.url}/", "--sub-account", "shop"),
        *("--low", "25.50"),
        stdin=f"  {KEY}\nand a line more\n",
    )
    assert ran == Ran(0, "", "")
    (account,) = person.accounts
    assert account == Account(
        account.id,
        "Shop",
        Service.CUSTOM,
        person.gateway.url,
        "shop",
        Decimal("25.50"),
    )
    assert person.vault.get(account.id) == KEY


def test_an_account_needs_no_more_than_its_name(person: Person) -> None:
    """The rest is usual."""
    assert person.runs("account", "add", "Shop", "--key-stdin", stdin=KEY).code == 0
    (account,) = person.accounts
    assert account == Account(account.id, "Shop")


def test_accounts_and_settings_that_are_there_stay(person: Person) -> None:
    """The new one comes last."""
    settings = Settings(timedelta(hours=6), alert_kinds=frozenset({AlertKind.LOW}))
    first = person.account("a")
    person.file.save(Config((first,), settings))
    person.runs("account", "add", "Shop", "--key-stdin", stdin=KEY)
    config = person.file.load().config
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
            ["Shop", "--base-url", "https://sms.example"],
            "--base-url goes with --service custom.",
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
def test_an_account_that_cannot_be_is_not_asked_for_its_key(
    person: Person, arguments: list[str], sentence: str
) -> None:
    """Each mistake has its sentence, and nothing is stored."""
    person.has(person.account("a"))
    ran = person.runs("account", "add", *arguments)
    assert ran == Ran(2, "", f"{sentence}\n")
    assert [one.id for one in person.accounts] == ["a"]


def test_all_mistakes_are_told_at_once(person: Person) -> None:
    """One a line."""
    ran = person.runs("account", "add", "", "--low", "x")
    assert (ran.code, len(ran.err.splitlines())) == (2, 2)


@pytest.mark.parametrize(
    "typed", ["short", "with blanks inside", "clé-accentuée-1", "\n"]
)
def test_what_cannot_be_a_key_is_refused_unseen(person: Person, typed: str) -> None:
    """The sentence says what a key looks like and never what was typed."""
    ran = person.runs("account", "add", "Shop", "--key-stdin", stdin=typed)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("This is not an API key.\n")
    assert not typed.strip() or typed.strip() not in ran.err
    assert person.accounts == ()


def test_the_key_is_asked_for_unseen(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal, without an echo."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    asked: list[str] = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return KEY

    monkeypatch.setattr("getpass.getpass", getpass)
    monkeypatch.setattr(io, "StringIO", Terminal)
    ran = person.runs("account", "add", "Shop", stdin="never read")
    assert ran == Ran(0, "", "")
    assert asked == ["API key (not shown): "]
    assert person.vault.get(person.accounts[0].id) == KEY


@pytest.mark.parametrize("stdin", [None, KEY])
def test_without_a_terminal_the_key_must_be_piped_on_purpose(
    person: Person, stdin: str | None
) -> None:
    """It is not read from wherever standard input happens to come."""
    ran = person.runs("account", "add", "Shop", stdin=stdin)
    assert ran == Ran(
        2, "", "There is no terminal to ask for the key: use --key-stdin.\n"
    )
    assert person.accounts == ()


def test_a_keyring_that_fails_adds_nothing(person: Person) -> None:
    """And says so in its own words."""
    person.vault.error = KeyringAbsent
    ran = person.runs("account", "add", "Shop", "--key-stdin", stdin=KEY)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("There is no keyring on this desktop.\n")
    assert person.accounts == ()


def test_a_file_that_cannot_be_written_leaves_no_key(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is half added."""
    stored: list[str] = []
    put = MemoryVault.put

    def keep(self: MemoryVault, account_id: str, key: str) -> None:
        stored.append(account_id)
        put(self, account_id, key)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(MemoryVault, "put", keep)
    monkeypatch.setattr(os, "fsync", full)
    ran = person.runs("account", "add", "Shop", "--key-stdin", stdin=KEY)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("The settings can't be saved.\n")
    (account_id,) = stored
    assert person.vault.get(account_id) is None


def test_a_locked_keyring_is_opened_to_add_an_account(person: Person) -> None:
    """A person sits there and can type its password."""
    person.vault.locked = True
    assert person.runs("account", "add", "Shop", "--key-stdin", stdin=KEY).code == 0


def test_accounts_are_listed(person: Person) -> None:
    """Each with what sets it apart, and without its key."""
    person.has(
        Account("a", "Main", low_below=Decimal("12.50")),
        Account("b", "Reminders", Service.SMSPUBLI, sub_account="shop"),
        Account("c", "Other", Service.CUSTOM, "https://sms.example/api"),
    )
    ran = person.runs("account", "list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "NAME       SERVICE                  SUB-ACCOUNT  LOW BELOW\n"
        "Main       smsup                    -            12.50\n"
        "Reminders  smspubli                 shop         10\n"
        "Other      https://sms.example/api  -            10\n"
    )


def test_no_account_to_list(person: Person) -> None:
    """It says how to add one."""
    ran = person.runs("account", "list")
    assert ran.code == 0
    assert "balance-tray account add NAME" in ran.out


def test_a_name_that_the_terminal_cannot_write_is_no_fault(person: Person) -> None:
    """As in a pipe of an old encoding."""
    person.has(Account("a", "Ñandú €"))
    ran = person.starts("account", "list", PYTHONIOENCODING="ascii")
    assert (ran.code, ran.err) == (0, "")
    assert r"\xd1and\xfa \u20ac" in ran.out


def test_a_removed_account_leaves_nothing(person: Person) -> None:
    """Neither key nor history; the others keep theirs."""
    person.has(person.account("a"), person.account("b"))
    person.read("a", (NOON, "1", "EUR"))
    person.read("b", (NOON, "2", "EUR"))
    assert person.runs("account", "remove", "the A") == Ran(0, "", "")
    assert [one.id for one in person.accounts] == ["b"]
    assert (person.vault.get("a"), person.vault.get("b")) == (None, KEY)
    with HistoryStore(person.places.history) as history:
        assert history.last("a") is None
        assert history.last("b") is not None


def test_removing_an_unknown_account_changes_nothing(person: Person) -> None:
    """And fails."""
    person.has(person.account("a"))
    ran = person.runs("account", "remove", "The b")
    assert ran == Ran(1, "", "There is no account called 'The b'.\n")
    assert len(person.accounts) == 1


def test_a_keyring_that_fails_removes_nothing(person: Person) -> None:
    """A key without an account would stay for good."""
    person.has(person.account("a"))
    person.vault.error = KeyringFailed
    assert person.runs("account", "remove", "The a").code == 1
    assert len(person.accounts) == 1


# --- the running program -------------------------------------------------------------


def test_the_running_program_is_told_of_changes(person: Person, qtbot: QtBot) -> None:
    """After adding and after removing, and of nothing that failed."""
    instance = Instance(person.places)
    assert instance.claim()
    calls, codes = EventLog(), list[int]()
    instance.message_received.connect(calls.record)

    def change() -> None:
        codes.extend(
            person.runs("account", *words, stdin=KEY).code
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


def test_quitting_when_nothing_runs_is_no_failure(person: Person) -> None:
    """It is what was wanted."""
    assert person.runs("--quit") == Ran(0, "Balance Tray is not running.\n", "")


@pytest.mark.parametrize("whose", ["own", "demo"])
def test_quitting_ends_the_one_that_runs(
    person: Person, qtbot: QtBot, whose: str
) -> None:
    """The person's own, or else the demo."""
    places = person.places if whose == "own" else Paths.of_demo(person.folder)
    instance = Instance(places)
    assert instance.claim()
    calls, answers = EventLog(), list[Ran]()
    instance.message_received.connect(calls.record)
    thread = threading.Thread(target=lambda: answers.append(person.runs("--quit")))
    thread.start()
    qtbot.waitUntil(lambda: calls.events == ["quit"], timeout=10_000)
    instance.release()
    instance.deleteLater()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=10_000)
    assert answers == [Ran(0, "", "")]


def test_one_that_hangs_is_told_by_quitting_and_stops_no_other_command(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named by its number, and what to do with it; accounts are changed."""
    monkeypatch.setattr("trayapp.services.desktop.instance_client._TIMEOUT_S", 0.05)
    person.places.runtime.mkdir(parents=True, exist_ok=True)
    person.places.lock.write_text("4711\n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as hung:
        hung.bind(person.places.socket)
        hung.listen()
        done = person.runs("--quit")
        assert (done.code, done.out) == (1, "")
        assert "runs already, and does not answer" in done.err
        assert "(process 4711)" in done.err
        added = person.runs("account", "add", "Shop", "--key-stdin", stdin=KEY)
        assert added == Ran(0, "", "")


# --- all of them ---------------------------------------------------------------------


def test_the_key_is_in_no_output_and_in_no_file(person: Person) -> None:
    """Whatever is run, and whatever fails."""
    said = [
        person.runs("account", "add", "Shop", "--key-stdin", stdin=KEY),
        person.runs("account", "add", "Other", "--key-stdin", stdin=REJECTED),
    ]
    moved = [
        replace(one, service=Service.CUSTOM, base_url=person.gateway.url)
        for one in person.accounts
    ]
    person.has(*moved)
    said += [
        person.runs(*line.split())
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
    written = [file for file in person.folder.rglob("*") if file.is_file()]
    assert len(written) >= 2
    for text in (printed, *(file.read_bytes() for file in written)):
        assert KEY.encode() not in text
        assert REJECTED.encode() not in text


def test_a_command_that_is_interrupted_ends_as_one(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """130, as shells have it, and no traceback."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ConfigFile, "load", interrupt)
    assert person.runs("check") == Ran(130, "", "")


def test_a_demo_gateway_that_cannot_listen_says_so(person: Person) -> None:
    """In a sentence."""
    port = person.gateway.url.rsplit(":", 1)[1]
    ran = person.starts("demo-gateway", "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert f"can't listen on port {port}" in ran.err
