"""Reads memory, CPU time, wake-ups and bytes written of a program from /proc.

All processes with the program's mark in their environment belong to it. So its helpers
count, detached ones too.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tooling.processes import WaitTimeoutError, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MARK: Final = "BALANCE_TRAY_BENCH"
_PROC: Final = Path("/proc")
_NS_PER_MS: Final = 1_000_000
_STILL_S: Final = 4.0
"""Seconds without a change: a program may still tidy up after its start."""
_STILL_WITHIN_S: Final = 20.0
_STILL_MB: Final = 0.1
_SWITCHES: Final = re.compile(
    r"^(?:non)?voluntary_ctxt_switches:\s+(\d+)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Activity:
    """The totals of a program's processes up to a moment."""

    at: float
    switches: dict[int, int]
    """Context switches by thread, voluntary and not; ended threads are missing."""
    names: dict[int, str]
    """The name of each thread."""
    cpu_ms: dict[int, float]
    """CPU time by process, threads that ended included."""
    written: dict[int, int]
    """Bytes that each process wrote to a disk, or that the system still will."""

    def since(self, before: Activity) -> tuple[int, float, int]:
        """Return the context switches, milliseconds of CPU and bytes since then."""
        return (
            int(_grown(before.switches, self.switches)),
            _grown(before.cpu_ms, self.cpu_ms),
            int(_grown(before.written, self.written)),
        )

    def by_thread(self, before: Activity) -> Counter[str]:
        """Return the context switches since then by thread name, without zeros."""
        found: Counter[str] = Counter()
        for thread, count in self.switches.items():
            found[self.names[thread]] += count - before.switches.get(thread, 0)
        return +found


def members(token: str) -> list[int]:
    """Return the ids of the processes with this token in their mark."""
    mark = f"{MARK}={token}".encode()
    found = []
    for environ in _PROC.glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
    return found


def pss_mb(processes: Iterable[int]) -> float:
    """Return the proportional set size of processes, in megabytes."""
    total = 0
    for pid in processes:
        with contextlib.suppress(OSError):  # it has just ended
            text = (_PROC / str(pid) / "smaps_rollup").read_text()
            found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
            total += int(found[1]) if found else 0
    return total * 1_024 / 1e6


def still_pss_mb(token: str) -> float:
    """Return a program's memory in megabytes once it stops changing.

    If it never does, return its memory after 20 seconds.
    """
    last, changed = pss_mb(members(token)), time.monotonic()

    def is_still() -> bool:
        nonlocal last, changed
        now = pss_mb(members(token))
        if abs(now - last) > _STILL_MB:
            last, changed = now, time.monotonic()
        return time.monotonic() - changed > _STILL_S

    with contextlib.suppress(WaitTimeoutError):
        wait_until(is_still, "steady memory", _STILL_WITHIN_S)
    return pss_mb(members(token))


def activity(processes: Iterable[int]) -> Activity:
    """Read the totals of processes."""
    switches: dict[int, int] = {}
    names: dict[int, str] = {}
    cpu: dict[int, float] = {}
    written: dict[int, int] = {}
    for pid in processes:
        folder = _PROC / str(pid)
        with contextlib.suppress(OSError):  # it, or a thread of it, has just ended
            cpu[pid] = cpu_ms(pid)
            written[pid] = _written(folder)
            for task in (folder / "task").iterdir():
                status = (task / "status").read_text()
                names[int(task.name)] = status.splitlines()[0].partition("\t")[2]
                found = _SWITCHES.findall(status)
                switches[int(task.name)] = sum(map(int, found))
    return Activity(time.monotonic(), switches, names, cpu, written)


def cpu_ms(pid: int) -> float:
    """Return the CPU time of a process exactly; `/proc/PID/stat` counts in 10 ms.

    The clock's id is that of `clock_getcpuclockid(3)`, which Python does not have.
    """
    clock = ~pid << 3 | 2
    return time.clock_gettime_ns(clock) / _NS_PER_MS


def libraries(pid: int) -> set[str]:
    """Return the paths of the files that a process maps; empty if it ended."""
    try:
        text = (_PROC / str(pid) / "maps").read_text(errors="replace")
    except OSError:
        return set()
    return {line.split(maxsplit=5)[5] for line in text.splitlines() if "/" in line}


def changed_files(folder: Path, before: dict[Path, tuple[int, int]]) -> list[str]:
    """Return the names of files that changed since `files` listed the folder."""
    now = files(folder)
    return sorted(
        str(path.relative_to(folder))
        for path in now.keys() | before.keys()
        if now.get(path) != before.get(path)
    )


def files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return time in nanoseconds and size of all files in a folder."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                stat = Path(parent, name).lstat()
                found[Path(parent, name)] = (stat.st_mtime_ns, stat.st_size)
    return found


class ExitWatcher:
    """Waits for the end of a process; to be made before the process is ended."""

    def __init__(self, pid: int) -> None:
        self._descriptor = os.pidfd_open(pid)

    def wait(self, timeout_s: float) -> bool:
        """Whether it ends within this time."""
        try:
            ended, _, _ = select.select([self._descriptor], [], [], timeout_s)
        finally:
            os.close(self._descriptor)
        return bool(ended)


def _grown(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    return sum(value - before.get(one, 0) for one, value in after.items())


def _written(folder: Path) -> int:
    found = re.search(r"^write_bytes: (\d+)", (folder / "io").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def end(pid: int) -> None:
    """Kill a process, if it is still there."""
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
