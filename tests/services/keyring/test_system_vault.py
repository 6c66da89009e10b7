"""The system's own keyring: used directly, and its exceptions told in our words."""

import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
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
)
from trayapp.services.keyring.keychain import Vault
from trayapp.services.keyring.system_vault import BackendVault

KEY = "made-up-key-0123456789"
CALLS: dict[str, Callable[[Vault], object]] = {
    "get": lambda vault: vault.get("a"),
    "put": lambda vault: vault.put("a", KEY),
    "remove": lambda vault: vault.remove("a"),
}


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


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    """Give what Windows and macOS use, over a class of the test."""
    for name, value in (("kept", {}), ("calls", []), ("error", None)):
        monkeypatch.setattr(Backend, name, value)
    return BackendVault(Backend)


def test_a_key_is_kept_under_our_service_and_the_accounts_id(vault: Vault) -> None:
    """Where a person finds it in the keyring's own program."""
    vault.put("a", KEY)
    assert Backend.kept == {("balance-tray", "a"): KEY}
    assert vault.get("a") == KEY
    vault.remove("a")
    assert vault.get("a") is None


def test_a_keyring_without_a_lock_of_its_own_is_open(vault: Vault) -> None:
    """The system itself asks, when a key is read."""
    assert not vault.is_locked()
    vault.unlock()
    assert Backend.calls == []


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
        (UnicodeEncodeError, KeyringFailed),
        (OSError, KeyringFailed),
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
    error = (
        UnicodeEncodeError("ascii", KEY, 0, 1, "no")
        if theirs is UnicodeEncodeError
        else theirs(f"could not store {KEY}")
    )
    monkeypatch.setattr(Backend, "error", error)
    with pytest.raises(ours) as raised:
        CALLS[call](vault)
    told = raised.value
    assert type(told) is ours
    assert (told.__cause__, told.__context__) == (None, None)
    assert KEY not in f"{told!s}{told!r}{''.join(traceback.format_exception(told))}"


HOSTILE = """
from keyring.backend import KeyringBackend
from pathlib import Path

Path("loaded").touch()


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
from trayapp.services.keyring.system_vault import system_vault

def tried(call, *args):
    try:
        return call(*args)
    except KeyringAbsent:
        return "absent"

vault, key = system_vault(), sys.argv[1]
tried(vault.put, "a", key)
print(tried(vault.is_locked), tried(vault.get, "a"))
"""


@pytest.fixture(params=["no keyring", "a keyring"])
def answer(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Run a session with and without a keyring; give what its vault answers."""
    if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
        pytest.skip("needs D-Bus")
    from fake_secrets import FakeSecrets  # noqa: PLC0415  # needs D-Bus
    from private_bus import private_bus  # noqa: PLC0415  # needs D-Bus

    with private_bus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
        if request.param == "no keyring":
            yield "absent absent"
            return
        with FakeSecrets(bus) as service:
            yield f"False {KEY}"
            assert service.keys == {"a": KEY}


@pytest.mark.parametrize("how", ["environment", "configuration", "package", "module"])
def test_nothing_around_chooses_another_keyring(
    tmp_path: Path, answer: str, how: str
) -> None:
    """Neither a variable, nor a file, nor a package of a high priority."""
    place = tmp_path / "hostile.py"
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "PYTHONPATH": str(tmp_path),
    }
    match how:
        case "environment":
            environment["PYTHON_KEYRING_BACKEND"] = "hostile.Plain"
        case "configuration":
            folder = tmp_path / "python_keyring"
            folder.mkdir()
            (folder / "keyringrc.cfg").write_text(
                f"[backend]\ndefault-keyring=hostile.Plain\nkeyring-path={tmp_path}\n"
            )
        case "package":  # as keyrings.alt names its backends, with plain files
            about = tmp_path / "hostile-1.0.dist-info"
            about.mkdir()
            (about / "METADATA").write_text("Name: hostile\nVersion: 1.0\n")
            (about / "entry_points.txt").write_text(
                "[keyring.backends]\nhostile = hostile\n"
            )
        case _:
            place = tmp_path / "keyrings" / "alt" / "file.py"
            place.parent.mkdir(parents=True)
    place.write_text(HOSTILE)
    done = subprocess.run(
        [sys.executable, "-c", USE, KEY],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{answer}\n", "")
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert {"taken", "loaded"}.isdisjoint(one.name for one in files)
    assert not [one for one in files if KEY.encode() in one.read_bytes()]


def test_the_trap_itself_works(tmp_path: Path) -> None:
    """`keyring`'s own choice falls for it: the tests above could fail."""
    (tmp_path / "hostile.py").write_text(HOSTILE)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import keyring; keyring.set_password('s', 'a', {KEY!r})",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "PYTHON_KEYRING_BACKEND": "hostile.Plain",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "taken").read_text() == KEY
