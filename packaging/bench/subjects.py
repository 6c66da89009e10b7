"""The programs that are measured: ours, a bare tray icon, and peers."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.report import BUNDLE, CHECKOUT, FLOOR, PEERS
from bench.session import Subject
from tooling.environment import STAMP, VENV, WORK
from tooling.steps import StepError, run_quietly, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.session import BenchmarkDesktop

_NAME: Final = "balance-tray"
BUILT: Final = WORK / "dist" / _NAME
FOLDER: Final = WORK / "bench"
PYTHON: Final = FOLDER / "venv/bin/python"
BARE: Final = Path(__file__).with_name("bare.py")
_VORTA: Final = FOLDER / "vorta"
_QUIET: Final = ("--minimized",)
_SYNCTHINGTRAY: Final = """\
[tray]
connections\\1\\label=Primary instance
connections\\1\\syncthingUrl=http://127.0.0.1:1
connections\\1\\autoConnect=false
connections\\size=1
"""
_NEXTCLOUD: Final = """\
[General]
clientVersion=3.7.3
skipUpdateCheck=true

[Accounts]
version=2
0\\version=1
0\\url=http://127.0.0.1:1
0\\authType=webflow
0\\dav_user=nobody
0\\webflow_user=nobody
"""


def subjects(*, with_peers: bool) -> list[Subject]:
    """Find the programs that are installed or built, the floor first."""
    _copy(VENV, FOLDER / "venv", STAMP.name)
    floor = Path(__file__).with_name("floor.py")
    program = (PYTHON, "-m", "trayapp")
    python = f"Python {sys.version.split()[0]}"
    found = [
        Subject(FLOOR, (PYTHON, floor), version=python),
        Subject(
            CHECKOUT,
            program,
            arguments=_QUIET,
            version=_version([*program, "--version"]),
        ),
    ]
    if (BUILT / _NAME).exists():
        executable = _copy(BUILT, FOLDER / "bundle", _NAME) / _NAME
        version = _version([executable, "--version"])
        found.append(Subject(BUNDLE, (executable,), arguments=_QUIET, version=version))
    else:
        say("No bundle is built (dev.py build): it is left out")
    if with_peers:
        found += filter(None, map(_peer, PEERS))
    return found


def _copy(source: Path, copy: Path, stamp: str) -> Path:
    """Copy a program so that no other process runs from it, and return the copy.

    Other processes that map the same files would lower the program's share of memory.
    A copy is made again only when the time of its stamp is not the source's.
    """
    old, new = copy / stamp, source / stamp
    if not old.exists() or old.stat().st_mtime_ns != new.stat().st_mtime_ns:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy, symlinks=True)
    return copy


def prepare(subject: Subject, desktop: BenchmarkDesktop) -> None:
    """Write settings that keep a peer from opening a window at its first start."""
    home = Path(desktop.home_env(subject.name)["HOME"])
    if subject.name == "syncthingtray":
        _write(home / ".config/syncthingtray.ini", _SYNCTHINGTRAY)
    elif subject.name == "nextcloud":
        _write(home / ".config/Nextcloud/nextcloud.cfg", _NEXTCLOUD)
    elif subject.name == "vorta":
        # It makes its settings when it is first started, with a window.
        for found in home.glob(".local/share/Vorta/settings.db"):
            with contextlib.closing(sqlite3.connect(found)) as settings, settings:
                change = "UPDATE settingsmodel SET value = 0 WHERE key = 'foreground'"
                settings.execute(change)


def add_account(
    subject: Subject, desktop: BenchmarkDesktop, url: str, key: str
) -> None:
    """Add an account to the program, with its key in the session's keyring."""
    custom = ("--service", "custom", "--base-url", url, "--key-stdin")
    done = desktop.run(
        [*subject.command, "account", "add", "Shop", *custom],
        env={**desktop.home_env(subject.name), **subject.env},
        stdin=f"{key}\n",
    )
    if done.returncode != 0:
        raise StepError(done.stdout)


def _peer(name: str) -> Subject | None:
    if name == "vorta":
        return _vorta()
    command = {
        "syncthingtray": ("syncthingtray",),
        "nextcloud": ("nextcloud", "--background"),
    }
    program, *args = command[name]
    path = shutil.which(program)
    if path is None:
        say(f"{name} is not installed: it is left out")
        return None
    package = {"nextcloud": "nextcloud-desktop"}.get(name, name)
    ask = ["dpkg-query", "--show", "--showformat=${Version}", package]
    return Subject(name, (path, *args), version=_version(ask))


def _vorta() -> Subject | None:
    """Install vorta into an environment of its own."""
    python = _VORTA / "bin/python"
    try:
        if not (_VORTA / "bin/vorta").exists():
            say("Installing vorta, to measure it …")
            run_quietly([sys.executable, "-m", "venv", "--clear", _VORTA])
            run_quietly([python, "-m", "pip", "install", "--quiet", "vorta"])
        ask = "import importlib.metadata as m; print(m.version('vorta'))"
        version = _version([python, "-c", ask])
    except StepError as error:
        say(f"vorta can't be installed: it is left out\n{error}")
        return None
    return Subject("vorta", (_VORTA / "bin/vorta",), version=version)


def _write(path: Path, text: str) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _version(command: Sequence[str | Path]) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    return done.stdout.strip().rpartition(" ")[2]
