"""From the start of a program to its end: times, and memory in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.context import BALANCE_S
from bench.process_metrics import still_pss_mb
from bench.report import FLOOR, Figure, at_most, below, below_peers, times
from bench.subjects import prepare
from tooling.processes import WaitTimeoutError

if TYPE_CHECKING:
    from bench.context import BenchmarkContext
    from bench.session import MeasuredProgram, Subject

FIGURES: Final = (
    Figure("tray", "exec to tray item", "s", (times(1.15, "tray", FLOOR),), digits=3),
    Figure(
        "balance",
        "exec to first balance",
        "s",
        (at_most(0.8), times(3, "tray", FLOOR)),
        digits=3,
    ),
    Figure(
        "pss",
        "PSS, window never opened",
        "MB",
        (times(1.55, "pss", FLOOR), below_peers("pss")),
    ),
    Figure("pss-open", "PSS, window open", "MB"),
    Figure(
        "pss-closed",
        "PSS, window opened and closed",
        "MB",
        (times(1.8, "pss", FLOOR),),
    ),
    Figure("quit", "SIGTERM to its end", "s", (below(0.3),), digits=3),
)


def warm_up(context: BenchmarkContext) -> None:
    """Start each program once without measuring: a first start makes files."""
    for subject in context.subjects:
        prepare(subject, context.desktop)
        running = context.desktop.launch(subject)
        try:
            context.monitor.icon(running.token, running.started_at)
        except WaitTimeoutError as error:
            context.report.note(f"{subject.name}: {error}")
        still_pss_mb(running.token)  # its start is over
        context.desktop.quit(running)


def measure(context: BenchmarkContext) -> None:
    """Start each program, one after the other, and repeat that."""
    for _ in range(context.runs):
        for subject in context.subjects:
            _once(context, subject)


def _once(context: BenchmarkContext, subject: Subject) -> None:
    prepare(subject, context.desktop)
    amount = context.gateway.next_amount() if subject.is_ours else ""
    running = context.desktop.launch(subject)
    samples: dict[str, float] = {}
    notes = []
    try:
        notes += _sample(samples, context, running, amount)
    except WaitTimeoutError as error:
        notes.append(str(error))
    seconds = context.desktop.quit(running)
    if seconds is None:
        notes.append("it ended by itself, or not within 10 s of SIGTERM")
    else:
        samples["quit"] = seconds
    for figure, value in samples.items():
        context.report.add(figure, subject.name, value)
    for note in notes:
        context.report.note(f"{subject.name}: {note}")


def _sample(
    samples: dict[str, float],
    context: BenchmarkContext,
    running: MeasuredProgram,
    amount: str,
) -> list[str]:
    """Measure a program between start and end, and return notes for the report."""
    desktop, monitor = context.desktop, context.monitor
    icon = monitor.icon(running.token, running.started_at)
    samples["tray"] = icon.at - running.started_at
    if amount:
        shown = monitor.tooltip_with(icon, amount, BALANCE_S)
        samples["balance"] = shown - running.started_at
    samples["pss"] = still_pss_mb(running.token)
    if desktop.has_window(running):
        return ["it opens a window by itself; its PSS is with that"]
    if running.subject.name == FLOOR:
        return []  # it has no window
    if not desktop.open_window(running, monitor, icon):
        return ["no window, or none with a frame, came of a click on its icon"]
    samples["pss-open"] = still_pss_mb(running.token)
    if not desktop.close_window(running):
        return ["its window could not be closed"]
    samples["pss-closed"] = still_pss_mb(running.token)
    return []
