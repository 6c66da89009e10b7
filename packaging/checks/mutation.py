"""Changes the code in small ways and counts the changes that no test notices.

    python3 packaging/dev.py mutate [PATTERN …]

A pattern names functions, such as `trayapp.core.balance*`. Without one, every function
of the files in `CHANGED` is changed; that takes an hour or more. mutmut makes the
changes in a copy of the checkout (`packaging/.work/mutation`) and runs the tests that
reach the function. A later run repeats only what changed since. What survived is listed
in `packaging/.work/mutation/survivors.txt`, each with its difference.

`equivalent_mutants.toml` lists the changes that change no behaviour, with the reason.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tooling.environment import ROOT, WORK
from tooling.steps import run_quietly, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CHANGED: Final = (
    "trayapp/core/*",
    "trayapp/services/alerts/*",
    "trayapp/services/gateway/reply.py",
)
"""The rules, what decides about alerts, and what reads the gateway's bytes."""
AIM: Final = 95.0
"""Percent of the changes that the tests have to notice."""
TREE: Final = WORK / "mutation"
SURVIVORS: Final = TREE / "survivors.txt"
EQUIVALENTS: Final = Path(__file__).with_name("equivalent_mutants.toml")
COPIED: Final = ("trayapp", "resources", "tests", "packaging", "pyproject.toml")
_SURVIVED, _UNTESTED = 0, 33
"""Exit codes that mutmut notes: the tests passed, or no test reaches the function."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed function, and the exit code of its tests; None if they did not run."""

    name: str
    code: int | None

    @property
    def module(self) -> str:
        """The module that was changed."""
        return self.name.partition(".x")[0]


def main() -> int:
    """Change the code and count; 0 if the tests noticed enough of the changes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("patterns", nargs="*", help="names of functions, with *")
    parser.add_argument("--jobs", type=int, default=2, help="processes (%(default)s)")
    asked = parser.parse_args()
    copy_checkout()
    program = Path(sys.executable).with_name("mutmut")
    command = [program, "run", f"--max-children={asked.jobs}", *asked.patterns]
    subprocess.run(command, cwd=TREE, check=True)
    mutants = [mutant for mutant in read_results(TREE) if mutant.code is not None]
    equivalents = tomllib.loads(EQUIVALENTS.read_text())
    survivors = {
        mutant.name: difference(mutant.name)
        for mutant in mutants
        if mutant.code in {_SURVIVED, _UNTESTED}
    }
    missed = {
        name: text
        for name, text in survivors.items()
        if not is_equivalent(text, equivalents)
    }
    SURVIVORS.write_text("\n".join(missed.values()))
    say("\n".join(table(mutants, missed)))
    say(f"The survivors: {SURVIVORS}")
    counted = len(mutants) - (len(survivors) - len(missed))
    return 0 if score(counted, len(missed)) >= AIM else 1


def copy_checkout() -> None:
    """Copy what the tests need, and let mutmut's results of earlier runs stay."""
    TREE.mkdir(parents=True, exist_ok=True)
    listed = run_quietly(["git", "-C", ROOT, "ls-files", *COPIED]).splitlines()
    wanted = {Path(name) for name in listed if (ROOT / name).exists()}
    for name in COPIED:
        for old in (TREE / name).rglob("*"):
            if old.is_file() and old.relative_to(TREE) not in wanted:
                old.unlink()
    for path in wanted:
        source, copy = ROOT / path, TREE / path
        if not copy.exists() or source.read_bytes() != copy.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)


def read_results(tree: Path) -> Iterator[Mutant]:
    """Read what mutmut noted beside the changed files."""
    for file in sorted((tree / "mutants").rglob("*.meta")):
        results = json.loads(file.read_text())["exit_code_by_key"]
        yield from (Mutant(name, code) for name, code in results.items())


def difference(name: str) -> str:
    """Give the difference that a mutant makes, under its name."""
    program = Path(sys.executable).with_name("mutmut")
    return subprocess.run(
        [program, "show", name], cwd=TREE, capture_output=True, text=True, check=True
    ).stdout


def is_equivalent(
    text: str, equivalents: Mapping[str, Iterable[Mapping[str, str]]]
) -> bool:
    """Whether a difference is listed: by its function, and its old and new line."""
    lines = [line.strip() for line in text.splitlines()]
    return any(
        f".{entry['function']}__mutmut_" in lines[0]
        and f"-{entry['old']}" in _without_indent(lines)
        and f"+{entry['new']}" in _without_indent(lines)
        for entry in equivalents.get("equivalent", ())
    )


def table(mutants: Iterable[Mutant], missed: Iterable[str]) -> Iterator[str]:
    """Give a line for each module with survivors, the worst first, and the sum."""
    counts = Counter(mutant.module for mutant in mutants)
    lost = Counter(Mutant(name, None).module for name in missed)
    for module, number in lost.most_common():
        yield f"{number:5} of {counts[module]:5} survived in {module}"
    total, survived = counts.total(), lost.total()
    yield f"{score(total, survived):.1f} % of {total:,} changes were noticed"


def score(total: int, survived: int) -> float:
    """Give the percentage of changes that were noticed; 100 if there were none."""
    return 100 * (total - survived) / total if total else 100.0


def _without_indent(lines: Iterable[str]) -> set[str]:
    return {line[:1] + line[1:].strip() for line in lines}


if __name__ == "__main__":
    sys.exit(main())
