"""The benchmark: the program beside a bare tray icon and its peers, on one desktop.

    python3 packaging/dev.py bench [--quick] [--runs N] [--only FIGURE …] [--no-peers]

Whole processes are started in turn, each in a home of its own. It prints medians and
their limits, and writes all samples into `packaging/.work/bench/bench.json`.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import platform
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench import bundle, check, growth, idle, start
from bench.context import KEY, BenchmarkContext, FallingGateway
from bench.report import BenchmarkReport, rows, table
from bench.session import BenchmarkDesktop, TrayMonitor
from bench.subjects import FOLDER, add_account, subjects
from desktop.desktop import DesktopError
from tooling.processes import WaitTimeoutError
from tooling.steps import StepError, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.report import Figure, FigureRow
    from bench.session import Subject

JSON: Final = FOLDER / "bench.json"
RUNS: Final = 5
QUICK_RUNS: Final = 2
MEASUREMENTS: Final[
    dict[str, tuple[Sequence[Figure], Callable[[BenchmarkContext], None]]]
] = {
    "start": (start.FIGURES, start.measure),
    "check": (check.FIGURES, check.measure),
    "idle": (idle.FIGURES, idle.measure),
    "accounts": (growth.ACCOUNT_FIGURES, growth.measure_accounts),
    "readings": (growth.READING_FIGURES, growth.measure_readings),
    "sizes": (bundle.FIGURES, bundle.measure),
}
FIGURES: Final = [figure for figures, _ in MEASUREMENTS.values() for figure in figures]


def main() -> int:
    """Measure what is asked for; 0 if no figure missed its limit."""
    asked = _read_command_line()
    runs = asked.runs or (QUICK_RUNS if asked.quick else RUNS)
    about: dict[str, Any] = {}
    report = BenchmarkReport()
    FOLDER.mkdir(exist_ok=True)
    try:
        only_one()
        found = subjects(with_peers=not asked.no_peers)
        about = machine(found, runs)
        say(describe(about))
        with (
            BenchmarkDesktop() as desktop,
            TrayMonitor(desktop.bus) as monitor,
            FallingGateway() as gateway,
        ):
            context = BenchmarkContext(
                report, desktop, monitor, gateway, found, runs, quick=asked.quick
            )
            for subject in context.ours:
                add_account(subject, desktop, gateway.url, KEY)
            start.warm_up(context)
            for name in measurements_of(asked.only):
                say(f"{name} …")
                try:
                    MEASUREMENTS[name][1](context)
                except (StepError, WaitTimeoutError) as error:
                    report.note(f"{name} was not measured to its end: {error}")
                _write(report, about)
    except (DesktopError, StepError, WaitTimeoutError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped; this is what was measured until then")
    judged = rows(report, FIGURES)
    say(f"\n{table(judged)}\n")
    for note in report.notes:
        say(f"- {note}")
    say(f"As JSON: {JSON}")
    missed = any(row.verdict == "missed" for row in judged)
    return 1 if missed or not judged else 0


def only_one() -> None:
    """Refuse to measure beside another benchmark: each would be the other's load."""
    lock = os.open(FOLDER / "lock", os.O_CREAT | os.O_RDWR)  # until this process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = "Another benchmark is running"
        raise StepError(message) from error


def measurements_of(wanted: Sequence[str]) -> list[str]:
    """Return the measurements that have these figures; all if none is named.

    The name of a measurement stands for all of its figures.
    """
    return [
        name
        for name, (figures, _) in MEASUREMENTS.items()
        if not wanted or {name, *(one.id for one in figures)} & set(wanted)
    ]


def machine(found: Sequence[Subject], runs: int) -> dict[str, Any]:
    """Describe the machine and the versions, without which figures mean nothing."""
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
    """Return the description of the machine in a few lines."""
    load = ", ".join(f"{one:.2f}" for one in about["load"])
    versions = ", ".join(f"{name} {one}" for name, one in about["versions"].items())
    return (
        f"{about['cpu']}, {about['cores']} cores, load {load} at the start\n"
        f"{about['system']}, Linux {about['kernel']}; Xfce on Xvfb, gnome-keyring\n"
        f"{versions}\n{about['runs']} runs of each, in turn"
    )


def _write(report: BenchmarkReport, about: dict[str, Any]) -> None:
    judged: list[FigureRow] = rows(report, FIGURES)
    content = {
        "machine": about,
        "figures": [row.as_dict() for row in judged],
        "notes": report.notes,
    }
    JSON.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _read_command_line() -> argparse.Namespace:
    names = [*MEASUREMENTS, *(figure.id for figure in FIGURES)]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, help=f"of each (default {RUNS})")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=names,
        metavar="FIGURE",
        help=f"measure this, and what is measured with it: {', '.join(names)}",
    )
    parser.add_argument("--no-peers", action="store_true", help="leave others out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
