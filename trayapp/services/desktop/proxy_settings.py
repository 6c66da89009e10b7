"""The proxies that a Linux desktop sets: its portal's answer, or its own settings."""

import ast
import asyncio
import configparser
import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

DIRECT: Final = "direct://"
_PORTAL_S: Final = 2.0
"""The portal reads settings. For a proxy script it may have to load it first."""
_READ_S: Final = 2.0
"""A home on a network may be out of reach."""
_KDE: Final = "KDE"
_GNOME: Final = {"GNOME", "Unity", "X-Cinnamon", "MATE", "Budgie", "Pantheon"}
"""The desktops that use GNOME's settings, as in glib-networking and libproxy."""
_MAX_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class DesktopProxies:
    """What the desktop sets for one URL."""

    urls: tuple[str, ...] = ()
    """The proxies, the best first; `direct://` means none. They may hold a password."""
    no_proxy: str = ""
    """The hosts without a proxy, as in NO_PROXY."""
    unusable: str = ""
    """A setting that only the portal could use, in words for an error's details."""


NO_PROXIES: Final = DesktopProxies()


class DesktopProxySettings:
    """Reads the settings of the desktop that this process belongs to.

    GNOME's and KDE's settings may name a script that chooses the proxy. The portal runs
    it; this program does not.
    """

    def __init__(self) -> None:
        self._reading: Future[DesktopProxies] | None = None

    async def read(self, url: str) -> DesktopProxies:
        """Return the proxies for a URL; after a few seconds without an answer, none.

        The portal of KDE replies "no proxy" if GLib lacks libproxy. So KDE's own
        setting counts then. A process without a desktop's name, such as a cron job,
        reads the settings of both.
        """
        urls = await _ask_portal(url)
        desktops = set(os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")) - {""}
        is_answered = bool(urls)
        if any(proxy != DIRECT for proxy in urls) or (
            is_answered and desktops and _KDE not in desktops
        ):
            return DesktopProxies(urls)
        return await self._read_own(desktops, with_gnome=not is_answered)

    async def _read_own(
        self, desktops: set[str], *, with_gnome: bool
    ) -> DesktopProxies:
        """Read the settings on a daemon thread, as a read may hang."""
        if self._reading is None or self._reading.done():
            read = partial(read_settings, desktops, with_gnome=with_gnome)
            self._reading = _start(read)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_READ_S):
                return await asyncio.shield(asyncio.wrap_future(self._reading))
        return NO_PROXIES


def read_settings(desktops: set[str], *, with_gnome: bool = True) -> DesktopProxies:
    """Read KDE's file and, `with_gnome`, GNOME's settings. It blocks.

    Only the settings of these desktops count; without any, those of both do.
    """
    found = NO_PROXIES
    if not desktops or _KDE in desktops:
        found = kde_proxies(_kde_file())
    if found == NO_PROXIES and with_gnome and (not desktops or desktops & _GNOME):
        found = gnome_proxies(_gnome_settings())
    return found


def kde_proxies(text: str) -> DesktopProxies:
    """Read the text of KDE's `kioslaverc`; anything unreadable sets no proxy."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    with contextlib.suppress(configparser.Error):
        parser.read_string(text)
    section: Mapping[str, str] = {}
    if parser.has_section("Proxy Settings"):
        # KDE marks some keys, as in `httpsProxy[$e]`.
        section = {
            key.partition("[")[0]: value
            for key, value in parser["Proxy Settings"].items()
        }
    match section.get("proxytype", "0"):
        case "1":
            names = ("httpsproxy", "socksproxy")
            urls = (_with_port(section.get(name, "")) for name in names)
        case "2":
            script = _without_login(section.get("proxy config script", ""))
            return DesktopProxies(unusable=f"KDE's proxy script {script}")
        case "3":
            return DesktopProxies(unusable="KDE's automatic proxy detection")
        case "4":
            names = (section.get("httpsproxy", ""), section.get("socksproxy", ""))
            urls = (os.environ.get(name, "") for name in names)
        case _:
            return NO_PROXIES
    if section.get("reversedexception", "false") == "true":
        return NO_PROXIES  # a proxy for the listed hosts alone, not for gateways
    return DesktopProxies(tuple(filter(None, urls)), section.get("noproxyfor", ""))


def gnome_proxies(text: str) -> DesktopProxies:
    """Read what `gsettings list-recursively org.gnome.system.proxy` prints."""
    settings = dict(_gnome_values(text.splitlines()))
    mode = settings.get(("", "mode"))
    if mode == "auto":
        script = _without_login(str(settings.get(("", "autoconfig-url")) or ""))
        return DesktopProxies(unusable=f"GNOME's proxy script {script}")
    if mode != "manual":
        return NO_PROXIES
    urls = []
    for name, scheme in (("https", "http"), ("socks", "socks5")):
        host, port = settings.get((name, "host")), settings.get((name, "port"))
        if host and port:
            urls.append(f"{scheme}://{host}:{port}")
    ignored = settings.get(("", "ignore-hosts"))
    hosts = ignored if isinstance(ignored, list) else []
    return DesktopProxies(tuple(urls), ",".join(map(str, hosts)))


def _gnome_values(lines: Iterable[str]) -> Iterable[tuple[tuple[str, str], object]]:
    for line in lines:
        schema, _, rest = line.partition(" ")
        key, _, value = rest.partition(" ")
        with contextlib.suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            group = schema.removeprefix("org.gnome.system.proxy").removeprefix(".")
            yield (group, key), ast.literal_eval(value.removeprefix("@as ").strip())


def _without_login(url: str) -> str:
    return re.sub("//.*@", "//", url) or "found by itself"


def _with_port(setting: str) -> str:
    """Join `http://host 3128`, as KDE writes it."""
    return ":".join(setting.split())


def _kde_file() -> str:
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(folder):  # noqa: PTH117  # also for an empty one
        folder = os.path.expanduser("~/.config")  # noqa: PTH111  # which never fails
    try:
        with Path(folder, "kioslaverc").open(errors="replace") as file:
            return file.read(_MAX_BYTES)
    except OSError:
        return ""


def _gnome_settings() -> str:
    program = shutil.which("gsettings")
    if program is None:
        return ""
    command = [program, "list-recursively", "org.gnome.system.proxy"]
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        return subprocess.run(  # noqa: S603  # a fixed command
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_READ_S,
            check=True,
            text=True,
            errors="replace",
        ).stdout[:_MAX_BYTES]
    return ""


async def _ask_portal(url: str) -> tuple[str, ...]:
    """Ask a portal that runs; nothing if none replies in time.

    The call starts no portal: that of a cron job would have no desktop.
    """
    from jeepney import (  # noqa: PLC0415  # only Linux has it
        DBusAddress,
        HeaderFields,
        MessageFlag,
        MessageType,
        new_method_call,
    )

    from trayapp.services.desktop.dbus_connection import (  # noqa: PLC0415  # the same
        BUS_ERRORS,
        connect,
    )

    portal = DBusAddress(
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Desktop",
        "org.freedesktop.portal.ProxyResolver",
    )
    call = new_method_call(portal, "Lookup", "s", (url,))
    call.header.flags = MessageFlag.no_auto_start
    with contextlib.suppress(*BUS_ERRORS):
        async with asyncio.timeout(_PORTAL_S):
            connection = await connect("SESSION")
            try:
                serial = next(connection.outgoing_serial)
                await connection.send(call, serial=serial)
                while True:
                    reply = await connection.receive()
                    # The bus passes on a reply only from the call's receiver.
                    fields = reply.header.fields
                    if fields.get(HeaderFields.reply_serial) == serial:
                        match reply.header.message_type, reply.body:
                            case MessageType.method_return, (list(urls),):
                                return tuple(map(str, urls))
                            case MessageType.method_return | MessageType.error, _:
                                return ()
            finally:
                await connection.close()
    return ()


def _start(read: Callable[[], DesktopProxies]) -> Future[DesktopProxies]:
    result: Future[DesktopProxies] = Future()
    result.set_running_or_notify_cancel()

    def work() -> None:
        try:
            result.set_result(read())
        except Exception as error:  # noqa: BLE001  # raised to the caller that waits
            result.set_exception(error)

    threading.Thread(target=work, name="proxy settings", daemon=True).start()
    return result
