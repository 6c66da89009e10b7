"""Sixty days of twenty accounts, with everything that goes wrong in them."""

import asyncio
import gc
import logging
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from fakes.vault import FakeVault
from harness.backend import KEY
from harness.fast_loop import FastLoop
from harness.soak import LOW, SimulatedGateway, SwitchableNotifier, busy
from tally import DAYS, FAULTS, Tally
from trayapp.core.account import Account
from trayapp.core.alerts.notification import NotificationImage
from trayapp.core.errors import KeyringFailed
from trayapp.core.settings import AlertKind, Settings
from trayapp.services.alerts.delivery import NotificationDelivery
from trayapp.services.backend import Backend, Environment
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.history.service import HistoryService
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.polling.address_monitor import AddressMonitor

ACCOUNTS = tuple(
    Account(f"id{number}", f"Account {number}", low_below=LOW) for number in range(20)
)
BEGIN = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
HOUR_S = 3_600.0
SEED = 20261124
DAYS_LONG = 60
LONG = 200
KINDS_OF_FAULT = 14


@dataclass(frozen=True, slots=True)
class Mark:
    """What the program holds at some moment."""

    day: int
    blocks: int
    memory_mb: float
    tasks: int
    files: int
    threads: int
    database_kb: int


class Life:
    """The program's own backend over many days, on a loop whose time flies."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        accounts: tuple[Account, ...] = ACCOUNTS,
        settings: Settings | None = None,
    ) -> None:
        self.loop = FastLoop()
        self.chance = random.Random(SEED)  # noqa: S311  # nothing secret
        random.seed(SEED)  # the program's own jitter
        self.paths = Paths(folder / "c", folder / "h", folder / "l", folder / "r")
        config = Config(accounts, settings or Settings())
        ConfigFile(self.paths.config).save(config)
        ids = [one.id for one in accounts]
        self.offset = timedelta(0)
        self.world = SimulatedGateway(ids, self.now, self.chance)
        self.vault = FakeVault(**dict.fromkeys(ids, KEY))
        self.notifier = SwitchableNotifier(self.world)
        self.keychain = Keychain(self.vault)
        self.backend: Backend
        self.marks: list[Mark] = []
        services = "trayapp.services"
        fast = SimpleNamespace(monotonic=self.loop.time)
        monkeypatch.setattr(f"{services}.polling.scheduler.time", fast)
        history = partial(HistoryService, clock=self.loop.time)
        monkeypatch.setattr(f"{services}.backend.HistoryService", history)
        delivery = partial(NotificationDelivery, clock=self.loop.time)
        monkeypatch.setattr(f"{services}.backend.NotificationDelivery", delivery)
        monkeypatch.setattr(f"{services}.backend.make_sink", lambda *_: self.notifier)
        monkeypatch.setattr(
            f"{services}.backend.make_network_monitor",
            lambda *_: AddressMonitor(lambda: None, lambda: ""),
        )
        monkeypatch.setattr(f"{services}.backend._BUSY_WAIT_S", 0.01)
        # The ticks and the outlooks take most of the time, and each is like the one
        # before. So there are fewer of them here.
        monkeypatch.setattr(f"{services}.polling.scheduler._TICK_S", 900.0)
        monkeypatch.setattr(
            "trayapp.core.alerts.decide._LONGEST_STEP", timedelta(minutes=30)
        )
        monkeypatch.setattr(f"{services}.alerts.outlooks._GOOD_FOR", A_DAY)
        monkeypatch.setattr(f"{services}.alerts.outlooks._MOVED", Decimal("0.5"))

    def now(self) -> datetime:
        """Give the clock on the wall, which somebody may set."""
        return BEGIN + timedelta(seconds=self.loop.time()) + self.offset

    def live(self, days: int, *, troubled: bool = True) -> None:
        """Let so many days pass, and look at the program each tenth of them."""
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._live(days, troubled=troubled))
        finally:
            asyncio.set_event_loop(None)
            self.loop.close()

    async def _live(self, days: int, *, troubled: bool) -> None:
        environment = Environment(
            self.keychain, self.world, self.now, NotificationImage(1, bytes(4)), UTC
        )
        self.backend = Backend(self.paths, lambda _: None, environment)
        running = asyncio.create_task(self.backend.run())
        troubling = asyncio.create_task(self._trouble()) if troubled else None
        for day in range(1, days + 1):
            await asyncio.sleep(A_DAY.total_seconds())
            assert not running.done(), running
            if day % (days // 6) == 0:
                self._mark(day)
        if troubling is not None:
            troubling.cancel()
            await asyncio.gather(troubling, return_exceptions=True)
        await self._calm_down()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def _calm_down(self) -> None:
        """Let nothing go wrong for a day and a bit, which is the longest wait."""
        self.world.calm, self.world.cut = True, False
        self.vault.locked, self.vault.error = False, None
        self.notifier.is_there = True
        await asyncio.sleep(30 * HOUR_S)

    async def _trouble(self) -> None:
        """Let something befall the computer every few hours, for a while."""
        befalls = (
            self._lock_keyring,
            self._break_keyring,
            self._hold_history,
            self._fill_disk,
            self._end_desk,
            self._set_clock,
            self._need_key_again,
            self._cut_network,
        )
        while True:
            await asyncio.sleep(self.chance.uniform(1, 12) * HOUR_S)
            befall = self.chance.choice(befalls)
            self.world.faults[befall.__name__.strip("_")] += 1
            with ExitStack() as over:
                minutes = befall(over)
                await asyncio.sleep(minutes * 60)

    def _lock_keyring(self, over: ExitStack) -> float:
        self.vault.locked = True
        over.callback(setattr, self.vault, "locked", False)  # noqa: FBT003  # its value
        self._forget_keys()
        return self.chance.uniform(1, 300)

    def _break_keyring(self, over: ExitStack) -> float:
        self.vault.error = KeyringFailed
        over.callback(setattr, self.vault, "error", None)
        self._forget_keys()
        return self.chance.uniform(1, 60)

    def _need_key_again(self, _: ExitStack) -> float:
        self._forget_keys()
        return 1

    def _cut_network(self, over: ExitStack) -> float:
        self.world.cut = True
        over.callback(setattr, self.world, "cut", False)  # noqa: FBT003  # its value
        return self.chance.uniform(60, 1_000)

    def _forget_keys(self) -> None:
        for one in self.chance.sample(ACCOUNTS, 5):
            self.keychain.invalidate(one.id)

    def _hold_history(self, over: ExitStack) -> float:
        over.enter_context(busy(self.paths.history))
        return self.chance.uniform(1, 60)

    def _fill_disk(self, over: ExitStack) -> float:
        store = self.backend._history._store  # noqa: SLF001  # its own disk is full
        if store is None:
            return 1
        db = store._db  # noqa: SLF001  # the same
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
        over.callback(db.execute, "PRAGMA max_page_count = 1073741823")
        return self.chance.uniform(60, 600)

    def _end_desk(self, over: ExitStack) -> float:
        self.notifier.is_there = False
        self.notifier.server_changed()

        def come() -> None:
            self.notifier.is_there = True
            self.notifier.server_changed()

        over.callback(come)
        return self.chance.uniform(1, 300)

    def _set_clock(self, over: ExitStack) -> float:
        hours = self.chance.choice([-2, -1, 1, 3, 26])
        before = self.offset
        self.offset += timedelta(hours=hours)
        over.callback(setattr, self, "offset", before)
        return self.chance.uniform(30, 180)

    def _mark(self, day: int) -> None:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.marks.append(
            Mark(
                day,
                sys.getallocatedblocks(),
                pages * 4_096 / 1e6,
                len(asyncio.all_tasks()),
                len(list(Path("/proc/self/fd").iterdir())),
                len(list(Path("/proc/self/task").iterdir())),
                self.paths.history.stat().st_size // 1024,
            )
        )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder in memory, where there is one: a real disk writes more slowly."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own in it
    if not memory.is_dir():
        yield tmp_path
        return
    made = Path(tempfile.mkdtemp(dir=memory))
    yield made
    shutil.rmtree(made)


@pytest.mark.timeout(600)  # a minute, on a machine that does nothing else
def test_sixty_days(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    tally: Tally,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing grows, nothing is told twice, and every account is asked to the end."""
    caplog.set_level(logging.CRITICAL)  # pytest would keep a record of every fault
    life = Life(folder, monkeypatch)
    life.live(DAYS_LONG)
    world, (first, *_, last) = life.world, life.marks
    polls = world.polls * (last.day - first.day) / last.day
    told = sum(
        (one.told for one in world.simulated_accounts.values()), Counter[AlertKind]()
    )
    print(  # noqa: T201  # the figures
        f"\n{DAYS_LONG} days: {world.polls:,} polls, {world.faults.total():,} faults, "
        f"{told.total()} alerts; from day {first.day} to {last.day} "
        f"{last.memory_mb - first.memory_mb:+.1f} MB and "
        f"{(last.blocks - first.blocks) / polls:+.3f} blocks a poll"
    )
    tally.add(DAYS, DAYS_LONG)
    tally.add(FAULTS, world.faults.total())
    assert world.polls > DAYS_LONG * 96 * len(ACCOUNTS) * 0.6
    assert len(world.faults) == KINDS_OF_FAULT
    assert {AlertKind.LOW, AlertKind.EMPTY, AlertKind.REJECTED} <= told.keys()
    assert AlertKind.UNREACHABLE in told
    assert world.twice == []
    end = life.now()
    assert {
        one
        for one, simulated in world.simulated_accounts.items()
        if simulated.asked is None
    } == set()
    for simulated in world.simulated_accounts.values():
        assert simulated.asked is not None
        assert end - simulated.asked < timedelta(minutes=20)
    assert last.memory_mb - first.memory_mb < 10
    assert (last.blocks - first.blocks) / polls < 0.5, "objects that a poll leaves"
    assert last.tasks <= first.tasks + 1
    assert last.files <= first.files + 1
    assert last.threads <= first.threads + 1
    # Some 25 bytes for each hour of each account, and as much again for the index.
    assert last.database_kb < 2_048
    kept = [mark.database_kb for mark in life.marks]
    assert max(b - a for a, b in pairwise(kept)) < 2 * (kept[-1] - kept[0]) / 5


@pytest.mark.timeout(300)  # a quarter of a minute otherwise
def test_a_long_past_is_kept_in_little(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Retention deletes old readings daily: the file hardly grows."""
    life = Life(folder, monkeypatch, ACCOUNTS[:1], Settings(timedelta(minutes=30)))
    monkeypatch.setattr("trayapp.services.polling.scheduler._LONGEST_PAUSE_S", HOUR_S)
    life.live(LONG, troubled=False)
    begin, today = int(BEGIN.timestamp() * 1_000), (life.now() - BEGIN).days
    with closing(sqlite3.connect(life.paths.history)) as db:
        days = db.execute("SELECT (at - ?) / 86400000 FROM reading", (begin,))
        by_age = Counter(today - day for (day,) in days)
    recent = sum(by_age[age] for age in range(10, 80)) / 70
    old = sum(by_age[age] for age in range(100, 190)) / 90
    sizes = [mark.database_kb for mark in life.marks]
    print(  # noqa: T201  # the figures
        f"\n{LONG} days: {life.world.polls:,} polls; {recent:.1f} readings a day "
        f"are kept, and {old:.1f} after ninety days; {sizes} KiB"
    )
    tally.add(DAYS, LONG)
    assert 13 < recent < 30
    assert 6 < old < recent * 0.75, "one each three hours, and what moved"
    assert sizes[-1] < sizes[2] * 1.75, "twice the days"
    assert life.world.twice == []
