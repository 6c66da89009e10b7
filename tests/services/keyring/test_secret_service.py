"""The Secret Service in every mood: told apart, never waited for in vain."""

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

from fake_secrets import FAILED, FakeSecrets
from private_bus import private_bus
from tally import FAULTS, Tally
from trayapp.core.errors import (
    BalanceTrayError,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringSlow,
)
from trayapp.services.keyring import secret_service
from trayapp.services.keyring.secret_service import SecretServiceVault

KEY = "made-up-key-0123456789"
PATIENCE_S = 10.0
CALLS: dict[str, Callable[[SecretServiceVault], object]] = {
    "look": SecretServiceVault.is_locked,
    "get": lambda vault: vault.get("a"),
    "put": lambda vault: vault.put("a", KEY),
    "remove": lambda vault: vault.remove("a"),
    "unlock": SecretServiceVault.unlock,
}


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run a session bus without any keyring."""
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def service(bus: str) -> Iterator[FakeSecrets]:
    """Run a keyring with one key."""
    with FakeSecrets(bus, {"a": KEY}) as started:
        yield started


@pytest.fixture
def vault() -> SecretServiceVault:
    """Give the vault under test."""
    return SecretServiceVault()


def on_thread(call: Callable[[], object]) -> Future[object]:
    """Make a call that blocks until the test lets it go on."""
    answer: Future[object] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BalanceTrayError as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer


def failure(call: Callable[[], object]) -> BalanceTrayError:
    """Make a call that fails, and give its error, which holds nothing foreign."""
    with pytest.raises(BalanceTrayError) as raised:
        call()
    assert raised.value.__cause__ is None
    return raised.value


@pytest.mark.usefixtures("service")
def test_a_key_is_kept_replaced_and_removed(vault: SecretServiceVault) -> None:
    """What every keyring is for."""
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
def test_no_service_is_told_as_no_keyring(
    vault: SecretServiceVault, call: Callable[[SecretServiceVault], object]
) -> None:
    """It is neither locked nor empty."""
    assert type(failure(lambda: call(vault))) is KeyringAbsent


@pytest.mark.parametrize(
    "address", ["unix:path=/nonexistent/bus", "", "nonsense", None]
)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_bus_is_told_as_no_keyring(
    monkeypatch: pytest.MonkeyPatch,
    vault: SecretServiceVault,
    call: Callable[[SecretServiceVault], object],
    address: str | None,
) -> None:
    """As on a machine without a desktop, or after its session has ended."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert type(failure(lambda: call(vault))) is KeyringAbsent


def test_a_keyring_that_comes_later_is_found(
    bus: str, vault: SecretServiceVault
) -> None:
    """Nothing remembers that none was there at login."""
    failure(vault.is_locked)
    with FakeSecrets(bus, {"a": KEY}):
        assert not vault.is_locked()
        assert vault.get("a") == KEY
    assert type(failure(lambda: vault.get("a"))) is KeyringAbsent


@pytest.mark.parametrize("call", ["get", "put", "remove"])
def test_a_locked_keyring_is_told_without_a_question(
    service: FakeSecrets, vault: SecretServiceVault, call: str
) -> None:
    """Also where it was locked after it had been looked at."""
    service.locked = True
    assert vault.is_locked()
    assert type(failure(lambda: CALLS[call](vault))) is KeyringLocked
    assert {"Unlock", "Prompt", "CreateItem", "Delete"}.isdisjoint(service.calls)


def test_where_there_is_no_collection_nothing_is_missing(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """KeePassXC without an open database looks so; a reading makes no collection."""
    service.has_collection = False
    assert vault.is_locked()
    for call in ("get", "put", "remove"):
        assert type(failure(partial(CALLS[call], vault))) is KeyringLocked
    assert "CreateCollection" not in service.calls


def test_unlocking_makes_a_collection_where_there_is_none(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """A person is asked for the password of the new one."""
    service.has_collection = False
    unlocked = on_thread(vault.unlock)
    service.wait_for_prompt()
    service.has_collection = True
    service.close_prompt(dismissed=True)
    assert isinstance(unlocked.exception(PATIENCE_S), KeyringDenied)


@pytest.mark.parametrize("dismissed", [False, True])
def test_the_question_for_the_password_has_two_answers(
    service: FakeSecrets, vault: SecretServiceVault, *, dismissed: bool
) -> None:
    """Open, or told as denied; and it waits longer than any call may take."""
    service.locked = True
    unlocked = on_thread(vault.unlock)
    service.wait_for_prompt()
    assert not unlocked.done()
    service.close_prompt(dismissed=dismissed)
    error = unlocked.exception(PATIENCE_S)
    assert (type(error) is KeyringDenied) is dismissed
    assert vault.is_locked() is dismissed


def test_a_prompt_outlasts_the_patience_for_a_call(
    service: FakeSecrets,
    vault: SecretServiceVault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A person may look for the password as long as they want."""
    monkeypatch.setattr(secret_service, "_REPLY_S", 0.05)
    service.locked = True
    unlocked = on_thread(vault.unlock)
    service.wait_for_prompt()
    with pytest.raises(TimeoutError):
        unlocked.exception(0.3)
    service.close_prompt(dismissed=False)
    assert unlocked.exception(PATIENCE_S) is None


def test_a_keyring_that_dies_while_it_asks_ends_the_waiting(
    bus: str, service: FakeSecrets, vault: SecretServiceVault, tally: Tally
) -> None:
    """Its prompt is gone, so nobody will answer it; the next one is asked anew."""
    service.locked = True
    unlocked = on_thread(vault.unlock)
    service.wait_for_prompt()
    service.die()
    assert isinstance(unlocked.exception(PATIENCE_S), KeyringAbsent)
    tally.add(FAULTS)
    with FakeSecrets(bus) as other:
        other.locked = True
        again = on_thread(vault.unlock)
        other.wait_for_prompt()
        other.close_prompt(dismissed=False)
        assert again.exception(PATIENCE_S) is None


def test_an_entry_that_asks_by_itself_is_asked_where_it_is_read(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """KeePassXC allows an entry to a connection, not to a program."""
    service.asks_for_each = True
    for dismissed in (True, False):
        read = on_thread(lambda: vault.get("a"))
        service.wait_for_prompt(2 - dismissed)
        service.close_prompt(dismissed=dismissed)
        if dismissed:
            assert isinstance(read.exception(PATIENCE_S), KeyringDenied)
        else:
            assert read.result(PATIENCE_S) == KEY


@pytest.mark.parametrize(
    ("call", "method"),
    [
        ("look", "Label"),
        ("look", "Locked"),
        ("get", "SearchItems"),
        ("get", "OpenSession"),
        ("get", "GetSecret"),
        ("put", "OpenSession"),
        ("put", "CreateItem"),
        ("remove", "Delete"),
        ("unlock", "Unlock"),
        ("unlock", "Prompt"),
    ],
)
@pytest.mark.parametrize("how", ["dies", "hangs", "refuses", "denies"])
def test_whatever_goes_wrong_in_whichever_call_has_its_name(
    service: FakeSecrets,
    vault: SecretServiceVault,
    monkeypatch: pytest.MonkeyPatch,
    tally: Tally,
    how: str,
    call: str,
    method: str,
) -> None:
    """A crash, a hang, a full disk and a sandbox are four different things."""
    service.locked = call == "unlock"
    expected: type[BalanceTrayError]
    match how:
        case "dies":
            service.dies_on, expected = method, KeyringAbsent
        case "hangs":
            monkeypatch.setattr(secret_service, "_REPLY_S", 0.1)
            service.hangs_on, expected = {method}, KeyringSlow
        case "refuses":
            service.refuses[method], expected = FAILED, KeyringFailed
        case _:
            service.refuses[method] = "org.freedesktop.DBus.Error.AccessDenied"
            expected = KeyringDenied
    assert type(failure(lambda: CALLS[call](vault))) is expected
    assert service.keys == {"a": KEY}
    tally.add(FAULTS)


def test_what_is_no_text_is_told_without_repeating_it(
    service: FakeSecrets, vault: SecretServiceVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's own exception would hold all of it."""
    monkeypatch.setattr(
        "secretstorage.Item.get_secret", lambda _: f"{KEY}\xff".encode("latin-1")
    )
    assert service.keys
    error = failure(lambda: vault.get("a"))
    assert (type(error), error.detail) == (KeyringFailed, "UnicodeDecodeError")
    assert error.__context__ is None


@pytest.mark.usefixtures("service")
def test_every_connection_to_the_bus_is_closed(
    service: FakeSecrets, vault: SecretServiceVault
) -> None:
    """A program that runs for months would run out of them."""
    before = open_files()
    for _ in range(3):
        service.locked = False
        vault.get("a")
        vault.put("a", KEY)
        service.locked = True
        failure(lambda: vault.get("a"))
        vault.is_locked()
        prompts = service.prompts
        unlocked = on_thread(vault.unlock)
        service.wait_for_prompt(prompts + 1)
        service.close_prompt(dismissed=True)
        unlocked.exception(PATIENCE_S)
        service.refuses["Label"] = FAILED
        failure(lambda: vault.get("a"))
        service.refuses.clear()
    assert open_files() <= before


def open_files() -> int:
    """Count this process's open files."""
    return len(list(Path("/proc/self/fd").iterdir()))
