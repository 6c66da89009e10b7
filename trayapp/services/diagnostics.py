"""Facts about the system for "Copy diagnostics": versions, desktop, services."""

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
    from trayapp.services.alerts.sink import NotificationSink

_TIMEOUT_S: Final = 6.0
_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


async def system_facts(
    paths: Paths, keychain: Keychain, sink: "NotificationSink"
) -> tuple[Fact, ...]:
    """Collect the facts; a service that does not respond is named as such."""
    keyring, notifications = await asyncio.gather(
        _with_timeout(keychain.describe()),
        _with_timeout(sink.describe()),
    )
    return (
        *_software(),
        *_session(),
        ("Keyring", keyring),
        ("Notifications", notifications),
        ("Settings", str(paths.config)),
        ("History", f"{paths.history}, {_size(paths)}"),
        ("Log", str(paths.log)),
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
    for label, name in (
        ("Desktop", "XDG_CURRENT_DESKTOP"),
        ("Session", "XDG_SESSION_TYPE"),
        ("Language", "LANG"),
    ):
        yield label, os.environ.get(name) or "not said"
    # Only the variables' names, as their values may hold a password.
    names = {name.upper() for name, value in os.environ.items() if value}
    yield "Proxies", ", ".join(sorted(names & set(_PROXIES))) or "none"


def _version(package: str) -> str:
    # Imported here, as its parsers of mails and archives need 2 MB of memory.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # above

    try:
        return version(package)
    except PackageNotFoundError:
        return "not there"


def _size(paths: Paths) -> str:
    try:
        return f"{paths.history.stat().st_size // 1024} KiB"
    except OSError:
        return "not there"


async def _with_timeout(description: Awaitable[str]) -> str:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            return await description
    except TimeoutError:
        return "no answer"
    except Exception as error:  # noqa: BLE001  # its type is the fact to report
        return type(error).__name__
