"""Makes the files below `share`: for desktops, shells and the manual."""

from __future__ import annotations

import gzip
import shutil
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tooling.environment import PYTHON, ROOT, RUN_MODULE
from tooling.steps import run_quietly
from trayapp import __version__
from trayapp.core.autostart.desktop_entry import DesktopEntry
from trayapp.core.autostart.login_entry import SUMMARY
from trayapp.core.i18n.locales import LOCALES, SOURCE
from trayapp.services.files.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = "balance-tray"
TITLE: Final = "Balance Tray"
HERE: Final = Path(__file__).parent
LICENSES: Final = ROOT / "packaging/licenses"
PARSER: Final = ("trayapp.__main__", "_parser")
COMPLETIONS: Final = {
    "bash": f"bash-completion/completions/{NAME}",
    "zsh": f"zsh/site-functions/_{NAME}",
    "fish": f"fish/vendor_completions.d/{NAME}.fish",
}
DESKTOP_FILE: Final = f"applications/{NAME}.desktop"
METAINFO: Final = "metainfo/io.github.balance_tray.BalanceTray.metainfo.xml"
"""The file has the name of the program's id in it."""
MANUAL: Final = f"man/man1/{NAME}.1"


def make_share(folder: Path, epoch: int) -> None:
    """Make all files; `epoch` is the release's time, in seconds since 1970."""
    shutil.rmtree(folder, ignore_errors=True)
    _write(folder / DESKTOP_FILE, desktop_file())
    _write(folder / METAINFO, metainfo(epoch))
    _zip(folder / f"{MANUAL}.gz", manual())
    for shell, place in COMPLETIONS.items():
        _write(folder / place, completions(shell))
    run_quietly([PYTHON, RUN_MODULE, "build.app_icons", folder / "icons"])


def desktop_file() -> str:
    """Return the entry of the desktop's menu."""
    return DesktopEntry.of(
        (
            ("Type", "Application"),
            ("Name", TITLE),
            *((_keyed("Comment", code), said) for code, said in _summaries()),
            ("Exec", NAME),
            ("TryExec", NAME),
            ("Icon", NAME),
            ("Terminal", "false"),
            ("StartupNotify", "false"),  # without an account it waits in the tray
            ("Categories", "Office;Finance;Qt;"),
            ("Keywords", "SMS;balance;credit;saldo;gateway;tray;"),
        )
    ).text


def metainfo(epoch: int) -> str:
    """Return the AppStream file, which software centres show."""
    tree = ET.parse(HERE / "metainfo.xml")  # noqa: S314  # it is our own file
    root = tree.getroot()
    place = [child.tag for child in root].index("developer_name") + 1
    for code, said in _summaries():
        summary = ET.Element("summary", {"xml:lang": code} if code != SOURCE else {})
        summary.text = said
        root.insert(place, summary)
        place += 1
    day = datetime.fromtimestamp(epoch, UTC).date().isoformat()
    releases = ET.SubElement(root, "releases")
    ET.SubElement(releases, "release", {"version": __version__, "date": day})
    ET.indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{head}{ET.tostring(root, encoding='unicode')}\n"


def manual() -> str:
    """Return the manual page, made of the command line's own help."""
    module, function = PARSER
    written = run_quietly(
        [
            PYTHON.with_name("argparse-manpage"),
            f"--module={module}",
            f"--function={function}",
            f"--project-name={TITLE}",
            f"--prog={NAME}",
            f"--version={__version__}",
            f"--description={SUMMARY[0].lower()}{SUMMARY[1:]}",
            "--manual-title=User Commands",
            f"--include={HERE / 'manual.txt'}",
        ]
    )
    return f"{written.rstrip()}\n"


def completions(shell: str) -> str:
    """Return a shell's completions of the command line."""
    function = ".".join(PARSER)
    return run_quietly(
        [PYTHON, "-m", "shtab", f"--shell={shell}", f"--prog={NAME}", function]
    )


def _summaries() -> Iterator[tuple[str, str]]:
    for code in LOCALES:
        yield code, catalog(code).gettext(SUMMARY)


def _keyed(key: str, code: str) -> str:
    return key if code == SOURCE else f"{key}[{code}]"


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _zip(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Without time and name, the same text makes the same file.
    file.write_bytes(gzip.compress(text.encode(), mtime=0))
