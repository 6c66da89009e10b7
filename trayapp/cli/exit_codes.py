"""The exit codes of commands, and what a command prints when it fails unforeseen.

Imports nothing of the program, so that it works where the program can't be imported.
"""

import contextlib
import os
import sys
from typing import Final

FAILED: Final = 1
USAGE: Final = 2
UNKNOWN: Final = 3
"""The exit code of `check` for an unknown status, as in monitoring plug-ins."""
ELSEWHERE: Final = 4
"""The exit code of a start while the program runs on another display."""
_INTERRUPTED: Final = 130


def failure_code(command: str | None) -> int:
    """Return the exit code of a command that failed.

    The lower codes of `check` mean that a balance was measured.
    """
    return UNKNOWN if command == "check" else FAILED


def report_failure(command: str | None, error: BaseException) -> int:
    """Print one line about an unforeseen exception, and return the exit code.

    The line has no text of the exception, because that may quote a key. The operating
    system's own words for an error are no such text. A `SystemExit` is raised again,
    except for `check`.
    """
    is_check = command == "check"
    if isinstance(error, SystemExit) and not is_check:
        raise error
    interrupted = isinstance(error, KeyboardInterrupt)
    # As usual in a pipe and for Ctrl+C, the other commands end silently.
    if is_check or not (interrupted or isinstance(error, BrokenPipeError)):
        with contextlib.suppress(Exception):
            line = "interrupted" if interrupted else _describe(error)
            print(f"balance-tray: {line}", file=sys.stderr, flush=True)
    return _INTERRUPTED if interrupted and not is_check else failure_code(command)


def _describe(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    name = type(error).__name__
    place = error.__traceback__
    if place is None:
        return name
    while place.tb_next is not None:
        place = place.tb_next
    file = os.path.basename(place.tb_frame.f_code.co_filename)  # noqa: PTH119  # pathlib is slow to import
    return f"{name} ({file}, line {place.tb_lineno})"
