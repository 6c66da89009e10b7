"""The proxies that the desktop sets."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.services.desktop import proxy_settings as module
from trayapp.services.desktop.proxy_settings import (
    NO_PROXIES,
    DesktopProxies,
    DesktopProxySettings,
    gnome_proxies,
    kde_proxies,
    read_settings,
)

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="desktops of Linux"),
    pytest.mark.case("6", "the desktop's own setting ignored"),
]
if sys.platform == "linux":
    from buses.private_bus import private_bus
    from buses.proxy_portal import (
        ProxyPortal,
        failing,
        malformed,
        proxies,
        proxy_portal,
        silent,
    )

URL = "https://api.gateway.example/"
KDE = """[$Version]
update_info=x
[Proxy Settings]
NoProxyFor=intranet.example,.local
Proxy Config Script=http://me:hunter22@wpad.example/proxy.pac
ProxyType=1
ReversedException=false
httpsProxy[$e]=http://proxy.example 3128
socksProxy=socks://socks.example 1080
"""
GNOME = """org.gnome.system.proxy autoconfig-url 'http://wpad.example/proxy.pac'
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '*.local']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy.https host 'proxy.example'
org.gnome.system.proxy.https port 3128
org.gnome.system.proxy.socks host ''
org.gnome.system.proxy.socks port 0
"""


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[ProxyPortal]:
    """Run a portal on a session bus."""
    with private_bus() as address, proxy_portal(address) as running:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield running


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Belong to KDE without a bus and with an empty home."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


def read() -> DesktopProxies:
    """Read what the desktop sets for a gateway."""
    return asyncio.run(DesktopProxySettings().read(URL))


def test_the_portal_is_asked(portal: ProxyPortal) -> None:
    """It gets the address of the gateway."""
    portal.answer = proxies("http://proxy.example:3128", "direct://")
    assert read().urls == ("http://proxy.example:3128", "direct://")
    assert portal.asked == [URL]


def test_without_a_proxy_in_the_portal_kdes_own_setting_counts(
    portal: ProxyPortal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GLib without libproxy ignores it; on another desktop the file may be old."""
    (home / "kioslaverc").write_text(KDE)
    assert read().urls[0] == "http://proxy.example:3128"
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    assert read() == DesktopProxies(("direct://",))
    assert len(portal.asked) == 2


@pytest.mark.parametrize("answer", [failing, malformed, silent])
def test_a_portal_that_fails_leaves_the_desktops_own_setting(
    portal: ProxyPortal, home: Path, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    """It takes little time."""
    monkeypatch.setattr(module, "_PORTAL_S", 0.3)
    monkeypatch.setattr(portal, "answer", answer)
    (home / "kioslaverc").write_text(KDE)
    before = time.monotonic()
    assert read().urls[0] == "http://proxy.example:3128"
    assert time.monotonic() - before < 2


def test_no_portal_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bus without one, as for a cron job, replies at once."""
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert read() == NO_PROXIES


def test_a_read_that_hangs_delays_a_request_for_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The home may be on a network; the loop goes on meanwhile, and one read runs."""
    monkeypatch.setattr(module, "_READ_S", 0.05)
    started: list[float] = []

    def hang(*_: object, **__: object) -> DesktopProxies:
        started.append(time.monotonic())
        time.sleep(1)
        return NO_PROXIES

    monkeypatch.setattr(module, "read_settings", hang)

    async def reads() -> int:
        settings, turns = DesktopProxySettings(), 0
        for _ in range(3):
            task = asyncio.create_task(settings.read(URL))
            while not task.done():
                await asyncio.sleep(0.001)
                turns += 1
            assert task.result() == NO_PROXIES
        return turns

    assert asyncio.run(reads()) > 10
    assert len(started) == 1


def test_kdes_manual_setting_is_read() -> None:
    """Its own syntax has a space before the port."""
    assert kde_proxies(KDE) == DesktopProxies(
        ("http://proxy.example:3128", "socks://socks.example:1080"),
        "intranet.example,.local",
    )


def test_kde_may_name_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables may have any names."""
    monkeypatch.setenv("OFFICE", "http://office.example:1")
    text = KDE.replace("ProxyType=1", "ProxyType=4").replace(
        "http://proxy.example 3128", "OFFICE"
    )
    assert kde_proxies(text).urls == ("http://office.example:1",)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("2", "KDE's proxy script http://wpad.example/proxy.pac"),
        ("3", "KDE's automatic proxy detection"),
    ],
)
def test_a_script_of_kde_is_named(kind: str, words: str) -> None:
    """Without its user and password."""
    text = KDE.replace("ProxyType=1", f"ProxyType={kind}")
    assert kde_proxies(text) == DesktopProxies(unusable=words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        KDE.replace("ProxyType=1", "ProxyType=0"),
        KDE.replace("ProxyType=1", ""),
        KDE.replace("[Proxy Settings]", "[Other]"),
        KDE.replace("ReversedException=false", "ReversedException=true"),
        "[Proxy Settings]\nProxyType=1\n",
        "no section",
        "[",
    ],
)
def test_kde_without_a_proxy(text: str) -> None:
    """None is set, or only for the listed hosts."""
    assert kde_proxies(text).urls == ()


def test_gnomes_manual_setting_is_read() -> None:
    """As `gsettings` prints it."""
    assert gnome_proxies(GNOME) == DesktopProxies(
        ("http://proxy.example:3128",), "localhost,127.0.0.0/8,*.local"
    )
    socks = GNOME.replace("'proxy.example'", "''").replace(
        "socks host ''\norg.gnome.system.proxy.socks port 0",
        "socks host 'socks.example'\norg.gnome.system.proxy.socks port 1080",
    )
    assert gnome_proxies(socks).urls == ("socks5://socks.example:1080",)


def test_a_script_of_gnome_is_named() -> None:
    """The portal would run it."""
    text = GNOME.replace("'manual'", "'auto'")
    words = "GNOME's proxy script http://wpad.example/proxy.pac"
    assert gnome_proxies(text) == DesktopProxies(unusable=words)


@pytest.mark.parametrize(
    "text", ["", GNOME.replace("'manual'", "'none'"), "x y (", "\0"]
)
def test_gnome_without_a_proxy(text: str) -> None:
    """None is set, or the text can't be read."""
    assert gnome_proxies(text) == NO_PROXIES


@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    """Other programs write the settings."""
    kde_proxies(f"[Proxy Settings]\nProxyType=1\n{text}")
    gnome_proxies(f"{GNOME}org.gnome.system.proxy ignore-hosts {text}\n{text}")


def test_gsettings_is_asked_on_its_desktops(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process without a desktop reads GNOME's settings, too, after KDE's."""
    program = home / "gsettings"
    program.write_text(f"#!/bin/sh\ncat <<END\n{GNOME}END\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{home}:{os.environ['PATH']}")
    assert read_settings({"GNOME"}) == gnome_proxies(GNOME)
    assert read_settings(set()) == gnome_proxies(GNOME)
    assert read_settings({"KDE"}) == NO_PROXIES
    assert read_settings({"sway"}) == NO_PROXIES
    assert read_settings({"GNOME"}, with_gnome=False) == NO_PROXIES
    program.write_text("#!/bin/sh\nexit 1\n")
    assert read_settings({"GNOME"}) == NO_PROXIES
    (home / "kioslaverc").write_text(KDE)
    assert read_settings(set()) == kde_proxies(KDE)
