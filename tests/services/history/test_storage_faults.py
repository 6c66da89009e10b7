"""Full, read-only, foreign and contended files: balances go on, and it is told."""

import asyncio
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import polled
from disks import Disk, on_a_disk
from fakes.database_lock import lock_database
from meter import Meter
from tally import FAULTS, Tally
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.changes import Changes
from trayapp.core.errors import (
    BalanceTrayError,
    ConfigStuck,
    ConfigUnreadable,
    ConfigUnwritable,
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
)
from trayapp.services.files.config_file import ConfigFile
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


class Scene:
    """A profile behind the program's own backend, and all that a person is shown."""

    def __init__(self, folder: Path, url: str) -> None:
        self.places, self.url = polled.places(folder), url
        self.config = polled.config(1, url)
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
        ConfigFile(self.places.config).save(self.config)

    def play(self, *steps: Callable[["Scene"], Awaitable[None]]) -> None:
        """Start, do these steps, and end as the program does."""

        async def run() -> None:
            self.backend = polled.backend_of(self.places, self.handle)
            running = asyncio.create_task(self.backend.run())
            await asyncio.sleep(0)
            try:
                for step in steps:
                    await step(self)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

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
            self.backend.ask_now()
            await self.answers(3)

    async def save(self, number: int) -> type[BalanceTrayError] | None:
        """Press OK in the settings; gives why nothing was saved."""
        wanted = polled.config(number, self.url)
        changes = Changes(wanted.accounts, wanted.settings, {})
        await self.backend.handle(ApplyChanges(changes, frozenset("abc")))
        problem = self.saves[-1].problem
        return None if problem is None else problem.kind

    def written(self) -> set[tuple[str, Reading]]:
        """Give what the next start finds."""
        with HistoryStore(self.places.history) as history:
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
def meter() -> Iterator[Meter]:
    """Start a gateway."""
    with Meter() as started:
        yield started


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Disk]:
    """Give a disk of a megabyte."""
    name = request.node.nodeid
    with Disk(tmp_path / "disk", name, request.config.rootpath) as mounted:
        yield mounted


def start(scene: Scene) -> Awaitable[None]:
    """Wait for the first answers."""
    return scene.answers()


# --- a full disk ------------------------------------------------------------------


@on_a_disk
def test_a_disk_that_is_full_at_the_start_hides_nothing(
    disk: Disk, meter: Meter, tally: Tally
) -> None:
    """The last balances are known, new ones are shown, and written when that goes."""
    scene = Scene(disk.path, meter.url)
    scene.store()
    scene.play(start)
    before = dict(scene.shown)

    async def full(_: Scene) -> None:
        assert scene.problems == []
        assert {one: _stored(kept) for one, kept in scene.last.items() if kept} == {
            one: _stored(kept) for one, kept in before.items()
        }
        await scene.answers()
        await scene.ask(5)
        assert scene.told == [HistoryFull]
        disk.free()
        scene.backend.tick()
        assert scene.told == [HistoryFull, None]

    disk.fill()
    scene.play(full)
    assert scene.nothing_is_lost()
    tally.add(FAULTS)


@on_a_disk
def test_a_history_that_found_no_room_is_made_when_there_is_some(
    disk: Disk, meter: Meter, tally: Tally
) -> None:
    """The first start of all, on a full disk."""
    scene = Scene(disk.path, meter.url)
    scene.store()

    async def full(_: Scene) -> None:
        assert scene.problems == [HistoryFull]
        await scene.answers()
        await scene.ask()
        disk.free()
        scene.backend.tick()
        assert scene.told == [None]

    disk.fill()
    scene.play(full)
    assert scene.nothing_is_lost()
    tally.add(FAULTS)


@on_a_disk
def test_a_disk_that_fills_up_and_is_freed_again_loses_no_balance(
    disk: Disk, meter: Meter, tally: Tally
) -> None:
    """Three times over while the program runs; told and taken back each time."""
    scene = Scene(disk.path, meter.url)
    scene.store()

    async def full(_: Scene) -> None:
        await scene.answers()
        for _turn in range(3):
            disk.fill()
            await scene.ask(10)
            disk.free()
            await scene.ask(2)
        assert scene.told == [HistoryFull, None] * 3

    scene.play(full)
    assert scene.nothing_is_lost()
    tally.add(FAULTS, 3)


@on_a_disk
def test_settings_that_find_no_room_leave_the_old_ones(
    disk: Disk, meter: Meter, tally: Tally
) -> None:
    """Whole, and nothing half written beside them."""
    scene = Scene(disk.path, meter.url)
    scene.store()

    async def full(_: Scene) -> None:
        await scene.answers()
        disk.fill()
        assert await scene.save(2) is ConfigUnwritable
        assert ConfigFile(scene.places.config).load().config == scene.config
        assert list(scene.places.config.parent.iterdir()) == [scene.places.config]
        disk.free()
        assert await scene.save(3) is None

    scene.play(full)
    loaded = ConfigFile(scene.places.config).load()
    assert loaded.config == polled.config(3, meter.url)
    tally.add(FAULTS)


@on_a_disk
def test_damage_on_a_full_disk_is_mended_when_there_is_room(
    disk: Disk, meter: Meter, tally: Tally
) -> None:
    """Until then the damaged file stays as it is."""
    scene = Scene(disk.path, meter.url)
    scene.store()
    scene.play(start)
    damaged = scene.places.history.read_bytes()[:-4_096]
    scene.places.history.write_bytes(damaged)

    async def full(_: Scene) -> None:
        assert scene.problems == [HistoryFull]
        await scene.answers()
        assert scene.places.history.read_bytes() == damaged
        disk.free()
        scene.backend.tick()
        assert scene.told == [HistoryDamaged, None]

    disk.fill()
    scene.shown.clear()
    scene.play(full)
    assert scene.nothing_is_lost()
    tally.add(FAULTS)


# --- a disk that is read-only -----------------------------------------------------


@on_a_disk
def test_on_a_read_only_disk_the_last_balances_are_known(
    disk: Disk, meter: Meter, tally: Tally
) -> None:
    """That nothing is kept is told; it is again when the disk can be written to."""
    scene = Scene(disk.path, meter.url)
    scene.store()
    scene.play(start)

    async def read_only(_: Scene) -> None:
        assert scene.problems == [HistoryProblem]
        assert "read-only" in scene.details[0]
        assert set(scene.last) == set("abc")
        assert all(scene.last.values())
        await scene.answers()
        await scene.ask(3)
        assert await scene.save(2) is ConfigUnwritable
        disk.set_writable(is_writable=True)
        scene.backend.tick()
        assert scene.told[-1] is None
        assert await scene.save(3) is None

    disk.set_writable(is_writable=False)
    scene.play(read_only)
    assert scene.nothing_is_lost()
    tally.add(FAULTS)


@on_a_disk
def test_broken_settings_on_a_read_only_disk_are_told_as_that(
    disk: Disk, meter: Meter, tally: Tally
) -> None:
    """They could not be kept aside, so nobody is told that they were."""
    scene = Scene(disk.path, meter.url)
    scene.store()
    scene.places.config.write_text("half a thought [")

    async def read_only(_: Scene) -> None:
        assert ConfigStuck in scene.problems
        assert await scene.save(2) is ConfigStuck

    disk.set_writable(is_writable=False)
    scene.play(read_only)
    disk.set_writable(is_writable=True)
    assert scene.places.config.read_text() == "half a thought ["
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
    meter: Meter, tally: Tally
) -> None:
    """Neither settings nor history can be kept, and both are told."""
    scene = Scene(Path("/proc/no-home"), meter.url)

    async def homeless(_: Scene) -> None:
        assert scene.problems == [HistoryProblem]
        assert await scene.save(1) is ConfigUnwritable
        scene.backend.tick()

    scene.play(homeless)
    tally.add(FAULTS)


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_the_history_of_another_user_is_not_touched(
    tmp_path: Path,
    meter: Meter,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    tally: Tally,
) -> None:
    """Even if everybody may write to it; balances are shown all the same."""
    scene = Scene(tmp_path, meter.url)
    scene.store()
    scene.play(start)
    foreign = scene.places.history
    foreign = foreign.parent if kind == "folder" else foreign
    foreign.chmod(0o777)
    if os.geteuid() == 0:
        os.chown(foreign, SOMEBODY, SOMEBODY)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    before = scene.places.history.read_bytes()
    scene.play()
    assert HistoryProblem in scene.problems
    assert any("belongs to another user" in one for one in scene.details)
    assert scene.places.history.read_bytes() == before
    tally.add(FAULTS)


def test_settings_of_another_user_are_told_at_the_start(
    tmp_path: Path, meter: Meter, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """No account is watched that somebody else has set up."""
    scene = Scene(tmp_path, meter.url)
    scene.store()
    if os.geteuid() == 0:
        os.chown(scene.places.config, SOMEBODY, SOMEBODY)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    scene.play()
    assert ConfigUnreadable in scene.problems
    assert scene.last == {}
    tally.add(FAULTS)


# --- a second writer --------------------------------------------------------------


def test_another_programs_lock_stalls_nothing(
    tmp_path: Path, meter: Meter, tally: Tally
) -> None:
    """Polls go on, the loop never stops for a second, and nothing shown is lost."""
    scene = Scene(tmp_path, meter.url)
    scene.store()
    stalls: list[float] = []

    async def beat() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0)
            stalls.append(time.monotonic() - before)

    async def held(_: Scene) -> None:
        await scene.answers()
        beating = asyncio.create_task(beat())
        let_go = await asyncio.to_thread(lock_database, scene.places.history)
        await scene.ask(2)
        assert scene.told == [HistoryBusy]
        assert await scene.save(2) is None
        await scene.answers()
        await asyncio.to_thread(let_go)
        scene.backend.tick()
        assert scene.told == [HistoryBusy, None]
        beating.cancel()

    scene.play(held)
    assert max(stalls) < STALL_S
    assert scene.nothing_is_lost()
    tally.add(FAULTS)


def test_the_command_line_and_the_window_write_side_by_side(
    tmp_path: Path, meter: Meter, tally: Tally
) -> None:
    """Each waits for the other, and all of both is there in the end."""
    scene = Scene(tmp_path, meter.url)
    scene.store()
    count = 200

    async def beside(_: Scene) -> None:
        await scene.answers()
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, str(scene.places.history), str(count)
        )
        while writer.returncode is None:
            await scene.ask()
        assert writer.returncode == 0

    scene.play(beside)
    assert scene.nothing_is_lost()
    with HistoryStore(scene.places.history) as history:
        assert len(list(history.readings("cli"))) == count
    tally.add(FAULTS)


# --- who may read it --------------------------------------------------------------


@pytest.mark.usefixtures("logging_restored")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_all_that_a_run_makes_is_for_its_owner_alone(
    tmp_path: Path, meter: Meter, umask: int, tally: Tally
) -> None:
    """Settings, database, rollback file, log and kept copies: 0600 in 0700."""
    scene = Scene(tmp_path / "profile", meter.url)

    async def save(_: Scene) -> None:
        await scene.save(2)

    before = os.umask(umask)
    try:
        start_log(scene.places.log, verbose=False)
        scene.store()
        scene.play(start, save)
        scene.places.history.write_bytes(b"damaged " * 1_000)
        scene.places.config.write_text("broken [")
        scene.play()
        scene.store()
        scene.play(start)
    finally:
        os.umask(before)
    modes = {
        str(one.relative_to(tmp_path)): (one.is_dir(), stat.S_IMODE(one.stat().st_mode))
        for one in tmp_path.rglob("*")
    }
    assert len(modes) >= 8, json.dumps(modes)
    assert set(modes.values()) == {(True, 0o700), (False, 0o600)}, modes
    tally.add(FAULTS, 2)
