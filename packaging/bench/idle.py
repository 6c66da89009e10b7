"""A program that nobody looks at: wake-ups, CPU and files; then what a question costs.

All programs sit in the tray at the same time, each in a home of its own.
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

    from bench.context import Scene
    from bench.session import Heard, Running
    from bench.subjects import Subject

FIGURES: Final = (
    Figure("switches", "idle: context switches a minute", "", (at_most(6),)),
    Figure("idle-cpu", "idle: CPU a minute", "ms", (below(10),), digits=2),
    Figure("idle-files", "idle: files written to", "", (at_most(0),), digits=0),
    Figure("idle-bytes", "idle: written to disk a minute", "B", (at_most(0),), 0),
    Figure("poll-cpu", "CPU of one question", "ms", digits=2),
    Figure("poll-bytes", "written to disk for one question", "kB"),
    Figure("day-bytes", "written to disk a day, every 15 min", "kB", digits=0),
)
SETTLE_S: Final = 20.0
WINDOW_S: Final = 60.0
MOST_WINDOWS: Final = 12
"""All of them end before the next question, 15 minutes after the first."""
_QUESTIONS: Final = 10
_QUICK_QUESTIONS: Final = 4
_A_DAY: Final = 24 * 60
_INTERVAL: Final = 15
_BARE_POSTS: Final = "100"


def measure(scene: Scene) -> None:
    """Start all, leave them alone, look at what they did; then have ours ask."""
    sitting: dict[str, tuple[Subject, Running, Heard]] = {}
    for subject in scene.subjects:
        prepare(subject, scene.stage)
        amount = scene.till.next() if subject.is_ours else ""
        running = scene.stage.launch(subject)
        try:
            icon = scene.ears.icon(running.token, running.begun)
            if amount:
                scene.ears.tooltip_with(icon, amount, BALANCE_S)
        except WaitTimeoutError as error:
            scene.book.note(f"{subject.name}, idle: {error}")
            scene.stage.quit(running)
        else:
            sitting[subject.name] = subject, running, icon
    _sit(scene, {name: running for name, (_, running, _) in sitting.items()})
    for subject, running, icon in sitting.values():
        if subject.is_ours:
            _ask(scene, subject.name, running, icon)
    for _, running, _ in sitting.values():
        scene.stage.quit(running)
    for _ in range(scene.runs):
        _post_bare(scene)


def _sit(scene: Scene, sitting: dict[str, Running]) -> None:
    time.sleep(SETTLE_S)  # the measure itself: what happens while nothing is done
    threads: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _ in range(min(scene.runs, MOST_WINDOWS)):
        before = {
            name: (activity(one.processes), files(one.home))
            for name, one in sitting.items()
        }
        time.sleep(WINDOW_S)  # see above
        for name, running in sitting.items():
            then, listing = before[name]
            now = activity(running.processes)
            minutes = (now.at - then.at) / 60
            switches, cpu, written = now.since(then)
            threads[name] += now.by_thread(then)
            changed = changed_files(running.home, listing)
            add = scene.book.add
            add("switches", name, switches / minutes)
            add("idle-cpu", name, cpu / minutes)
            add("idle-files", name, len(changed))
            add("idle-bytes", name, written / minutes)
            if changed:
                scene.book.note(f"{name} wrote while idle: {', '.join(changed)}")
    for subject in scene.ours:
        who = [f"{name} {count}" for name, count in threads[subject.name].most_common()]
        scene.book.note(
            f"{subject.name}, switches while idle by thread, in all: {', '.join(who)}"
        )


def _ask(scene: Scene, name: str, running: Running, icon: Heard) -> None:
    """Ask from the tray's menu, each time for another balance: so all is written."""
    count = _QUICK_QUESTIONS if scene.quick else _QUESTIONS
    book = scene.book
    idle = book.median("idle-bytes", name) or 0.0
    for _ in range(scene.runs):
        before = activity(running.processes)
        try:
            for _ in range(count):
                amount = scene.till.next()
                scene.ears.choose(icon, "Refresh")
                scene.ears.tooltip_with(icon, amount, BALANCE_S)
        except WaitTimeoutError as error:
            book.note(f"{name}, asked from its menu: {error}")
            return
        _, cpu, written = activity(running.processes).since(before)
        book.add("poll-cpu", name, cpu / count)
        book.add("poll-bytes", name, written / count / 1e3)
        a_day = written / count * _A_DAY / _INTERVAL + idle * _A_DAY
        book.add("day-bytes", name, a_day / 1e3)


def _post_bare(scene: Scene) -> None:
    command: list[str | Path] = [
        PYTHON,
        BARE,
        "post",
        scene.till.url,
        str(_BARE_POSTS),
        KEY,
    ]
    done = scene.stage.run(command, timeout_s=60)
    scene.book.add("poll-cpu", HTTPX, json.loads(done.stdout)["cpu_ms"])
