"""Signals that a program inherits as ignored, as under `nohup`."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def ignored_signals(*numbers: signal.Signals) -> Iterator[None]:
    """Ignore signals, so that programs that are started meanwhile ignore them too."""
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def ignores(pid: int, number: signal.Signals) -> bool:
    """Return whether a process ignores a signal, according to Linux."""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = next(line for line in status.splitlines() if line.startswith("SigIgn:"))
    return bool(int(mask.split()[1], 16) & 1 << (number - 1))
