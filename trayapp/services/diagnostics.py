"""What this program runs on, for "Copy diagnostics": versions, desktop, services."""

import asyncio
import os
import platform
import sqlite3
import ssl
import sys
from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, Final

import httpx

from trayapp.core.view.diagnostics import Fact
from trayapp.services.files.paths import Paths
from trayapp.services.keyring.keychain import Keychain

if TYPE_CHECKING:
    from trayapp.services.alerts.dbus_notifier import DBusNotifier

_PATIENCE_S: Final = 6.0
_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


async def machine(
    places: Paths, keychain: Keychain, notifier: "DBusNotifier | None"
) -> tuple[Fact, ...]:
    """Find it all out; a service that does not answer is said to be just that."""
    keyring, notifications = await asyncio.gather(
        _patiently(keychain.describe()),
        _patiently(notifier.describe() if notifier is not None else _by_qt()),
    )
    return (
        *_software(),
        *_session(),
        ("Keyring", keyring),
        ("Notifications", notifications),
        ("Settings", str(places.config)),
        ("History", f"{places.history}, {_size(places)}"),
        ("Log", str(places.log)),
    )


def _software() -> Iterable[Fact]:
    built = " (bundle)" if getattr(sys, "frozen", False) else ""
    yield "System", platform.platform()
    yield "Python", f"{platform.python_version()}{built}"
    yield "httpx", httpx.__version__
    for name in ("keyring", "truststore", "jeepney", "SecretStorage"):
        yield name, _version(name)
    yield "SQLite", sqlite3.sqlite_version
    yield "OpenSSL", ssl.OPENSSL_VERSION


def _session() -> Iterable[Fact]:
    for about, name in (
        ("Desktop", "XDG_CURRENT_DESKTOP"),
        ("Session", "XDG_SESSION_TYPE"),
        ("Language", "LANG"),
    ):
        yield about, os.environ.get(name) or "not said"
    # Their values may hold a password.
    names = {name.upper() for name, value in os.environ.items() if value}
    yield "Proxies", ", ".join(sorted(names & set(_PROXIES))) or "none"


def _version(package: str) -> str:
    # Its parsers of mails and archives are 2 MB that hardly anybody ever needs.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # above

    try:
        return version(package)
    except PackageNotFoundError:
        return "not there"


def _size(places: Paths) -> str:
    try:
        return f"{places.history.stat().st_size // 1024} KiB"
    except OSError:
        return "not there"


async def _by_qt() -> str:
    return "by Qt"


async def _patiently(answer: Awaitable[str]) -> str:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await answer
    except TimeoutError:
        return "no answer"
    except Exception as error:  # noqa: BLE001  # it is what is to be found out
        return type(error).__name__
