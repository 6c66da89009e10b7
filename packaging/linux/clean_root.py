"""A minimal Debian in a root folder of its own, with an ordinary user."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tooling.environment import WORK
from tooling.steps import StepError, run_quietly, say

if TYPE_CHECKING:
    from collections.abc import Mapping

RELEASE: Final = "bookworm"
"""The oldest release with a C library that is new enough."""
PERSON: Final = 1000
HOME: Final = Path("/home/person")
NOT_OURS: Final = (
    "proc",
    "dev",
    "sys",
    "run",
    "tmp",
    "var/cache",
    "var/log",
    "var/lib",
)
"""Folders that change by themselves, or that belong to the package manager."""

ENTER: Final = """
set -eu
root=$1 user=$2
shift 2
mount -t proc proc "$root/proc"
for shared in /tmp/.X11-unix /dev/null /dev/urandom $SHARED; do
    if [ -d "$shared" ]; then mkdir -p "$root$shared"; else : >>"$root$shared"; fi
    mount --bind "$shared" "$root$shared"
done
exec chroot --userspec="$user:$user" "$root" "$@"
"""
"""The mounts have a name space of their own, and end with the command."""


class CleanRoot:
    """A fresh copy of Debian's smallest system, which is removed at the end."""

    def __init__(self, folder: Path, *, share: Path | None = None) -> None:
        self.folder = folder
        self._share = share

    def __enter__(self) -> Self:
        base = make_base(RELEASE)
        shutil.rmtree(self.folder, ignore_errors=True)
        run_quietly(["cp", "--archive", base, self.folder])
        home = self.folder / HOME.relative_to("/")
        home.mkdir(mode=0o700)
        os.chown(home, PERSON, PERSON)
        with (self.folder / "etc/passwd").open("a") as file:
            file.write(f"person:x:{PERSON}:{PERSON}::{HOME}:/bin/sh\n")
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *args: str | Path, root: bool = False) -> list[str]:
        """Return the command that runs another one in the root, as user or as root."""
        user = "0" if root else str(PERSON)
        unshared = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        inside = [str(one) for one in args]
        return [*unshared, "sh", "-c", ENTER, "sh", str(self.folder), user, *inside]

    def env(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a session in the root."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(HOME),
            "LANG": "C.UTF-8",
            "SHARED": str(self._share or ""),
            **(more or {}),
        }

    def run(
        self,
        *args: str | Path,
        root: bool = False,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
    ) -> str:
        """Run a command in the root to its end, and return its output."""
        done = subprocess.run(
            self.command(*args, root=root),
            env=self.env(env),
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            message = f"{done.stdout}\n{' '.join(map(str, args))}: {done.returncode}"
            raise StepError(message)
        return done.stdout

    def apt(self, *args: str) -> str:
        """Run apt-get in the root, without questions."""
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        proxies = {one: os.environ[one] for one in os.environ if one.endswith("_proxy")}
        return self.run("apt-get", "--yes", *args, root=True, env=quiet | proxies)

    def files(self) -> set[str]:
        """Return the paths of all files and folders outside of `NOT_OURS`."""
        found = set()
        for folder, folders, files in os.walk(self.folder):
            here = os.path.relpath(folder, self.folder)
            folders[:] = [
                one
                for one in folders
                if os.path.normpath(f"{here}/{one}") not in NOT_OURS
            ]
            found |= {os.path.normpath(f"/{here}/{one}") for one in (*files, *folders)}
        return found


def make_base(release: str, *packages: str) -> Path:
    """Give the folder of Debian's smallest system with these packages; make it once."""
    base = WORK / "-".join(("debian", release, *packages))
    if not base.exists():
        say(f"A clean Debian {release} …")
        part = base.with_name(f"{base.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        included = [f"--include={','.join(packages)}"] if packages else []
        run_quietly(["debootstrap", "--variant=minbase", *included, release, part])
        part.rename(base)
    return base


def why_not() -> str:
    """Return the reason why no such root can be made here; empty if it can."""
    if os.geteuid() != 0:
        return "only root can set up a system of its own"
    missing = [one for one in ("debootstrap", "unshare") if not shutil.which(one)]
    return f"{', '.join(missing)} is not installed" if missing else ""
