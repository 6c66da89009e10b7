"""`check` for one account, in a process that has just begun."""

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
    from bench.context import Scene
    from bench.subjects import Subject

FIGURES: Final = (
    Figure("check", "`check`, new process", "s", (at_most(0.45),), digits=3),
    Figure("check-disk", "`check`, its files read from disk", "s", (at_most(0.45),), 3),
    Figure("check-qt", "`check`: files of Qt mapped", "", (at_most(0),), digits=0),
)
_QT: Final = ("PySide6", "libQt", "shiboken")
_ASKED_S: Final = 20.0


def measure(scene: Scene) -> None:
    """Ask for the balance in the terminal, so many times."""
    for subject in scene.ours:
        _check(scene, subject)  # to warm up
    for _ in range(scene.runs):
        for subject in scene.ours:
            scene.book.add("check", subject.name, _check(scene, subject))
        for subject in scene.ours:
            forget_files()
            scene.book.add("check-disk", subject.name, _check(scene, subject))
    for subject in scene.ours:
        mapped = _mapped_of_qt(scene, subject)
        scene.book.add("check-qt", subject.name, len(mapped))
        if mapped:
            scene.book.note(f"{subject.name} check maps {', '.join(sorted(mapped))}")
    scene.book.note(
        "from disk: the files of program, packages and standard library were dropped "
        "from memory before; Python itself and the C library were in use and stayed"
    )


def _check(scene: Scene, subject: Subject) -> float:
    amount = scene.till.next()
    env = {**scene.stage.home_env(subject.name), **subject.env}
    begun = time.monotonic()
    done = scene.stage.run([*subject.command, "check"], env=env)
    passed = time.monotonic() - begun
    if done.returncode != 0 or amount not in done.stdout:
        message = f"{subject.name} check: {done.stdout}"
        raise StepError(message)
    return passed


def _mapped_of_qt(scene: Scene, subject: Subject) -> set[str]:
    """Look at what it has mapped while it waits for the answer."""
    gateway, stage = scene.till.gateway, scene.stage
    token = f"{stage.folder.name}-check-{subject.name}"
    env = {**stage.home_env(subject.name), **subject.env, MARK: token}
    asked = len(gateway.requests)
    gateway.hang(on=True)
    try:
        waiting = stage.spawn([*subject.command, "check"], env=env, log="check")
        gateway.wait_for_requests(asked + 1, _ASKED_S)
        mapped = set().union(*map(libraries, members(token)))
    finally:
        gateway.hang(on=False)
    waiting.wait(_ASKED_S)
    return {Path(one).name for one in mapped if any(name in one for name in _QT)}


def forget_files() -> None:
    """Have the system drop these files from memory, and no others."""
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
