"""Makes the archive, the .deb and the .rpm of the built program."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

from linux.dependencies import (
    Dependencies,
    debian_depends,
    find_dependencies,
    rpm_depends,
)
from linux.share import HERE, LICENSES, NAME, make_share
from tooling.environment import PYTHON, ROOT, WORK
from tooling.steps import run_quietly
from trayapp import __version__
from trayapp.core.autostart.login_entry import SUMMARY

if TYPE_CHECKING:
    from pathlib import Path

STAGING: Final = WORK / "build/linux"
HOME: Final = f"/usr/lib/{NAME}"
MAINTAINER: Final = f"Balance Tray contributors <{NAME}@users.noreply.github.com>"
SYNOPSIS: Final = SUMMARY.removeprefix("The ")
DESCRIPTION: Final = (
    "It shows how much credit is left on accounts of SMSup, SMSPubli and other\n"
    "brands of the Gateway360 API, tells when it gets low, and when it will run out."
)
ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}


def release_time() -> int:
    """Return the time of all files: that of the environment, or of the last commit."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    if said is None:
        said = run_quietly(["git", "-C", ROOT, "log", "-1", "--format=%ct"])
    return int(said)


def lay_out(built: Path, folder: Path, epoch: int) -> None:
    """Copy the files of all packages into a folder: the bundle, and those for desktops.

    Modes and times are the same on every building machine.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built, folder / "bundle", symlinks=True)
    make_share(folder / "share", epoch)
    for file in (folder, *folder.rglob("*")):
        if not file.is_symlink():
            file.chmod(0o755 if file.is_dir() or file.name == NAME else 0o644)
        os.utime(file, (epoch, epoch), follow_symlinks=False)
    # A completion has the program's name, too.
    for file in (folder / "share").rglob("*"):
        if file.is_file():
            file.chmod(0o644)


def make_archive(stem: str, staged: Path, output: Path, epoch: int) -> Path:
    """Make the archive to unpack anywhere, with root as the owner of all files."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = epoch
        return entry

    file = output / f"{stem}.tar.xz"
    with tarfile.open(file, "w:xz", preset=9) as archive:
        archive.add(staged / "bundle", stem, filter=plain)
        archive.add(staged / "share", f"{stem}/share", filter=plain)
        for name in ("install.sh", "README"):
            archive.add(HERE / name, f"{stem}/{name}", filter=plain)
    return file


def make_package(
    kind: str, staged: Path, dependencies: Dependencies, machine: str, output: Path
) -> Path:
    """Make a `deb` or an `rpm` with nfpm, from the staging folder."""
    epoch = int(staged.stat().st_mtime)
    _write_docs(staged / "doc", epoch)
    settings = staged / f"nfpm-{kind}.json"  # YAML is what nfpm reads, JSON is YAML
    settings.write_text(json.dumps(nfpm_settings(kind, staged, dependencies, machine)))
    file = output / file_name(kind, machine)
    run_quietly(
        [
            PYTHON.with_name("nfpm"),
            "package",
            f"--config={settings}",
            f"--packager={kind}",
            f"--target={file}",
        ]
    )
    return file


def file_name(kind: str, machine: str) -> str:
    """Return a package's file name in the style of its distributions."""
    if kind == "deb":
        return f"{NAME}_{__version__}_{ARCHITECTURES.get(machine, machine)}.deb"
    return f"{NAME}-{__version__}-1.{machine}.rpm"


def nfpm_settings(
    kind: str, staged: Path, dependencies: Dependencies, machine: str
) -> dict[str, Any]:
    """Return the settings of nfpm."""
    mtime = datetime.fromtimestamp(staged.stat().st_mtime, UTC).isoformat()
    doc = f"/usr/share/doc/{NAME}"
    docs = ["copyright", "changelog.gz"] if kind == "deb" else ["copyright"]
    contents = [
        {"src": str(staged / "bundle"), "dst": HOME, "type": "tree"},
        {"src": str(staged / "share"), "dst": "/usr/share", "type": "tree"},
        {"src": f"../lib/{NAME}/{NAME}", "dst": f"/usr/bin/{NAME}", "type": "symlink"},
        *({"src": str(staged / "doc" / one), "dst": f"{doc}/{one}"} for one in docs),
    ]
    overrides = f"/usr/share/lintian/overrides/{NAME}"
    if kind == "deb":
        # Debian's zsh reads completions from another folder.
        of_debian = f"/usr/share/zsh/vendor-completions/_{NAME}"
        at = f"../site-functions/_{NAME}"
        contents.append({"src": at, "dst": of_debian, "type": "symlink"})
        contents.append({"src": str(HERE / "lintian-overrides"), "dst": overrides})
    return {
        "name": NAME,
        "arch": ARCHITECTURES.get(machine, machine),
        "platform": "linux",
        "version": __version__,
        "release": "1" if kind == "rpm" else "",
        "section": "misc" if kind == "deb" else "",
        "priority": "optional",
        "maintainer": MAINTAINER,
        "description": f"{SYNOPSIS}\n{DESCRIPTION}" if kind == "deb" else DESCRIPTION,
        "license": "MIT",
        "mtime": mtime,
        "umask": 0o022,
        "depends": debian_depends(dependencies)
        if kind == "deb"
        else rpm_depends(dependencies),
        "recommends": ["xdg-utils", _keyring(kind)],
        "contents": contents,
        "deb": {"compression": "xz"},  # Debian itself takes no other
        "rpm": {"compression": "zstd:19", "summary": SUMMARY, "buildhost": "localhost"},
    }


def write_sums(files: list[Path], file: Path) -> None:
    """Write the files' SHA-256 sums, as `sha256sum --check` reads them."""
    lines = (f"{_sum(one)}  {one.name}\n" for one in sorted(files))
    file.write_text("".join(lines), encoding="ascii")


def make_python(output: Path) -> list[Path]:
    """Make the wheel and the sdist, which are the same on every system."""
    before = set(output.iterdir())
    run_quietly([PYTHON, "-m", "hatchling", "build", f"--directory={output}"])
    return sorted(set(output.iterdir()) - before)


def make_all(built: Path, stem: str, machine: str, output: Path) -> list[Path]:
    """Make all packages, and return their paths."""
    epoch = release_time()
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    lay_out(built, STAGING, epoch)
    dependencies = find_dependencies(STAGING / "bundle")
    files = [make_archive(stem, STAGING, output, epoch)]
    files += [
        make_package(one, STAGING, dependencies, machine, output)
        for one in ("deb", "rpm")
    ]
    files += make_python(output)
    sums = output / f"{stem}.sha256"
    write_sums(files, sums)
    return [*files, sums]


def _keyring(kind: str) -> str:
    """Return the keyrings, one of which a package recommends."""
    if kind == "rpm":
        return "(gnome-keyring or kwalletmanager5 or kwalletmanager or keepassxc)"
    return "gnome-keyring | plasma-workspace | kwalletmanager | keepassxc"


def _write_docs(folder: Path, epoch: int) -> None:
    folder.mkdir(exist_ok=True)
    when = format_datetime(datetime.fromtimestamp(epoch, UTC))
    changelog = (
        f"{NAME} ({__version__}) unstable; urgency=medium\n\n"
        f"  * Version {__version__}.\n\n -- {MAINTAINER}  {when}\n"
    )
    packed = gzip.compress(changelog.encode(), mtime=0)
    (folder / "changelog.gz").write_bytes(packed)
    notice = (LICENSES / "NOTICE.md").read_text(encoding="utf-8")
    license_text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    texts = (
        f"The texts are in {HOME}/_internal/licenses; on Debian systems, those of the\n"
        "LGPL and the GPL are in /usr/share/common-licenses/LGPL-3 and GPL-3, too.\n\n"
    )
    (folder / "copyright").write_text(f"{license_text}\n{texts}{notice}", "utf-8")


def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
