"""Full, read-only, foreign and contended files: balances go on, and it is told."""

import asyncio
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from fakes.database_lock import lock_database
from fakes.disk import Disk, on_a_disk
from gateways.counting_gateway import CountingGateway
from harness import polling_process
from harness.loop import running
from tally import FAULTS, Tally
from trayapp.core.account import Account, Service
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Balance, Reading
from trayapp.core.changes import Base, Changes
from trayapp.core.errors import (
    BalanceTrayError,
    ConfigBroken,
    ConfigStuck,
    ConfigUnreadable,
    ConfigUnwritable,
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
)
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.store import HistoryStore
from trayapp.services.log.log_file import start_log
from trayapp.services.messages.events import (
    Event,
    ProfileLoaded,
    RefreshFinished,
    SaveFinished,
    StorageChanged,
)
from trayapp.services.messages.requests import ApplyChanges

if TYPE_CHECKING:
    from trayapp.services.backend import Backend

PATIENCE_S: Final = 10.0
STALL_S: Final = 1.0
SOMEBODY: Final = 12_345
Kinds = list[type[BalanceTrayError] | None]
WRITER: Final = """
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from trayapp.core.balance import Balance, Reading
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.store import HistoryStore
now = datetime.now(UTC)
with HistoryStore(Path(sys.argv[1])) as history:
    for number in range(int(sys.argv[2])):
        at = now + number * timedelta(seconds=1)
        history.write(KeepReading("cli", Reading(Balance(Decimal(number), "EUR"), at)))
"""
"""Records as the command line does, and waits as long for its turn."""


class StorageFaultHarness:
    """A profile behind the program's own backend, and all that a person is shown."""

    def __init__(self, folder: Path, url: str) -> None:
        self.paths, self.url = polling_process.paths(folder), url
        self.config = polling_process.config(1, url)
        self.backend: Backend
        self.problems: Kinds = []
        """What was told when the settings were loaded."""
        self.told: Kinds = []
        """What was told of the history since."""
        self.details: list[str] = []
        self.last: dict[str, Reading | None] = {}
        """What was known before anything was asked."""
        self.shown: list[tuple[str, Reading]] = []
        self.saves: list[SaveFinished] = []
        self._finished: asyncio.Queue[str] = asyncio.Queue()

    def handle(self, event: Event) -> None:
        """Keep what a person would see of an event."""
        match event:
            case ProfileLoaded(accounts, _, problems):
                self.problems = [one.kind for one in problems]
                self.details += [one.detail for one in problems]
                self.last = {one.account.id: one.reading for one in accounts}
            case RefreshFinished(Outcome(account_id, _, result)):
                assert isinstance(result, Reading), result
                self.shown.append((account_id, result))
                self._finished.put_nowait(account_id)
            case SaveFinished():
                self.saves.append(event)
            case StorageChanged(problem):
                self.told.append(None if problem is None else problem.kind)

    def store(self) -> None:
        """Set the accounts up, as an earlier start left them."""
        ConfigFile(self.paths.config).save(self.config)

    def play(self, *steps: Callable[["StorageFaultHarness"], Awaitable[None]]) -> None:
        """Start, do these steps, and end as the program does."""

        async def run() -> None:
            self.backend = polling_process.backend_of(self.paths, self.handle)
            async with running(self.backend.run()):
                for step in steps:
                    await step(self)

        self._finished = asyncio.Queue()
        asyncio.run(run())

    async def answers(self, count: int = 3) -> None:
        """Wait for so many answers: at the start one for each account."""
        async with asyncio.timeout(PATIENCE_S):
            for _ in range(count):
                await self._finished.get()

    async def ask(self, times: int = 1) -> None:
        """Let a person ask for all balances, and wait for them."""
        for _ in range(times):
            self.backend.request_now()
            await self.answers(3)

    async def save(self, number: int) -> type[BalanceTrayError] | None:
        """Press OK in the settings; gives why nothing was saved."""
        wanted = polling_process.config(number, self.url)
        base = Base(wanted.accounts, wanted.settings)
        loaded = ConfigFile(self.paths.config).load()
        if loaded.problem is None:
            base = Base(loaded.config.accounts, loaded.config.settings)
        changes = Changes(wanted.accounts, wanted.settings, {}, base=base)
        await self.backend.handle(ApplyChanges(changes))
        problem = self.saves[-1].problem
        return None if problem is None else problem.kind

    def written(self) -> set[tuple[str, Reading]]:
        """Give what the next start finds."""
        with HistoryStore(self.paths.history) as history:
            return {(one, kept) for one in "abc" for kept in history.readings(one)}

    def nothing_is_lost(self) -> bool:
        """Say whether all that was shown is written."""
        return {(one, _stored(reading)) for one, reading in self.shown} <= {
            (one, _stored(reading)) for one, reading in self.written()
        }


def _stored(reading: Reading) -> tuple[str, int]:
    """Give what is compared: times are written in milliseconds."""
    return reading.balance.digits, int(reading.at.timestamp() * 1_000)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the history be tried again with the next answer, not ten seconds later."""
    monkeypatch.setattr("trayapp.services.history.service._RETRY_EVERY_S", 0.0)


@pytest.fixture
def gateway() -> Iterator[CountingGateway]:
    """Start a gateway."""
    with CountingGateway() as started:
        yield started


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Disk]:
    """Give a disk of a megabyte."""
    name = request.node.nodeid
    with Disk(tmp_path / "disk", name, request.config.rootpath) as mounted:
        yield mounted


def start(harness: StorageFaultHarness) -> Awaitable[None]:
    """Wait for the first answers."""
    return harness.answers()


# --- a full disk ------------------------------------------------------------------


@on_a_disk
def test_a_disk_that_is_full_at_the_start_hides_nothing(
    disk: Disk, gateway: CountingGateway, tally: Tally
) -> None:
    """The last balances are known, new ones are shown, and written when that goes."""
    harness = StorageFaultHarness(disk.path, gateway.url)
    harness.store()
    harness.play(start)
    before = dict(harness.shown)

    async def full(_: StorageFaultHarness) -> None:
        assert harness.problems == []
        assert {one: _stored(kept) for one, kept in harness.last.items() if kept} == {
            one: _stored(kept) for one, kept in before.items()
        }
        await harness.answers()
        await harness.ask(5)
        assert harness.told == [HistoryFull]
        disk.free()
        harness.backend.tick()
        assert harness.told == [HistoryFull, None]

    disk.fill()
    harness.play(full)
    assert harness.nothing_is_lost()
    tally.add(FAULTS)


@on_a_disk
def test_a_history_that_found_no_room_is_made_when_there_is_some(
    disk: Disk, gateway: CountingGateway, tally: Tally
) -> None:
    """The first start of all, on a full disk."""
    harness = StorageFaultHarness(disk.path, gateway.url)
    harness.store()

    async def full(_: StorageFaultHarness) -> None:
        assert harness.problems == [HistoryFull]
        await harness.answers()
        await harness.ask()
        disk.free()
        harness.backend.tick()
        assert harness.told == [None]

    disk.fill()
    harness.play(full)
    assert harness.nothing_is_lost()
    tally.add(FAULTS)


@on_a_disk
def test_a_disk_that_fills_up_and_is_freed_again_loses_no_balance(
    disk: Disk, gateway: CountingGateway, tally: Tally
) -> None:
    """Three times over while the program runs; told and taken back each time."""
    harness = StorageFaultHarness(disk.path, gateway.url)
    harness.store()

    async def full(_: StorageFaultHarness) -> None:
        await harness.answers()
        for _turn in range(3):
            disk.fill()
            await harness.ask(10)
            disk.free()
            await harness.ask(2)
        assert harness.told == [HistoryFull, None] * 3

    harness.play(full)
    assert harness.nothing_is_lost()
    tally.add(FAULTS, 3)


@on_a_disk
def test_settings_that_find_no_room_leave_the_old_ones(
    disk: Disk, gateway: CountingGateway, tally: Tally
) -> None:
    """Whole, and nothing half written beside them."""
    harness = StorageFaultHarness(disk.path, gateway.url)
    harness.store()

    async def full(_: StorageFaultHarness) -> None:
        await harness.answers()
        disk.fill()
        assert await harness.save(2) is ConfigUnwritable
        assert ConfigFile(harness.paths.config).load().config == harness.config
        assert list(harness.paths.config.parent.iterdir()) == [harness.paths.config]
        disk.free()
        assert await harness.save(3) is None

    harness.play(full)
    loaded = ConfigFile(harness.paths.config).load()
    assert loaded.config == polling_process.config(3, gateway.url)
    tally.add(FAULTS)


@on_a_disk
def test_damage_on_a_full_disk_is_mended_when_there_is_room(
    disk: Disk, gateway: CountingGateway, tally: Tally
) -> None:
    """Until then the damaged file stays as it is."""
    harness = StorageFaultHarness(disk.path, gateway.url)
    harness.store()
    harness.play(start)
    damaged = harness.paths.history.read_bytes()[:-4_096]
    harness.paths.history.write_bytes(damaged)

    async def full(_: StorageFaultHarness) -> None:
        assert harness.problems == [HistoryFull]
        await harness.answers()
        assert harness.paths.history.read_bytes() == damaged
        disk.free()
        harness.backend.tick()
        assert harness.told == [HistoryDamaged, None]

    disk.fill()
    harness.shown.clear()
    harness.play(full)
    assert harness.nothing_is_lost()
    tally.add(FAULTS)


# --- a disk that is read-only -----------------------------------------------------


@on_a_disk
def test_on_a_read_only_disk_the_last_balances_are_known(
    disk: Disk, gateway: CountingGateway, tally: Tally
) -> None:
    """That nothing is kept is told; it is again when the disk can be written to."""
    harness = StorageFaultHarness(disk.path, gateway.url)
    harness.store()
    harness.play(start)

    async def read_only(_: StorageFaultHarness) -> None:
        assert harness.problems == [HistoryProblem]
        assert "read-only" in harness.details[0]
        assert set(harness.last) == set("abc")
        assert all(harness.last.values())
        await harness.answers()
        await harness.ask(3)
        assert await harness.save(2) is ConfigUnwritable
        disk.set_writable(is_writable=True)
        harness.backend.tick()
        assert harness.told[-1] is None
        assert await harness.save(3) is None

    disk.set_writable(is_writable=False)
    harness.play(read_only)
    assert harness.nothing_is_lost()
    tally.add(FAULTS)


@on_a_disk
def test_broken_settings_on_a_read_only_disk_are_told_as_that(
    disk: Disk, gateway: CountingGateway, tally: Tally
) -> None:
    """They could not be kept aside, so nobody is told that they were."""
    harness = StorageFaultHarness(disk.path, gateway.url)
    harness.store()
    harness.paths.config.write_text("half a thought [")

    async def read_only(_: StorageFaultHarness) -> None:
        assert ConfigBroken in harness.problems
        assert await harness.save(2) is ConfigStuck

    disk.set_writable(is_writable=False)
    harness.play(read_only)
    disk.set_writable(is_writable=True)
    assert harness.paths.config.read_text() == "half a thought ["
    tally.add(FAULTS)


@pytest.mark.case("attack 11", "a read-only disk")
@on_a_disk
def test_on_a_read_only_disk_commands_say_what_they_can_not_do(
    disk: Disk, tally: Tally
) -> None:
    """What only reads works, and nobody sees a traceback."""
    home = disk.path / "home"
    paths = Paths(
        home / ".config/balance-tray/config.toml",
        home / ".local/share/balance-tray/history.sqlite3",
        home / ".local/state/balance-tray/log/balance-tray.log",
        home / "run",
    )
    account = Account("a", "Shop", Service.CUSTOM, "http://127.0.0.1:9")
    ConfigFile(paths.config).save(Config((account,)))
    with HistoryStore(paths.history) as history:
        reading = Reading(Balance(Decimal(5), "EUR"), datetime.now(UTC))
        history.write(KeepReading("a", reading))
    disk.set_writable(is_writable=False)
    results = {
        words: command(str(home), *words.split())
        for words in ("account list", "history Shop", "check", "--version", "--quit")
    }
    disk.set_writable(is_writable=True)
    assert {words: one.returncode for words, one in results.items()} == {
        "account list": 0,
        "history Shop": 0,
        "check": 3,
        "--version": 0,
        "--quit": 0,
    }
    assert "Shop" in results["account list"].stdout
    assert ",5,EUR" in results["history Shop"].stdout
    assert "The history can't be kept." in results["check"].stderr
    assert "read-only" in results["check"].stderr
    assert not any("Traceback" in one.stderr for one in results.values())
    tally.add(FAULTS)


@pytest.mark.case("attack 11", "a read-only disk")
@on_a_disk
def test_on_a_read_only_disk_nothing_is_half_removed(
    disk: Disk, gateway: CountingGateway, tally: Tally
) -> None:
    """The dialog says why, and the accounts are asked as before."""
    harness = StorageFaultHarness(disk.path, gateway.url)
    harness.store()

    async def read_only(_: StorageFaultHarness) -> None:
        await harness.answers()
        base = Base(harness.config.accounts, harness.config.settings)
        removal = Changes((), harness.config.settings, base=base)
        await harness.backend.handle(ApplyChanges(removal))
        problem = harness.saves[-1].problem
        assert problem is not None
        assert problem.kind is ConfigUnwritable
        await harness.ask()

    disk.set_writable(is_writable=False)
    harness.play(read_only)
    disk.set_writable(is_writable=True)
    assert ConfigFile(harness.paths.config).read() == harness.config
    tally.add(FAULTS)


# --- no home, and somebody else's -------------------------------------------------


def command(home: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program's, by somebody with this home."""
    env = {"HOME": home, "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    words = [sys.executable, "-m", "trayapp", *args]
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("home", ["/nonexistent", "/proc", "/dev/null", "relative"])
def test_without_a_usable_home_commands_end_in_words(home: str, tally: Tally) -> None:
    """There are no accounts, or it is said why they can't be read."""
    for words in (("account", "list"), ("check",), ("history", "x")):
        done = command(home, *words)
        said = done.stdout + done.stderr
        assert done.returncode == (0 if "No accounts yet" in done.stdout else 3)
        assert said.startswith(
            ("No accounts yet", "There is no account", "The settings")
        )
    assert not Path("relative").exists()
    tally.add(FAULTS)


def test_without_a_place_for_files_balances_are_shown(
    gateway: CountingGateway, tally: Tally
) -> None:
    """Neither settings nor history can be kept, and both are told."""
    harness = StorageFaultHarness(Path("/proc/no-home"), gateway.url)

    async def homeless(_: StorageFaultHarness) -> None:
        assert harness.problems == [HistoryProblem]
        assert await harness.save(1) is ConfigUnwritable
        harness.backend.tick()

    harness.play(homeless)
    tally.add(FAULTS)


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_the_history_of_another_user_is_not_touched(
    tmp_path: Path,
    gateway: CountingGateway,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    tally: Tally,
) -> None:
    """Even if everybody may write to it; balances are shown all the same."""
    harness = StorageFaultHarness(tmp_path, gateway.url)
    harness.store()
    harness.play(start)
    foreign = harness.paths.history
    foreign = foreign.parent if kind == "folder" else foreign
    foreign.chmod(0o777)
    if os.geteuid() == 0:
        os.chown(foreign, SOMEBODY, SOMEBODY)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    before = harness.paths.history.read_bytes()
    harness.play()
    assert HistoryProblem in harness.problems
    assert any("belongs to another user" in one for one in harness.details)
    assert harness.paths.history.read_bytes() == before
    tally.add(FAULTS)


def test_settings_of_another_user_are_told_at_the_start(
    tmp_path: Path,
    gateway: CountingGateway,
    monkeypatch: pytest.MonkeyPatch,
    tally: Tally,
) -> None:
    """No account is watched that somebody else has set up."""
    harness = StorageFaultHarness(tmp_path, gateway.url)
    harness.store()
    if os.geteuid() == 0:
        os.chown(harness.paths.config, SOMEBODY, SOMEBODY)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    harness.play()
    assert ConfigUnreadable in harness.problems
    assert harness.last == {}
    tally.add(FAULTS)


# --- a second writer --------------------------------------------------------------


def test_another_programs_lock_stalls_nothing(
    tmp_path: Path, gateway: CountingGateway, tally: Tally
) -> None:
    """Polls go on, the loop never stops for a second, and nothing shown is lost."""
    harness = StorageFaultHarness(tmp_path, gateway.url)
    harness.store()
    stalls: list[float] = []

    async def beat() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0)
            stalls.append(time.monotonic() - before)

    async def held(_: StorageFaultHarness) -> None:
        await harness.answers()
        beating = asyncio.create_task(beat())
        let_go = await asyncio.to_thread(lock_database, harness.paths.history)
        await harness.ask(2)
        assert harness.told == [HistoryBusy]
        assert await harness.save(2) is None
        await harness.answers()
        await asyncio.to_thread(let_go)
        harness.backend.tick()
        assert harness.told == [HistoryBusy, None]
        beating.cancel()

    harness.play(held)
    assert max(stalls) < STALL_S
    assert harness.nothing_is_lost()
    tally.add(FAULTS)


def test_the_command_line_and_the_window_write_side_by_side(
    tmp_path: Path, gateway: CountingGateway, tally: Tally
) -> None:
    """Each waits for the other, and all of both is there in the end."""
    harness = StorageFaultHarness(tmp_path, gateway.url)
    harness.store()
    count = 200

    async def beside(_: StorageFaultHarness) -> None:
        await harness.answers()
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, str(harness.paths.history), str(count)
        )
        while writer.returncode is None:
            await harness.ask()
        assert writer.returncode == 0

    harness.play(beside)
    assert harness.nothing_is_lost()
    with HistoryStore(harness.paths.history) as history:
        assert len(list(history.readings("cli"))) == count
    tally.add(FAULTS)


# --- who may read it --------------------------------------------------------------


@pytest.mark.usefixtures("logging_restored")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_all_that_a_run_makes_is_for_its_owner_alone(
    tmp_path: Path, gateway: CountingGateway, umask: int, tally: Tally
) -> None:
    """Settings, database, rollback file, log and kept copies: 0600 in 0700."""
    harness = StorageFaultHarness(tmp_path / "profile", gateway.url)

    async def save(_: StorageFaultHarness) -> None:
        await harness.save(2)

    before = os.umask(umask)
    try:
        start_log(harness.paths.log, verbose=False)
        harness.store()
        harness.play(start, save)
        harness.paths.history.write_bytes(b"damaged " * 1_000)
        harness.paths.config.write_text("broken [")
        harness.play()
        harness.store()
        harness.play(start)
    finally:
        os.umask(before)
    modes = {
        str(one.relative_to(tmp_path)): (one.is_dir(), stat.S_IMODE(one.stat().st_mode))
        for one in tmp_path.rglob("*")
    }
    assert len(modes) >= 8, json.dumps(modes)
    assert set(modes.values()) == {(True, 0o700), (False, 0o600)}, modes
    tally.add(FAULTS, 2)


@pytest.mark.case("attack 4", "loosened permissions stay")
@pytest.mark.usefixtures("logging_restored")
@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o644, 0o755), (0o640, 0o750)])
def test_what_a_restore_loosened_is_private_again(
    tmp_path: Path, gateway: CountingGateway, file_mode: int, folder_mode: int
) -> None:
    """All files of the program are, as soon as it starts: another user reads none."""
    profile = tmp_path / "profile"
    harness = StorageFaultHarness(profile, gateway.url)

    async def save(_: StorageFaultHarness) -> None:
        harness.paths.config.write_text("broken [")
        await harness.save(2)

    start_log(harness.paths.log, verbose=False)
    harness.paths.log.with_name(f"{harness.paths.log.name}.1").touch()
    harness.store()
    harness.play(start, save)
    harness.paths.history.write_bytes(b"damaged " * 1_000)
    harness.play(start)
    everything = [one for one in profile.rglob("*") if not one.name.startswith(".")]
    for one in everything:
        one.chmod(folder_mode if one.is_dir() else file_mode)
    start_log(harness.paths.log, verbose=False)
    harness.play(start, save)
    modes = {
        str(one): (one.is_dir(), stat.S_IMODE(one.stat().st_mode)) for one in everything
    }
    assert len(modes) >= 8
    assert set(modes.values()) == {(True, 0o700), (False, 0o600)}, modes


@pytest.mark.case("attack 4", "something planted in a file's place")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives links away")
def test_a_link_that_another_user_made_is_not_followed(
    tmp_path: Path, gateway: CountingGateway
) -> None:
    """It leads to a file of the person's; balances are shown all the same."""
    harness = StorageFaultHarness(tmp_path, gateway.url)
    harness.store()
    other = tmp_path / "diary"
    other.write_bytes(b"")
    harness.paths.history.parent.mkdir(mode=0o700)
    harness.paths.history.symlink_to(other)
    os.chown(harness.paths.history, SOMEBODY, SOMEBODY, follow_symlinks=False)
    harness.play(start)
    assert HistoryProblem in harness.problems
    assert other.read_bytes() == b""
