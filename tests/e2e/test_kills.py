"""Killed at any moment, again and again: nothing is damaged, nothing shown is lost."""

from __future__ import annotations

import os
import random
import select
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from gateways.counting_gateway import CountingGateway
from harness import polling_process
from tally import KILLS, Tally
from trayapp.services.files.config_file import ConfigFile
from trayapp.services.files.config_text import from_toml

if TYPE_CHECKING:
    from pathlib import Path

WARM: Final = 140
"""Kills in each folder of a process that was forked when all was imported."""
COLD: Final = 10
"""Kills of one that was started from nothing."""
WARM_S: Final = 0.35
COLD_S: Final = 2.0
PATIENCE_S: Final = 30.0


class KilledProfile:
    """One profile, on which one process after the other is killed."""

    def __init__(self, folder: Path, url: str, umask: int, seed: int) -> None:
        self.folder, self.url = folder, url
        self.paths = polling_process.paths(folder)
        self.chance = random.Random(seed)  # noqa: S311  # to be repeated
        self.umask = umask
        self.number = 0
        """Of the settings that stand in the file, as far as anybody was told."""
        self.next: int | None = None
        """Of those that may stand there instead."""
        self.shown: set[tuple[str, int, str]] = set()
        self.kills = 0
        self.readings_at_kill: list[int] = []
        ConfigFile(self.paths.config).save(polling_process.config(0, url))

    def run(self) -> None:
        """Kill as often as is wanted, and look after each time."""
        kinds = [True] * COLD + [False] * WARM
        self.chance.shuffle(kinds)
        with self._start("--fork") as server:
            assert server.stdin is not None
            for is_cold in kinds:
                if is_cold:
                    with self._start() as process:
                        moment = self.chance.uniform(0, COLD_S)
                        self._kill(process, process.pid, moment)
                else:
                    server.stdin.write(b"\n")
                    server.stdin.flush()
                    pid = int(self._line(server).split()[1])
                    self._kill(server, pid, self.chance.uniform(0, WARM_S))
                self.kills += 1
                self._look()
            server.stdin.close()
            assert server.wait(PATIENCE_S) == 0

    def _start(self, *args: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            polling_process.__file__,
            str(self.folder),
            self.url,
            *args,
        ]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            umask=self.umask,
            env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": "disabled:"},
        )

    def _kill(self, process: subprocess.Popen[bytes], pid: int, moment: float) -> None:
        """Hear what the process says up to a moment, kill it, and hear the rest."""
        before = len(self.shown)
        until = time.monotonic() + moment
        while (left := until - time.monotonic()) > 0:
            assert process.stdout is not None
            if select.select([process.stdout], [], [], left)[0]:
                self._hear(self._line(process))
        os.kill(pid, signal.SIGKILL)
        while (line := self._line(process)) not in {"", "E"}:
            self._hear(line)
        self.readings_at_kill.append(len(self.shown) - before)

    @staticmethod
    def _line(process: subprocess.Popen[bytes]) -> str:
        """Read a line; of a process that is no more there is none."""
        assert process.stdout is not None
        return process.stdout.readline().decode().rstrip("\n")

    def _hear(self, line: str) -> None:
        word, *rest = line.split()
        match word:
            case "L":
                number, problems = int(rest[0]), rest[1]
                assert problems == "-", problems
                assert number in {self.number, self.next}
                self.number, self.next = number, None
            case "B":
                self.next = int(rest[0])
            case "S":
                assert int(rest[0]) == self.next
                self.number, self.next = int(rest[0]), None
            case "R":
                self.shown.add((rest[0], int(rest[1]), rest[2]))
            case _:
                pytest.fail(f"it says {line!r}")

    def _look(self) -> None:
        """Read the files as the killed process left them, every other time.

        At the other times the next process reads them first. It then rolls an
        unfinished transaction back.
        """
        config = from_toml(self.paths.config.read_bytes())
        number = polling_process.number_of(config.accounts)
        assert config == polling_process.config(number, self.url)
        assert number in {self.number, self.next}
        if self.chance.random() < 1 / 2 and self.paths.history.exists():
            self.look_at_history()

    def look_at_history(self) -> None:
        """Compare the history with what was shown."""
        with closing(sqlite3.connect(self.paths.history)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            if db.execute("PRAGMA user_version").fetchone() == (0,):
                assert not self.shown
                return
            written = set(db.execute("SELECT account, at, amount FROM reading"))
        assert self.shown - written == set()

    def left_behind(self) -> list[Path]:
        """Find what saves that were killed left unfinished."""
        return list(self.paths.config.parent.glob(".config-*"))

    def others(self) -> set[Path]:
        """Find every file that should not be there."""
        expected = {
            self.paths.config,
            self.paths.history,
            self.paths.history.with_name("history.sqlite3-journal"),
            *self.left_behind(),
        }
        return {one for one in self.folder.rglob("*") if one.is_file()} - expected


@pytest.mark.timeout(300)
def test_a_process_that_is_killed_at_any_moment_loses_nothing(
    tmp_path: Path, tally: Tally, request: pytest.FixtureRequest
) -> None:
    """Three hundred times, while it polls and saves; two folders, so that it adds up.

    The settings are the old ones or the new ones. The history is whole and has every
    balance that was shown. The next start finds no fault.
    """
    seed = int.from_bytes(os.urandom(4))
    request.node.user_properties.append(("seed", seed))
    with CountingGateway() as gateway, ThreadPoolExecutor() as pool:
        profiles = [
            KilledProfile(tmp_path / str(umask), gateway.url, umask, seed + umask)
            for umask in (0o000, 0o077)
        ]
        for done in [pool.submit(profile.run) for profile in profiles]:
            done.result()
    for profile in profiles:
        tally.add(KILLS, profile.kills)
        profile.look_at_history()
        assert profile.others() == set()
        assert sum(profile.readings_at_kill) > WARM  # there was something to be lost
        _assert_private(profile.folder)
        _assert_cleared(profile)


def _assert_private(folder: Path) -> None:
    """See that all that was made is for its owner alone, whatever the umask."""
    for one in folder.rglob("*"):
        mode = stat.S_IMODE(one.stat().st_mode)
        assert mode == (0o700 if one.is_dir() else 0o600), one


def _assert_cleared(profile: KilledProfile) -> None:
    """See that a later save clears away what killed saves left."""
    long_ago = time.time() - 3_600
    for one in profile.left_behind():
        os.utime(one, (long_ago, long_ago))
    file = ConfigFile(profile.paths.config)
    file.save(file.read())
    assert profile.left_behind() == []
