"""Checks that a tag names this version, and prints the notes of a release.

python3 packaging/build/release.py check v1.2.3
python3 packaging/build/release.py notes
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
CHANGELOG: Final = ROOT / "CHANGELOG.md"
VERSION_FILE: Final = ROOT / "trayapp/__init__.py"


def version() -> str:
    """Read the version from its file, without importing the program."""
    text = VERSION_FILE.read_text(encoding="utf-8")
    match = re.search(r'^__version__ = "(.+)"$', text, flags=re.MULTILINE)
    if match is None:
        message = f"There is no version in {VERSION_FILE}"
        raise LookupError(message)
    return match[1]


def notes(changelog: str, number: str) -> str:
    """Return the changelog's section of a version; empty without one."""
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)
    for section in sections[1:]:
        title, _, body = section.partition("\n")
        if re.match(rf"\[?{re.escape(number)}\]?(\s|$)", title):
            return body.strip()
    return ""


def problem(tag: str, changelog: str, number: str) -> str:
    """Return the reason why a tag can't be released; empty if it can."""
    if tag != f"v{number}":
        return f"The tag is {tag}, and the program's version {number}"
    if not notes(changelog, number):
        return f"CHANGELOG.md says nothing of {number}"
    return ""


def main() -> int:
    """Check a tag or print the notes."""
    changelog = CHANGELOG.read_text(encoding="utf-8")
    match sys.argv[1:]:
        case ["check", tag]:
            reason = problem(tag, changelog, version())
            print(reason or f"{tag} can be released")
            return 1 if reason else 0
        case ["notes"]:
            print(notes(changelog, version()))
            return 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main())
