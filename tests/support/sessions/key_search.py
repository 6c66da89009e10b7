"""Searches for a key in files, processes and texts."""

import base64
import contextlib
import html
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tally import PLACES, Tally

_PROC: Final = Path("/proc")


def spellings(key: str) -> dict[str, str]:
    """Return the encodings in which a key might have leaked, by their names.

    It uses none of the program's own code, whose faults it must not share.
    """
    raw = key.encode()
    written = {
        "plain": key,
        "URL": quote(key, safe=""),
        "url": re.sub("%..", lambda escape: escape[0].lower(), quote(key, safe="")),
        "percent": "".join(f"%{byte:02X}" for byte in raw),
        "JSON": json.dumps(key)[1:-1],
        "repr": repr(key)[1:-1],
        "HTML": html.escape(key),
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "first half": key[: len(key) // 2],
        "second half": key[len(key) // 2 :],
    }
    for of, text in (("it", raw), ("JSON", written["JSON"].encode())):
        for shift in range(3):
            # Whole groups of three bytes are the same at any position.
            inner = text[-shift % 3 :]
            inner = inner[: len(inner) // 3 * 3]
            written[f"base64 of {of}, {shift}"] = base64.b64encode(inner).decode()
            safe = base64.urlsafe_b64encode(inner).decode()
            written[f"base64url of {of}, {shift}"] = safe
    return written


class KeySearch:
    """Searches for one key, counts the searched places, and keeps the findings."""

    def __init__(self, key: str, tally: Tally | None = None) -> None:
        self.found: list[str] = []
        self.places = 0
        self._tally = tally
        self._forms = {
            f"{name}, {encoding}": text.encode(encoding)
            for name, text in spellings(key).items()
            for encoding in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le")
        }

    def look(self, place: str, content: str | bytes) -> None:
        """Search one place."""
        self.places += 1
        if self._tally is not None:
            self._tally.add(PLACES)
        if isinstance(content, str):
            content = content.encode(errors="surrogatepass")
        self.found += [
            f"{place}: {name}" for name, form in self._forms.items() if form in content
        ]

    def look_into_files(
        self, folder: Path, *, since: float = 0.0, name: str = "*"
    ) -> None:
        """Search all files below a folder, and their names.

        It skips files that were last changed before `since`, and the folders on which
        other file systems are mounted.
        """
        for file in _files(folder):
            with contextlib.suppress(OSError):  # it is gone
                if file.match(name) and file.stat().st_mtime >= since:
                    self.look(str(file), bytes(file) + b"\n" + file.read_bytes())

    def look_at_processes(self) -> None:
        """Search the arguments and the environment of all processes."""
        for kind in ("cmdline", "environ"):
            for file in _PROC.glob(f"[0-9]*/{kind}"):
                with contextlib.suppress(
                    OSError
                ):  # it has ended, or belongs to another user
                    self.look(str(file), file.read_bytes())


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if not os.path.ismount(Path(parent) / name)
        ]
        for file in (Path(parent) / name for name in names):
            if file.is_file():
                yield file
