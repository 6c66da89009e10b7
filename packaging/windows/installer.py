"""Makes the installer and the archive for Windows of the built program.

    python packaging/run.py windows.installer BUILT ICON OUTPUT

It needs Inno Setup 6.3 or newer, and Windows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trayapp import __version__
from windows.version import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[2]
SCRIPT: Final = Path(__file__).with_name("balance-tray.iss")
ARCHIVE: Final = f"balance-tray-{__version__}-windows-x86_64"
_PLACES: Final = ("ProgramFiles(x86)", "ProgramFiles", "LOCALAPPDATA\\Programs")


def definitions(built: Path, icon: Path, output: Path) -> dict[str, str]:
    """Return the definitions that the installer's script needs."""
    return {
        "Version": __version__,
        "Numbers": ".".join(map(str, numbers(__version__))),
        "Source": str(built.resolve()),
        "Icon": str(icon.resolve()),
        "Licence": str(ROOT / "LICENSE"),
        "Output": str(output.resolve()),
    }


def compiler(environ: Mapping[str, str]) -> str | None:
    """Return the path of Inno Setup's compiler, or None; it is not on the PATH."""
    found = shutil.which("ISCC", path=environ.get("PATH", ""))
    if found:
        return found
    for place in _PLACES:
        name, _, below = place.partition("\\")
        if name in environ:
            file = Path(environ[name], below, "Inno Setup 6", "ISCC.exe")
            if file.is_file():
                return str(file)
    return None


def main() -> int:
    """Make both, and print their paths."""
    built, icon, output = map(Path, sys.argv[1:])
    program = compiler(os.environ)
    if program is None:
        print("Inno Setup 6 is not installed")
        return 1
    output.mkdir(parents=True, exist_ok=True)
    given = [f"/D{k}={v}" for k, v in definitions(built, icon, output).items()]
    subprocess.run([program, "/Qp", *given, str(SCRIPT)], check=True)
    archive = shutil.make_archive(
        str(output / ARCHIVE), "zip", root_dir=built.parent, base_dir=built.name
    )
    print(output / f"{ARCHIVE}-setup.exe")
    print(archive)
    return 0


if __name__ == "__main__":
    sys.exit(main())
