"""Fuzzes the tests' targets for bytes that break a promise, led by coverage.

    python3 packaging/dev.py fuzz [SECONDS] [--target NAME]

Each target of `tests/support/fuzzing/cases.py` gets SECONDS, beginning with its good
examples and with what earlier runs discovered (`packaging/.work/fuzz`). A finding is
printed as it belongs into `REGRESSIONS` there.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from tooling.environment import ROOT, RUN_MODULE, WORK
from tooling.steps import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER: Final = WORK / "fuzz"
SECONDS: Final = 60
LONGEST: Final = 4_096
"""Bytes of an input: enough for every reader, and fast."""
HANGS_S: Final = 10
SUPPORT: Final = ROOT / "tests/support"
TARGETS: Final = (
    "reply",
    "settings-file",
    "called",
    "remembered",
    "login-entry",
    "text",
)
WORD: Final = re.compile(rb"[A-Za-z0-9_-]{2,40}")


def main() -> int:
    """Fuzz every target, or the one that is named; 0 if no promise was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("seconds", nargs="?", type=int, default=SECONDS)
    parser.add_argument("--target", choices=TARGETS)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        fuzz_here(asked.target, asked.seconds)
    names = [asked.target] if asked.target else TARGETS
    kept = [fuzz(name, asked.seconds) for name in names]
    return 0 if all(kept) else 1


def fuzz(name: str, seconds: int) -> bool:
    """Fuzz a target in a process of its own; False if a finding ended it."""
    folder = FOLDER / name
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    for old in folder.glob("found-*"):
        old.unlink()
    log = folder / "log.txt"
    here: list[str | Path] = [
        sys.executable,
        RUN_MODULE,
        "checks.fuzz",
        str(seconds),
        f"--target={name}",
        "--here",
    ]
    with log.open("wb") as file:
        code = subprocess.run(
            here,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            check=False,
        ).returncode
    said = log.read_text(errors="replace")
    corpus = len(list((folder / "corpus").iterdir()))
    say(f"{name}: {runs(said):,} inputs, {corpus} kept")
    for found in sorted(folder.glob("found-*")):
        say(f"{broken(said)}\n    {found.read_bytes()!r},")
    if code != 0:
        say(f"    the rest of it: {log}")
    return code == 0


def fuzz_here(name: str, seconds: int) -> None:
    """Fuzz a target in this process, which libFuzzer then ends."""
    import atheris  # noqa: PLC0415  # `dev.py fuzz` alone installs it

    sys.path[:0] = [str(SUPPORT), str(ROOT)]
    # The coverage of the readers leads the search, not that of Qt and httpx.
    with atheris.instrument_imports(include=["trayapp", "tomllib", "email"]):
        from fuzzing.cases import EXAMPLES, REGRESSIONS, TARGETS  # noqa: PLC0415  # as instrumented

    logging.disable()
    folder = FOLDER / name
    known = (*EXAMPLES[name], *REGRESSIONS[name])
    write_seeds(folder / "seeds", known)
    (folder / "words.txt").write_text(dictionary(known))
    atheris.Setup(
        [
            name,
            str(folder / "corpus"),
            str(folder / "seeds"),
            f"-dict={folder / 'words.txt'}",
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST}",
            f"-timeout={HANGS_S}",
            f"-artifact_prefix={folder}/found-",
            "-print_final_stats=1",
        ],
        TARGETS[name](),
    )
    atheris.Fuzz()


def write_seeds(folder: Path, seeds: Iterable[bytes]) -> None:
    """Write a file for each seed, named by its digest, and remove others."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for seed in seeds:
        name = hashlib.sha256(seed).hexdigest()[:16]
        (folder / name).write_bytes(seed[:LONGEST])


def dictionary(seeds: Iterable[bytes]) -> str:
    """List the words of the seeds, as libFuzzer reads them."""
    words = {word.decode() for seed in seeds for word in WORD.findall(seed)}
    return "".join(f'"{word}"\n' for word in sorted(words))


def runs(log: str) -> int:
    """Give how many inputs libFuzzer says it tried."""
    counts = re.findall(r"^#(\d+)|number_of_executed_units: (\d+)", log, re.MULTILINE)
    return max((int(one or other) for one, other in counts), default=0)


def broken(log: str) -> str:
    """Give the traceback of what was broken, or libFuzzer's word for it."""
    found = re.search(r"Uncaught Python exception: ===\n(.*?)\n\n?==", log, re.DOTALL)
    return (
        found[1] if found else "\n".join(re.findall(r"^SUMMARY: .*", log, re.MULTILINE))
    )


if __name__ == "__main__":
    sys.exit(main())
