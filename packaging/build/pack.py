"""Packs the built program into the files that people of this system download.

python3 packaging/dev.py package
"""

from __future__ import annotations

import argparse
import platform
import sys
from typing import TYPE_CHECKING, Final

from tooling.environment import PYTHON, ROOT, RUN_MODULE, WORK
from tooling.steps import StepError, run_loudly
from trayapp import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

OUTPUT: Final = WORK / "packages"
BUILT: Final = WORK / "dist/balance-tray"
APPLICATION: Final = WORK / "dist/Balance Tray.app"
ICON: Final = WORK / "build/icons/balance-tray.ico"
INSTALLER: Final = "windows.installer"
DISK_IMAGE: Final = ROOT / "packaging/macos/dmg.sh"


def stem(system: str, machine: str) -> str:
    """Return a file's name without extension: program, version, system, machine."""
    usual = {"amd64": "x86_64", "aarch64": "arm64"}.get(
        machine.lower(), machine.lower()
    )
    return f"balance-tray-{__version__}-{system}-{usual}"


def pack_linux() -> None:
    """Make an archive, a .deb, an .rpm, and their checksums."""
    from linux.packages import make_all  # noqa: PLC0415  # its tools are Linux's alone

    machine = platform.machine()
    make_all(BUILT, stem("linux", machine), machine, OUTPUT)


def check_linux() -> None:
    """Check the packages' formats, and install them in a clean system."""
    from linux.install_check import check  # noqa: PLC0415  # as above
    from linux.packages import STAGING  # noqa: PLC0415  # as above

    machine = platform.machine()
    check(OUTPUT, stem("linux", machine), machine, STAGING / "share")


def pack_windows() -> None:
    """Make the installer and an archive."""
    run_loudly([PYTHON, RUN_MODULE, INSTALLER, BUILT, ICON, OUTPUT])


def pack_macos() -> None:
    """Make the disk image."""
    image = OUTPUT / f"{stem('macos', platform.machine())}.dmg"
    run_loudly([DISK_IMAGE, APPLICATION, image])


PACKERS: Final[dict[str, Callable[[], None]]] = {
    "linux": pack_linux,
    "win32": pack_windows,
    "darwin": pack_macos,
}


def main() -> int:
    """Pack the program, and print the files."""
    asked = _read_command_line()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for old in OUTPUT.iterdir():
        old.unlink()
    try:
        PACKERS[sys.platform]()
        for file in sorted(OUTPUT.iterdir()):
            print(f"{file}: {file.stat().st_size / 1e6:.0f} MB")
        if asked.check:
            check_linux()
    except StepError as exc:
        print(exc)
        return 1
    return 0


def _read_command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    if sys.platform == "linux":
        parser.add_argument(
            "--check",
            action="store_true",
            help="check their formats, and install them in a clean Debian",
        )
    else:
        parser.set_defaults(check=False)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
