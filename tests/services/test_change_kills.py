"""Changes of several steps, killed between any two: the next start finishes them."""

import asyncio
import io
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from fakes.vault import FakeVault
from harness.backend import KEY, BackendHarness
from tally import KILLS, Tally
from trayapp import __main__ as program
from trayapp.cli import main as cli_main
from trayapp.core.account import Account, Service
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Base, Changes
from trayapp.core.secret import Secret
from trayapp.core.settings import Settings
from trayapp.services.files.config_file import ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.store import HistoryStore
from trayapp.services.messages.requests import ApplyChanges

KILLED: Final = 9
PATIENCE_S: Final = 30.0
OLD, NEW = KEY, "made-up-key-new-2"
A, B = Account("a", "A"), Account("b", "B")
MOVED: Final = replace(
    A, service=Service.CUSTOM, base_url="https://other.example", name="Moved"
)
HOURLY: Final = Settings(interval=timedelta(hours=1))


@dataclass(slots=True)
class Death:
    """Ends the process at one of the points that it passes."""

    at: int
    passed: int = field(default=0)

    def pass_point(self) -> None:
        """Count, and end the process as a kill does."""
        self.passed += 1
        if self.passed == self.at:
            os._exit(KILLED)


class DiskVault(FakeVault):
    """A keyring that outlives the process."""

    def __init__(self, path: Path, death: Death) -> None:
        self._path, self._death = path, death
        super().__init__(**(json.loads(path.read_text()) if path.exists() else {}))

    def put(self, account_id: str, key: str) -> None:
        """Store a key."""
        self._death.pass_point()
        super().put(account_id, key)
        self._write()

    def remove(self, account_id: str) -> None:
        """Remove a key."""
        self._death.pass_point()
        super().remove(account_id)
        self._write()

    def _write(self) -> None:
        self._path.write_text(json.dumps(self._keys))
        self._death.pass_point()


class DiskAutostart:
    """A login entry that outlives the process."""

    def __init__(self, path: Path, death: Death) -> None:
        self._path, self._death = path, death

    def state(self) -> LoginEntryState:
        """Return whether the file is there."""
        return LoginEntryState.ON if self._path.exists() else LoginEntryState.OFF

    def switch(self, *, on: bool) -> None:
        """Make or remove the file."""
        self._death.pass_point()
        if on:
            self._path.touch()
        else:
            self._path.unlink(missing_ok=True)
        self._death.pass_point()

    def repair(self) -> bool:
        """Change nothing."""
        return False


class InterruptedProfile(BackendHarness):
    """A profile whose program is killed at a point of its choice."""

    def __init__(self, folder: Path, now: datetime, death: Death) -> None:
        super().__init__(folder, now)
        self.vault = DiskVault(folder / "keys.json", death)
        self.autostart = DiskAutostart(folder / "login", death)

    def set_up(self) -> None:
        """Store an account with its key and a reading."""
        self.store(A)
        self.vault.put("a", OLD)
        with HistoryStore(self.paths.history) as history:
            reading = Reading(Balance(Decimal(5), "EUR"), self.now)
            history.write(KeepReading("a", reading))

    def keys(self) -> set[str]:
        """Return the ids of the accounts that have a key."""
        return set(json.loads((self.folder / "keys.json").read_text()))

    def has_rows(self, account_id: str) -> bool:
        """Return whether the database has anything of an account."""
        with sqlite3.connect(self.paths.history) as db:
            query = "SELECT count(*) FROM reading WHERE account = ?"
            return bool(db.execute(query, (account_id,)).fetchone()[0])


Change: TypeAlias = Callable[[InterruptedProfile], object]


def saving(changes: Changes, *shown: Account) -> Change:
    """Press OK in a dialog that was opened with `shown`."""

    async def step(harness: BackendHarness) -> None:
        opened = replace(changes, base=Base(shown))
        await harness.backend.handle(ApplyChanges(opened))

    return lambda profile: profile.play(step)


def command(*words: str) -> Change:
    """Run a command of `account`, while no program runs."""

    def run(profile: InterruptedProfile) -> None:
        # All this is in the child alone, which ends with it.
        vars(cli_main)["system_vault"] = lambda: profile.vault
        Paths.of_user = lambda: profile.paths  # type: ignore[method-assign]  # see above
        sys.argv[1:] = ["account", *words]
        sys.stdin = io.TextIOWrapper(io.BytesIO(NEW.encode()))
        program.main()

    return run


def check_removal(profile: InterruptedProfile) -> None:
    """Account, key and rows are all there, or none is."""
    is_there = profile.stored().accounts == (A,)
    key = profile.vault.get("a")
    assert (key, profile.has_rows("a")) == ((OLD, True) if is_there else (None, False))


def check_addition(profile: InterruptedProfile) -> None:
    """Both account and key are there, or none is."""
    is_there = B in profile.stored().accounts
    assert profile.vault.get("b") == (NEW if is_there else None)
    assert profile.vault.get("a") == OLD


def check_move(profile: InterruptedProfile) -> None:
    """No address gets the key of the other one."""
    (account,) = profile.stored().accounts
    key = profile.vault.get("a")
    assert (account, key) in {(A, OLD), (A, None), (MOVED, NEW)}
    assert profile.has_rows("a")


def check_settings(profile: InterruptedProfile) -> None:
    """Change settings and start at login together, or not at all."""
    is_on = profile.autostart.state().is_on
    assert is_on is (profile.stored().settings == HOURLY)


def check_command_addition(profile: InterruptedProfile) -> None:
    """Account and key of the new account are there, or neither is."""
    stored = {account.id for account in profile.stored().accounts}
    assert profile.keys() == stored


CHANGES: Final = {
    "removal": (saving(Changes((), Settings()), A), check_removal),
    "addition": (
        saving(Changes((A, B), Settings(), {"b": Secret(NEW)}), A),
        check_addition,
    ),
    "move": (
        saving(Changes((MOVED,), Settings(), {"a": Secret(NEW)}), A),
        check_move,
    ),
    "settings": (saving(Changes((A,), HOURLY, at_login=True), A), check_settings),
    "account remove": (command("remove", "A"), check_removal),
    "account add": (command("add", "New", "--key-stdin"), check_command_addition),
}


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    """Yield folders, each for one death."""
    return (tmp_path / str(number) for number in range(1, 100))


def killed_at(point: int, folder: Path, now: datetime, change: Change) -> bool:
    """Make a change in another process; return whether it was killed."""
    death = Death(0)
    folder.mkdir()
    profile = InterruptedProfile(folder, now, death)
    profile.set_up()
    pid = os.fork()
    if pid == 0:
        try:
            death.at, death.passed = point, 0
            save, write = ConfigFile.save, HistoryStore.write

            def killed_save(file: ConfigFile, config: object) -> None:
                death.pass_point()
                save(file, config)  # type: ignore[arg-type]  # whatever the caller gave
                death.pass_point()

            def killed_write(store: HistoryStore, *changes: object) -> None:
                death.pass_point()
                write(store, *changes)  # type: ignore[arg-type]  # see above
                death.pass_point()

            ConfigFile.save = killed_save  # type: ignore[assignment, method-assign]  # in the child alone
            HistoryStore.write = killed_write  # type: ignore[assignment, method-assign]  # in the child alone
            change(profile)
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == KILLED


async def finish(harness: BackendHarness) -> None:
    """Let the program do what is left."""
    async with asyncio.timeout(PATIENCE_S):
        while harness.stored().unfinished:  # noqa: ASYNC110  # it is in a file
            await asyncio.sleep(0.01)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.case("attack 2", "a change of several steps is killed half-way")
@pytest.mark.parametrize("name", CHANGES)
def test_a_killed_change_is_finished_by_the_next_start(
    name: str, folders: Iterator[Path], now: datetime, tally: Tally
) -> None:
    """All of it is done, or nothing of it."""
    change, check = CHANGES[name]
    for point, folder in enumerate(folders, 1):
        was_killed = killed_at(point, folder, now, change)
        later = now + timedelta(hours=1)
        profile = InterruptedProfile(folder, later, Death(0))
        profile.play(finish)
        assert profile.stored().unfinished == (), point
        check(InterruptedProfile(folder, later, Death(0)))
        tally.add(KILLS, int(was_killed))
        if not was_killed:
            assert point > 3
            return
    pytest.fail("the change never came to its end")
