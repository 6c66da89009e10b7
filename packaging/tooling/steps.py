"""One line for each step of the work: what it is, how long it took, why it failed."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class StepError(Exception):
    """A step failed; the message is for the person at the terminal."""


class Steps:
    """Runs steps, says what goes on, and keeps how long each took.

    Steps stand one beside the other: a failed one is kept, and the next can still run.
    """

    def __init__(self) -> None:
        self._done: list[tuple[str, bool, float]] = []

    @property
    def failed(self) -> bool:
        """Whether any step failed so far."""
        return not all(good for _, good, _ in self._done)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Time what happens inside; a `StepError` fails the step, and no more."""
        begun = time.monotonic()
        good = False
        say(f"{title} …")
        try:
            yield
            good = True
        except StepError as exc:
            say(str(exc))
        finally:
            self._done.append((title, good, time.monotonic() - begun))

    def summary(self) -> str:
        """One line for each step, in the order in which they ran."""
        width = max((len(title) for title, _, _ in self._done), default=0)
        return "\n".join(
            f"{'ok    ' if good else 'FAILED'}  {title:<{width}}  {seconds:7.1f} s"
            for title, good, seconds in self._done
        )


def say(line: str) -> None:
    """Tell the person at the terminal, in order with what programs write there."""
    print(line, flush=True)


def run_quietly(args: Sequence[str | Path]) -> str:
    """Run a program and return its output; only a failure shows it."""
    done = subprocess.run(
        args,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        command = " ".join(str(arg) for arg in args)
        message = f"{done.stdout.rstrip()}\n`{command}` failed ({done.returncode})"
        raise StepError(message)
    return done.stdout


def run_loudly(args: Sequence[str | Path]) -> None:
    """Run a program whose output the person reads as it comes."""
    sys.stdout.flush()
    code = subprocess.run(args, check=False).returncode
    if code != 0:
        message = f"exit code {code}"
        raise StepError(message)
