"""Adding, requesting and removing with KeePassXC and KWallet, as they are."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

import trayapp
from desktop.parts import DesktopParts
from desktop.scripted_gateway import ScriptedGateway
from sessions.keyring_daemons import KeePassXC, KeyringDaemon, KWallet
from trayapp.services.keyring.secret_service import SecretServiceVault

KEY = "made-up-key-0123456789"
OTHER = "another-made-up-key"
pytestmark = pytest.mark.case("part 4", "another desktop's keyring")


@dataclass
class KeyringUser:
    """A person with another keyring, and the program's commands."""

    parts: DesktopParts
    daemon: KeyringDaemon
    gateway: ScriptedGateway
    vault: SecretServiceVault

    def command(self, *args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of the program to its end."""
        started = [sys.executable, "-m", "trayapp", *args]
        return self.parts.run(started, stdin=stdin)

    def add_account(self) -> None:
        """Add an account with the key."""
        custom = ["--base-url", self.gateway.url, "--key-stdin"]
        added = self.command("account", "add", "Shop", *custom, stdin=f"{KEY}\n")
        assert added.returncode == 0, added.stdout

    def remove_account(self) -> None:
        """Remove the account."""
        removed = self.command("account", "remove", "Shop")
        assert removed.returncode == 0, removed.stdout

    def check(self) -> tuple[int, str, str]:
        """Return the exit code of `check`, the state and the error's id."""
        checked = self.command("check", "--json")
        (account,) = json.loads(checked.stdout)
        error = account["error"]
        return checked.returncode, account["state"], error["id"] if error else ""

    @property
    def account_id(self) -> str:
        """The id of the account."""
        config = Path(self.parts.env["XDG_CONFIG_HOME"], "balance-tray/config.toml")
        found = re.search(r'^id = "(\w+)"', config.read_text(), re.MULTILINE)
        assert found
        return found[1]


@pytest.fixture
def parts() -> Iterator[DesktopParts]:
    """Run a session bus of a home without a screen."""
    folder = Path(tempfile.mkdtemp(prefix="bt-"))
    for name in ("home", "run"):
        (folder / name).mkdir(mode=0o700)
    home = folder / "home"
    kept = {"PATH", "PYTHONPYCACHEPREFIX"} & os.environ.keys()
    env = {name: os.environ[name] for name in kept} | {
        "HOME": str(home),
        "TMPDIR": str(folder),
        "USER": "person",
        "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": f"{folder}/run",
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_DATA_HOME": f"{home}/.local/share",
        "XDG_STATE_HOME": f"{home}/.local/state",
        "XDG_CACHE_HOME": f"{home}/.cache",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/run/bus",
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(Path(trayapp.__file__).parents[1]),
    }
    with DesktopParts(folder, env) as made:
        made.start_bus(env["DBUS_SESSION_BUS_ADDRESS"], [], name="session-bus")
        yield made


@pytest.fixture(params=[KeePassXC, KWallet], ids=lambda kind: kind.__name__)
def user(
    request: pytest.FixtureRequest,
    parts: DesktopParts,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[KeyringUser]:
    """Give a person whose keyring is open."""
    if shutil.which(request.param.program) is None:
        pytest.skip(f"{request.param.program} is not installed")
    monkeypatch.setenv(
        "DBUS_SESSION_BUS_ADDRESS", parts.env["DBUS_SESSION_BUS_ADDRESS"]
    )
    daemon: KeyringDaemon = request.param(parts)
    daemon.start()
    with ScriptedGateway() as gateway:
        gateway.set_balance(KEY, "350.1200", "EUR")
        yield KeyringUser(parts, daemon, gateway, SecretServiceVault())


def test_the_whole_story_of_an_account(user: KeyringUser) -> None:
    """A locked keyring is locked and shows no prompt; a removed key is missing."""
    user.add_account()
    account_id = user.account_id
    assert user.vault.get(account_id) == KEY
    assert user.check() == (0, "ok", "")
    user.daemon.lock()
    assert user.check() == (3, "locked", "keyring-locked")
    user.daemon.unlock()
    assert user.check() == (0, "ok", "")
    user.vault.remove(account_id)  # as a person does in the keyring's own program
    assert user.check() == (3, "no-key", "key-missing")
    user.vault.put(account_id, KEY)
    user.vault.put(account_id, OTHER)
    assert user.vault.get(account_id) == OTHER
    user.remove_account()
    assert user.vault.get(account_id) is None


@pytest.mark.case("5", "a thing looked up by its place instead of its attributes")
def test_a_key_is_found_after_another_collection_became_the_default_one(
    user: KeyringUser,
) -> None:
    """It is another tab in KeePassXC, and another wallet in KWallet."""
    user.add_account()
    account_id = user.account_id
    user.daemon.stop()
    user.daemon.start(default="second")
    assert user.check() == (0, "ok", "")
    user.remove_account()
    user.daemon.stop()
    user.daemon.start(default="first")
    assert user.vault.get(account_id) is None
