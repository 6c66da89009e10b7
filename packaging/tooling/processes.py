"""Processes that end together, even when their parent is killed.

Every member has a mark in its environment, which its children inherit. A watcher
process, which is no member, waits for the end of a pipe that this process holds open.
The system closes the pipe when its holder is killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MARK: Final = "BALANCE_TRAY_FAMILY"
POLITE_S: Final = 3.0
POLL_S: Final = 0.02


class WaitTimeoutError(Exception):
    """A condition did not become true in time."""


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float) -> None:
    """Return as soon as the condition is true, or raise `WaitTimeoutError`."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            message = f"{what}: not within {timeout_s:g} seconds"
            raise WaitTimeoutError(message)
        time.sleep(POLL_S)


class ProcessFamily:
    """Programs that share a folder and an environment, and end together.

    Use it as a context manager. The folder is the caller's, and is removed at the end.
    """

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder = folder
        self._env = {**env, MARK: str(folder)}
        self._logs = folder / "logs"
        self._logs.mkdir()
        self._children: list[subprocess.Popen[str]] = []
        self._watcher = subprocess.Popen(
            [sys.executable, __file__, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def env(self) -> dict[str, str]:
        """A copy of the environment that members get."""
        return dict(self._env)

    def spawn(
        self,
        args: Sequence[str | Path],
        *,
        log: str | None = None,
        env: Mapping[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[str]:
        """Start a member; it ends with the family at the latest.

        Its output is appended to the log of that name, by default the program's.
        `env` adds to the family's environment.
        """
        path = self._log_path(log or Path(args[0]).name)
        with path.open("a") as file:
            return self._start(args, env, stdin, file.fileno(), pass_fds)

    def run(
        self,
        args: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout_s: float = 30.0,
    ) -> subprocess.CompletedProcess[str]:
        """Run a short command as a member; `stdout` holds its errors as well."""
        child = self._start(args, env, subprocess.PIPE, subprocess.PIPE)
        try:
            output, _ = child.communicate(stdin, timeout_s)
        finally:
            self.stop(child)
        return subprocess.CompletedProcess(args, child.returncode, output)

    def stop(self, member: subprocess.Popen[str]) -> int:
        """End a member and its process group, politely first; its exit code."""
        _signal_group(member, signal.SIGTERM)
        try:
            member.wait(POLITE_S)
        except subprocess.TimeoutExpired:
            _signal_group(member, signal.SIGKILL)
            member.wait()
        for pipe in (member.stdin, member.stdout):
            if pipe:
                pipe.close()
        if member in self._children:
            self._children.remove(member)
        return member.returncode

    def log(self, name: str) -> str:
        """Return the output of a member so far."""
        path = self._log_path(name)
        return path.read_text(errors="replace") if path.exists() else ""

    def members(self) -> list[int]:
        """Return the ids of living members, as far as this user may see them."""
        return _members(self.folder)

    def close(self) -> None:
        """End every member, wait for all of them and remove the folder."""
        for child in self._children:
            _signal_group(child, signal.SIGTERM)
        for child in reversed(self._children.copy()):
            self.stop(child)
        if self._watcher.stdin:
            self._watcher.stdin.close()
        self._watcher.wait()

    def _log_path(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _start(
        self,
        args: Sequence[str | Path],
        env: Mapping[str, str] | None,
        stdin: int,
        stdout: int,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            args,
            env={**self._env, **(env or {})},
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
            start_new_session=True,
            text=True,
        )
        self._children.append(child)
        return child


def _signal_group(child: subprocess.Popen[str], number: signal.Signals) -> None:
    # A child keeps its process id until it is waited for.
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)


def _members(folder: Path) -> list[int]:
    mark = f"{MARK}={folder}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
    return found


def _end(folder: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        for member in _members(folder):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(member, number)
        with contextlib.suppress(WaitTimeoutError):
            wait_until(lambda: not _members(folder), "the family's end", POLITE_S)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    _end(Path(sys.argv[1]))
