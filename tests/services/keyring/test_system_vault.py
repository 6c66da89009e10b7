"""The system's keyring is used directly, and its exceptions are translated."""

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


class FakeKeyringBackend(KeyringBackend):
    """A backend class that stores keys, or raises a test's error."""

    stored: ClassVar[dict[tuple[str, str], str]] = {}
    calls: ClassVar[list[str]] = []
    error: ClassVar[Exception | None] = None

    def _record(self, call: str) -> None:
        self.calls.append(call)
        if self.error is not None:
            raise self.error

    def get_password(self, service: str, username: str) -> str | None:
        """Return a key."""
        self._record("get")
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a key."""
        self._record("set")
        self.stored[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Remove a key."""
        self._record("delete")
        if self.stored.pop((service, username), None) is None:
            message = "No such password!"
            raise keyring.errors.PasswordDeleteError(message)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    """Make the vault of Windows and macOS, over the test's backend."""
    for name, value in (("stored", {}), ("calls", []), ("error", None)):
        monkeypatch.setattr(FakeKeyringBackend, name, value)
    return BackendVault(FakeKeyringBackend)


def test_a_key_is_stored_under_the_service_and_the_accounts_id(vault: Vault) -> None:
    """There a person finds it in the keyring's own program."""
    vault.put("a", KEY)
    assert FakeKeyringBackend.stored == {("balance-tray", "a"): KEY}
    assert vault.get("a") == KEY
    vault.remove("a")
    assert vault.get("a") is None


def test_a_keyring_without_a_lock_is_open(vault: Vault) -> None:
    """The system itself prompts when a key is read."""
    assert not vault.is_locked()
    vault.unlock(["a"], writing=True)
    assert FakeKeyringBackend.calls == []


def test_removing_a_missing_key_is_no_error(vault: Vault) -> None:
    """The result is the same."""
    vault.remove("a")
    assert FakeKeyringBackend.calls == ["delete"]


@pytest.mark.parametrize(
    ("foreign", "expected"),
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
def test_each_exception_is_translated_without_its_text(
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    foreign: type[Exception],
    expected: type[BalanceTrayError],
) -> None:
    """Some exceptions quote the key that could not be stored."""
    error = (
        UnicodeEncodeError("ascii", KEY, 0, 1, "no")
        if foreign is UnicodeEncodeError
        else foreign(f"could not store {KEY}")
    )
    monkeypatch.setattr(FakeKeyringBackend, "error", error)
    with pytest.raises(expected) as raised:
        CALLS[call](vault)
    problem = raised.value
    assert type(problem) is expected
    assert (problem.__cause__, problem.__context__) == (None, None)
    trace = "".join(traceback.format_exception(problem))
    assert KEY not in f"{problem!s}{problem!r}{trace}"


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

def call_vault(call, *args):
    try:
        return call(*args)
    except KeyringAbsent:
        return "absent"

vault, key = system_vault(), sys.argv[1]
call_vault(vault.put, "a", key)
print(call_vault(vault.is_locked), call_vault(vault.get, "a"))
"""


@pytest.fixture(params=["no keyring", "a keyring"])
def output(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Run a session with or without a keyring; give the expected output of `USE`."""
    if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
        pytest.skip("needs D-Bus")
    from buses.fake_secrets import FakeSecrets  # noqa: PLC0415  # needs D-Bus
    from buses.private_bus import private_bus  # noqa: PLC0415  # needs D-Bus

    with private_bus() as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
        if request.param == "no keyring":
            yield "absent absent"
            return
        with FakeSecrets(bus) as service:
            yield f"False {KEY}"
            assert service.keys == {"a": KEY}


@pytest.mark.parametrize(
    "source", ["environment", "configuration", "package", "module"]
)
def test_no_setting_chooses_another_keyring(
    tmp_path: Path, output: str, source: str
) -> None:
    """Neither a variable, a file nor a package of a high priority does."""
    module = tmp_path / "hostile.py"
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "PYTHONPATH": str(tmp_path),
    }
    match source:
        case "environment":
            environment["PYTHON_KEYRING_BACKEND"] = "hostile.Plain"
        case "configuration":
            folder = tmp_path / "python_keyring"
            folder.mkdir()
            (folder / "keyringrc.cfg").write_text(
                f"[backend]\ndefault-keyring=hostile.Plain\nkeyring-path={tmp_path}\n"
            )
        case "package":  # keyrings.alt names its plain-text backends like this
            about = tmp_path / "hostile-1.0.dist-info"
            about.mkdir()
            (about / "METADATA").write_text("Name: hostile\nVersion: 1.0\n")
            (about / "entry_points.txt").write_text(
                "[keyring.backends]\nhostile = hostile\n"
            )
        case _:
            module = tmp_path / "keyrings" / "alt" / "file.py"
            module.parent.mkdir(parents=True)
    module.write_text(HOSTILE)
    process = subprocess.run(
        [sys.executable, "-c", USE, KEY],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.stdout, process.stderr) == (f"{output}\n", "")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"taken", "loaded"}.isdisjoint(path.name for path in files)
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


def test_the_hostile_backend_works(tmp_path: Path) -> None:
    """`keyring` itself chooses it, so the tests above can fail."""
    (tmp_path / "hostile.py").write_text(HOSTILE)
    process = subprocess.run(
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
    assert (process.returncode, process.stderr) == (0, "")
    assert (tmp_path / "taken").read_text() == KEY
