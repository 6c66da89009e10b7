"""Runs steps of work, and prints their times and failures."""

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
    """Runs steps, prints their titles, and records their times.

    A failed step is recorded, and the next one can still run.
    """

    def __init__(self) -> None:
        self._done: list[tuple[str, bool, float]] = []

    @property
    def failed(self) -> bool:
        """Whether a step failed so far."""
        return not all(good for _, good, _ in self._done)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Time the body; a `StepError` in it fails this step only."""
        start = time.monotonic()
        good = False
        say(f"{title} …")
        try:
            yield
            good = True
        except StepError as exc:
            say(str(exc))
        finally:
            self._done.append((title, good, time.monotonic() - start))

    def summary(self) -> str:
        """One line for each step, in the order in which they ran."""
        width = max((len(title) for title, _, _ in self._done), default=0)
        return "\n".join(
            f"{'ok    ' if good else 'FAILED'}  {title:<{width}}  {seconds:7.1f} s"
            for title, good, seconds in self._done
        )


def say(line: str) -> None:
    """Print a line at once, in order with the output of programs."""
    print(line, flush=True)


def run_quietly(args: Sequence[str | Path]) -> str:
    """Run a program and return its output; a failure raises with the output."""
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
    """Run a program whose output goes to the terminal at once."""
    sys.stdout.flush()
    code = subprocess.run(args, check=False).returncode
    if code != 0:
        message = f"exit code {code}"
        raise StepError(message)
