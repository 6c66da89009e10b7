"""`check` for one account, in a new process."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.process_metrics import MARK, libraries, members
from bench.report import Figure, at_most
from bench.subjects import FOLDER
from tooling.environment import ROOT
from tooling.steps import StepError

if TYPE_CHECKING:
    from bench.context import BenchmarkContext
    from bench.session import Subject

FIGURES: Final = (
    Figure("check", "`check`, new process", "s", (at_most(0.45),), digits=3),
    Figure("check-disk", "`check`, its files read from disk", "s", (at_most(0.45),), 3),
    Figure("check-qt", "`check`: files of Qt mapped", "", (at_most(0),), digits=0),
)
_QT: Final = ("PySide6", "libQt", "shiboken")
_REQUEST_S: Final = 20.0


def measure(context: BenchmarkContext) -> None:
    """Run `check` in a terminal, with its files in memory and without."""
    for subject in context.ours:
        _check(context, subject)  # to warm up
    for _ in range(context.runs):
        for subject in context.ours:
            context.report.add("check", subject.name, _check(context, subject))
        for subject in context.ours:
            forget_files()
            context.report.add("check-disk", subject.name, _check(context, subject))
    for subject in context.ours:
        mapped = _mapped_of_qt(context, subject)
        context.report.add("check-qt", subject.name, len(mapped))
        if mapped:
            context.report.note(
                f"{subject.name} check maps {', '.join(sorted(mapped))}"
            )
    context.report.note(
        "from disk: the files of program, packages and standard library were dropped "
        "from memory before; Python itself and the C library were in use and stayed"
    )


def _check(context: BenchmarkContext, subject: Subject) -> float:
    amount = context.gateway.next_amount()
    env = {**context.desktop.home_env(subject.name), **subject.env}
    start = time.monotonic()
    done = context.desktop.run([*subject.command, "check"], env=env)
    passed = time.monotonic() - start
    if done.returncode != 0 or amount not in done.stdout:
        message = f"{subject.name} check: {done.stdout}"
        raise StepError(message)
    return passed


def _mapped_of_qt(context: BenchmarkContext, subject: Subject) -> set[str]:
    """Return the names of Qt's files that it maps while it waits for the response."""
    gateway, desktop = context.gateway, context.desktop
    token = f"{desktop.folder.name}-check-{subject.name}"
    env = {**desktop.home_env(subject.name), **subject.env, MARK: token}
    count = len(gateway.requests)
    gateway.hang(on=True)
    try:
        waiting = desktop.spawn([*subject.command, "check"], env=env, log="check")
        gateway.wait_for_requests(count + 1, _REQUEST_S)
        mapped = set().union(*map(libraries, members(token)))
    finally:
        gateway.hang(on=False)
    waiting.wait(_REQUEST_S)
    return {Path(one).name for one in mapped if any(name in one for name in _QT)}


def forget_files() -> None:
    """Drop the files of program, packages and standard library from the page cache."""
    prefix = os.environ.get("PYTHONPYCACHEPREFIX", "")
    library = Path(os.__file__).parent
    os.sync()  # what is not on the disk yet can't be dropped
    for folder in (
        FOLDER / "venv",
        FOLDER / "bundle",
        ROOT / "trayapp",
        library,
        prefix,
    ):
        for path in Path(folder).rglob("*") if folder else ():
            if path.is_file() and not path.is_symlink():
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(descriptor)
