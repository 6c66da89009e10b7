"""Refreshes each account when it is due, on one asyncio loop."""

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
from trayapp.services.polling.concurrency import MAX_CONCURRENT, ConcurrencyLimit
from trayapp.services.polling.refresh import Refresh

_LONGEST_PAUSE_S: Final = 60.0
"""After each pause the scheduler notices a suspend or a changed clock."""
_TICK_S: Final = 20.0
_SUSPENDED_S: Final = 30.0
"""If the wall clock gains so much on the loop's clock, the computer slept. If it loses
so much, the clock was set back."""

_log = logging.getLogger(__name__)


class Scheduler:
    """Keeps a plan for each account, and runs the requests that are due.

    Requests run side by side, and each can be cancelled.
    """

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
        self._requests: dict[str, asyncio.Task[None]] = {}
        self._limit = ConcurrencyLimit()
        self._changed = asyncio.Event()
        self._ticked = float("-inf")

    def set_accounts(self, accounts: Iterable[Account], settings: Settings) -> None:
        """Poll these accounts from now on.

        A new account is due at once, and so is one with another endpoint. Of many new
        accounts only the first few are. A stored wait (a rejected key, a Retry-After)
        continues. A shorter interval makes the other accounts due earlier.
        """
        now = self._clock()
        numbers = count()
        before, self._accounts = (
            self._accounts,
            {account.id: account for account in accounts},
        )
        self._settings = settings
        for account_id in before.keys() - self._accounts.keys():
            self._cancel_request(account_id)
            self._limit.forget_slowness(account_id)
            self._plans.pop(account_id, None)
        for account in self._accounts.values():
            old = before.get(account.id)
            if old is None:
                plan = self._stored_plan(account.id)
                if plan is None:
                    plan = first_plan(
                        next(numbers), MAX_CONCURRENT, now, self._jitter()
                    )
                self._plans[account.id] = plan
            elif not account.has_same_endpoint(old):
                self.request_again(account.id)
            elif not self._plans[account.id].must_persist:
                # With another threshold an alert may be due at once.
                limits = (old.low_below, old.warn_days)
                same = (account.low_below, account.warn_days) == limits
                self._due_by(account.id, now + settings.interval if same else now)
        self._changed.set()

    def request_now(self, account_ids: Iterable[str] | None = None) -> None:
        """Make these accounts, or all, due now, as a person requests it.

        A request that is under way continues, and is not sent twice.
        """
        now = self._clock()
        chosen = set(self._accounts if account_ids is None else account_ids)
        for account_id in self._accounts.keys() & chosen:
            # A person waits for this account alone.
            if account_ids is not None and self._limit.forget_slowness(account_id):
                self._cancel_request(account_id)
            failures = self._plans[account_id].failures
            self._plans[account_id] = Plan(now, failures)
        self._changed.set()

    def request_again(self, account_id: str) -> None:
        """Cancel the request under way and send another, as the key has changed."""
        self._cancel_request(account_id)
        self.request_now([account_id])

    def on_resume(self) -> None:
        """Send the requests again that a suspend interrupted."""
        now = self._clock()
        for account_id in tuple(self._requests):
            self._cancel_request(account_id)
            self._due_by(account_id, now)
        self.on_online()

    def on_online(self) -> None:
        """Make accounts due soon, as the network is there or soon will be."""
        now = self._clock()
        for account_id, plan in self._plans.items():
            self._plans[account_id] = after_resume(plan, now, self._jitter())
        self._changed.set()

    @property
    def has_others(self) -> bool:
        """Whether more than one request is under way or waits for its turn."""
        return len(self._requests) > 1

    async def run(self) -> None:
        """Poll until cancelled, and then cancel the requests under way."""
        try:
            while True:
                self._changed.clear()
                wait = self._start_due()
                self._tick()
                await self._pause(wait)
        finally:
            for account_id in tuple(self._requests):
                self._cancel_request(account_id)

    async def idle(self) -> None:
        """Wait until no request is under way."""
        while self._requests:
            await asyncio.wait(tuple(self._requests.values()))

    def _tick(self) -> None:
        """Call `on_tick`, but not after each of many responses."""
        now = time.monotonic()
        if now - self._ticked >= _TICK_S:
            self._ticked = now
            self._on_tick()

    def _start_due(self) -> float:
        """Start the requests that are due; return the seconds until the next one."""
        now = self._clock()
        wait = _LONGEST_PAUSE_S
        for account_id, account in self._accounts.items():
            if account_id in self._requests:
                continue
            plan = after_clock_change(
                self._plans[account_id], now, self._settings.interval
            )
            self._plans[account_id] = plan
            until_due = (plan.due - now) / timedelta(seconds=1)
            if until_due <= 0:
                task = asyncio.create_task(self._refresh_account(account))
                self._requests[account_id] = task
            else:
                wait = min(wait, until_due)
        return wait

    async def _pause(self, seconds: float) -> None:
        """Wait until something changes, or notice that the computer slept meanwhile."""
        wall, loop_time = self._clock(), time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
                return
        passed = (self._clock() - wall) / timedelta(seconds=1)
        if abs(passed - (time.monotonic() - loop_time)) > _SUSPENDED_S:
            _log.info("the computer slept, or its clock was set")
            self.on_resume()

    def _due_by(self, account_id: str, latest: datetime) -> None:
        plan = self._plans[account_id]
        self._plans[account_id] = replace(plan, due=min(plan.due, latest))

    async def _refresh_account(self, account: Account) -> None:
        # If a fault of the program ends this half-way, the account is due later. Due at
        # once, it would fail again and again.
        plan = self._plans[account.id]
        later = self._clock() + self._settings.interval
        self._plans[account.id] = replace(plan, due=later)
        try:
            async with self._limit.slot(account.id):
                with log_faults(f"reporting the request for {account.id}"):
                    self._emit(RefreshStarted(account.id))
                outcome = await self._refresh.refresh(account)
        finally:
            if self._requests.get(account.id) is asyncio.current_task():
                del self._requests[account.id]
        self._limit.note_result(account.id, outcome.result)
        with log_faults(f"planning for {account.id}"):
            plan = plan_after(plan, outcome, self._settings.interval, self._jitter())
            self._plans[account.id] = plan
            wait = StoredWait.of(plan, outcome.result)
            if self._history.state.wait(account.id) != wait:
                self._history.write(SetWait(account.id, wait))
        self._changed.set()

    def _stored_plan(self, account_id: str) -> Plan | None:
        """Return the plan of a wait that was stored before the restart, or None."""
        with log_faults(f"recalling the wait of {account_id}"):
            return self._history.state.wait(account_id).plan
        return None

    def _cancel_request(self, account_id: str) -> None:
        task = self._requests.pop(account_id, None)
        if task is not None:
            task.cancel()
