"""Installs the system packages on Debian; elsewhere, names missing libraries."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tooling.steps import StepError, run_quietly, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

QT: Final = (
    "fonts-dejavu-core",
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libgssapi-krb5-2",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-sync1",
    "libxcb-util1",
    "libxcb-xfixes0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "libzstd1",
)
DESKTOP: Final = (
    "adwaita-icon-theme",
    "at-spi2-core",
    "dbus",
    "desktop-file-utils",
    "dunst",
    "gcr",
    "gnome-keyring",
    "libsecret-tools",
    "openbox",
    "scrot",
    "trayer",
    "x11-utils",
    "x11-xserver-utils",
    "xdotool",
    "xfce4-notifyd",
    "xfce4-panel",
    "xfce4-session",
    "xfwm4",
    "xvfb",
)
SESSIONS: Final = (
    "breeze",
    "breeze-icon-theme",
    "gjs",
    "gnome-shell",
    "gnome-shell-extension-appindicator",
    "grim",
    "keepassxc",
    "kwin-x11",
    "libkf5wallet-bin",
    "mako-notifier",
    "plasma-desktop",
    "plasma-workspace",
    "sway",
    "waybar",
)
"""The other desktops and keyrings of the tests: large, and nothing else needs them."""
PEERS: Final = ("borgbackup", "nextcloud-desktop", "syncthingtray")
"""Programs that the benchmark compares with, and a dependency of vorta."""
PACKAGES: Final = (
    "appstream",
    "debootstrap",
    "desktop-file-utils",
    "lintian",
    "rpm",
    "xz-utils",
)
"""Tools that check the packages for Linux."""
BINUTILS: Final = "binutils"

LISTING: Final = r"${db:Status-Status}\t${Package}\t${Provides}\n"


def ensure(packages: Sequence[str]) -> None:
    """Install the packages on Debian and its derivatives; elsewhere do nothing.

    Without the rights to install, it prints the command for an administrator.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        return
    listing = run_quietly(["dpkg-query", "--show", f"--showformat={LISTING}"])
    missing = missing_packages(packages, listing)
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() == 0:
        prefix = ["env", "DEBIAN_FRONTEND=noninteractive"]
    elif shutil.which("sudo"):
        prefix = ["sudo", "env", "DEBIAN_FRONTEND=noninteractive"]
    else:
        say(f"Missing system packages; an administrator can run: {' '.join(install)}")
        return
    say(f"System packages: {' '.join([*prefix, *install])}")
    try:
        run_quietly([*prefix, *install])
    except StepError:
        # The package lists are absent or old: fetch them, and try once more.
        run_quietly([*prefix, "apt-get", "update"])
        unknown = [name for name in missing if not _can_be_installed(name)]
        if unknown:
            say(f"This release of the system has no package {', '.join(unknown)}")
        run_quietly([*prefix, *(one for one in install if one not in unknown)])


def _can_be_installed(package: str) -> bool:
    try:
        run_quietly(["apt-get", "install", "--simulate", package])
    except StepError:
        return False
    return True


def missing_packages(wanted: Iterable[str], listing: str) -> list[str]:
    """Return the packages that are neither installed nor provided by others.

    `listing` is what dpkg-query prints for the format `LISTING`.
    """
    present = set()
    for line in listing.splitlines():
        status, name, provides = line.split("\t")
        if status == "installed":
            # "libglib2.0-0 (= 2.80.0), other" when libglib2.0-0t64 is installed
            present |= {name, *re.findall(r"(?:^|, )([^\s,]+)", provides)}
    return sorted(set(wanted) - present)


def venv_packages() -> tuple[str, ...]:
    """Name what Debian keeps apart although Python's venv cannot do without it."""
    if importlib.util.find_spec("ensurepip"):
        return ()
    major, minor = sys.version_info[:2]
    return (f"python{major}.{minor}-venv",)


def spreadsheet_packages() -> tuple[str, ...]:
    """Name the smallest LibreOffice, unless there is one: it would remove another."""
    return () if shutil.which("soffice") else ("libreoffice-calc-nogui",)


def bundle_packages(
    library: str | None = sysconfig.get_config_var("INSTSONAME"),
    folder: str | None = sysconfig.get_config_var("LIBDIR"),
) -> tuple[str, ...]:
    """Name what a bundle is built with, and Python as a library where that is missing.

    Debian's Python is one file, and its library (`INSTSONAME` in `LIBDIR`, as Python
    tells its own) a package apart.
    """
    if not (library and folder and ".so" in library) or Path(folder, library).exists():
        return (BINUTILS,)
    return (BINUTILS, library.partition(".so")[0])


def missing_libraries(plugin: Path | None) -> list[str]:
    """List the shared libraries that the loader does not find for a plugin."""
    loader = shutil.which("ldd")
    if not (plugin and loader):
        return []
    done = subprocess.run([loader, plugin], capture_output=True, text=True, check=False)
    return re.findall(r"(\S+) => not found", done.stdout)
