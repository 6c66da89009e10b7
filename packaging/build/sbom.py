"""Lists the components of the built program as a CycloneDX bill of materials.

    python3 packaging/dev.py sbom FILE

The packages are those of `requirements/run.txt`, which are all that is built in. Python
and its own libraries are added to them.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import ssl
import sys
from pathlib import Path
from typing import Any, Final

from tooling.environment import PYTHON, REQUIREMENTS, WINDOWS, WORK
from tooling.steps import run_quietly, say
from trayapp import __version__

CLEAN: Final = WORK / "sbom"
_CLEAN_PYTHON: Final = CLEAN / ("Scripts/python.exe" if WINDOWS else "bin/python")
_OPTIONS: Final = (
    "--pyproject=pyproject.toml",
    "--spec-version=1.6",
    "--output-reproducible",
    "--output-format=JSON",
)


def main() -> int:
    """Write the list, check it by CycloneDX' schema, and print its place."""
    file = Path(sys.argv[1]).resolve()
    file.parent.mkdir(parents=True, exist_ok=True)
    _install_what_runs()
    command = ["-m", "cyclonedx_py", "environment", *_OPTIONS, f"--output-file={file}"]
    run_quietly([PYTHON, *command, _CLEAN_PYTHON])
    parts = completed(json.loads(file.read_text(encoding="utf-8")))
    text = json.dumps(parts, indent=2, ensure_ascii=False)
    problem = schema_problem(text)
    if problem:
        say(f"{file} is no CycloneDX: {problem}")
        return 1
    file.write_text(f"{text}\n", encoding="utf-8")
    say(f"{file}: {len(parts['components'])} parts")
    return 0


def completed(
    parts: dict[str, Any],  # JSON, whose shape the schema defines
) -> dict[str, Any]:
    """Add the program's version, Python, and Python's libraries to a list."""
    root = parts["metadata"]["component"]
    root["version"] = __version__
    added = built_with()
    parts["components"] = sorted(
        [*parts.get("components", []), *added], key=lambda part: str(part["name"])
    )
    known = [one["ref"] for one in parts["dependencies"]]
    for one in parts["dependencies"]:
        if one["ref"] == root["bom-ref"]:
            others = {*one.get("dependsOn", []), *(part["bom-ref"] for part in added)}
            one["dependsOn"] = sorted(others)
    parts["dependencies"] += [
        {"ref": part["bom-ref"]} for part in added if part["bom-ref"] not in known
    ]
    return parts


def built_with() -> list[dict[str, str]]:
    """Return the interpreter, its libraries with known vulnerabilities, and others."""
    maker = _pinned("pyinstaller")
    openssl = ssl.OPENSSL_VERSION.split()[1]
    return [
        _part("cpython", sys.version.split()[0], "python:python", "platform"),
        _part("openssl", openssl, "openssl:openssl", "library"),
        _part("sqlite", sqlite3.sqlite_version, "sqlite:sqlite", "library"),
        _part("pyinstaller", maker, "pyinstaller:pyinstaller", "library"),
    ]


def schema_problem(text: str) -> str:
    """Return the first violation of CycloneDX' schema; empty if there is none."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415  # installed for this
    from cyclonedx.validation.json import (  # noqa: PLC0415  # as above
        JsonStrictValidator,
    )

    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return "" if problem is None else str(problem)


def _install_what_runs() -> None:
    """Make an environment with the packages of the program only."""
    shutil.rmtree(CLEAN, ignore_errors=True)
    run_quietly([sys.executable, "-m", "venv", "--without-pip", CLEAN])
    pip = ["-m", "pip", f"--python={_CLEAN_PYTHON}", "install", "--quiet", "--no-input"]
    pinned = f"--requirement={REQUIREMENTS / 'run.txt'}"
    run_quietly([PYTHON, *pip, "--require-hashes", pinned])


def _pinned(name: str) -> str:
    """Return the version of PyInstaller, whose boot loader starts the bundle."""
    pins = (REQUIREMENTS / "build.txt").read_text(encoding="utf-8")
    found = re.search(rf"^{name}==(\S+)", pins, flags=re.MULTILINE)
    if found is None:
        message = f"{name} is not pinned"
        raise LookupError(message)
    return found[1]


def _part(name: str, number: str, maker: str, kind: str) -> dict[str, str]:
    return {
        "type": kind,
        "bom-ref": f"{name}=={number}",
        "name": name,
        "version": number,
        "cpe": f"cpe:2.3:a:{maker}:{number}:*:*:*:*:*:*:*",
        "purl": f"pkg:generic/{name}@{number}",
    }


if __name__ == "__main__":
    sys.exit(main())
