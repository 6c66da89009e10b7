"""The facts for "Copy diagnostics", with services that may not respond."""

import asyncio
import sqlite3
import sys
from pathlib import Path

import httpx
import pytest

from trayapp.core.alerts.notification import NotificationImage
from trayapp.services.alerts.dbus_notifier import DBusNotifier
from trayapp.services.alerts.sink import NotificationSink, QtSink
from trayapp.services.diagnostics import system_facts
from trayapp.services.files.paths import Paths
from trayapp.services.keyring.keychain import Keychain, MemoryVault


class LockedVault(MemoryVault):
    """A vault that waits for its password."""

    def is_locked(self) -> bool:
        """Return True."""
        return True


class FakeNotifier(DBusNotifier):
    """A notifier that a test can make hang or fail."""

    def __init__(self) -> None:
        super().__init__(
            lambda _: None,
            app_name="x",
            picture=NotificationImage(1, bytes(4)),
        )
        self.hangs = False
        self.fails = False

    async def describe(self) -> str:
        """Describe the server, hang, or fail."""
        if self.fails:
            raise ZeroDivisionError
        if self.hangs:
            await asyncio.Event().wait()
        return "dunst, knopwob, 1.9.0, 1.2; body, actions"


def facts(
    folder: Path, vault: MemoryVault, sink: NotificationSink | None = None
) -> dict[str, str]:
    """Return the facts by their names."""
    paths = Paths(folder / "c", folder / "h", folder / "l", folder / "r")
    sink = sink or QtSink(lambda _: None)
    return dict(asyncio.run(system_facts(paths, Keychain(vault), sink)))


def test_versions_and_places_are_named(tmp_path: Path) -> None:
    """A maintainer needs them first."""
    (tmp_path / "h").write_bytes(bytes(3_000))
    result = facts(tmp_path, MemoryVault())
    assert result["Python"] == sys.version.split()[0]
    assert result["httpx"] == httpx.__version__
    assert result["SQLite"] == sqlite3.sqlite_version
    assert result["OpenSSL"].startswith("OpenSSL ")
    assert result["keyring"][0].isdigit()
    assert result["Settings"] == str(tmp_path / "c")
    assert result["History"] == f"{tmp_path / 'h'}, 2 KiB"


def test_the_desktop_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name comes from the environment, where it may be missing."""
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    result = facts(tmp_path, MemoryVault())
    assert (result["Desktop"], result["Session"]) == ("KDE", "not said")


def test_only_the_variable_of_a_proxy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its value may hold a password."""
    monkeypatch.setenv("https_proxy", "http://ana:made-up@proxy.example")
    result = facts(tmp_path, MemoryVault())
    assert result["Proxies"] == "HTTPS_PROXY"
    assert "made-up" not in "".join(result.values())


def test_the_keyring_is_named_with_its_state(tmp_path: Path) -> None:
    """Most problems with it depend on whether it is locked."""
    assert facts(tmp_path, MemoryVault())["Keyring"] == "MemoryVault, open"
    assert facts(tmp_path, LockedVault())["Keyring"] == "LockedVault, locked"


def test_the_notification_server_is_named(tmp_path: Path) -> None:
    """The fact has its version and capabilities; without D-Bus it is Qt."""
    result = facts(tmp_path, MemoryVault(), FakeNotifier())
    assert result["Notifications"] == "dunst, knopwob, 1.9.0, 1.2; body, actions"
    assert facts(tmp_path, MemoryVault())["Notifications"] == "by Qt"


def test_a_service_that_hangs_or_fails_is_named_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other facts are collected."""
    monkeypatch.setattr("trayapp.services.diagnostics._TIMEOUT_S", 0.01)
    notifier = FakeNotifier()
    notifier.hangs = True
    result = facts(tmp_path, MemoryVault(), notifier)
    assert (result["Notifications"], result["httpx"]) == (
        "no answer",
        httpx.__version__,
    )
    notifier.fails = True
    result = facts(tmp_path, MemoryVault(), notifier)
    assert result["Notifications"] == "ZeroDivisionError"
