"""A fresh Debian with nothing but Python and apt, in which all tests run.

    python3 packaging/dev.py test --in-root trixie

needs root on a Debian machine. The root folder stays until the next run.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from linux.clean_root import make_base, why_not
from tooling import system
from tooling.environment import ROOT, WORK
from tooling.steps import StepError, run_loudly, run_quietly, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PACKAGES: Final = ("ca-certificates", "python3")
CHECKOUT: Final = Path("/opt/balance-tray")
SETTINGS: Final = (
    "etc/pip.conf",
    "etc/resolv.conf",
    "etc/ssl/certs/ca-certificates.crt",
)
"""What this machine knows of the network: package index, name servers, trust."""
APT_SETTINGS: Final = ("Acquire::http", "Acquire::Check-")
"""Of apt's settings, those that decide how it reaches a mirror and believes it."""
NOT_COPIED: Final = shutil.ignore_patterns(WORK.name, ".git", "__pycache__")

ENTER: Final = """
set -eu
root=$1
shift
mount --bind "$root" "$root"
cd "$root"
mkdir -p .host
mount --rbind /dev dev
mount --rbind /sys sys
mount -t proc proc proc
pivot_root . .host
umount --lazy /.host
cd /
exec "$@"
"""
"""Unlike chroot, pivot_root lets what runs inside make name spaces of its own."""


def test(release: str, args: Sequence[str]) -> None:
    """Run `dev.py test` on a copy of this checkout, in a fresh root of a release."""
    system.ensure(["debootstrap"])
    reason = why_not()
    if reason:
        message = f"No fresh root: {reason}"
        raise StepError(message)
    root = _fresh(release)
    say(f"Testing in {root} …")
    entering = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    entering += ["sh", "-c", ENTER, "sh", str(root)]
    # nohup and a shell's `&` have signals ignored that tests send.
    testing = ["env", "--default-signal", "--ignore-environment"]
    testing += [*_environment(), "python3"]
    run_loudly([*entering, *testing, CHECKOUT / "packaging/dev.py", "test", *args])


def _fresh(release: str) -> Path:
    base = make_base(release, *PACKAGES)
    root = WORK / f"root-{release}"
    shutil.rmtree(root, ignore_errors=True)
    run_quietly(["cp", "--archive", base, root])
    for name in SETTINGS:
        if Path("/", name).exists():
            shutil.copy(Path("/", name), root / name)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    settings = run_quietly(["apt-config", "dump"]).splitlines(keepends=True)
    chosen = "".join(line for line in settings if line.startswith(APT_SETTINGS))
    (root / "etc/apt/apt.conf.d/90host").write_text(chosen)
    checkout = root / CHECKOUT.relative_to("/")
    shutil.copytree(ROOT, checkout, symlinks=True, ignore=NOT_COPIED)
    return root


def _environment() -> Iterator[str]:
    yield "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    yield "HOME=/root"
    yield "LANG=C.UTF-8"
    for name, value in os.environ.items():
        if name.startswith("PIP_") or name.lower().endswith("_proxy"):
            yield f"{name}={value}"
