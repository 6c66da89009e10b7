"""Finds the system libraries that the bundle needs, and their versions."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from tooling.steps import StepError, run_quietly

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

C_LIBRARY: Final = "libc.so.6"
OF_C: Final = re.compile(
    r"(libc|libm|libdl|libpthread|libresolv|librt|ld-linux.*)\.so.*"
)
DEBIAN: Final[Mapping[str, str]] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libcrypto.so.3": "libssl3 | libssl3t64",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libssl.so.3": "libssl3 | libssl3t64",
    "libstdc++.so.6": "libstdc++6 (>= 11)",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb.so.1": "libxcb1",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""Debian's package of each library; Ubuntu renamed some for 64-bit time."""


class Dependencies(NamedTuple):
    """The libraries that a system has to have."""

    libraries: tuple[str, ...]
    """Their sonames, without those of the C library."""
    glibc: str
    """The oldest version of the C library that is new enough."""


def find_dependencies(bundle: Path) -> Dependencies:
    """Return the dependencies of all programs and libraries in a folder."""
    files = [one for one in bundle.rglob("*") if _is_elf(one)]
    return read_dependencies(
        run_quietly(["objdump", "--private-headers", *files]),
        {one.name for one in bundle.rglob("*.so*")},
    )


def read_dependencies(listing: str, own: Iterable[str]) -> Dependencies:
    """Parse the output of objdump; `own` are the names of the bundle's libraries."""
    named = set(re.findall(r"^\s+NEEDED\s+(\S+)$", listing, re.MULTILINE))
    versions = defaultdict(set)
    for name, number in re.findall(r"\s([A-Z]+)_([0-9.]+)$", listing, re.MULTILINE):
        versions[name].add(tuple(map(int, number.split("."))))
    return Dependencies(
        tuple(sorted(one for one in named - set(own) if not OF_C.fullmatch(one))),
        ".".join(map(str, max(versions["GLIBC"]))),
    )


def debian_depends(dependencies: Dependencies) -> list[str]:
    """Return Debian's packages; raise `StepError` for a library without one."""
    unknown = [one for one in dependencies.libraries if one not in DEBIAN]
    if unknown:
        message = f"No package is known to have {', '.join(unknown)}: see {__file__}"
        raise StepError(message)
    return [
        "ca-certificates",
        f"libc6 (>= {dependencies.glibc})",
        *sorted({DEBIAN[one] for one in dependencies.libraries}),
        "xkb-data",
    ]


def rpm_depends(dependencies: Dependencies) -> list[str]:
    """Return RPM's own names of libraries, which all distributions share."""
    return [
        "ca-certificates",
        f"{C_LIBRARY}(GLIBC_{dependencies.glibc})(64bit)",
        *(f"{one}()(64bit)" for one in dependencies.libraries),
        "xkeyboard-config",
    ]


def _is_elf(file: Path) -> bool:
    if file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"
