"""The Secret Service vault: each fault has its error, and no call waits for ever."""

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from buses.fake_secrets import FAILED, FakeCollection, FakeSecrets
from buses.private_bus import private_bus
from tally import FAULTS, Tally
from trayapp.core.errors import (
    BalanceTrayError,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringSlow,
    SessionBusAbsent,
)
from trayapp.services.desktop import session_bus
from trayapp.services.keyring import secret_service_connection
from trayapp.services.keyring.secret_service import SecretServiceVault

KEY = "made-up-key-0123456789"
TIMEOUT_S = 10.0
WRITES = {"Unlock", "Prompt", "CreateItem", "SetSecret", "Delete"}
ELSEWHERE = pytest.mark.case(
    "5", "a thing looked up by its place instead of its attributes"
)


def unlock(vault: SecretServiceVault, *account_ids: str, writing: bool = False) -> None:
    """Unlock what the keys of these accounts need, by default those of `a`."""
    vault.unlock(account_ids or ["a"], writing=writing)


CALLS: dict[str, Callable[[SecretServiceVault], object]] = {
    "is_locked": SecretServiceVault.is_locked,
    "get": lambda vault: vault.get("a"),
    "put": lambda vault: vault.put("a", KEY),
    "remove": lambda vault: vault.remove("a"),
    "put new": lambda vault: vault.put("b", KEY),
    "unlock": unlock,
}


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run a session bus without a keyring."""
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def service(bus: str) -> Iterator[FakeSecrets]:
    """Run a keyring that holds one key."""
    with FakeSecrets(bus, {"a": KEY}) as started:
        yield started


@pytest.fixture
def vault() -> SecretServiceVault:
    """Make the vault under test."""
    return SecretServiceVault()


def on_thread(call: Callable[[], object]) -> Future[object]:
    """Run a blocking call on a thread of its own."""
    future: Future[object] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BalanceTrayError as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def failure(call: Callable[[], object]) -> BalanceTrayError:
    """Run a call that fails, and return its error, which has no foreign cause."""
    with pytest.raises(BalanceTrayError) as raised:
        call()
    assert raised.value.__cause__ is None
    return raised.value


@pytest.mark.usefixtures("service")
def test_a_key_is_stored_replaced_and_removed(vault: SecretServiceVault) -> None:
    """Removing it twice is no error."""
    assert vault.get("a") == KEY
    assert vault.get("b") is None
    vault.put("b", "another-made-up-key")
    vault.put("b", KEY)
    assert vault.get("b") == KEY
    vault.remove("b")
    vault.remove("b")
    assert vault.get("b") is None


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_without_a_service_the_keyring_is_absent(
    vault: SecretServiceVault, call: Callable[[SecretServiceVault], object]
) -> None:
    """It is neither locked nor empty then."""
    assert type(failure(lambda: call(vault))) is KeyringAbsent


@pytest.mark.case("1", "a session's service found by a variable alone")
@pytest.mark.parametrize(
    "address", ["unix:path=/nonexistent/bus", "", "nonsense", None]
)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_without_a_bus_the_error_says_that(
    monkeypatch: pytest.MonkeyPatch,
    vault: SecretServiceVault,
    call: Callable[[SecretServiceVault], object],
    address: str | None,
) -> None:
    """A server has no bus, and neither has a session that has ended."""
    monkeypatch.setattr(session_bus, "_USERS", "/nonexistent")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nonexistent")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert type(failure(lambda: call(vault))) is SessionBusAbsent


def test_a_keyring_that_starts_later_is_found(
    bus: str, vault: SecretServiceVault
) -> None:
    """No call remembers that there was none at login."""
    failure(vault.is_locked)
    with FakeSecrets(bus, {"a": KEY}):
        assert not vault.is_locked()
        assert vault.get("a") == KEY
    assert type(failure(lambda: vault.get("a"))) is KeyringAbsent


@pytest.mark.parametrize("call", ["get", "put", "remove"])
def test_a_locked_keyring_shows_no_prompt(
    service: FakeSecrets, vault: SecretServiceVault, call: str
) -> None:
    """It may have been locked after `is_locked` was called."""
    service.locked = True
    assert vault.is_locked()
    assert type(failure(lambda: CALLS[call](vault))) is KeyringLocked
    assert WRITES.isdisjoint(service.calls)


def test_without_a_collection_the_keyring_is_locked(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """KeePassXC without an open database has none, and reading creates none."""
    service.has_collection = False
    assert vault.is_locked()
    for call in ("get", "put", "remove"):
        assert type(failure(partial(CALLS[call], vault))) is KeyringLocked
    assert "CreateCollection" not in service.calls


def test_unlocking_creates_a_missing_collection(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """The keyring prompts for the password of the new one."""
    service.has_collection = False
    unlocked = on_thread(lambda: unlock(vault))
    service.wait_for_prompt()
    service.has_collection = True
    service.close_prompt(dismissed=True)
    assert isinstance(unlocked.exception(TIMEOUT_S), KeyringDenied)


@ELSEWHERE
@pytest.mark.parametrize("is_default_locked", [False, True])
def test_a_key_outside_the_default_collection_is_found(
    service: FakeSecrets, vault: SecretServiceVault, *, is_default_locked: bool
) -> None:
    """Somebody made another keyring the default one, open or locked."""
    service.others["new"] = FakeCollection(locked=is_default_locked)
    service.default = "new"
    assert vault.get("a") == KEY
    vault.put("a", "another-made-up-key")
    assert service.keys == {"a": "another-made-up-key"}
    assert service.others["new"].keys == {}
    unlock(vault, "a", writing=True)
    vault.remove("a")
    assert service.keys == {}
    assert service.prompts == 0


@ELSEWHERE
def test_a_new_key_goes_to_the_default_collection(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """That is where the person looks for it."""
    service.others["new"] = FakeCollection()
    service.default = "new"
    vault.put("b", KEY)
    assert service.others["new"].keys == {"b": KEY}


@ELSEWHERE
def test_of_several_copies_the_newest_is_read_and_all_are_replaced(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """An older version of the program may have stored the second one."""
    other = service.others["other"] = FakeCollection({"a": "newer-key"}, modified=2)
    assert vault.get("a") == "newer-key"
    vault.put("a", "newest-key")
    assert (service.keys, other.keys) == ({}, {"a": "newest-key"})


@ELSEWHERE
def test_an_old_copy_that_stays_does_not_stop_a_new_key(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """The newest one is read anyway."""
    service.others["other"] = FakeCollection({"a": "newer-key"}, modified=2)
    service.refuses["Delete"] = FAILED
    vault.put("a", "newest-key")
    assert vault.get("a") == "newest-key"


@ELSEWHERE
def test_every_copy_is_removed_and_one_that_stays_is_told(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """What is open is removed even if another copy is locked."""
    other = service.others["other"] = FakeCollection({"a": KEY}, locked=True)
    assert type(failure(lambda: vault.remove("a"))) is KeyringLocked
    assert (service.keys, other.keys) == ({}, {"a": KEY})
    other.locked = False
    service.keys["a"] = KEY
    vault.remove("a")
    assert (service.keys, other.keys) == ({}, {})


@ELSEWHERE
def test_a_removal_that_removes_nothing_is_told(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """The keyring says that it did, and did not."""
    service.keeps_deleted = True
    assert type(failure(lambda: vault.remove("a"))) is KeyringFailed


@ELSEWHERE
def test_a_key_in_a_locked_collection_is_locked_and_a_missing_one_missing(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """GNOME Keyring shows what a locked collection holds, so no prompt is needed."""
    service.others["other"] = FakeCollection({"b": KEY}, locked=True)
    for call in (vault.get, vault.remove, lambda one: vault.put(one, KEY)):
        assert type(failure(partial(call, "b"))) is KeyringLocked
    assert vault.get("c") is None
    assert WRITES.isdisjoint(service.calls)
    unlocked = on_thread(lambda: unlock(vault, "b"))
    service.wait_for_prompt()
    service.close_prompt(dismissed=False)
    assert unlocked.exception(TIMEOUT_S) is None
    assert vault.get("b") == KEY


@ELSEWHERE
def test_a_locked_database_that_shows_nothing_may_hold_the_key(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """KeePassXC would prompt if such a database were searched."""
    hidden = FakeCollection({"b": KEY}, locked=True, hides_entries=True)
    service.others["other"] = hidden
    assert type(failure(lambda: vault.get("b"))) is KeyringLocked
    assert type(failure(lambda: vault.remove("b"))) is KeyringLocked
    assert vault.get("a") == KEY
    vault.remove("a")
    vault.put("c", KEY)
    unlock(vault, "d", writing=True)
    assert service.prompts == 0
    unlocked = on_thread(lambda: unlock(vault, "b"))
    service.wait_for_prompt()
    service.close_prompt(dismissed=False)
    assert unlocked.exception(TIMEOUT_S) is None
    assert vault.get("b") == KEY


@pytest.mark.parametrize("dismissed", [False, True])
def test_a_prompt_ends_with_a_password_or_is_dismissed(
    service: FakeSecrets, vault: SecretServiceVault, *, dismissed: bool
) -> None:
    """A dismissed prompt is `KeyringDenied`."""
    service.locked = True
    unlocked = on_thread(lambda: unlock(vault))
    service.wait_for_prompt()
    assert not unlocked.done()
    service.close_prompt(dismissed=dismissed)
    error = unlocked.exception(TIMEOUT_S)
    assert (type(error) is KeyringDenied) is dismissed
    assert vault.is_locked() is dismissed


def test_a_prompt_has_no_time_limit(
    service: FakeSecrets,
    vault: SecretServiceVault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limit for calls does not end it."""
    monkeypatch.setattr(secret_service_connection, "_REPLY_S", 0.05)
    service.locked = True
    unlocked = on_thread(lambda: unlock(vault))
    service.wait_for_prompt()
    with pytest.raises(TimeoutError):
        unlocked.exception(0.3)
    service.close_prompt(dismissed=False)
    assert unlocked.exception(TIMEOUT_S) is None


def test_a_keyring_that_dies_during_a_prompt_ends_the_call(
    bus: str, service: FakeSecrets, vault: SecretServiceVault, tally: Tally
) -> None:
    """Its prompt is gone; a new keyring shows a new prompt."""
    service.locked = True
    unlocked = on_thread(lambda: unlock(vault))
    service.wait_for_prompt()
    service.die()
    assert isinstance(unlocked.exception(TIMEOUT_S), KeyringAbsent)
    tally.add(FAULTS)
    with FakeSecrets(bus) as new_service:
        new_service.locked = True
        unlocked = on_thread(lambda: unlock(vault))
        new_service.wait_for_prompt()
        new_service.close_prompt(dismissed=False)
        assert unlocked.exception(TIMEOUT_S) is None


def test_a_locked_entry_prompts_on_the_connection_that_reads_it(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """KeePassXC unlocks an entry for one connection, not for a program."""
    service.locks_entries = True
    for dismissed in (True, False):
        read = on_thread(lambda: vault.get("a"))
        service.wait_for_prompt(2 - dismissed)
        service.close_prompt(dismissed=dismissed)
        if dismissed:
            assert isinstance(read.exception(TIMEOUT_S), KeyringDenied)
        else:
            assert read.result(TIMEOUT_S) == KEY


@pytest.mark.parametrize(
    ("call", "method"),
    [
        ("is_locked", "Label"),
        ("is_locked", "Locked"),
        ("get", "SearchItems"),
        ("get", "OpenSession"),
        ("get", "GetSecret"),
        ("put", "OpenSession"),
        ("get", "Collections"),
        ("get", "Modified"),
        ("put", "SetSecret"),
        ("put new", "CreateItem"),
        ("remove", "Delete"),
        ("unlock", "Unlock"),
        ("unlock", "Prompt"),
    ],
)
@pytest.mark.parametrize("fault", ["dies", "hangs", "refuses", "denies"])
def test_each_fault_in_each_call_has_its_error(
    service: FakeSecrets,
    vault: SecretServiceVault,
    monkeypatch: pytest.MonkeyPatch,
    tally: Tally,
    fault: str,
    call: str,
    method: str,
) -> None:
    """A crash, a hang, a full disk and a sandbox have four different errors."""
    service.locked = call == "unlock"
    expected: type[BalanceTrayError]
    match fault:
        case "dies":
            service.dies_on, expected = method, KeyringAbsent
        case "hangs":
            monkeypatch.setattr(secret_service_connection, "_REPLY_S", 0.1)
            service.hangs_on, expected = {method}, KeyringSlow
        case "refuses":
            service.refuses[method], expected = FAILED, KeyringFailed
        case _:
            service.refuses[method] = "org.freedesktop.DBus.Error.AccessDenied"
            expected = KeyringDenied
    assert type(failure(lambda: CALLS[call](vault))) is expected
    assert service.keys == {"a": KEY}
    tally.add(FAULTS)


@pytest.mark.case("part 4", "another desktop's keyring")
def test_a_wallet_that_the_login_opened_is_not_locked(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """KWallet calls its collection locked until a program unlocks it."""
    service.locked = service.is_wallet_open = True
    assert not vault.is_locked()
    assert vault.get("a") == KEY
    assert service.prompts == 0


@pytest.mark.case("part 4", "another desktop's keyring")
def test_a_keyring_that_cannot_encrypt_gets_plain_text(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """KWallet replies so without a library that Debian does not install with it."""
    service.no_encryption = "org.freedesktop.DBus.Error.InvalidArgs"
    assert vault.get("a") == KEY
    vault.put("a", "another-made-up-key")
    vault.put("b", KEY)
    assert service.keys == {"a": "another-made-up-key", "b": KEY}


def test_an_undecodable_key_is_not_quoted(
    service: FakeSecrets, vault: SecretServiceVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's own exception holds all of its bytes."""
    monkeypatch.setattr(
        "secretstorage.Item.get_secret", lambda _: f"{KEY}\xff".encode("latin-1")
    )
    assert service.keys
    error = failure(lambda: vault.get("a"))
    assert (type(error), error.detail) == (KeyringFailed, "UnicodeDecodeError")
    assert error.__context__ is None


@pytest.mark.usefixtures("service")
def test_each_connection_to_the_bus_is_closed(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """Otherwise a program that runs for months would exhaust them."""
    before = open_files()
    for _ in range(3):
        service.locked = False
        vault.get("a")
        vault.put("a", KEY)
        service.locked = True
        failure(lambda: vault.get("a"))
        vault.is_locked()
        prompts = service.prompts
        unlocked = on_thread(lambda: unlock(vault))
        service.wait_for_prompt(prompts + 1)
        service.close_prompt(dismissed=True)
        unlocked.exception(TIMEOUT_S)
        service.refuses["Label"] = FAILED
        failure(lambda: vault.get("a"))
        service.refuses.clear()
    assert open_files() <= before


def open_files() -> int:
    """Count the open files of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))
