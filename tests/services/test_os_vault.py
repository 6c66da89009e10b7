"""The system's own keyring: used directly, and its exceptions told in our words.

A real Secret Service answers in the tests of the whole program.
"""

import contextlib
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from trayapp.core.errors import (
    BalanceTrayError,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
)
from trayapp.services.keychain import Vault
from trayapp.services.os_vault import os_vault

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="its library is installed on Linux alone"
)
secretstorage = pytest.importorskip("secretstorage")
jeepney = pytest.importorskip("jeepney")
wrappers = pytest.importorskip("jeepney.wrappers")
KEY = "made-up-key-0123456789"
CALLS: dict[str, Callable[[Vault], object]] = {
    "get": lambda vault: vault.get("a"),
    "put": lambda vault: vault.put("a", KEY),
    "remove": lambda vault: vault.remove("a"),
    "unlock": lambda vault: vault.unlock(),
}


class Connection:
    """A connection to the session bus that only counts."""

    open = 0

    def __init__(self) -> None:
        Connection.open += 1

    def close(self) -> None:
        """Close it."""
        Connection.open -= 1


class Collection:
    """The default collection, as the test wants it."""

    locked = False
    there = True

    def __init__(self, connection: Connection, path: str) -> None:
        assert isinstance(connection, Connection)
        assert path == "/org/freedesktop/secrets/aliases/default"
        if not self.there:
            raise secretstorage.exceptions.ItemNotFoundException

    def is_locked(self) -> bool:
        """Say what the test wants."""
        return self.locked


class Preferred:
    """What the backend gives as its collection."""

    def __init__(self) -> None:
        self.connection = Connection()


class Backend(KeyringBackend):
    """A backend class that keeps keys, or fails as the test wants."""

    kept: ClassVar[dict[tuple[str, str], str]] = {}
    calls: ClassVar[list[str]] = []
    error: ClassVar[Exception | None] = None

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if self.error is not None:
            raise self.error

    def get_password(self, service: str, username: str) -> str | None:
        """Give a key."""
        self._note("get")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a key."""
        self._note("set")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Remove a key."""
        self._note("delete")
        if self.kept.pop((service, username), None) is None:
            message = "No such password!"
            raise keyring.errors.PasswordDeleteError(message)

    def get_preferred_collection(self) -> Preferred:
        """Open the collection."""
        self._note("open")
        return Preferred()


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    """Give this system's vault over classes of the test."""
    for name, value in (("kept", {}), ("calls", []), ("error", None)):
        monkeypatch.setattr(Backend, name, value)
    monkeypatch.setattr(Connection, "open", 0)
    monkeypatch.setattr("keyring.backends.SecretService.Keyring", Backend)
    monkeypatch.setattr(secretstorage, "dbus_init", Connection)
    monkeypatch.setattr(secretstorage, "check_service_availability", lambda _: True)
    monkeypatch.setattr(secretstorage, "Collection", Collection)
    return os_vault()


def test_a_key_is_kept_under_our_service_and_the_accounts_id(vault: Vault) -> None:
    """Where a person finds it in the keyring's own program."""
    vault.put("a", KEY)
    assert Backend.kept == {("balance-tray", "a"): KEY}
    assert vault.get("a") == KEY
    vault.remove("a")
    assert vault.get("a") is None


def test_removing_a_key_that_is_not_there_is_as_good(vault: Vault) -> None:
    """What is wanted is that it is gone."""
    vault.remove("a")
    assert Backend.calls == ["delete"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (keyring.errors.KeyringLocked, KeyringDenied),
        (keyring.errors.InitError, KeyringAbsent),
        (keyring.errors.NoKeyringError, KeyringAbsent),
        (keyring.errors.PasswordSetError, KeyringFailed),
        (keyring.errors.KeyringError, KeyringFailed),
        (
            secretstorage.exceptions.SecretServiceNotAvailableException,
            KeyringAbsent,
        ),
        (secretstorage.exceptions.LockedException, KeyringLocked),
        (secretstorage.exceptions.PromptDismissedException, KeyringDenied),
        (secretstorage.exceptions.SecretStorageException, KeyringFailed),
        (FileNotFoundError, KeyringAbsent),
        (ConnectionResetError, KeyringAbsent),
    ],
)
@pytest.mark.parametrize("call", CALLS)
def test_each_exception_has_its_meaning_and_loses_its_text(
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    theirs: type[Exception],
    ours: type[BalanceTrayError],
) -> None:
    """Some quote what could not be stored."""
    monkeypatch.setattr(Backend, "error", theirs(f"could not store {KEY}"))
    with pytest.raises(ours) as raised:
        CALLS[call](vault)
    error = raised.value
    assert type(error) is ours
    assert error.__cause__ is None
    assert KEY not in f"{error!s}{error!r}{''.join(traceback.format_exception(error))}"


def test_a_bus_that_refuses_is_no_keyring(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where nothing can be started by its name."""
    address = jeepney.DBusAddress("/", "org.freedesktop.secrets")
    call = jeepney.new_method_call(address, "OpenSession")
    reply = jeepney.new_error(call, "org.freedesktop.DBus.Error.ServiceUnknown")
    monkeypatch.setattr(Backend, "error", wrappers.DBusErrorResponse(reply))
    with pytest.raises(KeyringAbsent):
        vault.get("a")


def test_an_exception_that_nobody_knows_is_not_explained_away(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keychain above makes a fault of it."""
    monkeypatch.setattr(Backend, "error", ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        vault.get("a")


def test_a_locked_collection_is_seen_without_opening_it(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backend itself would ask for the password."""
    assert not vault.is_locked()
    monkeypatch.setattr(Collection, "locked", True)
    assert vault.is_locked()
    assert Backend.calls == []


def test_where_there_is_no_collection_reading_makes_none(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backend would ask a person for a password for a new one."""
    monkeypatch.setattr(Collection, "there", False)
    assert not vault.is_locked()
    assert vault.get("a") is None
    vault.remove("a")
    assert Backend.calls == []


def test_no_service_is_told_as_no_keyring(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither locked nor empty."""
    monkeypatch.setattr(secretstorage, "check_service_availability", lambda _: False)
    for call in (vault.is_locked, lambda: vault.get("a"), lambda: vault.remove("a")):
        with pytest.raises(KeyringAbsent):
            call()
    assert Backend.calls == []


def test_a_keyring_that_comes_later_is_found(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing remembers that none was there at login."""
    monkeypatch.setattr(secretstorage, "check_service_availability", lambda _: False)
    with contextlib.suppress(KeyringAbsent):
        vault.is_locked()
    monkeypatch.setattr(secretstorage, "check_service_availability", lambda _: True)
    assert not vault.is_locked()


def test_every_connection_to_the_bus_is_closed(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that runs for months would run out of them."""
    vault.unlock()
    vault.get("a")
    monkeypatch.setattr(Collection, "there", False)
    vault.get("a")
    monkeypatch.setattr(secretstorage, "check_service_availability", lambda _: False)
    with contextlib.suppress(KeyringAbsent):
        vault.get("a")
    assert Connection.open == 0


HOSTILE = """
from keyring.backend import KeyringBackend
from pathlib import Path

class Plain(KeyringBackend):
    priority = 100

    def get_password(self, service, username):
        Path("taken").write_text("asked")
        return "from the hostile backend"

    def set_password(self, service, username, password):
        Path("taken").write_text(password)

    def delete_password(self, service, username):
        Path("taken").write_text("removed")
"""
USE = """
import sys
from trayapp.core.errors import KeyringAbsent
from trayapp.services.os_vault import os_vault

def tried(call, *args):
    try:
        return call(*args)
    except KeyringAbsent:
        return "absent"

vault, key = os_vault(), sys.argv[1]
print(tried(vault.put, "a", key), tried(vault.get, "a"), tried(vault.is_locked))
"""


@pytest.mark.parametrize("how", ["environment", "configuration", "neither"])
def test_nothing_around_chooses_another_keyring(tmp_path: Path, how: str) -> None:
    """Neither a variable, nor a file, nor a package of a high priority."""
    (tmp_path / "hostile.py").write_text(HOSTILE)
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "PYTHONPATH": str(tmp_path),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/no-bus",
    }
    if how == "environment":
        environment["PYTHON_KEYRING_BACKEND"] = "hostile.Plain"
    elif how == "configuration":
        folder = tmp_path / "python_keyring"
        folder.mkdir()
        (folder / "keyringrc.cfg").write_text(
            f"[backend]\ndefault-keyring=hostile.Plain\nkeyring-path={tmp_path}\n"
        )
    done = subprocess.run(
        [sys.executable, "-c", USE, KEY],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("absent absent absent\n", "")
    assert not (tmp_path / "taken").exists()
