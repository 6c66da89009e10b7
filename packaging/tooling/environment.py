"""Makes, repairs and fills the virtual environment from the requirement files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tooling.steps import run_quietly, say

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).parents[2]
WORK: Final = ROOT / "packaging" / ".work"
VENV: Final = WORK / "venv"
RUN_MODULE: Final = ROOT / "packaging" / "run.py"
REQUIREMENTS: Final = ROOT / "packaging" / "requirements"
STAMP: Final = VENV / "installed.json"
WINDOWS: Final = sys.platform == "win32"
PYTHON: Final = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

IDENTITY: Final = "import sys; print(sys.version, sys.base_prefix)"


def use_work_folder() -> None:
    """Set the caches of this process and its children to the work folder."""
    WORK.mkdir(exist_ok=True)
    (WORK / ".gitignore").write_text("*\n")
    os.environ |= {
        "HYPOTHESIS_STORAGE_DIRECTORY": str(WORK / "cache/hypothesis"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONPYCACHEPREFIX": str(WORK / "cache/pycache"),
    }


def ensure(*names: str) -> None:
    """Install these requirement files and the project, unless they are installed."""
    if not _is_ours():
        say(f"Virtual environment for Python {sys.version.split()[0]} …")
        shutil.rmtree(VENV, ignore_errors=True)
        run_quietly([sys.executable, "-m", "venv", VENV])
    files = [REQUIREMENTS / f"{name}.txt" for name in names]
    installed = _read_stamp()
    if any(installed.get(file.name) != digest([file]) for file in files):
        say(f"Installing the pinned packages ({', '.join(names)}) …")
        _pip("--require-hashes", *(f"--requirement={file}" for file in files))
        installed |= {file.name: digest([file]) for file in files}
        _write_stamp(installed)
    project = digest([ROOT / "pyproject.toml"])
    if installed.get("project") != project:
        say("Installing the project …")
        _pip("--no-deps", "--no-build-isolation", f"--editable={ROOT}")
        _write_stamp(installed | {"project": project})


def digest(files: Iterable[Path]) -> str:
    """Return one digest of the contents and paths of files."""
    total = hashlib.sha256()
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(ROOT).as_posix()}\0{content}\0".encode())
    return total.hexdigest()


def _is_ours() -> bool:
    """Whether the environment works and belongs to the running Python."""
    try:
        done = subprocess.run(
            [PYTHON, "-c", IDENTITY], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return done.stdout.strip() == f"{sys.version} {sys.base_prefix}"


def _pip(*args: str) -> None:
    run_quietly([PYTHON, "-m", "pip", "install", "--quiet", "--no-input", *args])


def _read_stamp() -> dict[str, str]:
    if not STAMP.exists():
        return {}
    return {str(k): str(v) for k, v in json.loads(STAMP.read_text()).items()}


def _write_stamp(installed: dict[str, str]) -> None:
    STAMP.write_text(json.dumps(installed, indent=2))
