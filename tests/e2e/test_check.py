"""`check` against a real keyring: what scripts and monitoring get to see."""

import json
import re
import socket
import subprocess

import pytest

from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from sessions.program import Program

pytestmark = pytest.mark.e2e

FIELDS = [
    "account",
    "id",
    "state",
    "balance",
    "currency",
    "as_of",
    "low_below",
    "error",
]


def read(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """Give the one account of a JSON answer, its fields in order."""
    (account,) = json.loads(done.stdout)
    assert list(account) == FIELDS
    return dict(account)


def nobody_listens() -> str:
    """Give an address of this computer where nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("amount", "state", "code"),
    [("350.1200", "ok", 0), ("4.5000", "low", 1), ("0.0000", "empty", 2)],
)
def test_a_balance_is_printed_with_its_state(
    program: Program,
    gateway: ScriptedGateway,
    key: str,
    amount: str,
    state: str,
    code: int,
) -> None:
    """Fine, low and empty differ in state and exit code; the digits are as sent."""
    gateway.set_balance(key, amount, "EUR")
    program.add_account("Shop", gateway.url, key)
    done = program.run("check", "--json")
    account = read(done)
    assert done.returncode == code
    assert (account["state"], account["balance"]) == (state, amount)
    assert (account["currency"], account["low_below"]) == ("EUR", "10")
    assert account["error"] is None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]{12}Z", str(account["as_of"]))


def test_a_rejected_key_keeps_the_last_balance(
    program: Program, gateway: ScriptedGateway, key: str
) -> None:
    """The error is told, and what was known before with its time."""
    program.add_account("Shop", gateway.url, key)
    before = read(program.run("check", "--json"))
    gateway.revoke(key)
    done = program.run("check", "--json", "Shop")
    account = read(done)
    error = account["error"]
    assert (done.returncode, account["state"]) == (2, "unauthorized")
    assert (account["balance"], account["as_of"]) == ("350.1200", before["as_of"])
    assert isinstance(error, dict)
    assert list(error) == ["id", "title", "advice"]
    assert error["id"] == "unauthorized"


def test_an_unreachable_gateway_is_unknown(program: Program, key: str) -> None:
    """Nobody listens: that says nothing about the balance."""
    program.add_account("Shop", nobody_listens(), key)
    done = program.run("check", "--json")
    account = read(done)
    assert (done.returncode, account["state"]) == (3, "unreachable")
    assert (account["balance"], account["as_of"]) == (None, None)


def test_a_locked_keyring_is_unknown_and_asks_nobody(
    program: Program, desktop: Desktop, gateway: ScriptedGateway, key: str
) -> None:
    """A timer's job does not hang at a password prompt."""
    program.add_account("Shop", gateway.url, key)
    desktop.lock_keyring()
    done = program.run("check", "--json")
    account = read(done)
    assert (done.returncode, account["state"]) == (3, "locked")
    assert "keyring-locked" in str(account["error"])
    assert not desktop.has_name("org.gnome.keyring.SystemPrompter")
    assert gateway.requests == []


def test_what_check_read_is_in_the_history(
    program: Program, gateway: ScriptedGateway, key: str
) -> None:
    """The command line and the program share one history."""
    program.add_account("Shop", gateway.url, key)
    program.run("check")
    gateway.set_balance(key, "349.0000", "EUR")
    program.run("check")
    rows = program.run("history", "Shop").stdout.splitlines()
    assert rows[0] == "at,balance,currency"
    assert [row.split(",")[1:] for row in rows[1:]] == [
        ["350.1200", "EUR"],
        ["349.0000", "EUR"],
    ]


def test_a_removed_account_takes_its_key_along(
    program: Program, desktop: Desktop, gateway: ScriptedGateway, key: str
) -> None:
    """Neither settings nor keyring nor history keep anything of it."""
    program.add_account("Shop", gateway.url, key)
    program.run("check")
    assert program.stored_key() == key
    assert program.run("account", "remove", "shop").returncode == 0
    found = desktop.run(["secret-tool", "search", "--all", "service", "balance-tray"])
    assert key not in found.stdout
    assert "username" not in found.stdout
    assert program.run("account", "list").stdout.startswith("No accounts yet")
