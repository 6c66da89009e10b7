"""What the program runs on, found out although services may not answer."""

import asyncio
import sqlite3
import sys
from pathlib import Path

import httpx
import pytest

from trayapp.core.alerts.notification import NotificationImage
from trayapp.services.alerts.dbus_notifier import DBusNotifier
from trayapp.services.diagnostics import machine
from trayapp.services.files.paths import Paths
from trayapp.services.keyring.keychain import Keychain, MemoryVault


class Locked(MemoryVault):
    """A keyring that waits for its password."""

    def is_locked(self) -> bool:
        """Say yes."""
        return True


class Notices(DBusNotifier):
    """A notification server as the test wants it."""

    def __init__(self) -> None:
        super().__init__(
            lambda _: None,
            app_name="x",
            picture=NotificationImage(1, bytes(4)),
        )
        self.hangs = False
        self.breaks = False

    async def describe(self) -> str:
        """Describe it, or not."""
        if self.breaks:
            raise ZeroDivisionError
        if self.hangs:
            await asyncio.Event().wait()
        return "dunst, knopwob, 1.9.0, 1.2; body, actions"


def find(
    folder: Path, vault: MemoryVault, notices: DBusNotifier | None = None
) -> dict[str, str]:
    """Look around."""
    places = Paths(folder / "c", folder / "h", folder / "l", folder / "r")
    return dict(asyncio.run(machine(places, Keychain(vault), notices)))


def test_versions_and_places_are_named(tmp_path: Path) -> None:
    """All that a maintainer asks for first."""
    (tmp_path / "h").write_bytes(bytes(3_000))
    said = find(tmp_path, MemoryVault())
    assert said["Python"] == sys.version.split()[0]
    assert said["httpx"] == httpx.__version__
    assert said["SQLite"] == sqlite3.sqlite_version
    assert said["OpenSSL"].startswith("OpenSSL ")
    assert said["keyring"][0].isdigit()
    assert said["Settings"] == str(tmp_path / "c")
    assert said["History"] == f"{tmp_path / 'h'}, 2 KiB"


def test_the_desktop_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what it says of itself, or that it says nothing."""
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    said = find(tmp_path, MemoryVault())
    assert (said["Desktop"], said["Session"]) == ("KDE", "not said")


def test_of_a_proxy_only_its_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its value may hold a password."""
    monkeypatch.setenv("https_proxy", "http://ana:made-up@proxy.example")
    said = find(tmp_path, MemoryVault())
    assert said["Proxies"] == "HTTPS_PROXY"
    assert "made-up" not in "".join(said.values())


def test_the_keyring_is_named_with_its_state(tmp_path: Path) -> None:
    """Whether it is open decides most of what goes wrong with it."""
    assert find(tmp_path, MemoryVault())["Keyring"] == "MemoryVault, open"
    assert find(tmp_path, Locked())["Keyring"] == "Locked, locked"


def test_the_notification_server_is_named(tmp_path: Path) -> None:
    """With its version and what it can do; elsewhere Qt does it."""
    said = find(tmp_path, MemoryVault(), Notices())
    assert said["Notifications"] == "dunst, knopwob, 1.9.0, 1.2; body, actions"
    assert find(tmp_path, MemoryVault())["Notifications"] == "by Qt"


def test_a_service_that_hangs_or_breaks_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is found out all the same."""
    monkeypatch.setattr("trayapp.services.diagnostics._PATIENCE_S", 0.01)
    notices = Notices()
    notices.hangs = True
    said = find(tmp_path, MemoryVault(), notices)
    assert (said["Notifications"], said["httpx"]) == ("no answer", httpx.__version__)
    notices.breaks = True
    said = find(tmp_path, MemoryVault(), notices)
    assert said["Notifications"] == "ZeroDivisionError"
