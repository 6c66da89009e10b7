"""Asks every account when it is due: side by side, cancellable, on one asyncio loop."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from trayapp.core.account import Account
from trayapp.core.schedule import (
    Plan,
    after_clock_change,
    after_resume,
    first_plan,
    plan_after,
)
from trayapp.core.settings import Settings
from trayapp.services.history.changes import SetWait, StoredWait
from trayapp.services.history.service import HistoryService
from trayapp.services.log.log_faults import log_faults
from trayapp.services.messages.events import Emit, RefreshStarted
from trayapp.services.polling.concurrency import AT_ONCE, ConcurrencyLimit
from trayapp.services.polling.refresh import Refresh

_LOOK_EVERY_S: Final = 60.0
"""The loop looks at the clock at least so often, so that a suspend or a changed clock
is noticed."""
_TICK_S: Final = 20.0
_SUSPENDED_S: Final = 30.0
"""A wall clock that ran so much ahead of the loop's means that the computer slept; one
that lags behind was set back."""

_log = logging.getLogger(__name__)


class Scheduler:
    """The accounts, each with the time when it is due."""

    def __init__(  # noqa: PLR0913  # each is a collaborator of its own
        self,
        refresh: Refresh,
        history: HistoryService,
        emit: Emit,
        *,
        on_tick: Callable[[], None],
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        """Call `on_tick` about once a minute.

        `clock` gives the current time, aware and in UTC. `jitter` gives a random
        number from -1 to 1 (see `core.schedule`).
        """
        self._refresh = refresh
        self._history = history
        self._emit = emit
        self._on_tick = on_tick
        self._clock = clock
        self._jitter = jitter
        self._accounts: dict[str, Account] = {}
        self._settings = Settings()
        self._plans: dict[str, Plan] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._lanes = ConcurrencyLimit()
        self._changed = asyncio.Event()
        self._ticked = float("-inf")

    def set(self, accounts: Iterable[Account], settings: Settings) -> None:
        """Watch these accounts from now on.

        A new account, or one that now asks something else, is due at once (of many new
        ones, the first few are), unless it still waits out a rejected key or a
        Retry-After from before a restart. A shorter interval pulls the others nearer.
        """
        now = self._clock()
        numbers = count()
        before, self._accounts = self._accounts, {one.id: one for one in accounts}
        self._settings = settings
        for account_id in before.keys() - self._accounts.keys():
            self._stop_asking(account_id)
            self._lanes.hasten(account_id)
            self._plans.pop(account_id, None)
        for account in self._accounts.values():
            old = before.get(account.id)
            if old is None:
                plan = self._held(account.id)
                if plan is None:
                    plan = first_plan(next(numbers), AT_ONCE, now, self._jitter())
                self._plans[account.id] = plan
            elif not account.asks_as(old):
                self.ask_anew(account.id)
            elif not self._plans[account.id].must_persist:
                # Another threshold may mean that the person is to be told at once.
                limits = (old.low_below, old.warn_days)
                same = (account.low_below, account.warn_days) == limits
                self._due_by(account.id, now + settings.interval if same else now)
        self._changed.set()

    def ask_now(self, account_ids: Iterable[str] | None = None) -> None:
        """Ask these accounts, or all, at once: a person wants to know.

        One that is being asked already is not asked twice.
        """
        now = self._clock()
        chosen = set(self._accounts if account_ids is None else account_ids)
        for account_id in self._accounts.keys() & chosen:
            # Somebody waits for just this one.
            if account_ids is not None and self._lanes.hasten(account_id):
                self._stop_asking(account_id)
            failures = self._plans[account_id].failures
            self._plans[account_id] = Plan(now, failures)
        self._changed.set()

    def ask_anew(self, account_id: str) -> None:
        """Drop a question that is under way, and ask again: the key has changed."""
        self._stop_asking(account_id)
        self.ask_now([account_id])

    def woke(self) -> None:
        """Hear that the computer slept: what was being asked then is asked again."""
        now = self._clock()
        for account_id in tuple(self._asking):
            self._stop_asking(account_id)
            self._due_by(account_id, now)
        self.came_online()

    def came_online(self) -> None:
        """Hear that the network is there, or soon will be."""
        now = self._clock()
        for account_id, plan in self._plans.items():
            self._plans[account_id] = after_resume(plan, now, self._jitter())
        self._changed.set()

    @property
    def has_others(self) -> bool:
        """Whether more accounts than one are being asked or wait for their turn."""
        return len(self._asking) > 1

    async def run(self) -> None:
        """Ask until cancelled; what is being asked then is cancelled too."""
        try:
            while True:
                self._changed.clear()
                wait = self._start_due()
                self._tick()
                await self._pause(wait)
        finally:
            for account_id in tuple(self._asking):
                self._stop_asking(account_id)

    async def idle(self) -> None:
        """Wait until no question is under way."""
        while self._asking:
            await asyncio.wait(tuple(self._asking.values()))

    def _tick(self) -> None:
        """Say that time has passed; not with every answer, of which there are many."""
        now = time.monotonic()
        if now - self._ticked >= _TICK_S:
            self._ticked = now
            self._on_tick()

    def _start_due(self) -> float:
        """Start to ask what is due; give the seconds until something is again."""
        now = self._clock()
        wait = _LOOK_EVERY_S
        for account_id, account in self._accounts.items():
            if account_id in self._asking:
                continue
            plan = after_clock_change(
                self._plans[account_id], now, self._settings.interval
            )
            self._plans[account_id] = plan
            until_due = (plan.due - now) / timedelta(seconds=1)
            if until_due <= 0:
                task = asyncio.create_task(self._ask(account))
                self._asking[account_id] = task
            else:
                wait = min(wait, until_due)
        return wait

    async def _pause(self, seconds: float) -> None:
        """Wait, or until something changes; look whether the computer slept."""
        wall, loop_time = self._clock(), time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
                return
        passed = (self._clock() - wall) / timedelta(seconds=1)
        if abs(passed - (time.monotonic() - loop_time)) > _SUSPENDED_S:
            _log.info("the computer slept, or its clock was set")
            self.woke()

    def _due_by(self, account_id: str, latest: datetime) -> None:
        plan = self._plans[account_id]
        self._plans[account_id] = replace(plan, due=min(plan.due, latest))

    async def _ask(self, account: Account) -> None:
        # Should a fault of ours end this half-way, the account is due again later,
        # not at once and without end.
        plan = self._plans[account.id]
        later = self._clock() + self._settings.interval
        self._plans[account.id] = replace(plan, due=later)
        try:
            async with self._lanes.place(account.id):
                with log_faults(f"saying that {account.id} is asked"):
                    self._emit(RefreshStarted(account.id))
                outcome = await self._refresh.refresh(account)
        finally:
            if self._asking.get(account.id) is asyncio.current_task():
                del self._asking[account.id]
        self._lanes.learn(account.id, outcome.result)
        with log_faults(f"planning for {account.id}"):
            plan = plan_after(plan, outcome, self._settings.interval, self._jitter())
            self._plans[account.id] = plan
            wait = StoredWait.of(plan, outcome.result)
            if self._history.state.wait(account.id) != wait:
                self._history.write(SetWait(account.id, wait))
        self._changed.set()

    def _held(self, account_id: str) -> Plan | None:
        """Give what an account waits out from before a restart."""
        with log_faults(f"recalling what {account_id} waits for"):
            return self._history.state.wait(account_id).plan
        return None

    def _stop_asking(self, account_id: str) -> None:
        task = self._asking.pop(account_id, None)
        if task is not None:
            task.cancel()
