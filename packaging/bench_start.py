"""From the start of a program to its end: times, and memory in between."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from bench_numbers import FLOOR, Figure, at_most, below, below_peers, times
from bench_processes import still_pss_mb
from bench_subjects import add_account, prepare
from processes import WaitTimeoutError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench_numbers import Book
    from bench_stage import Ears, Running, Stage
    from bench_subjects import Subject
    from scripted_gateway import ScriptedGateway

FIGURES: Final = (
    Figure(
        "tray",
        "exec to tray item",
        "s",
        (times(1.15, "tray", FLOOR),),
        digits=3,
    ),
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
    Figure("quit", "quit (SIGTERM)", "s", (below(0.3),), digits=3),
)
KEY: Final = "made-up-key-of-the-benchmark"
_BALANCE_S: Final = 20.0


class Till:
    """A gateway whose every answer is another amount, a little less than the last."""

    def __init__(self, gateway: ScriptedGateway) -> None:
        self.url = gateway.url
        self._gateway = gateway
        self._cents = count(35_012, -1)

    def next(self) -> str:
        """Set the next amount, and give it as a person reads it."""
        cents = next(self._cents)
        self._gateway.set_balance(KEY, f"{cents / 100:.2f}00", "EUR")
        return f"{cents / 100:.2f}"


def measure(  # noqa: PLR0913, PLR0917  # all of the stage
    book: Book,
    stage: Stage,
    ears: Ears,
    till: Till,
    subjects: Sequence[Subject],
    runs: int,
) -> None:
    """Start each once to warm up, and then so many times, one after the other."""
    for subject in subjects:
        if subject.is_ours:
            till.next()
            add_account(subject, stage, till.url, KEY)
    for run in range(runs + 1):
        for subject in subjects:
            prepare(subject, stage)
            _once(book if run else None, stage, ears, till, subject)


def _once(  # see above
    book: Book | None, stage: Stage, ears: Ears, till: Till, subject: Subject
) -> None:
    amount = till.next()
    running = stage.launch(subject, *(["--minimized"] if subject.is_ours else []))
    found: dict[str, float] = {}
    try:
        _look(found, stage, ears, running, amount if subject.is_ours else "")
    except WaitTimeoutError as error:
        if book:
            book.note(f"{subject.name}: {error}")
    finally:
        seconds = stage.quit(running)
    if seconds is not None:
        found["quit"] = seconds
    if book is None:
        return
    if seconds is None:
        book.note(f"{subject.name} ended by itself, or not within 10 s of SIGTERM")
    if "unasked" in found:
        book.note(f"{subject.name} opens a window by itself; its PSS is with that")
    for figure in FIGURES:
        if figure.id in found:
            book.add(figure.id, subject.name, found[figure.id])


def _look(
    found: dict[str, float], stage: Stage, ears: Ears, running: Running, amount: str
) -> None:
    icon = ears.icon(running.token, running.begun)
    found["tray"] = icon.at - running.begun
    if amount:
        told = ears.tooltip_with(icon, amount, _BALANCE_S)
        found["balance"] = told - running.begun
    found["pss"] = still_pss_mb(running.token)
    if stage.has_window(running):
        found["unasked"] = 1
        return
    if not amount:
        return  # what a click on a peer's icon opens is nothing to compare with
    if stage.open_window(running, ears, icon):
        found["pss-open"] = still_pss_mb(running.token)
        if stage.close_window(running):
            found["pss-closed"] = still_pss_mb(running.token)
