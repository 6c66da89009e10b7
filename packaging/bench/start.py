"""From the start of a program to its end: times, and memory in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.context import BALANCE_S
from bench.process_metrics import still_pss_mb
from bench.report import FLOOR, Figure, at_most, below, below_peers, times
from bench.subjects import prepare
from tooling.processes import WaitTimeoutError

if TYPE_CHECKING:
    from bench.context import Scene
    from bench.session import Running
    from bench.subjects import Subject

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


def warm_up(scene: Scene) -> None:
    """Start each once without measuring: what is made at a first start is made then."""
    for subject in scene.subjects:
        prepare(subject, scene.stage)
        running = scene.stage.launch(subject)
        try:
            scene.ears.icon(running.token, running.begun)
        except WaitTimeoutError as error:
            scene.book.note(f"{subject.name}: {error}")
        still_pss_mb(running.token)  # it has done what it does
        scene.stage.quit(running)


def measure(scene: Scene) -> None:
    """Start each so many times, one after the other."""
    for _ in range(scene.runs):
        for subject in scene.subjects:
            _once(scene, subject)


def _once(scene: Scene, subject: Subject) -> None:
    prepare(subject, scene.stage)
    amount = scene.till.next() if subject.is_ours else ""
    running = scene.stage.launch(subject)
    found: dict[str, float] = {}
    notes = []
    try:
        notes += _look(found, scene, running, amount)
    except WaitTimeoutError as error:
        notes.append(str(error))
    seconds = scene.stage.quit(running)
    if seconds is None:
        notes.append("it ended by itself, or not within 10 s of SIGTERM")
    else:
        found["quit"] = seconds
    for figure, value in found.items():
        scene.book.add(figure, subject.name, value)
    for note in notes:
        scene.book.note(f"{subject.name}: {note}")


def _look(
    found: dict[str, float], scene: Scene, running: Running, amount: str
) -> list[str]:
    """Measure what comes between; what is not as it should be is given in words."""
    stage, ears = scene.stage, scene.ears
    icon = ears.icon(running.token, running.begun)
    found["tray"] = icon.at - running.begun
    if amount:
        told = ears.tooltip_with(icon, amount, BALANCE_S)
        found["balance"] = told - running.begun
    found["pss"] = still_pss_mb(running.token)
    if stage.has_window(running):
        return ["it opens a window by itself; its PSS is with that"]
    if running.subject.name == FLOOR:
        return []  # it has none
    if not stage.open_window(running, ears, icon):
        return ["no window, or none with a frame, came of a click on its icon"]
    found["pss-open"] = still_pss_mb(running.token)
    if not stage.close_window(running):
        return ["its window could not be closed"]
    found["pss-closed"] = still_pss_mb(running.token)
    return []
