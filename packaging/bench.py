"""The benchmark: the program beside a bare tray icon and its peers, on one desktop.

    python3 packaging/dev.py bench [--quick] [--runs N] [--only FIGURE] [--no-peers]

Whole processes, started in turn, each in a home of its own; medians, and beside each
what is aimed at. All of it goes into `packaging/.work/bench/bench.json` as well.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import bench_start
from bench_numbers import Book, rows, table
from bench_stage import Ears, Stage
from bench_start import Till
from bench_subjects import subjects
from desktop import DesktopError
from environment import WORK
from processes import WaitTimeoutError
from scripted_gateway import ScriptedGateway
from steps import StepError, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench_numbers import Row
    from bench_subjects import Subject

JSON: Final = WORK / "bench/bench.json"
RUNS: Final = 5
QUICK_RUNS: Final = 2
FIGURES: Final = bench_start.FIGURES


def main() -> int:
    """Measure what is asked for; 0 if nothing of it missed its aim."""
    asked = _read_command_line()
    runs = asked.runs or (QUICK_RUNS if asked.quick else RUNS)
    try:
        found = subjects(with_peers=not asked.no_peers)
        about = machine(found, runs)
        say(describe(about))
        book = Book()
        _measure(book, found, runs)
    except (DesktopError, StepError, WaitTimeoutError) as error:
        say(str(error))
        return 1
    judged = rows(book, FIGURES)
    _tell(book, judged, about)
    return 0 if all(row.verdict != "missed" for row in judged) else 1


def _measure(book: Book, found: Sequence[Subject], runs: int) -> None:
    with Stage() as stage, Ears(stage.bus) as ears, ScriptedGateway() as gateway:
        bench_start.measure(book, stage, ears, Till(gateway), found, runs)


def _tell(book: Book, judged: Sequence[Row], about: dict[str, Any]) -> None:
    say(f"\n{table(judged)}\n")
    for note in book.notes:
        say(f"- {note}")
    content = {
        "machine": about,
        "figures": [row.as_dict() for row in judged],
        "notes": book.notes,
    }
    JSON.parent.mkdir(exist_ok=True)
    JSON.write_text(json.dumps(content, indent=2) + "\n")
    say(f"As JSON: {JSON}")


def machine(found: Sequence[Subject], runs: int) -> dict[str, Any]:
    """Tell of where this was measured, without which no figure means anything."""
    cpu = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)", cpu, re.MULTILINE)
    return {
        "cpu": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        "kernel": platform.release(),
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "runs": runs,
        "versions": {one.name: one.version for one in found},
    }


def describe(about: dict[str, Any]) -> str:
    """Say in a few lines where this was measured."""
    load = ", ".join(f"{one:.2f}" for one in about["load"])
    versions = ", ".join(f"{name} {one}" for name, one in about["versions"].items())
    return (
        f"{about['cpu']}, {about['cores']} cores, load {load} at the start\n"
        f"{about['system']}, Linux {about['kernel']}; Xfce on Xvfb, gnome-keyring\n"
        f"{versions}\n{about['runs']} runs of each, in turn"
    )


def _read_command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, help=f"of each (default {RUNS})")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter")
    parser.add_argument("--no-peers", action="store_true", help="leave others out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
