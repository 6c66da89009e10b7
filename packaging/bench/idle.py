"""Wake-ups, CPU and files of an idle program, and the cost of one request.

All programs are in the tray at the same time, each in a home of its own.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from bench.context import BALANCE_S, KEY
from bench.process_metrics import activity, changed_files, files
from bench.report import HTTPX, Figure, at_most, below
from bench.subjects import BARE, PYTHON, prepare
from tooling.processes import WaitTimeoutError

if TYPE_CHECKING:
    from pathlib import Path

    from bench.context import BenchmarkContext
    from bench.session import MeasuredProgram, Subject, TrayEvent

FIGURES: Final = (
    Figure("switches", "idle: context switches a minute", "", (at_most(6),)),
    Figure("idle-cpu", "idle: CPU a minute", "ms", (below(10),), digits=2),
    Figure("idle-files", "idle: files written to", "", (at_most(0),), digits=0),
    Figure("idle-bytes", "idle: written to disk a minute", "B", (at_most(0),), 0),
    Figure("poll-cpu", "CPU of one request", "ms", digits=2),
    Figure("poll-bytes", "written to disk for one request", "kB"),
    Figure("day-bytes", "written to disk a day, every 15 min", "kB", digits=0),
)
SETTLE_S: Final = 20.0
WINDOW_S: Final = 60.0
MOST_WINDOWS: Final = 12
"""All of them end before the next request, 15 minutes after the first."""
_REQUESTS: Final = 10
_QUICK_REQUESTS: Final = 4
_A_DAY: Final = 24 * 60
_INTERVAL: Final = 15
_BARE_POSTS: Final = "100"


def measure(context: BenchmarkContext) -> None:
    """Measure all programs while they idle; then refresh ours from its menu."""
    idling: dict[str, tuple[Subject, MeasuredProgram, TrayEvent]] = {}
    for subject in context.subjects:
        prepare(subject, context.desktop)
        amount = context.gateway.next_amount() if subject.is_ours else ""
        running = context.desktop.launch(subject)
        try:
            icon = context.monitor.icon(running.token, running.started_at)
            if amount:
                context.monitor.tooltip_with(icon, amount, BALANCE_S)
        except WaitTimeoutError as error:
            context.report.note(f"{subject.name}, idle: {error}")
            context.desktop.quit(running)
        else:
            idling[subject.name] = subject, running, icon
    _idle(context, {name: running for name, (_, running, _) in idling.items()})
    for subject, running, icon in idling.values():
        if subject.is_ours:
            _refresh(context, subject.name, running, icon)
    for _, running, _ in idling.values():
        context.desktop.quit(running)
    for _ in range(context.runs):
        _post_bare(context)


def _idle(context: BenchmarkContext, idling: dict[str, MeasuredProgram]) -> None:
    time.sleep(SETTLE_S)  # idle time is what is measured
    threads: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _ in range(min(context.runs, MOST_WINDOWS)):
        before = {
            name: (activity(one.processes), files(one.home))
            for name, one in idling.items()
        }
        time.sleep(WINDOW_S)  # see above
        for name, running in idling.items():
            then, listing = before[name]
            now = activity(running.processes)
            minutes = (now.at - then.at) / 60
            switches, cpu, written = now.since(then)
            threads[name] += now.by_thread(then)
            changed = changed_files(running.home, listing)
            add = context.report.add
            add("switches", name, switches / minutes)
            add("idle-cpu", name, cpu / minutes)
            add("idle-files", name, len(changed))
            add("idle-bytes", name, written / minutes)
            if changed:
                context.report.note(f"{name} wrote while idle: {', '.join(changed)}")
    for subject in context.ours:
        who = [f"{name} {count}" for name, count in threads[subject.name].most_common()]
        context.report.note(
            f"{subject.name}, switches while idle by thread, in all: {', '.join(who)}"
        )


def _refresh(
    context: BenchmarkContext, name: str, running: MeasuredProgram, icon: TrayEvent
) -> None:
    """Refresh from the tray's menu; each balance differs, so each one is stored."""
    count = _QUICK_REQUESTS if context.quick else _REQUESTS
    report = context.report
    idle = report.median("idle-bytes", name) or 0.0
    for _ in range(context.runs):
        before = activity(running.processes)
        try:
            for _ in range(count):
                amount = context.gateway.next_amount()
                context.monitor.choose(icon, "Refresh")
                context.monitor.tooltip_with(icon, amount, BALANCE_S)
        except WaitTimeoutError as error:
            report.note(f"{name}, asked from its menu: {error}")
            return
        _, cpu, written = activity(running.processes).since(before)
        report.add("poll-cpu", name, cpu / count)
        report.add("poll-bytes", name, written / count / 1e3)
        a_day = written / count * _A_DAY / _INTERVAL + idle * _A_DAY
        report.add("day-bytes", name, a_day / 1e3)


def _post_bare(context: BenchmarkContext) -> None:
    command: list[str | Path] = [
        PYTHON,
        BARE,
        "post",
        context.gateway.url,
        str(_BARE_POSTS),
        KEY,
    ]
    done = context.desktop.run(command, timeout_s=60)
    context.report.add("poll-cpu", HTTPX, json.loads(done.stdout)["cpu_ms"])
